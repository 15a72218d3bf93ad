"""Functions of DuckDB that Ibis has no name for, declared so that expressions can call them.

They are DuckDB's own, not Python: an expression that uses them stays set-wise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.datatypes as dt

_STUBS: tuple[Callable[..., None], ...] = (
    lambda first: None,  # noqa: ARG005 - Ibis reads nothing but the parameters
    lambda first, second: None,  # noqa: ARG005 - same
)


def _builtin(name: str, argument_types: tuple[dt.DataType | None, ...], result_type: dt.DataType) -> Callable[..., Any]:
    """Declare a function of one or two arguments; None as an argument's type accepts any."""
    declare: Callable[..., Callable[..., Any]] = ibis.udf.scalar.builtin
    return declare(_STUBS[len(argument_types) - 1], name=name, signature=(argument_types, result_type))


character = _builtin("chr", (dt.int64,), dt.string)
"""The character with a code point."""
strlen = _builtin("strlen", (dt.string,), dt.int64)
"""Bytes of a text as UTF-8; costs nothing, unlike counting characters."""
string_split = _builtin("string_split", (dt.string, dt.string), dt.Array(dt.string))
"""Parts of a text between separators."""
format_number = _builtin("format", (dt.string, None), dt.string)
"""A number by a pattern of the fmt library, such as `{:.15g}`."""
format_time = _builtin("strftime", (None, dt.string), dt.string)
"""A date or timestamp by a pattern; characters without % stand for themselves."""
round_decimal = _builtin("round", (None, dt.int64), dt.Decimal())
"""A decimal rounded half away from zero; Ibis' own `round` cannot round to tens or hundreds."""
round_float = _builtin("round", (dt.float64, dt.int64), dt.float64)
"""A float rounded half away from zero; Ibis' own `round` makes a 64-bit integer of it where no digits are left."""
epoch_microseconds = _builtin("epoch_us", (None,), dt.int64)
"""Microseconds since 1970-01-01 UTC; NULL for infinities."""
make_timestamp = _builtin("make_timestamp", (dt.int64,), dt.Timestamp(scale=6))
"""The UTC timestamp, without a zone, of microseconds since 1970."""
make_map = _builtin("map", (dt.Array(dt.string), dt.Array(dt.string)), dt.Map(dt.string, dt.string))
"""A map of keys and values in the same order."""
map_value = _builtin("map_extract_value", (dt.Map(dt.string, dt.string), dt.string), dt.string)
"""The value at a key, or NULL."""
to_json = _builtin("to_json", (None,), dt.json)
"""Any value as compact JSON."""
json_at = _builtin("json_extract", (dt.string, dt.string), dt.json)
"""What a JSON path leads to, written as DuckDB writes JSON."""
json_type = _builtin("json_type", (dt.json,), dt.string)
"""OBJECT, ARRAY, VARCHAR, BOOLEAN, BIGINT, UBIGINT, HUGEINT, DOUBLE or NULL."""
json_keys = _builtin("json_keys", (dt.json,), dt.Array(dt.string))
"""Names of an object's members."""
json_member_text = _builtin("json_extract_string", (dt.json, dt.string), dt.string)
"""What a JSON path leads to, as plain text; NULL if there is nothing."""
