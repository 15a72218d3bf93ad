"""Attributes that Braze would take for something else than the user means, each with the change that mends it.

Braze never complains about a name: what it does not know becomes a custom attribute, and the field that was meant
stays as it is. So names are judged here, before anything is sent. Warnings refuse nothing.

Sources: braze.com/docs/api/objects_filters/user_attributes_object; docs.amperity.com, "Braze", "Custom attributes"
(duplicates of default fields) and "Audience profile updates" (values that change daily).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui_app.core import values
from tui_app.core.errors import Place
from tui_app.core.fields import REFUSED_NAMES, STANDARD_FIELDS, problem_of_name
from tui_app.core.mapping import AttributeMapping, Template
from tui_app.core.project import Destination, Identifier
from tui_app.core.synonyms import identifier_meant, near_form, standard_field_meant

WarningCode = Literal[
    "duplicate_of_standard",
    "near_duplicate",
    "two_columns",
    "reserved_name",
    "refused_name",
    "bad_name",
    "consent_field",
    "other_identifier",
    "changes_daily",
]

_NOT_SENT_WITH: Mapping[Identifier, tuple[str, ...]] = {"email": ("email",), "phone": ("phone", "email")}
"""Identifier → standard fields that would be read as an identifier themselves.

Source: braze.com/docs/api/endpoints/user_data/post_user_track, "Updating by email or phone".
"""
_PARTS_OF_ALIAS = frozenset(("alias_name", "alias_label"))
_RESERVED = frozenset((values.NAME_CONTROL_KEY,))
_MOVES_DAILY = re.compile(r"\b(?:(?:days|hours|minutes) (?:since|until|till|ago|left|remaining)|age in days)\b")
_WORD_BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+")


@dataclass(frozen=True, slots=True)
class Fix:
    """A change of the project file that mends what a warning is about."""

    kind: Literal["rename", "remove", "opt_in", "add_buckets"]
    """Rename the attribute, remove it, let the destination say `send_consent = true`, or give the mapping `buckets`."""
    to: str | None = None
    """For rename: the new name; None if a person must choose one."""


@dataclass(frozen=True, slots=True)
class MappingWarning:
    """Something about an attribute's name that a person should look at."""

    code: WarningCode
    subject: str
    """The attribute's name as written."""
    message: str
    """Thing, fact, consequence, remedy."""
    fix: Fix
    place: Place


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What a name is compared with."""

    destination: Destination
    same_name: Mapping[str, AttributeMapping]
    """Name without surrounding whitespace → the mapping that keeps it."""
    standing_for: Mapping[str, AttributeMapping]
    """Standard field → the mapping that stands for it: its own, else the first that means it."""
    first_near: Mapping[str, AttributeMapping]
    """Near form → the first mapping with it."""
    workspace: Mapping[str, Collection[str]]
    """Near form → names that the workspace has."""
    ledger: Mapping[str, Collection[str]]
    """Near form → names that the ledger has."""


def mapping_warnings(
    template: Template,
    destination: Destination,
    *,
    ledger_attributes: Collection[str],
    workspace_attributes: Collection[str],
    audience_attributes: Collection[str] = (),
) -> tuple[MappingWarning, ...]:
    """Everything about a template's names that a person should look at, in the order of the template.

    Args:
        template: The mapping.
        destination: Where it sends to.
        ledger_attributes: Names that were sent to this destination before.
        workspace_attributes: Custom attributes that the workspace has; empty if that is not known.
        audience_attributes: Those of the campaigns that use the template. Their warnings come last.
    """
    around = _surroundings(template, destination, ledger_attributes, workspace_attributes)
    warnings = [warning for mapping in template.attributes for warning in _warnings_of(mapping, around)]
    for name in audience_attributes:
        warnings.extend(_warnings_of_audience(name, template, around))
    return tuple(warnings)


def _surroundings(
    template: Template, destination: Destination, ledger: Collection[str], workspace: Collection[str]
) -> _Surroundings:
    same_name: dict[str, AttributeMapping] = {}
    standing_for: dict[str, AttributeMapping] = {}
    first_near: dict[str, AttributeMapping] = {}
    # A name that needs no change comes first: the others are judged beside it.
    for mapping in sorted(template.attributes, key=lambda mapping: mapping.attribute not in STANDARD_FIELDS):
        if field := standard_field_meant(mapping.attribute):
            standing_for.setdefault(field, mapping)
    for mapping in sorted(template.attributes, key=lambda mapping: mapping.attribute != mapping.attribute.strip()):
        same_name.setdefault(mapping.attribute.strip(), mapping)
    for mapping in template.attributes:
        if same_name[mapping.attribute.strip()] is mapping:
            first_near.setdefault(near_form(mapping.attribute), mapping)
    return _Surroundings(
        destination, same_name, standing_for, first_near, _by_near_form(workspace), _by_near_form(ledger)
    )


def _by_near_form(names: Collection[str]) -> dict[str, list[str]]:
    by_form: dict[str, list[str]] = {}
    for name in sorted(names):
        by_form.setdefault(near_form(name), []).append(name)
    return by_form


def _warnings_of(mapping: AttributeMapping, around: _Surroundings) -> Iterator[MappingWarning]:
    """At most one warning about the name's meaning, then what is worth saying about a sound name."""
    judges: tuple[_Judge, ...] = (
        _same_name_twice,
        _identifier,
        _name_of_braze,
        _altered_name,
        _standard_field,
        _near_mapped,
        _near_existing,
    )
    about_name = next((warning for judge in judges if (warning := judge(mapping, around))), None)
    if about_name is not None:
        yield about_name
    if about_name is None or about_name.fix.kind == "rename":
        yield from (warning for judge in (_consent, _daily) if (warning := judge(mapping, around)))


def _same_name_twice(mapping: AttributeMapping, around: _Surroundings) -> MappingWarning | None:
    keeper = around.same_name[mapping.attribute.strip()]
    if keeper is mapping:
        return None
    message = (
        f"{_quoted(mapping.attribute)} is {_quoted(keeper.attribute)} to Braze, which strips whitespace, and column "
        f"{_quoted(keeper.column)} feeds that already. One would overwrite the other. Remove one from stoker.toml."
    )
    return _warning("two_columns", mapping, message, Fix("remove"))


def _identifier(mapping: AttributeMapping, around: _Surroundings) -> MappingWarning | None:
    name, used = mapping.attribute, around.destination.identifier
    meant = identifier_meant(name)
    is_own_part = used == "user_alias" and meant in _PARTS_OF_ALIAS
    if name in _NOT_SENT_WITH.get(used, ()) or meant == used or is_own_part:
        fact = f"belongs to the {used} that destination {_quoted(around.destination.name)} addresses customers by"
        consequence = "As an attribute it is not sent" if meant in {None, name} else _would_be_custom(meant)
    elif meant is not None:
        fact = f"is Braze's identifier {meant}, and destination {_quoted(around.destination.name)} uses {used}"
        consequence = (
            "Two identifiers in one object make Braze refuse it, so it is not sent"
            if meant == name
            else _would_be_custom(meant)
        )
    else:
        return None
    message = f"{_quoted(name)} {fact}. {consequence}. Remove it from stoker.toml."
    return _warning("other_identifier", mapping, message, Fix("remove"))


def _name_of_braze(mapping: AttributeMapping, _around: _Surroundings) -> MappingWarning | None:
    reason = REFUSED_NAMES.get(mapping.attribute)
    if reason is None:
        return None
    code: WarningCode = "reserved_name" if reason in _RESERVED else "refused_name"
    message = f"{_quoted(mapping.attribute)} {reason.sentence}. It is not sent. Rename or remove it in stoker.toml."
    return _warning(code, mapping, message, Fix("remove"))


def _altered_name(mapping: AttributeMapping, _around: _Surroundings) -> MappingWarning | None:
    reason = problem_of_name(mapping.attribute)
    if reason is None:
        return None
    clean = "".join(character for character in mapping.attribute if character.isprintable()).strip().lstrip("$").strip()
    proposal = clean if problem_of_name(clean) is None else None
    remedy = f"Rename it to {_quoted(proposal)}" if proposal else "Give it a name that Braze keeps as it is"
    message = f"{_quoted(mapping.attribute)} {reason.sentence}. It is not sent. {remedy} in stoker.toml."
    return _warning("bad_name", mapping, message, Fix("rename", proposal))


def _standard_field(mapping: AttributeMapping, around: _Surroundings) -> MappingWarning | None:
    name, field = mapping.attribute, standard_field_meant(mapping.attribute)
    if field is None or name == field:
        return None
    keeper = around.standing_for[field]
    fact = f"{_quoted(name)} means Braze's standard field {field}"
    if keeper is mapping:
        message = f"{fact}. {_would_be_custom(field)}. Rename it to {field} in stoker.toml."
        return _warning("duplicate_of_standard", mapping, message, Fix("rename", field))
    message = (
        f"{fact}, which {_quoted(keeper.attribute)} (column {_quoted(keeper.column)}) stands for already. "
        f"{_would_be_custom(field)}. Remove one of the two from stoker.toml."
    )
    code: WarningCode = "duplicate_of_standard" if keeper.column == mapping.column else "two_columns"
    return _warning(code, mapping, message, Fix("remove"))


def _near_mapped(mapping: AttributeMapping, around: _Surroundings) -> MappingWarning | None:
    first = around.first_near[near_form(mapping.attribute)]
    if first is mapping or mapping.attribute in STANDARD_FIELDS:
        return None
    message = (
        f"{_differs(mapping.attribute, first.attribute)}, which column {_quoted(first.column)} feeds. Braze would keep "
        "two attributes that people cannot tell apart. Remove one from stoker.toml, or name them by their difference."
    )
    return _warning("near_duplicate", mapping, message, Fix("remove"))


def _near_existing(mapping: AttributeMapping, around: _Surroundings) -> MappingWarning | None:
    near = _existing_near(mapping.attribute, around)
    if near is None:
        return None
    existing, where = near
    message = (
        f"{_differs(mapping.attribute, existing)}, which {where}. Braze would make a second attribute and leave the "
        f"first as it is. Rename it to {_quoted(existing)} in stoker.toml."
    )
    return _warning("near_duplicate", mapping, message, Fix("rename", existing))


def _existing_near(name: str, around: _Surroundings) -> tuple[str, str] | None:
    """A name that the workspace or the ledger has instead of this one, and where it is; None if one has this one."""
    form = near_form(name)
    in_workspace, in_ledger = around.workspace.get(form, ()), around.ledger.get(form, ())
    if name in STANDARD_FIELDS or name in in_workspace or name in in_ledger:
        return None
    if in_workspace:
        return next(iter(in_workspace)), "the workspace has"
    return (next(iter(in_ledger)), "Stoker sent before") if in_ledger else None


def _consent(mapping: AttributeMapping, around: _Surroundings) -> MappingWarning | None:
    field = STANDARD_FIELDS.get(mapping.attribute)
    if field is None or not field.is_consent or around.destination.send_consent:
        return None
    message = (
        f"{_quoted(mapping.attribute)} is consent, and Braze should stay the source of truth for it. It is not sent. "
        f"Remove it, or set send_consent = true in [destinations.{around.destination.name}] of stoker.toml."
    )
    return _warning("consent_field", mapping, message, Fix("opt_in"))


def _daily(mapping: AttributeMapping, _around: _Surroundings) -> MappingWarning | None:
    is_coarse = bool(mapping.buckets) or (mapping.round is not None and mapping.round < 0)
    moving = next((name for name in (mapping.attribute, mapping.column) if _MOVES_DAILY.search(_words(name))), None)
    if is_coarse or moving is None or mapping.attribute in STANDARD_FIELDS:
        return None
    message = (
        f"{_quoted(moving)} counts the time, so it changes daily for every customer. Each day Braze would count a data "
        "point per customer. Give it buckets in stoker.toml, such as buckets = { green = 0, yellow = 30, red = 90 }."
    )
    return _warning("changes_daily", mapping, message, Fix("add_buckets"))


def _warnings_of_audience(name: str, template: Template, around: _Surroundings) -> Iterator[MappingWarning]:
    """At most one warning about the attribute that a campaign writes membership to."""
    code: WarningCode
    fix = Fix("rename")
    reason, field, near = problem_of_name(name), standard_field_meant(name), _existing_near(name, around)
    same, similar = around.same_name.get(name.strip()), around.first_near.get(near_form(name))
    if same is not None:
        code = "two_columns"
        fact = f"is fed by column {_quoted(same.column)} too. One would overwrite the other"
    elif reason is not None:
        code, fact = "bad_name", f"{reason.sentence}. Membership would not arrive"
    elif field is not None:
        code, fact = "duplicate_of_standard", f"means Braze's standard field {field}. Membership is not that"
    elif similar is not None:
        code = "near_duplicate"
        fact = f"differs only in its spelling from the mapped attribute {_quoted(similar.attribute)}"
    elif near is not None:
        code, fact = "near_duplicate", f"differs only in its spelling from {_quoted(near[0])}, which {near[1]}"
        fix = Fix("rename", near[0])
    else:
        return
    message = f"audience attribute {_quoted(name)} {fact}. Set audience_attribute of the campaign to another name."
    yield MappingWarning(code, name, message, fix, template.place)


def _would_be_custom(field: str) -> str:
    return f"Braze would make a custom attribute and leave {field} untouched"


def _differs(name: str, other: str) -> str:
    return f"{_quoted(name)} differs only by case, spaces, hyphens or underscores from {_quoted(other)}"


def _words(name: str) -> str:
    """A name in lower case with single spaces, however its words were joined."""
    return _WORD_BREAK.sub(" ", name).lower()


def _quoted(name: str) -> str:
    return f'"{name}"'


def _warning(code: WarningCode, mapping: AttributeMapping, message: str, fix: Fix) -> MappingWarning:
    return MappingWarning(code, mapping.attribute, message, fix, mapping.place)


_Judge: TypeAlias = Callable[[AttributeMapping, _Surroundings], MappingWarning | None]
