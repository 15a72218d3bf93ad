"""Why nothing gets through to Braze, while that is so, and when it is tried again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_TELL_SECONDS = 1.0
"""Shorter trouble is not worth a word: a repeat or two belong to sending."""


@dataclass(slots=True)
class Trouble:
    """What the failures since the newest success have in common. Times are monotonic seconds."""

    reason: str = ""
    """Of the newest failure; "" once Braze answered as it should."""
    _since: float = 0.0
    _next_attempts: list[float] = field(default_factory=list)
    """One for each sender that backs off now."""

    def clear(self) -> None:
        """Braze answered as it should, even if only to ask for a pause."""
        self.reason = ""

    @contextmanager
    def backing_off(self, reason: str, now: float, seconds: float) -> Iterator[None]:
        """While one sender waits `seconds` after a failure."""
        if not self.reason:
            self._since = now
        self.reason = reason
        self._next_attempts.append(now + seconds)
        try:
            yield
        finally:
            self._next_attempts.remove(now + seconds)

    def is_lasting(self, now: float) -> bool:
        """Whether nothing has got through for so long that whoever watches should hear of it."""
        return bool(self.reason) and now - self._since >= _TELL_SECONDS

    def seconds_to_next_attempt(self, now: float) -> float:
        """Until the first of the waiting senders tries again; 0 if one tries now, or none waits."""
        return max(min(self._next_attempts, default=now) - now, 0.0)
