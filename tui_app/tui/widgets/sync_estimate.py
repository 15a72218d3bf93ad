"""When a run will be through, from how fast it went lately."""

from __future__ import annotations

from collections import deque
from typing import Final

_WINDOW_SECONDS: Final = 15.0
"""Long enough to be calm, short enough to follow a rate that changes."""
_LEAST_SECONDS: Final = 1.0
"""Before that, nothing is said."""


class Estimate:
    """Samples of the last seconds. Time is the worker's own, so that a screen that looked away is not misled."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, seconds: float, settled: int) -> None:
        """Add a sample; a worker that began anew begins here anew.

        Args:
            seconds: Since the worker started.
            settled: Customers that need no further answer.
        """
        samples = self._samples
        if samples and (seconds < samples[-1][0] or settled < samples[-1][1]):
            samples.clear()
        if not samples or seconds > samples[-1][0]:
            samples.append((seconds, settled))
        while samples[-1][0] - samples[0][0] > _WINDOW_SECONDS:
            samples.popleft()

    def seconds_left(self, total: int) -> float | None:
        """How long it will still take.

        Args:
            total: Customers to be settled.

        Returns:
            From 0; None while nobody can know.
        """
        if not self._samples:
            return None
        (first_seconds, first_settled), (last_seconds, last_settled) = self._samples[0], self._samples[-1]
        left = max(total - last_settled, 0)
        if not left:
            return 0.0
        passed, settled = last_seconds - first_seconds, last_settled - first_settled
        return left * passed / settled if passed >= _LEAST_SECONDS and settled else None
