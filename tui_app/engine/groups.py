"""Groups of a campaign, over mapped rows: in which one everybody is, and which source of each attribute that means.

Lots are drawn from MD5, which every engine has and none can change: the same customer and the same key give the same
lot for ever. Among the groups of a sub-audience the one with the highest ln(lot) / share wins, so that each gets its
share, whatever their order; a group that is added only takes customers away, from all others alike.

Source of the way to draw: Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006, algorithm A-Res.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from tui_app.core.activation import Campaign
from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.groups import (
    Assigned,
    AttributeSources,
    FactValue,
    FixedValue,
    GroupValue,
    SubAudience,
    places_of,
    sources_of,
    the_only_audience,
)
from tui_app.core.mapping import AttributeMapping, Template
from tui_app.core.project import Destination
from tui_app.core.sent_names import is_sent
from tui_app.engine.diff import DiffAttribute
from tui_app.engine.profile import sent_mappings
from tui_app.engine.sql_quoting import sql_literal

_CONTROL_LOT = "lot_of_control"
_SMALLEST_LOT = 1e-39
"""Of 2^128 lots the lowest is 0, which has no logarithm."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """What the groups of a campaign make of mapped rows."""

    campaign: Campaign
    places: tuple[Assigned, ...]
    """A row's `place` is a position in it; in several sub-audiences at once it has a list of them."""
    sources: tuple[AttributeSources, ...]
    """Of the attributes that are sent; positions are the suffixes of v, p, w and k columns."""
    template: Template
    """Every column that feeds an attribute of any group, for `profile.mapped_rows`."""
    mappings: tuple[AttributeMapping, ...]
    """Of `template`, those that are sent; positions are the suffixes in `profile.mapped_rows`."""

    @property
    def attributes(self) -> tuple[DiffAttribute, ...]:
        """What the diff compares."""
        return tuple(self._attribute(each) for each in self.sources)

    @property
    def treated(self) -> tuple[int, ...]:
        """The places of customers who are sent."""
        return tuple(code for code, place in enumerate(self.places) if place.group is not None)

    def codes_of(self, sources: AttributeSources) -> list[tuple[GroupValue, list[int]]]:
        """Each source of an attribute with the places that have it, in the order of the places."""
        codes: list[tuple[GroupValue, list[int]]] = []
        for code in self.treated:
            place = self.places[code]
            value = sources.by_group.get((place.audience.name, place.group.name if place.group else ""))
            if value is None:
                continue
            if codes and codes[-1][0] == value:
                codes[-1][1].append(code)
            else:
                codes.append((value, [code]))
        return codes

    def _attribute(self, sources: AttributeSources) -> DiffAttribute:
        field = STANDARD_FIELDS.get(sources.name)
        values = tuple(sources.by_group.values())
        is_for_all = len(values) == len(self.treated)
        return DiffAttribute(
            sources.name,
            "standard" if field else "custom",
            "along" if all(isinstance(value, FactValue) and value.fact == "run_date" for value in values) else "mapped",
            data_points=field.data_points if field else 1,
            is_for_some=not is_for_all or any(_keeps(value) for value in values),
        )


def grouping_of(campaign: Campaign, template: Template, destination: Destination) -> Grouping | None:
    """The groups of a campaign; None if everybody in it is sent the template."""
    if not campaign.audiences and not campaign.attributes:
        return None
    audiences = campaign.audiences or (the_only_audience(campaign.place),)
    sources = sources_of(template.attributes, campaign.attributes, audiences)
    columns = dict.fromkeys(
        value for each in sources for value in each.by_group.values() if isinstance(value, AttributeMapping)
    )
    every = replace(template, attributes=tuple(columns))
    sent = tuple(each for each in sources if is_sent(each.name, destination))
    return Grouping(campaign, places_of(audiences), sent, every, sent_mappings(every, destination))


def grouped_sql(mapped_sql: str, grouping: Grouping, matches: Sequence[str], is_member: str, today: date) -> str:
    """Mapped rows with a place, and with the values that it means.

    Args:
        mapped_sql: `profile.mapped_rows` of `grouping.template`, with the columns that follow.
        grouping: The campaign's.
        matches: Boolean column for each sub-audience but the last: whether the row matches it.
        is_member: Boolean column: whether the row is in the campaign.
        today: The run date.

    Returns:
        SQL of: id · bad_id · raw_id · v{i}, p{i}, w{i} for attribute i of `grouping.sources`, as of
        `profile.mapped_rows` · k{i} string for those that are for some: not NULL where the row leaves the attribute as
        it is · place, see `Grouping`; NULL outside of the campaign · `is_member`, false for whoever is held out.
    """
    drawn_sql = f"SELECT {', '.join(['*', *_lots(grouping)])} FROM ({mapped_sql})"
    placed_sql = f"SELECT *, CASE WHEN {is_member} THEN {_place_sql(grouping, matches)} END AS place FROM ({drawn_sql})"
    columns = ["id", "bad_id", "raw_id"]
    for i, (sources, attribute) in enumerate(zip(grouping.sources, grouping.attributes, strict=True)):
        codes = grouping.codes_of(sources)
        for kind in "vpw":
            choices = [(_column(kind, value, grouping, today), at) for value, at in codes]
            columns.append(f"{_chosen_sql(choices, grouping)} AS {kind}{i}")
        if attribute.is_for_some:
            columns.append(f"{_untouched_sql(codes, grouping)} AS k{i}")
    is_sent = f"coalesce({_is_at(grouping.treated, grouping)}, false)"
    return f"SELECT {', '.join(columns)}, place, {is_sent} AS {is_member} FROM ({placed_sql})"


def _keeps(value: GroupValue) -> bool:
    return isinstance(value, AttributeMapping) and value.on_null == "keep"


def _lots(grouping: Grouping) -> list[str]:
    """Columns of the lots that decide anything."""
    audiences = {place.audience.name: place.audience for place in grouping.places}.values()
    lots = []
    if any(audience.control_share for audience in audiences):
        lots.append(f"{_lot_sql('control', grouping)} AS {_CONTROL_LOT}")
    for name, column in _lot_columns(grouping).items():
        lot = _lot_sql(f"group {name}", grouping)
        lots.append(f"ln(greatest({lot}, {_SMALLEST_LOT})) AS {column}")
    return lots


def _lot_sql(purpose: str, grouping: Grouping) -> str:
    """A number in 0..1 that belongs to a customer for a purpose."""
    key = json.dumps([grouping.campaign.assignment_key, purpose], ensure_ascii=False)
    return f"md5_number({sql_literal(key)} || id)::DOUBLE / {2**128}::DOUBLE"


def _lot_columns(grouping: Grouping) -> dict[str, str]:
    """Name of a group → the column of its lots. By position: names of columns do not tell case apart, groups do."""
    audiences = {place.audience.name: place.audience for place in grouping.places}.values()
    drawn = [group.name for audience in audiences if len(audience.groups) > 1 for group in audience.groups]
    return {name: f"lot_{position}" for position, name in enumerate(dict.fromkeys(drawn))}


def _place_sql(grouping: Grouping, matches: Sequence[str]) -> str:
    """The place of a member of the campaign."""
    first_codes = [code for code, place in enumerate(grouping.places) if place.group is None]
    places = [_place_in_sql(grouping.places[code].audience, code, _lot_columns(grouping)) for code in first_codes]
    if grouping.campaign.first_match_only:
        cases = [f"WHEN {match} THEN {place}" for match, place in zip(matches, places[:-1], strict=True)]
        return f"CASE {' '.join(cases)} ELSE {places[-1]} END" if cases else places[-1]
    nowhere = f"NOT ({' OR '.join(matches) or 'false'})"
    where = [f"CASE WHEN {match} THEN {place} END" for match, place in zip((*matches, nowhere), places, strict=True)]
    return f"list_filter([{', '.join(where)}], lambda place: place IS NOT NULL)"


def _place_in_sql(audience: SubAudience, code: int, lots: Mapping[str, str]) -> str:
    """The place of somebody in a sub-audience; its held-out part has `code`, and its groups the numbers after that."""
    scores = [f"{lots.get(group.name)} / {group.share!r}" for group in audience.groups]
    last = len(scores) - 1
    cases = [
        f"WHEN {score} >= greatest({', '.join(scores[i + 1 :])}) THEN {code + 1 + i}"
        for i, score in enumerate(scores[:-1])
    ]
    group = f"CASE {' '.join(cases)} ELSE {code + 1 + last} END" if cases else f"{code + 1}"
    if not audience.control_share:
        return group
    return f"CASE WHEN {_CONTROL_LOT} < {audience.control_share!r} THEN {code} ELSE {group} END"


def _is_at(codes: Sequence[int], grouping: Grouping) -> str:
    listed = ", ".join(str(code) for code in codes)
    return f"place IN ({listed})" if grouping.campaign.first_match_only else f"list_has_any(place, [{listed}])"


def _chosen_sql(choices: Sequence[tuple[str, Sequence[int]]], grouping: Grouping) -> str:
    """The first of some columns whose places the row has."""
    cases = [f"WHEN {_is_at(codes, grouping)} THEN {column}" for column, codes in choices if column != _NOTHING]
    return f"CASE {' '.join(cases)} END" if cases else _NOTHING


_NOTHING = "NULL::VARCHAR"


def _untouched_sql(codes: Sequence[tuple[GroupValue, Sequence[int]]], grouping: Grouping) -> str:
    """Not NULL where no place of the row has the attribute, or where its column is NULL and says to keep it then."""
    cases = []
    for value, at in codes:
        is_null = f"v{grouping.mappings.index(value)} IS NULL" if _keeps(value) else "false"
        cases.append(f"WHEN {_is_at(at, grouping)} THEN CASE WHEN {is_null} THEN 'kept' END")
    return f"CASE {' '.join(cases)} ELSE 'other group' END"


def _column(kind: str, value: GroupValue, grouping: Grouping, today: date) -> str:
    """SQL of the v, p or w column of one source."""
    match value:
        case AttributeMapping():
            return f"{kind}{grouping.mappings.index(value)}"
        case FixedValue():
            return sql_literal(value.json) if kind == "v" else _NOTHING
        case FactValue():
            return _fact_sql(value, grouping, today) if kind == "v" else _NOTHING
        case _:
            assert_never(value)


def _fact_sql(value: FactValue, grouping: Grouping, today: date) -> str:
    """A fact of the campaign as JSON text; in several sub-audiences at once, those and their groups are arrays."""
    match value.fact:
        case "campaign":
            return sql_literal(json.dumps(grouping.campaign.name, ensure_ascii=False))
        case "run_date":
            return sql_literal(f'"{today.isoformat()}"')
        case "audience" | "group":
            named = [(_name_sql(grouping.places[code], value.fact), code) for code in grouping.treated]
            if grouping.campaign.first_match_only:
                return f"CASE {' '.join(f'WHEN place = {code} THEN {name}' for name, code in named)} END"
            names = ", ".join(f"CASE WHEN list_contains(place, {code}) THEN {name} END" for name, code in named)
            return f"'[' || concat_ws(',', {names}) || ']'"
        case _:
            assert_never(value.fact)


def _name_sql(place: Assigned, fact: str) -> str:
    assert place.group is not None  # nobody who is held out is sent anything
    return sql_literal(json.dumps(place.audience.name if fact == "audience" else place.group.name, ensure_ascii=False))
