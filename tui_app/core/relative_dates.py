"""Days that move with the calendar ("90 days ago"), absolute days and moments, as people write them in conditions.

Today is a day in UTC and is handed in, so the same text with the same today always means the same day.

Source: docs.amperity.com, reference, "About the Segment Editor", "Relative dates": today, tomorrow, yesterday,
"N days ago", "N months ago", "1 year ago", and free text such as "now - 12 months".
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta

DAY_EXAMPLES = '"2026-01-31", "today", "90 days ago", "2 months ago", "in 3 days" or "now - 12 months"'
"""For the message to somebody whose text is not a day."""
MOMENT_EXAMPLE = '"2026-01-31 18:30:00"'
"""For the message to somebody whose text is neither a day nor a moment."""


@dataclass(frozen=True, slots=True)
class _Distance:
    """How far a day is from today; negative lies in the past."""

    months: int = 0
    days: int = 0


_NAMED_DAYS = {
    "today": _Distance(),
    "now": _Distance(),
    "yesterday": _Distance(days=-1),
    "tomorrow": _Distance(days=1),
}
_UNITS = {
    "day": _Distance(days=1),
    "week": _Distance(days=7),
    "month": _Distance(months=1),
    "year": _Distance(months=12),
}
_LENGTH = r"([0-9]{1,6}) ?(day|week|month|year)s?"
_PAST = tuple(re.compile(pattern) for pattern in (rf"{_LENGTH} ago", rf"(?:now|today) ?- ?{_LENGTH}"))
_FUTURE = tuple(
    re.compile(pattern)
    for pattern in (rf"in {_LENGTH}", rf"{_LENGTH} from (?:now|today)", rf"(?:now|today) ?\+ ?{_LENGTH}")
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]"
    r"([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r" ?(Z|[+-][0-9]{2}:[0-9]{2})?",
    re.IGNORECASE,
)


def resolve(text: str, today: date) -> date | None:
    """The day that `text` means, or None if it means none.

    Args:
        text: `YYYY-MM-DD` or a distance from today, such as "90 days ago", in any case. A month that has no such day
            gives its last one: "1 month ago" on 31 March is the last day of February.
        today: The day in UTC on which the condition is judged.
    """
    words = _normalized(text)
    if _DAY.fullmatch(words):
        return _iso_day(words)
    distance = _distance(words)
    return None if distance is None else _moved(today, distance)


def resolve_moment(text: str, today: date) -> date | datetime | None:
    """The day or the moment that `text` means, or None if it means neither.

    Returns:
        A date for what `resolve` takes; for `YYYY-MM-DD hh:mm`, with or without seconds and offset, a datetime in UTC
        without time zone. Without an offset the text is UTC.
    """
    parts = _MOMENT.fullmatch(text.strip())
    if parts is None:
        return resolve(text, today)
    day, time_of_day, offset = parts.groups()
    try:
        moment = datetime.fromisoformat(f"{day} {time_of_day}{offset or 'Z'}".upper())
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def is_relative(text: str) -> bool:
    """Whether `text` means another day tomorrow."""
    return _distance(_normalized(text)) is not None


def _normalized(text: str) -> str:
    return " ".join(text.split()).casefold()


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _distance(words: str) -> _Distance | None:
    if words in _NAMED_DAYS:
        return _NAMED_DAYS[words]
    for patterns, sign in ((_PAST, -1), (_FUTURE, 1)):
        for pattern in patterns:
            if match := pattern.fullmatch(words):
                count, unit = sign * int(match[1]), _UNITS[match[2]]
                return _Distance(months=count * unit.months, days=count * unit.days)
    return None


def _moved(today: date, distance: _Distance) -> date | None:
    """`today` moved by whole months, clipped to the month's end, then by days; None outside the years 1 to 9999."""
    year, month_index = divmod(today.year * 12 + today.month - 1 + distance.months, 12)
    if not MINYEAR <= year <= MAXYEAR:
        return None
    last_day = calendar.monthrange(year, month_index + 1)[1]
    clipped = date(year, month_index + 1, min(today.day, last_day))
    try:
        return clipped + timedelta(days=distance.days)
    except OverflowError:
        return None
