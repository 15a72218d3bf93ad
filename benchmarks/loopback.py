"""What the loopback servers share: requests are read whole, answers leave at once or after a given time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"

Respond = Callable[[bytes, memoryview], tuple[bytes, bool]]
"""Head in lower case and body of a request → the whole answer, and whether it is held back like one of Braze's."""


class Connection(asyncio.Protocol):
    """One connection of a client."""

    def __init__(self, respond: Respond, delay_seconds: float) -> None:
        self._respond = respond
        self._delay_seconds = delay_seconds
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._buffer += data
        while (head_end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._buffer[:head_end]).lower()
            _, _, length = head.partition(b"content-length:")
            begin = head_end + 4
            end = begin + int(length.partition(b"\r\n")[0] or 0)
            if len(self._buffer) < end:
                return
            with memoryview(self._buffer) as buffer, buffer[begin:end] as body:
                answer, waits = self._respond(head, body)
            del self._buffer[:end]
            if waits and self._delay_seconds:
                asyncio.get_running_loop().call_later(self._delay_seconds, self._transport.write, answer)
            else:
                self._transport.write(answer)


def accepted(objects: int) -> bytes:
    """What Braze says when it takes all objects of a request."""
    body = b'{"message":"success","attributes_processed":%d}' % objects
    return HEAD % (b"201 Created", len(body)) + b"\r\n" + body


async def serve(respond: Respond, delay_seconds: float) -> None:
    """Print the URL, then serve until killed."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(respond, delay_seconds), "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()
