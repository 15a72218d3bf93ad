"""A loopback server that keeps every request to judge it later, and answers at once or after a given time.

    python -m benchmarks.recording_braze FILE [SECONDS]

Bodies are appended to FILE, one a line: JSON holds no line break. What they say is found out when nobody is measured.
"""

from __future__ import annotations

import asyncio
import sys
from io import FileIO
from pathlib import Path

_ANSWER = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


class _Connection(asyncio.Protocol):
    def __init__(self, kept: FileIO, delay_seconds: float) -> None:
        self._kept = kept
        self._delay_seconds = delay_seconds
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head_end := self._buffer.find(b"\r\n\r\n")) >= 0:
            length = int(bytes(self._buffer[:head_end]).lower().split(b"content-length:")[1].split(b"\r\n")[0])
            end = head_end + 4 + length
            if len(self._buffer) < end:
                return
            self._kept.write(self._buffer[head_end + 4 : end].replace(b"\n", b" ") + b"\n")
            # The name itself: it is written with and without a space behind it.
            objects = self._buffer.count(b'"external_id"', head_end, end)
            del self._buffer[:end]
            self._answer(b'{"message":"success","attributes_processed":%d}' % objects)

    def _answer(self, body: bytes) -> None:
        answer = _ANSWER % (len(body), body)
        if self._delay_seconds:
            asyncio.get_running_loop().call_later(self._delay_seconds, self._transport.write, answer)
        else:
            self._transport.write(answer)


async def serve(kept: FileIO, delay_seconds: float) -> None:
    """Print the URL, then serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(kept, delay_seconds), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve."""
    delay_seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    # Not buffered: the bodies of a run are read while the server lives on for the next one.
    with Path(sys.argv[1]).open("ab", buffering=0) as kept:
        asyncio.run(serve(kept, delay_seconds))


if __name__ == "__main__":
    main()
