"""A loopback server that answers every request at once, as fast as one process can, or after a given time.

    python -m benchmarks.instant_braze [SECONDS] [EVERY STATUS]

Every so many requests may be answered with another status instead. GET /figures tells what came in so far.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field

from benchmarks.loopback import HEAD, accepted, serve

WINDOW_SECONDS = 3.0
"""In which Braze counts requests."""

_REASONS = {429: b"429 Too Many Requests", 503: b"503 Service Unavailable"}


@dataclass(slots=True)
class Figures:
    """What came in."""

    arrivals: list[float] = field(default_factory=list)
    """Monotonic seconds, one for each request."""
    objects: int = 0
    refused: int = 0

    def told(self) -> bytes:
        """As JSON: counts, seconds from the first to the last, and the fullest and emptiest whole window of 3 s."""
        times, first, counts = self.arrivals, 0, []
        for last, moment in enumerate(times):
            while times[first] <= moment - WINDOW_SECONDS:
                first += 1
            if moment - times[0] >= WINDOW_SECONDS:
                counts.append(last - first + 1)
        seconds = times[-1] - times[0] if times else 0.0
        told = {"requests": len(times), "objects": self.objects, "refused": self.refused, "seconds": seconds}
        return json.dumps({**told, "fullest": max(counts, default=0), "emptiest": min(counts, default=0)}).encode()


class _Braze:
    """Counts what comes in, and refuses every so many requests."""

    def __init__(self, every: int, status: int) -> None:
        self._figures = Figures()
        self._every, self._status = every, status

    def respond(self, head: bytes, body: memoryview) -> tuple[bytes, bool]:
        figures = self._figures
        if head.startswith(b"get "):
            told = figures.told()
            return HEAD % (b"200 OK", len(told)) + b"\r\n" + told, False
        figures.arrivals.append(time.monotonic())
        if self._every and len(figures.arrivals) % self._every == 0:
            figures.refused += 1
            return HEAD % (_REASONS[self._status], 2) + b"Retry-After: 1\r\n\r\n{}", True
        objects = bytes(body).count(b'"external_id":')
        figures.objects += objects
        return accepted(objects), True


def main() -> None:
    """Serve."""
    delay_seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    every, status = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else (0, 0)
    asyncio.run(serve(_Braze(every, status).respond, delay_seconds))


if __name__ == "__main__":
    main()
