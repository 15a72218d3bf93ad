"""Times as people say them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_UNITS: Final = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
"""In seconds, largest first."""


def ago(then: float, now: float) -> str:
    """`4 minutes ago`; both in epoch seconds."""
    seconds = max(now - then, 0)
    if seconds < 5:
        return "just now"
    unit, name = next(each for each in _UNITS if seconds >= each[0])
    number = int(seconds // unit)
    return f"{number} {name}{'' if number == 1 else 's'} ago"


def lasting(seconds: float) -> str:
    """`45 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02} min"


def moment(epoch_seconds: float) -> str:
    """`2026-11-24 06:45` in UTC."""
    return f"{datetime.fromtimestamp(epoch_seconds, UTC):%Y-%m-%d %H:%M}"
