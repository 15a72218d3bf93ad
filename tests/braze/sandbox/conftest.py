"""A sandbox on a real socket and a small HTTP client that speaks to it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from tui_app.braze.sandbox.server import Sandbox
from tui_app.braze.sandbox.settings import SANDBOX_KEY, SandboxSettings

NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loading the usual ones takes longer than most of these tests, and the sandbox speaks plain HTTP."""


class Caller:
    """What a customer of Braze can do with a key, over HTTP."""

    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.http = http

    async def track(self, *attributes: Any, **arrays: Any) -> httpx.Response:
        """POST /users/track with attributes objects, or with the arrays given by name."""
        body = {"attributes": list(attributes), **arrays} if attributes else arrays
        return await self.send(json.dumps(body).encode())

    async def send(self, body: bytes) -> httpx.Response:
        """POST /users/track with a body of any bytes, declared as JSON."""
        return await self.http.post("/users/track", content=body, headers={"content-type": "application/json"})

    async def export(self, *external_ids: str, **request: Any) -> httpx.Response:
        """POST /users/export/ids."""
        fields = ["external_id", "custom_attributes", "email", "phone"]
        body = {"fields_to_export": fields, **({"external_ids": external_ids} if external_ids else {}), **request}
        return await self.http.post("/users/export/ids", json=body)

    async def state(self) -> dict[str, Any]:
        """GET /sandbox/state."""
        state: dict[str, Any] = (await self.http.get("/sandbox/state")).json()
        return state

    async def profile(self, external_id: str | None = None) -> dict[str, Any]:
        """The profile with an external id, or the only one there is."""
        profiles = (await self.state())["profiles"]
        found = [each for each in profiles if external_id is None or each["external_id"] == external_id]
        assert len(found) == 1
        profile: dict[str, Any] = found[0]
        return profile

    async def until(self, is_reached: Callable[[dict[str, Any]], bool]) -> None:
        """Ask for the counters again and again until they are as wanted, 5 seconds at most."""
        async with asyncio.timeout(5.0):
            while not is_reached((await self.http.get("/sandbox/counters")).json()):
                pass


Start = Callable[..., Awaitable[Caller]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts a sandbox with the given settings; all are stopped at the end of the test."""
    async with AsyncExitStack() as open_things:

        async def start_sandbox(**settings: Any) -> Caller:
            sandbox = await open_things.enter_async_context(Sandbox(SandboxSettings(**settings)))
            headers = {"authorization": f"Bearer {SANDBOX_KEY}"}
            client = httpx.AsyncClient(base_url=sandbox.url, headers=headers, timeout=5.0, verify=NO_AUTHORITIES)
            return Caller(sandbox, await open_things.enter_async_context(client))

        yield start_sandbox
