"""What was typed about a mapping, read: a mapping, or the reason why it is none yet."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from tui_app.config.wording import has_invisible
from tui_app.core.fields import STANDARD_FIELDS, Location
from tui_app.core.mapping import AttributeMapping, Bucket, OnNull, Template, ValueType
from tui_app.tui.widgets.mapping_changes import bucket_table

_MOST_DIGITS: Final = 15
_RANGES_REMEDY: Final = "Write ranges as name = lower end: low = 0, mid = 100, high = 500."


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Why something typed cannot be taken."""

    reason: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form of an attribute holds."""

    name: str
    latitude: str
    type: ValueType | None
    on_null: OnNull
    flags: frozenset[str]
    """Those of `trim`, `lower`, `upper`, `keep_empty`, `date_only` that are on."""
    digits: str
    ranges: str


def needs_two_columns(name: str) -> bool:
    """Whether an attribute is a location."""
    field = STANDARD_FIELDS.get(name)
    return field is not None and isinstance(field.rule, Location)


def read_draft(typed: Typed, first: AttributeMapping, template: Template) -> AttributeMapping | Unfinished:
    """The mapping that was typed.

    Args:
        typed: What the form holds.
        first: What it held at first; its column stays.
        template: Whose other attributes are not to be met.
    """
    ranges = read_ranges(typed.ranges)
    if isinstance(ranges, Unfinished):
        return ranges
    reason = _against_name(typed.name, first, template) or _against_settings(typed)
    if reason:
        return Unfinished(reason)
    return replace(
        first,
        attribute=typed.name,
        type=typed.type,
        on_null=typed.on_null,
        keep_empty="keep_empty" in typed.flags,
        trim="trim" in typed.flags,
        lower="lower" in typed.flags,
        upper="upper" in typed.flags,
        round=int(typed.digits) if typed.digits else None,
        buckets=ranges,
        date_only="date_only" in typed.flags,
        latitude_column=typed.latitude if needs_two_columns(typed.name) else None,
    )


def _against_name(name: str, first: AttributeMapping, template: Template) -> str:
    if not name.strip():
        return "Type the attribute's name in Braze."
    if has_invisible(name):
        return "The name holds a character that cannot be seen. Type it without."
    other = next((each for each in template.attributes if each.attribute == name != first.attribute), None)
    return f"Column {other.column} feeds this attribute already. Take another name." if other else ""


def _against_settings(typed: Typed) -> str:
    if needs_two_columns(typed.name) and not typed.latitude:
        return "A location needs two columns: this one is the longitude. Choose the one of the latitude."
    if typed.digits and (not typed.digits.lstrip("-").isdecimal() or abs(int(typed.digits)) > _MOST_DIGITS):
        return f"Round to -{_MOST_DIGITS}..{_MOST_DIGITS} digits after the decimal point."
    return "lower and upper exclude each other." if {"lower", "upper"} <= typed.flags else ""


def read_ranges(text: str) -> tuple[Bucket, ...] | Unfinished:
    """Ranges as the project file writes them: `low = 0, mid = 100`. Nothing typed is no range."""
    try:
        table: object = tomllib.loads(f"ranges = {{ {text} }}").get("ranges")
    except tomllib.TOMLDecodeError:
        return Unfinished(_RANGES_REMEDY)
    if not isinstance(table, dict):
        return Unfinished(_RANGES_REMEDY)
    for name, at_least in table.items():
        if isinstance(at_least, bool) or not isinstance(at_least, (int, float)) or not math.isfinite(at_least):
            return Unfinished(f"{name} needs a number. {_RANGES_REMEDY}")
    buckets = sorted((Bucket(name, at_least) for name, at_least in table.items()), key=lambda each: each.at_least)
    if any(not bucket.name.strip() for bucket in buckets):
        return Unfinished(f"A range needs a name. {_RANGES_REMEDY}")
    twice = next((lower for lower, upper in pairwise(buckets) if lower.at_least == upper.at_least), None)
    return Unfinished(f"Two ranges begin where {twice.name} does. Change one.") if twice else tuple(buckets)


def written_ranges(buckets: Sequence[Bucket]) -> str:
    """Ranges as one types them."""
    from tui_app.config.splice import rendered

    return rendered(bucket_table(buckets))[2:-2] if buckets else ""
