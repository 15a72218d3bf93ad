"""The time, as the verbs see it."""

from __future__ import annotations

from typing import Protocol

from tui_app.core.clock_reading import ClockReading


class Clock(Protocol):
    """Time, as the verbs see it."""

    def epoch_seconds(self) -> float:
        """Seconds since 1970-01-01 UTC, as the machine's clock was set when this clock was made; never jumps."""

    def reading(self) -> ClockReading:
        """How it was set."""

    def monotonic_seconds(self) -> float:
        """Seconds from an arbitrary start; never goes back."""

    async def sleep(self, seconds: float) -> None:
        """Let other tasks run for at least `seconds`."""
