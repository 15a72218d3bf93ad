"""What the verbs in `sync` need from the rooms around them, and the clock.

A verb is given these as arguments, so that the same verb runs on real parts and on a simulated clock.
"""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Time, as the verbs see it."""

    def epoch_seconds(self) -> float:
        """Seconds since 1970-01-01 UTC; may jump when the machine's clock is set."""

    def monotonic_seconds(self) -> float:
        """Seconds from an arbitrary start; never goes back."""

    async def sleep(self, seconds: float) -> None:
        """Let other tasks run for at least `seconds`."""
