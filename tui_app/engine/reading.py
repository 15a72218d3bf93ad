"""Columns → values of a kind: parsing, converting and the transforms of a mapping, with the reason where that fails.

Nothing raises on a bad value; an expression that cannot be built at all is a `Mismatch`, known from the types alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tui_app.core import values
from tui_app.core.change import Reason
from tui_app.core.mapping import AttributeMapping, Bucket
from tui_app.engine import duckdb_functions as duck
from tui_app.engine import json_text
from tui_app.engine.json_text import NO_REASON, NUMBERS, Kind, code_where


class Mismatch(Exception):
    """A column, a type and transforms that do not fit; the text stands after the attribute's name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The way from a value to a value."""

    steps: tuple[Callable[[Any], Any], ...]
    """One after the other; each gives NULL where it cannot go on. What a step uses twice is a step of its own."""
    unreadable: Callable[[Any], ir.StringValue]
    """Code of the reason for a value that is not NULL and was read as NULL; NULL if that is as it should be."""

    def read(self, value: Any) -> Any:
        """All steps at once."""
        for step in self.steps:
            value = step(value)
        return value

    def then(self, following: Reading) -> Reading:
        """This way, then `following`."""

        def unreadable(value: ir.Value) -> ir.StringValue:
            first = self.read(value)
            return first.isnull().ifelse(self.unreadable(value), following.unreadable(first))

        return Reading((*self.steps, *following.steps), unreadable)


def through(*steps: Callable[[Any], Any], unless: Reason | None = None) -> Reading:
    """A way by `steps`, which cannot fail or fails for one reason."""
    return Reading(steps, lambda _value: NO_REASON if unless is None else ibis.literal(unless.code))


AS_IT_IS = through()

_LARGEST_FLOAT = 1.79769313486231e308
"""The few above it would be rounded to 15 digits that stand for infinity."""
_IS_WHOLE = r"^[+-]?[0-9]+(\.0*)?$"


def _whole_float(number: ir.FloatingValue) -> ir.IntegerValue:
    return (number % 1 == 0).ifelse(number.try_cast("int64"), ibis.null("int64"))


def _why_not_whole(number: ir.FloatingValue) -> ir.StringValue:
    return code_where((number % 1 == 0, values.NUMBER_TOO_LARGE), (ibis.literal(True), values.NOT_AN_INTEGER))


def _finite(number: ir.FloatingValue) -> ir.FloatingValue:
    # False for NaN too, which DuckDB orders above every number.
    return (number.abs() <= _LARGEST_FLOAT).ifelse(number, ibis.null("float64"))


def _utc(moment: ir.Value) -> ir.TimestampValue:
    return duck.make_timestamp(duck.epoch_microseconds(moment))


def _plain_date_text(date: ir.DateValue) -> ir.StringValue:
    return json_text.is_braze_year(date).ifelse(json_text.date_text(date), NO_REASON)


def _plain_datetime_text(moment: ir.TimestampValue) -> ir.StringValue:
    return json_text.is_braze_year(moment).ifelse(json_text.datetime_text(moment), NO_REASON)


_FINITE = through(_finite, unless=values.NOT_FINITE)
_INTEGER = through(lambda number: number.try_cast("int64"), unless=values.NUMBER_TOO_LARGE)
_WHOLE_TEXT = Reading(
    (lambda text: text.re_search(_IS_WHOLE).ifelse(text.try_cast("int64"), ibis.null("int64")),),
    lambda text: text.re_search(_IS_WHOLE).ifelse(values.NUMBER_TOO_LARGE.code, values.NOT_AN_INTEGER.code),
)
_FLOAT_TEXT = through(lambda text: text.try_cast("float64"), unless=values.NOT_A_NUMBER).then(_FINITE)
# A cast to a timestamp without zone would drop an offset like +02:00; a text without zone is UTC.
_DATETIME_TEXT = through(lambda text: _utc(text.try_cast("timestamp('UTC')")), unless=values.NOT_A_DATETIME)
_DATE_TEXT = through(lambda text: _DATETIME_TEXT.read(text).date(), unless=values.NOT_A_DATE)
_BOOLEAN_TEXT = through(lambda text: text.try_cast("boolean"), unless=values.NOT_A_BOOLEAN)
_PLAIN_DIGITS = through(lambda number: number.cast("string"))
_NUMBER_TEXT = through(json_text.number_text)

CONVERSIONS: Mapping[tuple[Kind, Kind], Reading] = {
    ("string", "boolean"): _BOOLEAN_TEXT,
    ("string", "integer"): _WHOLE_TEXT,
    ("string", "decimal"): _FLOAT_TEXT,
    ("string", "float"): _FLOAT_TEXT,
    ("string", "date"): _DATE_TEXT,
    ("string", "datetime"): _DATETIME_TEXT,
    ("boolean", "string"): through(json_text.boolean_text),
    ("integer", "boolean"): through(
        lambda number: number.isin((0, 1)).ifelse(number == 1, ibis.null("boolean")), unless=values.NOT_A_BOOLEAN
    ),
    ("integer", "string"): _PLAIN_DIGITS,
    ("decimal", "integer"): _PLAIN_DIGITS.then(_WHOLE_TEXT),
    ("decimal", "string"): _NUMBER_TEXT,
    ("float", "integer"): Reading((_whole_float,), _why_not_whole),
    ("float", "string"): _NUMBER_TEXT,
    ("date", "datetime"): through(lambda date: date.cast("timestamp(6)")),
    ("date", "string"): through(_plain_date_text, unless=values.YEAR_OUT_OF_RANGE),
    ("datetime", "date"): through(lambda moment: moment.date()),
    ("datetime", "string"): through(_plain_datetime_text, unless=values.YEAR_OUT_OF_RANGE),
}
"""From a column's kind to another. Strings arrive without surrounding whitespace."""

_ALREADY: frozenset[tuple[Kind, Kind]] = frozenset(
    {("integer", "decimal"), ("integer", "float"), ("decimal", "float"), ("float", "decimal")}
)
"""JSON has one type of numbers, and a detour by another type would only lose digits."""


def read_column(dtype: dt.DataType) -> Reading:
    """A column as its kind's plain value: integers and floats of 64 bit, finite; times in UTC without a zone."""
    if dtype.is_uuid():
        return _PLAIN_DIGITS
    if dtype.is_float64():
        return _FINITE
    if dtype.is_floating():
        # By its shortest text: 0.1 of 32 bit is 0.100000001490116 as 64 bit.
        return through(lambda number: number.cast("string").cast("float64")).then(_FINITE)
    if dtype.is_timestamp() and (dtype.timezone is not None or dtype.scale != 6):
        return through(_utc, unless=values.YEAR_OUT_OF_RANGE)
    if json_text.kind_of(dtype) == "integer" and not dtype.is_signed_integer():
        return _INTEGER
    return AS_IT_IS


def converted(reading: Reading, kind: Kind, wanted: Kind) -> tuple[Reading, Kind]:
    """`reading`, which gives `kind`, followed by the conversion to `wanted`, and the kind that results.

    Raises:
        Mismatch: There is no such conversion.
    """
    if kind == wanted or (kind, wanted) in _ALREADY:
        return reading, kind
    if (kind, wanted) not in CONVERSIONS:
        raise Mismatch(f"{article(kind)} cannot be sent as {article(wanted)}")
    return reading.then(CONVERSIONS[kind, wanted]), wanted


def article(kind: Kind) -> str:
    """The kind with its article, for messages."""
    if kind == "object":
        return "a nested value"
    return f"{'an' if kind in {'integer', 'array'} else 'a'} {kind}"


def transformed(mapping: AttributeMapping, dtype: dt.DataType, wanted: Kind) -> tuple[Reading, Kind]:
    """The column with the transforms round, buckets and date_only, and the kind that results.

    Args:
        mapping: Its trim, lower and upper are applied before and not here.
        dtype: The column's type.
        wanted: What the value is to be sent as; says how a text is parsed for a transform.

    Raises:
        Mismatch: A transform does not fit the column.
    """
    reading, kind = read_column(dtype), json_text.kind_of(dtype)
    if kind is None:
        raise Mismatch("Braze has no attribute for such values")
    if (mapping.trim or mapping.lower or mapping.upper) and kind != "string":
        raise Mismatch("trim, lower and upper are for strings")
    if mapping.round is not None or mapping.buckets:
        reading, kind = _numbered(reading, kind, wanted)
    if mapping.round is not None:
        reading = reading.then(_rounding(kind, mapping.round))
    if mapping.buckets and mapping.date_only:
        raise Mismatch("buckets give names and date_only is for dates and datetimes")
    if mapping.buckets:
        return reading.then(_bucketing(mapping.buckets)), "string"
    if mapping.date_only:
        return _dated(reading, kind), "date"
    return reading, kind


def _numbered(reading: Reading, kind: Kind, wanted: Kind) -> tuple[Reading, Kind]:
    if kind in NUMBERS:
        return reading, kind
    if kind == "string" and wanted in NUMBERS:
        return reading.then(CONVERSIONS[kind, wanted]), "integer" if wanted == "integer" else "float"
    raise Mismatch('round and buckets are for numbers; for numbers in a string column say type = "float"')


def _rounding(kind: Kind, digits: int) -> Reading:
    if kind == "float":
        return through(lambda number: duck.round_float(number, digits))
    if kind == "decimal":
        return through(lambda number: duck.round_decimal(number, digits))
    if digits >= 0:
        return AS_IT_IS
    # By way of 38 digits: at the ends of 64 bit DuckDB's rounding wraps around without an error.
    return through(
        lambda number: duck.round_decimal(number.cast(dt.Decimal(38, 0)), digits).try_cast("int64"),
        unless=values.NUMBER_TOO_LARGE,
    )


def _bucketing(buckets: tuple[Bucket, ...]) -> Reading:
    def name_of(number: ir.NumericValue) -> ir.StringValue:
        descending = sorted(buckets, key=lambda bucket: bucket.at_least, reverse=True)
        return ibis.cases(*((number >= bucket.at_least, bucket.name) for bucket in descending), else_=NO_REASON)

    return through(name_of)


def _dated(reading: Reading, kind: Kind) -> Reading:
    if kind == "string":
        return reading.then(_DATE_TEXT)
    if kind not in {"date", "datetime"}:
        raise Mismatch("date_only is for dates and datetimes")
    return converted(reading, kind, "date")[0]
