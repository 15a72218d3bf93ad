"""Which column feeds which Braze attribute, and what happens to its values on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_app.core.errors import Place

ValueType = Literal["boolean", "date", "datetime", "decimal", "float", "integer", "string", "varchar", "array"]
"""Amperity's eight column types and arrays of strings or numbers."""
VALUE_TYPES: tuple[ValueType, ...] = (
    "boolean", "date", "datetime", "decimal", "float", "integer", "string", "varchar", "array",
)  # fmt: skip

OnNull = Literal["clear", "keep"]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A name for all numbers from `at_least` up to the next bucket."""

    name: str
    at_least: float


@dataclass(frozen=True, slots=True)
class AttributeMapping:
    """One Braze attribute and the column that feeds it.

    Transforms are applied in this order: trim, lower or upper, round, buckets, date_only.
    """

    attribute: str
    """The name in Braze, exactly."""
    column: str
    place: Place
    type: ValueType | None = None
    """What the value is sent as; None follows the column, or the rule of a standard field."""
    on_null: OnNull = "clear"
    """`clear`: a value that turns NULL is sent as null if Stoker sent it before. `keep`: nothing is sent."""
    keep_empty: bool = False
    """False: an empty string counts as NULL."""
    trim: bool = False
    lower: bool = False
    upper: bool = False
    round: int | None = None
    """Digits after the decimal point; negative rounds to tens, hundreds …"""
    buckets: tuple[Bucket, ...] = ()
    """Ascending by `at_least`; a number below the first is NULL."""
    date_only: bool = False
    """Send the UTC date of a datetime."""
    latitude_column: str | None = None
    """Only for `current_location`: `column` then holds the longitude."""


@dataclass(frozen=True, slots=True)
class Template:
    """A named mapping for one destination."""

    name: str
    destination: str
    attributes: tuple[AttributeMapping, ...]
    """In the order of the project file, which is the order in payloads."""
    place: Place
    identifier_column: str | None = None
    """Set for every identifier but user_alias."""
    alias_name_column: str | None = None
    alias_label_column: str | None = None
    update_existing_only: bool | None = None
    """Of what its destination leaves open; None: the destination's own, or what that is by itself."""
    send_consent: bool | None = None
    """As `update_existing_only`."""
    objects_per_request: int | None = None
    """As `update_existing_only`."""
