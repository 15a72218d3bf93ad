"""Random values of the source, and what they must be at Braze: the mapping once more, in plain Python."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final, Literal

import pyarrow as pa

if TYPE_CHECKING:
    from tests.simulation.shop import Attribute

Kind = Literal["string", "integer", "float", "boolean", "email", "date", "datetime", "array"]
KINDS: tuple[Kind, ...] = ("string", "integer", "float", "boolean", "email", "date", "datetime", "array")
REFUSABLE: tuple[Kind, ...] = ("string", "email")
"""Kinds of which Braze refuses some values, so most shops have one."""
COLUMN_TYPES: Final = {
    "string": pa.string(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "email": pa.string(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
    "array": pa.list_(pa.string()),
}
BAD_IDS: Final = (None, "", "  ", "null")

POISON: Final = "poison"
"""A string for which Braze refuses the whole request with 400."""
REFUSED_EMAIL: Final = "abc@gmail.com"
"""An address that Stoker takes for good and Braze refuses, naming the row."""
TOO_LONG: Final = "x" * 256
"""A string that Stoker withholds."""

_LAST_YEAR: Final = 3000
"""Of dates that Braze takes."""
_FEW: Final[dict[str, tuple[Any, ...]]] = {
    "string": ("gold", "silver", " Gold ", "bronze", "", "  ", 'a,b"c', POISON, TOO_LONG),
    "integer": (0, 1, 2, -7, 2**53),
    "float": (0.5, 1.25, 2.0, -3.75),
    "boolean": (True, False),
    "email": ("one@mail.example.com", "two@mail.example.com", REFUSED_EMAIL, "", "no address"),
    "date": (date(2026, 2, 28), date(1999, 12, 31), date(2026, 3, 1), date(3001, 1, 1)),
    "datetime": (
        datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 2, 28, 23, 59, 59, 250_000, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
    ),
    "array": (["a"], ["a", "b"], ["b", "a"], ["a", None], [TOO_LONG]),
}
_USUAL: Final = {"string": 4, "email": 2, "date": 3, "array": 3}
"""So many of the values are usual; the others are rare."""


def a_value(kind: Kind, chance: random.Random) -> Any:
    """One of a few values, so that they often come back; sometimes NULL."""
    if chance.random() < 0.15:
        return None
    values = _FEW[kind]
    usual = values[: _USUAL.get(kind, len(values))]
    return chance.choice(usual if chance.random() < 0.75 else values)


def wanted(attribute: Attribute, value: Any) -> Any:
    """What Braze must hold for a value of the source; None: nothing.

    Raises:
        ValueError: The value cannot be sent.
    """
    if isinstance(value, str):
        text = value.strip() if attribute.trim or attribute.kind == "email" else value
        text = text.lower() if attribute.lower else text
        if text == TOO_LONG or (attribute.kind == "email" and text and "@" not in text):
            raise ValueError(text)
        return text or None
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        if value.year > _LAST_YEAR:
            raise ValueError(value)
        return value.isoformat()
    if isinstance(value, list):
        if None in value or TOO_LONG in value:
            raise ValueError(value)
        return value
    if isinstance(value, float) and attribute.round is not None:
        step = Decimal(1).scaleb(-attribute.round)
        return float(Decimal(str(value)).quantize(step, ROUND_HALF_UP))
    return value


def another(attribute: str, value: Any) -> Any:
    """What somebody else may write to Braze in its place; None: he clears it."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    times = {"a_date": "1980-05-06", "a_datetime": "1980-05-06T07:08:09Z", "email": "else@mail.example.com"}
    return times.get(attribute, f"not {value}") if isinstance(value, str) else None


def is_refused(value: Any) -> bool:
    """Whether Braze refuses a customer who has this value."""
    return value in (POISON, REFUSED_EMAIL)
