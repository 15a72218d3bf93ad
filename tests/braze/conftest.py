"""A small HTTP server on loopback that does exactly what a test tells it to, down to the socket."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

CERTIFICATES = Path(__file__).parent / "certificates"


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came in."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Server:
    """What came in at one port."""

    port: int
    scheme: str
    received: list[Received] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        """What a client calls it by."""
        return f"{self.scheme}://127.0.0.1:{self.port}"


@dataclass(slots=True)
class Line:
    """One connection, seen from the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    server: Server

    async def request(self) -> Received | None:
        """The next whole request, which the server remembers; None when the client has closed the connection."""
        try:
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): text.strip() for name, _, text in (line.partition(":") for line in head[1:-2])}
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        received = Received(head[0], headers, body)
        self.server.received.append(received)
        return received

    async def answer(
        self, status: int = 201, body: bytes = b'{"message":"success"}', headers: dict[str, str] | None = None
    ) -> None:
        """Send one whole answer."""
        all_headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        lines = "".join(f"{name}: {text}\r\n" for name, text in all_headers.items())
        await self.send(f"HTTP/1.1 {status} Words\r\n{lines}\r\n".encode() + body)

    async def send(self, raw: bytes) -> None:
        """Send bytes that need not be HTTP."""
        self.writer.write(raw)
        await self.writer.drain()

    def reset(self) -> None:
        """Break the connection so that the client gets a TCP reset."""
        plug = self.writer.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Behaviour = Callable[[Line], Awaitable[None]]


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Server]]]:
    """Make servers that run a behaviour once per connection, with TLS if a certificate is named.

    Whole requests that `line.request()` reads are kept in `server.received`.
    """
    running: list[asyncio.Server] = []
    tasks: set[asyncio.Task[None]] = set()

    async def start(behaviour: Behaviour, certificate: str | None = None) -> Server:
        server = Server(0, "https" if certificate else "http")

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            server.connections += 1
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            line = Line(reader, writer, server)
            # A client that hangs up in the middle, and the end of the test, are nothing to report.
            with suppress(ConnectionError, asyncio.CancelledError):
                await behaviour(line)
            writer.transport.abort() if certificate else writer.close()

        context = None
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(CERTIFICATES / certificate)
        listener = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)
        running.append(listener)
        server.port = listener.sockets[0].getsockname()[1]
        return server

    yield start
    for listener in running:
        listener.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for listener in running:
        await listener.wait_closed()


@pytest.fixture
def certificates() -> Path:
    """The folder of test certificates; see its README."""
    return CERTIFICATES
