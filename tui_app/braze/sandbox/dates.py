"""Which strings Braze turns into a Time, and how an export shows one.

Sources: braze.com/docs/api/objects_filters/user_attributes_object and braze.com/docs, custom attribute data types,
for the formats; github.com/leemour/braze-cli, journal of 2026-09-15, for how a live export shows a Time.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

MAX_YEAR = 3000
"""A later year, or one before 1, stays a string at the top level and is not stored inside objects."""

MIN_CHARACTERS, MAX_CHARACTERS = len("1/1/2026"), len("Wed Sep 16 10:11:12 +02:00 2026.123456789")
"""No shorter and no longer string is a Time."""

_ZONE = r"Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?"
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    r"(?:[Tt ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,:](?P<fraction>\d{1,9}))?)?"
    rf" ?(?P<zone>{_ZONE}|z)?)?",
    re.ASCII,
)
"""ISO-8601, `yyyy-MM-dd'T'HH:mm:ss:SSSZ`, `yyyy-MM-ddTHH:mm:ss`, `yyyy-MM-dd HH:mm:ss` and `yyyy-MM-dd`."""
_MONTH_FIRST = re.compile(
    r"(?P<month>\d{1,2})(?P<separator>[/-])(?P<day>\d{1,2})(?P=separator)(?P<year>\d{4})", re.ASCII
)
"""`MM/dd/yyyy`, `12/1/2021` and `12-1-2021`."""
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAY_FIRST = re.compile(
    rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<month>\d{{1,2}}|{'|'.join(_MONTHS)}) (?P<day>\d{{1,2}})"
    rf" (?P<hour>\d{{2}}):(?P<minute>\d{{2}}):(?P<second>\d{{2}})[. ](?P<zone>{_ZONE}) (?P<year>\d{{4}})",
    re.ASCII,
)
"""`ddd MM dd HH:mm:ss.TZD YYYY`, with the month as a number or a name."""


def parse_time(text: str) -> datetime | None:
    """The moment that Braze reads in `text`, in UTC, or None for plain text. No zone means UTC."""
    found = _ISO.fullmatch(text) or _MONTH_FIRST.fullmatch(text) or _WEEKDAY_FIRST.fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    month = parts["month"]
    try:
        local = datetime(
            int(parts["year"]),
            int(month) if month.isdigit() else _MONTHS.index(month) + 1,
            int(parts["day"]),
            int(parts.get("hour") or 0),
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            int((parts.get("fraction") or "").ljust(6, "0")[:6]),
            tzinfo=UTC,
        )
        moment = local - _offset(parts.get("zone"))
    except (ValueError, OverflowError):
        return None
    return moment if moment.year <= MAX_YEAR else None


def stored_time(text: str) -> str | None:
    """How an export shows the moment that Braze reads in `text`, or None for plain text."""
    # Nearly every string fails here, and of the others many repeat: this runs for each string of each object.
    if not MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS or not (text[0].isdigit() or text[3] == " "):
        return None
    return _stored_time(text)


@lru_cache(maxsize=50_000)
def _stored_time(text: str) -> str | None:
    moment = parse_time(text)
    return None if moment is None else export_time(moment)


def export_time(moment: datetime) -> str:
    """How an export shows `moment`, such as `2026-09-15T00:00:00.000Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z".rjust(24, "0")


def export_created_at(epoch_seconds: float) -> str:
    """How an export shows `created_at`, which has a format of its own: `2020-07-10 15:00:00.000 UTC`.

    Source: braze.com/docs/api/endpoints/export/user_data/post_users_identifier, sample user.
    """
    moment = datetime.fromtimestamp(epoch_seconds, UTC)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} UTC"


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone[0] not in "+-":
        return timedelta()
    digits = zone[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -size if zone[0] == "-" else size
