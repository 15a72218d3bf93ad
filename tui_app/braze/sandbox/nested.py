"""Objects as values: which are kept, how they merge, how large they may be, and what they cost.

Sources: braze.com/docs, "Nested custom attributes" and "Array of objects"; the same, "Data points".
"""

from __future__ import annotations

import json

from tui_app.braze.sandbox.dates import stored_time
from tui_app.braze.sandbox.dropped import Dropped
from tui_app.braze.sandbox.json_types import JsonObject, JsonValue
from tui_app.braze.sandbox.text import stored_text

MAX_BYTES = 100_000
"""Of one object or array, as UTF-8 JSON; the page says 100 KB."""
MAX_KEY_CHARACTERS = 255
MAX_DEPTH = 50
"""Ours, so that no input can exhaust the stack; Braze documents none."""
MAX_INTEGER = 2**63 - 1
MIN_INTEGER = -(2**63)
SIGNIFICANT_DIGITS = 15
"""Of a decimal. Source: braze.com/docs, custom attribute data types, "Numbers"."""


def stored_number(number: float) -> int | float:
    """The number as Braze keeps it.

    Raises:
        Dropped: An integer over 64 bits or a decimal over the range of doubles.
    """
    if isinstance(number, int):
        if MIN_INTEGER <= number <= MAX_INTEGER:
            return number
        raise Dropped
    if number - number != 0.0:  # infinite, from a literal such as 1e999
        raise Dropped
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}")


def stored_object(members: JsonObject, *, is_merge: bool, depth: int = 0) -> JsonObject:
    """The object as Braze keeps it; with `is_merge`, nulls stay and mean "delete this key".

    Raises:
        Dropped: A null without merge, a bad `$time`, a key or a value that cannot be kept: all of it is dropped.
    """
    if depth > MAX_DEPTH or not all(map(_is_key, members)):
        raise Dropped
    return {
        key: None if member is None and is_merge else _stored_member(member, is_merge=is_merge, depth=depth + 1)
        for key, member in members.items()
    }


def _stored_member(member: JsonValue, *, is_merge: bool, depth: int) -> JsonValue:
    if isinstance(member, bool):
        return member
    if isinstance(member, str):
        return stored_text(member)
    if isinstance(member, (int, float)):
        return stored_number(member)
    if isinstance(member, list):
        if depth > MAX_DEPTH:
            raise Dropped
        return [_stored_member(element, is_merge=False, depth=depth + 1) for element in member]
    if isinstance(member, dict):
        return _stored_time(member) if "$time" in member else stored_object(member, is_merge=is_merge, depth=depth)
    raise Dropped  # null


def _stored_time(members: JsonObject) -> str:
    text = members["$time"]
    time = stored_time(text) if isinstance(text, str) and len(members) == 1 else None
    if time is None:
        raise Dropped
    return time


def _is_key(key: str) -> bool:
    return bool(key) and len(key) <= MAX_KEY_CHARACTERS and not any(sign in key for sign in " .$")


def merged(old: JsonObject, new: JsonObject) -> JsonObject:
    """`old` with the keys of `new`, at every level; a null in `new` deletes the key."""
    result = dict(old)
    for key, member in new.items():
        if member is None:
            result.pop(key, None)
        elif isinstance(member, dict):
            before = result.get(key)
            result[key] = merged(before if isinstance(before, dict) else {}, member)
        else:
            result[key] = member
    return result


def check_size(value: JsonValue) -> None:
    """Raise `Dropped` if an object or array is over the limit."""
    if len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()) > MAX_BYTES:
        raise Dropped


def data_points(value: JsonValue) -> int:
    """One per key that is set, at every level; a `$time` and an array of scalars are one value."""
    if isinstance(value, dict) and "$time" not in value:
        return max(1, sum(map(data_points, value.values())))
    if isinstance(value, list) and any(isinstance(element, dict) for element in value):
        return sum(map(data_points, value))
    return 1
