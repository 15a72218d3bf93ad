"""What becomes of a value whose attribute has a type that somebody forced in the dashboard.

Source: braze.com/docs, "Managing custom data", forcing data types.
"""

from __future__ import annotations

import re

from tui_app.braze.sandbox.dates import stored_time
from tui_app.braze.sandbox.dropped import Dropped
from tui_app.braze.sandbox.json_types import JsonValue
from tui_app.braze.sandbox.settings import AttributeType

_TRUE = frozenset({"1", "true", "t"})
_FALSE = frozenset({"0", "false", "f"})
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def coerced(value: JsonValue, forced: AttributeType) -> JsonValue:
    """`value` as the forced type takes it; objects and arrays pass, as they only fit their own types.

    Raises:
        Dropped: It cannot be coerced: the attribute stays as it was.
    """
    if isinstance(value, (dict, list)):
        return value
    match forced:
        case "Boolean":
            return _as_boolean(value)
        case "Number":
            return _as_number(value)
        case "String":
            return _as_string(value)
        case "Time" if isinstance(value, str) and stored_time(value):
            return value
    raise Dropped


def _as_boolean(value: JsonValue) -> bool:
    word = str(value).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Dropped


def _as_number(value: JsonValue) -> int | float:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return float(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise Dropped


def _as_string(value: JsonValue) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise Dropped
