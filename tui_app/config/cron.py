"""Whether a text is a schedule that cron would run: five fields, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tui_app.config.wording import quoted


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    words: tuple[str, ...] = ()
    """Three-letter names; the first stands for `low`."""


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Final = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of week", 0, 7, _WEEKDAYS),
)
"""Source: man7.org/linux/man-pages/man5/crontab.5.html; 0 and 7 are Sunday."""
_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MAX_CHARACTERS = 200


def problem_of_schedule(schedule: str) -> str | None:
    """Why `schedule` would never run, as a fact to stand after its name; None if it is in order."""
    # Length first: Python refuses to convert thousands of digits with an error of its own.
    fields = schedule.split() if len(schedule) <= _MAX_CHARACTERS else []
    if len(fields) != len(_FIELDS):
        return "must have five fields: minute, hour, day of month, month, day of week"
    values: list[frozenset[int]] = []
    for text, field in zip(fields, _FIELDS, strict=True):
        allowed = _values_of(text, field)
        if isinstance(allowed, str):
            return f"has {quoted(text)} as {field.name}, {allowed}"
        values.append(allowed)
    days, months = values[2], values[3]
    # Where both are limited cron runs on either, so only a free day of week makes the day of month decide.
    is_decided_by_day = fields[4].startswith("*")
    if is_decided_by_day and not any(min(days) <= _DAYS_OF_MONTH[month - 1] for month in months):
        return f"names day {min(days)}, which none of its months has"
    return None


def _values_of(text: str, field: _Field) -> frozenset[int] | str:
    """The numbers that a field stands for, or what is wrong with it."""
    values: set[int] = set()
    for part in text.split(","):
        span, slash, step_text = part.partition("/")
        step = _number(step_text, _Field("step", 1, field.high)) if slash else 1
        ends = _ends_of(span, field, has_step=bool(slash))
        if step is None or ends is None:
            words = f" or {field.words[0]}..{field.words[-1]}" if field.words else ""
            return f"which is neither * nor {field.low}..{field.high}{words}, a range 1-5, a list 1,3 or a step */2"
        if ends[0] > ends[1]:
            return "a range that ends before it begins"
        values.update(range(ends[0], ends[1] + 1, step))
    return frozenset(values)


def _ends_of(span: str, field: _Field, *, has_step: bool) -> tuple[int, int] | None:
    if span == "*":
        return field.low, field.high
    first_text, dash, last_text = span.partition("-")
    first = _number(first_text, field)
    last = _number(last_text, field) if dash else field.high if has_step else first
    return None if first is None or last is None else (first, last)


def _number(text: str, field: _Field) -> int | None:
    if text.lower() in field.words:
        return field.low + field.words.index(text.lower())
    if not (text.isascii() and text.isdigit()):
        return None
    number = int(text)
    return number if field.low <= number <= field.high else None
