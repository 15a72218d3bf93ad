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

WINDOW_SECONDS = 3.0
"""In which Braze counts requests."""

_HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
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


class _Connection(asyncio.Protocol):
    def __init__(self, figures: Figures, delay_seconds: float, trouble: tuple[int, int]) -> None:
        self._figures = figures
        self._delay_seconds = delay_seconds
        self._every, self._status = trouble
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head_end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:head_end]).lower()
            if head.startswith(b"get "):
                self._buffer.clear()
                body = self._figures.told()
                self._transport.write(_HEAD % (b"200 OK", len(body)) + b"\r\n" + body)
                return
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            end = head_end + 4 + length
            if len(self._buffer) < end:
                return
            objects = self._buffer.count(b'"external_id":', head_end, end)
            del self._buffer[:end]
            answer = self._answer(objects)
            if self._delay_seconds:
                asyncio.get_running_loop().call_later(self._delay_seconds, self._transport.write, answer)
            else:
                self._transport.write(answer)

    def _answer(self, objects: int) -> bytes:
        figures = self._figures
        figures.arrivals.append(time.monotonic())
        if self._every and len(figures.arrivals) % self._every == 0:
            figures.refused += 1
            return _HEAD % (_REASONS[self._status], 2) + b"Retry-After: 1\r\n\r\n{}"
        figures.objects += objects
        body = b'{"message":"success","attributes_processed":%d}' % objects
        return _HEAD % (b"201 Created", len(body)) + b"\r\n" + body


async def main() -> None:
    """Print the URL, then serve until killed."""
    delay_seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    trouble = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else (0, 0)
    figures = Figures()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(figures, delay_seconds, trouble), "127.0.0.1", 0
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
