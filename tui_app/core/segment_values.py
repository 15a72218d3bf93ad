"""Values of conditions as people type and pick them."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from tui_app.core.mapping import ValueType
from tui_app.core.segment import ConditionValue

Scalar: TypeAlias = str | int | float | bool

_NUMBERS: Final = frozenset(("integer", "decimal", "float"))
_WHOLE = re.compile(r"[+-]?[0-9]{1,30}")
_PART = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|$)')


def values_of(value: ConditionValue) -> tuple[Scalar, ...]:
    """The values beside an operator, none if it takes none."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def typed_value(text: str, column_type: ValueType) -> Scalar:
    """What somebody means who types `text` beside a column of that type.

    What cannot be meant stays as it was typed, so that `segment_faults` says why.
    """
    if column_type in _NUMBERS:
        return _typed_number(text.strip())
    return text.strip() if column_type in ("date", "datetime") else text


def picked_value(value: object) -> Scalar | None:
    """A value of a table as a condition writes it.

    Args:
        value: str, int, float, bool, date, datetime or Decimal, or None for NULL.

    Returns:
        None if no condition can hold it: NULL, NaN and the infinities.
    """
    match value:
        case datetime():
            return value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case Decimal() if value.is_finite():
            return int(value) if value == value.to_integral_value() else float(value)
        case str() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case _:
            return None


def parted(text: str) -> tuple[str, ...]:
    """The texts that somebody types with commas between them, without the spaces around them.

    One in quotes may hold commas, be empty, and hold quotes that are written twice: `gold, "silver, plated", ""`.
    """
    parts: list[str] = []
    for match in _PART.finditer(text):
        quoted, bare = match[1], (match[2] or "").strip()
        if quoted is not None:
            parts.append(quoted.replace('""', '"'))
        elif bare:
            parts.append(bare)
    return tuple(parts)


def _typed_number(text: str) -> Scalar:
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) and "_" not in text else text
