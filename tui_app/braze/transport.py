"""HTTP over aiohttp behind httpx's interface: a POST is one sending, and every failure says what can have left.

httpx's own connection pool reaches a few hundred requests per second when many are in flight; aiohttp's reaches
thousands. Not here: redirects, cookies, decompression, retries (aiohttp repeats nothing but a read, and that only on a
kept connection that turns out to be closed). TLS is always verified and nothing switches that off.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from io import BytesIO
from urllib.parse import unquote
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx

from tui_app.core.errors import FixInput
from tui_app.core.instances import is_loopback

_CHUNK_BYTES = 65_536
_LARGE_BYTES = 500_000


class UntrustedServer(httpx.ConnectError):
    """The server could not prove by TLS who it is."""


class AiohttpTransport(httpx.AsyncBaseTransport):
    """One pool of connections to one server.

    Raises:
        httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError: No byte of the request can have left.
        httpx.ReadError, httpx.RemoteProtocolError: It may have left.
    """

    def __init__(self, *, connections: int, connect_seconds: float, proxy: httpx.URL | None = None) -> None:
        """Connect to nothing yet.

        Args:
            connections: Open at the same time, at most.
            connect_seconds: For waiting for a free connection and for opening one, together.
            proxy: An HTTP proxy for all requests.
        """
        self._connections = connections
        self._timeout = aiohttp.ClientTimeout(total=None, connect=connect_seconds)
        self._proxy = None if proxy is None else str(proxy.copy_with(username=None, password=None))
        self._proxy_headers = None if proxy is None else _proxy_authorization(proxy)
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request whose body is in memory, once."""
        session = self._session or self._open(request.url)
        try:
            response = await session.request(
                request.method,
                str(request.url),
                headers=request.headers.multi_items(),
                data=_data(request.read()),
                allow_redirects=False,
                proxy=self._proxy,
                proxy_headers=self._proxy_headers,
            )
        except aiohttp.ClientError as error:
            failure = _translated(error)
        else:
            return httpx.Response(response.status, headers=response.raw_headers, stream=_Body(response))
        # Raised outside of the handler: aiohttp's exceptions hold the request's headers, and with them the key.
        raise failure

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self, url: httpx.URL) -> aiohttp.ClientSession:
        # The authorities that httpx trusts: certifi's, or those of SSL_CERT_FILE or SSL_CERT_DIR.
        verified = httpx.create_ssl_context() if url.scheme == "https" else True
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, ssl=verified),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=self._timeout,
            auto_decompress=False,
        )
        return self._session


class _Body(httpx.AsyncByteStream):
    """The body of an answer as it comes in."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.content.iter_chunked(_CHUNK_BYTES):
                yield chunk
        except aiohttp.ClientError as error:
            failure = _translated(error)
        else:
            return
        raise failure

    async def aclose(self) -> None:
        # Gives the connection back if the body was read to its end, and closes it otherwise.
        self._response.release()


def _data(content: bytes) -> bytes | BytesIO | None:
    """A large body goes out in pieces, so that one request does not hold up all others."""
    return BytesIO(content) if len(content) > _LARGE_BYTES else content or None


def proxy_from_environment(endpoint: httpx.URL) -> httpx.URL | None:
    """The proxy that this machine wants for an endpoint (HTTPS_PROXY, ALL_PROXY, NO_PROXY); none on loopback.

    Raises:
        FixInput: It is of a kind that cannot be used.
    """
    if is_loopback(str(endpoint)) or proxy_bypass(endpoint.host):
        return None
    proxies = getproxies()
    named = proxies.get(endpoint.scheme) or proxies.get("all")
    if not named:
        return None
    try:
        proxy = httpx.URL(named if "://" in named else f"http://{named}")
    except httpx.InvalidURL:
        proxy = httpx.URL("")
    if proxy.scheme not in {"http", "https"} or not proxy.host:
        raise FixInput.at(
            "The proxy settings of this machine (HTTPS_PROXY or ALL_PROXY) do not name an HTTP proxy. Nothing was "
            "sent. Set HTTPS_PROXY to http://host:port, or NO_PROXY to the host of the endpoint.",
            code="proxy",
        )
    return proxy


def _proxy_authorization(proxy: httpx.URL) -> dict[str, str] | None:
    if not proxy.username:
        return None
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password)}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


_TRANSLATIONS: tuple[tuple[type[aiohttp.ClientError], type[httpx.TransportError], str], ...] = (
    (aiohttp.ClientConnectorCertificateError, UntrustedServer, "its certificate is not trusted"),
    (aiohttp.ClientConnectorSSLError, UntrustedServer, "TLS failed"),
    (aiohttp.ClientConnectorError, httpx.ConnectError, "no connection"),
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout, "no connection in time"),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError, "the proxy refused to connect"),
    (aiohttp.ClientPayloadError, httpx.RemoteProtocolError, "the answer was cut off"),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError, "the answer is not HTTP"),
    (aiohttp.ServerDisconnectedError, httpx.ReadError, "the connection was closed before an answer"),
    (aiohttp.ClientError, httpx.ReadError, "the connection broke"),
)
"""aiohttp's failures, sorted by what can have left; the first that fits counts, and the last fits all."""


def _translated(error: aiohttp.ClientError) -> httpx.TransportError:
    """The same failure in httpx's words, without a URL or a header."""
    kind, sentence = next((to, words) for source, to, words in _TRANSLATIONS if isinstance(error, source))
    cause = _cause(error)
    return kind(f"{sentence} ({cause})" if cause else sentence)


def _cause(error: aiohttp.ClientError) -> str | None:
    """What OpenSSL or the operating system says about a failure."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return str(getattr(error.certificate_error, "verify_message", "") or error.certificate_error)
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error.strerror or type(error.os_error).__name__
    return error.strerror if isinstance(error, aiohttp.ClientOSError) else None
