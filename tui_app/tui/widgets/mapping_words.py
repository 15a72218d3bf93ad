"""A mapping in words: what a value is sent as, what happens to it on the way, what a field takes, what a fix does."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Final, assert_never

from tui_app.core.fields import (
    STANDARD_FIELDS,
    Date,
    Email,
    Flag,
    JsonShape,
    Location,
    Lookup,
    Moment,
    OneOf,
    Phone,
    Rule,
    Text,
)
from tui_app.core.mapping import AttributeMapping, Bucket, OnNull
from tui_app.core.table_report import ColumnType

BRAZE_TYPES: Final[Mapping[ColumnType, str]] = {
    "boolean": "boolean",
    "date": "time",
    "datetime": "time",
    "decimal": "number",
    "float": "number",
    "integer": "number",
    "string": "string",
    "varchar": "string",
    "array": "array",
    "unsupported": "nothing",
}
"""What Braze keeps a custom attribute as. Source: braze.com/docs, "Custom attribute data types"."""

ON_NULL_WORDS: Final[Mapping[OnNull, str]] = {
    "clear": "clear: removed in Braze, if Stoker sent it before",
    "keep": "keep: Braze keeps what it has",
}


def braze_type(mapping: AttributeMapping, column: ColumnType | None) -> str:
    """`standard`, or the type of the custom attribute; … while the column's type is on its way."""
    if mapping.attribute in STANDARD_FIELDS:
        return "standard"
    if mapping.type is not None:
        return BRAZE_TYPES[mapping.type]
    if mapping.buckets:
        return "string"
    if mapping.date_only:
        return "time"
    return "…" if column is None else BRAZE_TYPES[column]


def transforms(mapping: AttributeMapping) -> str:
    """`trim, lower, round 2, low/mid/high, date only`; empty if values are sent as they are."""
    parts = (
        ("trim", mapping.trim),
        ("lower", mapping.lower),
        ("upper", mapping.upper),
        (f"round {mapping.round}", mapping.round is not None),
        ("/".join(bucket.name for bucket in mapping.buckets), bool(mapping.buckets)),
        ("date only", mapping.date_only),
        ("keep empty", mapping.keep_empty),
    )
    return ", ".join(words for words, holds in parts if holds)


def bucket_ranges(buckets: tuple[Bucket, ...]) -> tuple[str, ...]:
    """`low: 0 to below 100`, for each bucket; empty if there is none."""
    if not buckets:
        return ()
    inner = [f"{lower.name}: {number(lower.at_least)} to below {number(upper.at_least)}"
             for lower, upper in pairwise(buckets)]  # fmt: skip
    return (*inner, f"{buckets[-1].name}: {number(buckets[-1].at_least)} and more")


def number(value: float) -> str:
    """`1,440` or `0.5`."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,}"


def rule_words(rule: Rule) -> str:  # noqa: PLR0911 - one per rule
    """What a standard field takes, as the end of a sentence: `a day, as YYYY-MM-DD`."""
    match rule:
        case Text(max_characters):
            return f"text of at most {max_characters:,} characters"
        case Email():
            return "an email address"
        case Phone():
            return "a phone number; any notation becomes +12025550142"
        case OneOf(allowed):
            return f"one of {', '.join(allowed)}"
        case Lookup(table):
            return _LOOKUPS[table]
        case Date():
            return "a day, as YYYY-MM-DD"
        case Moment():
            return "a date with its time"
        case Flag():
            return "true or false"
        case Location():
            return "longitude and latitude, from two columns"
        case JsonShape(members, is_array):
            names = ", ".join(member.name for member in members)
            return f"{'an array of JSON objects' if is_array else 'a JSON object'} with {names}"
        case _:
            assert_never(rule)


_LOOKUPS: Final = {
    "country": "a country; names and codes become two letters",
    "language": "a language code such as en",
    "time_zone": "a time zone such as Europe/Berlin",
}
