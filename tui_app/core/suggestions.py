"""What a person would most likely map: an attribute for a column, the column of an identifier, cut points.

A suggestion never earns a warning about its name: what Braze would misunderstand is not suggested.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from tui_app.core.duplicates import mapping_warnings
from tui_app.core.errors import Place
from tui_app.core.fields import STANDARD_FIELDS, JsonShape, Location
from tui_app.core.mapping import AttributeMapping, Bucket, Template
from tui_app.core.project import Destination, Identifier
from tui_app.core.synonyms import identifier_meant, near_form, standard_field_meant
from tui_app.core.table_report import ColumnType
from tui_app.core.visible import visible

Basis: TypeAlias = Literal["standard", "known", "column"]
"""A standard field that the column's name means, a custom attribute that is known by nearly this name, or nothing but
the column's own name."""

_IDENTIFIER_COLUMNS: Mapping[Identifier, tuple[tuple[str, ...], ...]] = {
    "external_id": (
        ("external_id", "customer_id", "user_id", "client_id", "member_id", "contact_id", "person_id", "profile_id",
         "account_id", "amperity_id", "id", "uuid", "uid"),
    ),
    "braze_id": (("braze_id",),),
    "user_alias": (("alias_name",), ("alias_label",)),
    "email": (("email", "email_address", "email_addr"),),
    "phone": (("phone", "phone_number", "telephone", "mobile", "mobile_number", "msisdn"),),
}  # fmt: skip
"""What tables call the columns of an identifier, the best first; for user_alias those of its name, then its label.

Source: docs.amperity.com, "Braze": amperity_id is the default for external_id.
"""

_HARMLESS = frozenset(("changes_daily",))
"""Warnings that are about values: the name is still the right one."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An attribute for a column."""

    attribute: str
    basis: Basis

    @property
    def is_sure(self) -> bool:
        """Whether hardly anybody would map the column to something else."""
        return self.basis != "column"


def suggest_attributes(
    columns: Mapping[str, ColumnType], template: Template, destination: Destination, known_names: Collection[str]
) -> dict[str, Suggestion]:
    """An attribute for each column that feeds nothing yet and that one can be suggested for.

    Args:
        columns: Column → type, in the table's order.
        template: What is mapped.
        destination: Where it sends to.
        known_names: Custom attributes that the workspace or the ledger has.

    Returns:
        Column → suggestion. No two suggest one attribute, so all can be taken together.
    """
    known = _by_near_form(known_names)
    candidates = {
        column: suggestion
        for column, type_ in columns.items()
        if column not in columns_in_use(template) and (suggestion := _candidate(column, type_, known)) is not None
    }
    # Where two columns mean one field, the one that is called like it stands for it.
    in_rank = sorted(candidates, key=lambda column: candidates[column].attribute != column)
    sound = _without_warnings(
        {column: candidates[column].attribute for column in in_rank}, template, destination, known
    )
    return {column: suggestion for column, suggestion in candidates.items() if column in sound}


def columns_in_use(template: Template) -> frozenset[str]:
    """Columns that feed an attribute or the identifier."""
    pairs = [(mapping.column, mapping.latitude_column) for mapping in template.attributes]
    used = {column for pair in pairs for column in pair} | set(identifier_columns_of(template))
    return frozenset(column for column in used if column is not None)


def identifier_columns_of(template: Template) -> tuple[str, ...]:
    """The columns that a template takes the identifier from."""
    columns = (template.identifier_column, template.alias_name_column, template.alias_label_column)
    return tuple(column for column in columns if column is not None)


def suggest_identifier_columns(columns: Iterable[str], identifier: Identifier) -> tuple[str | None, ...]:
    """The column of an identifier, None if none is called like it; for user_alias those of its name and its label."""
    by_form: dict[str, str] = {}
    for column in columns:
        by_form.setdefault(near_form(column), column)
    return tuple(
        next((by_form[near_form(name)] for name in names if near_form(name) in by_form), None)
        for names in _IDENTIFIER_COLUMNS[identifier]
    )


def _by_near_form(names: Collection[str]) -> dict[str, tuple[str, ...]]:
    by_form: dict[str, tuple[str, ...]] = {}
    for name in sorted(names):
        by_form[near_form(name)] = (*by_form.get(near_form(name), ()), name)
    return by_form


def _candidate(column: str, type_: ColumnType, known: Mapping[str, tuple[str, ...]]) -> Suggestion | None:
    """What the name alone says."""
    if identifier_meant(column) is not None or visible(column) != column:
        return None
    field = standard_field_meant(column)
    if field is not None:
        rule = STANDARD_FIELDS[field].rule
        # A location needs two columns; what holds members is unsupported everywhere but in fields that want members.
        fits = isinstance(rule, JsonShape) or (type_ != "unsupported" and not isinstance(rule, Location))
        return Suggestion(field, "standard") if fits else None
    if type_ == "unsupported":
        return None
    existing = known.get(near_form(column), ())
    if existing:
        return Suggestion(column if column in existing else existing[0], "known")
    return Suggestion(column, "column")


def _without_warnings(
    attributes: Mapping[str, str], template: Template, destination: Destination, known: Mapping[str, tuple[str, ...]]
) -> frozenset[str]:
    """Columns whose attribute could be added to the template without a warning about its name."""
    place_of = {column: Place(column, 0) for column in attributes}
    added = tuple(AttributeMapping(name, column, place_of[column]) for column, name in attributes.items())
    warnings = mapping_warnings(
        replace(template, attributes=(*template.attributes, *added)),
        destination,
        ledger_attributes=(),
        workspace_attributes=[name for names in known.values() for name in names],
    )
    faulty = {warning.place for warning in warnings if warning.code not in _HARMLESS}
    return frozenset(column for column, place in place_of.items() if place not in faulty)


_UNITS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "days": (("week", 0), ("month", 7), ("quarter", 30), ("year", 90), ("longer", 365)),
    "hours": (("day", 0), ("week", 24), ("month", 168), ("longer", 720)),
    "minutes": (("hour", 0), ("day", 60), ("week", 1_440), ("longer", 10_080)),
}
"""Name and lower end of each range, in the unit. Each name holds for time past and for time ahead."""
_WORD_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+")


def proposed_buckets(name: str) -> tuple[Bucket, ...]:
    """Ranges for a number that counts the time, so that it changes seldom.

    Args:
        name: Of the column; without a unit in it, the unit is taken to be days.

    Returns:
        Ascending ranges from 0 on: what is below is NULL.
    """
    words = _WORD_BREAK.sub(" ", name).lower().split()
    unit = next((unit for unit in _UNITS if unit in words), "days")
    return tuple(Bucket(name, at_least) for name, at_least in _UNITS[unit])
