"""Typed columns → canonical JSON text: the same value always gives the same bytes, so that texts can be compared.

Numbers carry no binary noise, dates and times are in UTC, and whatever JSON or Braze cannot hold has a reason instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tui_app.core import values
from tui_app.core.change import Reason
from tui_app.engine import duckdb_functions as duck

Kind: TypeAlias = Literal["boolean", "integer", "decimal", "float", "date", "datetime", "string", "array", "object"]
"""What a column holds: `array` has strings or numbers, `object` is everything that has JSON members."""
NUMBERS = frozenset({"integer", "decimal", "float"})

_WHITESPACE_AROUND = r"^[\s\pZ]+|[\s\pZ]+$"
_WHITESPACE_BEFORE = r"^[\s\pZ]"
_WHITESPACE_AFTER = r"[\s\pZ]$"
_FIRST_VISIBLE, _LAST_VISIBLE = "!", "~"
"""Of the characters of ASCII: nothing between them is whitespace."""
NO_REASON: ir.StringScalar = ibis.null("string")


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one kind become JSON text."""

    judge: Callable[[Any], ir.StringValue]
    """Code of a reason against a value that is not NULL, or NULL."""
    write: Callable[[Any], ir.StringValue]
    """JSON text of a value that was judged well; otherwise anything, but never an error."""


def kind_of(dtype: dt.DataType) -> Kind | None:
    """What a column of this type holds, or None if Braze has nothing like it."""
    if dtype.is_decimal():
        return "integer" if dtype.scale == 0 else "decimal"
    if dtype.is_array():
        return _kind_of_array(kind_of(dtype.value_type))
    tests: tuple[tuple[Kind, bool], ...] = (
        ("boolean", dtype.is_boolean()),
        ("integer", dtype.is_integer()),
        ("float", dtype.is_floating()),
        ("date", dtype.is_date()),
        ("datetime", dtype.is_timestamp()),
        ("string", dtype.is_string() or dtype.is_uuid()),
        ("object", dtype.is_struct() or dtype.is_json()),
    )
    return next((kind for kind, holds in tests if holds), None)


def _kind_of_array(element: Kind | None) -> Kind | None:
    if element == "string" or element in NUMBERS:
        return "array"
    return "object" if element == "object" else None


def code_where(*verdicts: tuple[ir.BooleanValue, Reason]) -> ir.StringValue:
    """Code of the first reason whose condition holds, or NULL."""
    return ibis.cases(*((condition, reason.code) for condition, reason in verdicts), else_=NO_REASON)


def trimmed(
    text: ir.StringValue, then: Callable[[ir.StringValue], ir.StringValue] = lambda bare: bare
) -> ir.StringValue:
    """A text without the whitespace around it, as Unicode knows whitespace, and what `then` makes of that."""
    # Most texts have none. To compare how they begin costs next to nothing, to look at their end takes half the time of
    # looking at both, and trimming three times as long. What `then` uses twice, such as NULLIF, makes DuckDB look twice
    # if it stands around all of this.
    may_begin = (text < _FIRST_VISIBLE) | (text > _LAST_VISIBLE)
    has_some = (may_begin & text.re_search(_WHITESPACE_BEFORE)) | text.re_search(_WHITESPACE_AFTER)
    return has_some.ifelse(then(text.re_replace(_WHITESPACE_AROUND, "")), then(text))


def quoted(text: ir.StringValue) -> ir.StringValue:
    """A text as a JSON string."""
    return duck.to_json(text).cast("string")


def number_text(number: ir.NumericValue) -> ir.StringValue:
    """A decimal or float in at most 15 significant digits, without trailing zeros: 0.1+0.2 is 0.3."""
    # Adding zero turns -0.0 into 0.0, which would otherwise differ from 0 for ever.
    positive_zero = number + 0.0 if number.type().is_floating() else number
    digits = duck.format_number(f"{{:.{values.MAX_DECIMAL_DIGITS}g}}", positive_zero)
    # An exponent has many spellings. The one that DuckDB reads back unchanged is the canonical one, because values are
    # read back from the payloads of a plan when its run is folded. Other numbers need no second look.
    return _has_no_exponent(number).ifelse(digits, duck.json_at(digits, "$").cast("string"))


def _has_no_exponent(number: ir.NumericValue) -> ir.BooleanValue:
    dtype = number.type()
    if dtype.is_decimal() and dtype.precision is not None and dtype.scale <= 4 and dtype.precision - dtype.scale < 15:
        return ibis.literal(True)
    size = number.cast("float64").abs()
    return size.between(1e-4, 1e14) | (size == 0)


def boolean_text(boolean: ir.BooleanValue) -> ir.StringValue:
    """`true` or `false`; NULL stays NULL, which a CASE would make false."""
    return boolean.cast("string")


def date_text(date: ir.DateValue, quote: str = "") -> ir.StringValue:
    """YYYY-MM-DD between two `quote`s."""
    return duck.format_time(date, f"{quote}%Y-%m-%d{quote}")


def datetime_text(moment: ir.TimestampValue, quote: str = "") -> ir.StringValue:
    """ISO 8601 in UTC between two `quote`s; milliseconds only where there are any."""
    to_seconds = duck.format_time(moment, f"{quote}%Y-%m-%dT%H:%M:%SZ{quote}")
    to_milliseconds = duck.format_time(moment, f"{quote}%Y-%m-%dT%H:%M:%S.%gZ{quote}")
    return (moment.millisecond() == 0).ifelse(to_seconds, to_milliseconds)


def is_braze_year(moment: ir.DateValue | ir.TimestampValue) -> ir.BooleanValue:
    """Whether Braze keeps a date or time of this year as such; False for infinities."""
    return moment.year().between(values.MIN_YEAR, values.MAX_YEAR).fill_null(False)


def judge_text(text: ir.StringValue, max_characters: int, max_bytes: int | None = None) -> ir.StringValue:
    """Reason against a text that is too long or holds NUL."""
    size = duck.strlen(text)
    is_too_long = text.length() > max_characters
    if max_bytes is not None:
        is_too_long = (size > max_bytes) | is_too_long
    # Bytes are known, characters must be counted: a text that has few bytes needs no counting.
    return code_where(
        ((size > max_characters) & is_too_long, values.TEXT_TOO_LONG),
        (text.contains(duck.character(0)), values.TEXT_HAS_NUL),
    )


def _nothing_against(_value: ir.Value) -> ir.StringValue:
    return NO_REASON


def _judge_moment(moment: ir.DateValue | ir.TimestampValue) -> ir.StringValue:
    return code_where((moment.notnull() & ~is_braze_year(moment), values.YEAR_OUT_OF_RANGE))


def _judge_string(text: ir.StringValue) -> ir.StringValue:
    return judge_text(text, values.MAX_STRING_CHARACTERS, values.MAX_STRING_BYTES)


def _plain_digits(integer: ir.IntegerValue) -> ir.StringValue:
    return integer.cast("string")


FORMS: Mapping[Kind, Form] = {
    "boolean": Form(_nothing_against, boolean_text),
    "integer": Form(_nothing_against, _plain_digits),
    "decimal": Form(_nothing_against, number_text),
    "float": Form(_nothing_against, number_text),
    "date": Form(_judge_moment, lambda date: date_text(date, quote='"')),
    "datetime": Form(_judge_moment, lambda moment: datetime_text(moment, quote='"')),
    "string": Form(_judge_string, quoted),
}
"""For values as `reading.read_column` hands them over: integers of 64 bit, finite floats of 64 bit, times in UTC."""
