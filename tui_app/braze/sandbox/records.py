"""What the sandbox remembers of its requests: counters, and on demand every request to /users/track."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TypedDict

from tui_app.braze.sandbox.json_types import JsonValue
from tui_app.braze.sandbox.rate import BusiestStretch


class LogEntry(TypedDict):
    """One request to /users/track."""

    request: int
    """Counts from 1, over all paths."""
    time: float
    """When its body had arrived; seconds since 1970-01-01 UTC."""
    status: int | None
    """None: no answer was sent, or it is still to come."""
    objects: list[JsonValue]
    """The attributes objects, as received."""


@dataclass(slots=True)
class Records:
    """Counters and the log."""

    requests: int = 0
    """Received, over all paths but the control endpoints."""
    statuses: Counter[str] = field(default_factory=Counter)
    """Status → answers; `none` for requests left without."""
    busiest: BusiestStretch = field(default_factory=BusiestStretch)
    """Of /users/track."""
    log: list[LogEntry] = field(default_factory=list)
    """In the order received."""

    def note_status(self, status: int | None) -> None:
        """Count an answer."""
        self.statuses["none" if status is None else str(status)] += 1
