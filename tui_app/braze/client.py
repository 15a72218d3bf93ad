"""Braze's REST API, as far as Stoker uses it: send attributes, read the names of custom attributes.

What is sent is sent once per call, is never redirected, and has one deadline from its first byte to the answer's last.
The key leaves in the Authorization header and stands in no text, not even in an answer that repeats it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import cast

import httpx

from tui_app.braze.transport import AiohttpTransport, UntrustedServer, proxy_from_environment
from tui_app.core.answer_text import Unreadable, json_object
from tui_app.core.delivery import MAX_ANSWER_BYTES, Answer, NoAnswer, NotRead, NotSent, stop
from tui_app.core.errors import FixInput
from tui_app.core.instances import RefusedEndpoint, endpoint_of
from tui_app.ports.braze import SecretKey

TRACK_PATH = "/users/track"
"""Source: braze.com/docs/api/endpoints/user_data/post_user_track."""

EXPORT_PATH = "/users/export/ids"
"""Source: braze.com/docs/api/endpoints/export/user_data/post_users_identifier."""
MAX_EXPORT_BYTES = 50_000_000
"""Longest export that is read: fifty customers with a megabyte each."""

CUSTOM_ATTRIBUTES_PATH = "/custom_attributes"
CUSTOM_ATTRIBUTES_PERMISSION = "custom_attributes.get"
"""Source: braze.com/docs/api/endpoints/export/custom_attributes/get_custom_attributes: 50 names per page, the next page
by the Link header, 1,000 requests per hour."""

MAX_NAME_PAGES = 200
"""10,000 names; a fifth of what the hourly limit of the endpoint allows."""

CONNECT_SHARE = 1 / 3
"""Of a request's deadline. Connecting gives up long before the deadline, so that it is known that nothing left."""

_KEY = re.compile(r"[!-~]+")
_NEXT_LINK = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="?next"?')
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class BrazeClient:
    """One workspace of Braze."""

    def __init__(
        self,
        endpoint: str,
        key: SecretKey,
        *,
        timeout_seconds: float = 30.0,
        connections: int = 192,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Connect to nothing yet.

        Args:
            endpoint: Such as `https://rest.iad-03.braze.com`, or a sandbox on loopback; nothing else gets the key.
            key: Of the workspace.
            timeout_seconds: From the call to the last byte of the answer.
            connections: Open at the same time, at most; a call waits for a free one.
            transport: How requests travel; by default verified TLS, through this machine's proxy if it has one.

        Raises:
            FixInput: The endpoint, the key or the proxy cannot be used.
        """
        base = _base_url(endpoint)
        self._host = base.host
        self._track_url = base.copy_with(path=TRACK_PATH)
        self._names_url = base.copy_with(path=CUSTOM_ATTRIBUTES_PATH)
        self._export_url = base.copy_with(path=EXPORT_PATH)
        self._key = key
        self._headers = _headers(key)
        self._timeout_seconds = timeout_seconds
        self._transport = transport or AiohttpTransport(
            connections=connections,
            connect_seconds=timeout_seconds * CONNECT_SHARE,
            proxy=proxy_from_environment(base),
        )

    async def track(self, body: bytes) -> Answer:
        """Send one POST /users/track; see `ports.braze.BrazeApi.track`."""
        # As a stream: httpx then looks for nothing in the body, which would cost more than it takes to send it.
        content = httpx.ByteStream(body)
        return await self._exchange(httpx.Request("POST", self._track_url, headers=self._headers, stream=content))

    async def custom_attribute_names(self) -> tuple[str, ...]:
        """The custom attributes of the workspace; see `ports.braze.BrazeApi.custom_attribute_names`."""
        names: list[str] = []
        cursor: str | None = ""
        seen: set[str] = set()
        while cursor is not None and cursor not in seen:
            if len(seen) == MAX_NAME_PAGES:
                raise NotRead(f"The workspace has more than {len(names):,} custom attributes; they were not read.", 200)
            seen.add(cursor)
            url = self._names_url.copy_merge_params({"cursor": cursor}) if cursor else self._names_url
            answer = await self._exchange(httpx.Request("GET", url, headers=self._headers))
            names += _names_of(answer)
            cursor = _next_cursor(answer.headers)
        return tuple(names)

    async def export_users(self, body: bytes) -> Answer:
        """Send one POST /users/export/ids; see `ports.braze.BrazeApi.export_users`."""
        request = httpx.Request("POST", self._export_url, headers=self._headers, stream=httpx.ByteStream(body))
        return await self._exchange(request, MAX_EXPORT_BYTES)

    async def close(self) -> None:
        """Give all connections back."""
        await self._transport.aclose()

    async def _exchange(self, request: httpx.Request, max_bytes: int = MAX_ANSWER_BYTES) -> Answer:
        try:
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._transport.handle_async_request(request)
                try:
                    body = await _capped_body(response, max_bytes)
                finally:
                    await response.aclose()
        except TimeoutError:
            failure: NotSent | NoAnswer = NoAnswer(f"{self._host} gave no answer in {self._timeout_seconds:g} seconds")
        except httpx.TransportError as error:
            failure = self._failure(error)
        else:
            return Answer(response.status_code, dict(response.headers.items()), self._without_key(body))
        # Raised outside of the handlers, so that nothing that knows the request hangs on it.
        raise failure

    def _failure(self, error: httpx.TransportError) -> NotSent | NoAnswer:
        if isinstance(error, _UNSENT):
            reason = f"{self._host} cannot be reached: {error}"
            return NotSent(reason, waiting_helps=not isinstance(error, UntrustedServer))
        return NoAnswer(f"{self._host} gave no whole answer: {error}")

    def _without_key(self, body: bytes) -> bytes:
        """Braze's answer to a bad key repeats the key: it goes no further than here."""
        return body.replace(self._key.reveal().encode(), b"***")


def _base_url(endpoint: str) -> httpx.URL:
    """An endpoint, if the key may be sent there."""
    found = endpoint_of(endpoint)
    if isinstance(found, RefusedEndpoint):
        nearest = f" Nearest: {found.nearest}." if found.nearest else ""
        raise FixInput.at(
            f"The endpoint of the destination {found.reason}. Nothing was sent.{nearest}", code="endpoint"
        )
    return httpx.URL(found.url)


def _headers(key: SecretKey) -> httpx.Headers:
    if not _KEY.fullmatch(key.reveal()):
        raise FixInput.at(
            "The API key of the destination is empty or holds a space, a line break or a character outside of ASCII. "
            "Nothing was sent. Copy the key again from Braze under Settings > APIs and Identifiers.",
            code="key",
        )
    return httpx.Headers(
        {
            "Authorization": f"Bearer {key.reveal()}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            # A compressed answer could unfold into any size.
            "Accept-Encoding": "identity",
            "User-Agent": "stoker",
        }
    )


async def _capped_body(response: httpx.Response, max_bytes: int) -> bytes:
    """The body, or its first `max_bytes` + 1 bytes."""
    body = b""
    # Nothing is compressed, and what httpx does around its stream for every chunk costs as much as the rest.
    stream = cast("httpx.AsyncByteStream", response.stream)
    async for chunk in stream:
        body += chunk
        if len(body) > max_bytes:
            break
    return body[: max_bytes + 1]


def _names_of(answer: Answer) -> list[str]:
    """The names on one page."""
    if answer.status in {429, *range(500, 600)}:
        raise NotRead(f"Braze did not list its custom attributes now (status {answer.status}).", answer.status)
    if answer.status != 200:
        raise NotRead(stop(answer, CUSTOM_ATTRIBUTES_PERMISSION).reason, answer.status)
    try:
        attributes = json_object(answer.body).get("attributes")
    except Unreadable as error:
        raise NotRead(f"Braze's list of custom attributes {error}.", answer.status) from None
    entries = attributes if isinstance(attributes, list) else [None]
    names = [entry["name"] for entry in entries if isinstance(entry, dict) and isinstance(entry.get("name"), str)]
    if len(names) != len(entries):
        raise NotRead("Braze's list of custom attributes holds something else than names.", answer.status)
    return names


def _next_cursor(headers: Mapping[str, str]) -> str | None:
    """Where the next page begins. Only the cursor is taken from the link, so that no link can lead elsewhere."""
    link = _NEXT_LINK.search(headers.get("link", ""))
    if link is None:
        return None
    try:
        target = httpx.URL(link.group(1))
    except httpx.InvalidURL:
        return None
    cursor: str | None = target.params.get("cursor")
    return cursor
