"""Times as people say them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_STEPS: Final = ((60, 1, "second"), (3600, 60, "minute"), (86_400, 3600, "hour"), (float("inf"), 86_400, "day"))


def ago(then: float, now: float) -> str:
    """`4 minutes ago`; both in epoch seconds."""
    seconds = max(now - then, 0)
    if seconds < 5:
        return "just now"
    below, unit, name = next(step for step in _STEPS if seconds < step[0])
    del below
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
