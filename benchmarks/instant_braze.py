"""A loopback server that answers every request at once, as fast as one process can, or after a given time."""

from __future__ import annotations

import asyncio
import sys

ANSWER = b'{"message":"success","attributes_processed":%d}'


class _Connection(asyncio.Protocol):
    def __init__(self, delay_seconds: float) -> None:
        self._buffer = bytearray()
        self._delay_seconds = delay_seconds

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (head_end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:head_end]).lower()
            length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
            end = head_end + 4 + length
            if len(self._buffer) < end:
                return
            objects = self._buffer.count(b'"external_id":', head_end, end)
            del self._buffer[:end]
            body = ANSWER % objects
            answer = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            if self._delay_seconds:
                asyncio.get_running_loop().call_later(self._delay_seconds, self._transport.write, answer + body)
            else:
                self._transport.write(answer + body)


async def main() -> None:
    """Print the URL, then serve until killed. Argument: seconds until an answer."""
    delay_seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(delay_seconds), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
