"""Every failure says whether Braze can have taken the request, within the deadline and without the key."""

from __future__ import annotations

import asyncio
import base64
import logging
import socket
import time
import traceback

import pytest

from tui_app.braze.client import BrazeClient
from tui_app.core.delivery import NoAnswer, NotSent
from tui_app.core.errors import FixInput
from tui_app.core.secret import ApiKey

KEY = "00000000-0000-1111-2222-444444444444"
BODY = b'{"attributes":[{"external_id":"c1"}]}'


@pytest.fixture
async def client_of():
    """Make clients of addresses, and close them."""
    clients = []

    def make(url, **options):
        client = BrazeClient(url, ApiKey(KEY), **options)
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


@pytest.fixture
def known_authority(certificates, monkeypatch):
    """The authority of the test certificates, trusted by this machine."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates / "authority.pem"))


@pytest.fixture
def closed_port():
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def reset_in_the_body(line):
    await line.reader.readuntil(b"\r\n\r\n")
    line.reset()


async def reset_after_the_request(line):
    await line.request()
    line.reset()


async def hang_up_after_the_request(line):
    await line.request()


async def never_answer(line):
    await line.request()
    await line.reader.read()


async def drip(line):
    """Always a byte before any single read could time out."""
    await line.request()
    await line.send(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(200):
        await line.send(b" ")
        await asyncio.sleep(0.02)


async def cut_the_answer(line):
    await line.request()
    await line.send(b'HTTP/1.1 201 Created\r\nContent-Length: 47\r\n\r\n{"message":"success"')


async def cut_the_head(line):
    await line.request()
    await line.send(b"HTTP/1.1 201 Crea")


async def speak_another_protocol(line):
    await line.request()
    await line.send(b"SSH-2.0-OpenSSH_9.9\r\n")


async def drown_in_headers(line):
    await line.request()
    await line.send(b"HTTP/1.1 201 Created\r\nX-Much: " + b"x" * 200_000 + b"\r\n\r\n")


@pytest.mark.parametrize(
    "behaviour",
    [
        reset_in_the_body,
        reset_after_the_request,
        hang_up_after_the_request,
        never_answer,
        drip,
        cut_the_answer,
        cut_the_head,
        speak_another_protocol,
        drown_in_headers,
    ],
    ids=lambda behaviour: behaviour.__name__,
)
async def test_what_may_have_arrived_is_no_answer_and_is_sent_once(serve, client_of, behaviour):
    """Called "not sent", it would be forgotten; repeated silently, it would be counted wrongly."""
    server = await serve(behaviour)
    body = BODY * 100_000 if behaviour is reset_in_the_body else BODY
    began = time.monotonic()

    with pytest.raises(NoAnswer, match=r"^127\.0\.0\.1 gave no "):
        await client_of(server.url, timeout_seconds=0.5).track(body)

    assert time.monotonic() - began < 1.5
    assert server.connections == 1


async def test_a_request_on_a_kept_connection_that_the_server_closes_is_not_repeated(serve, client_of):
    """HTTP libraries like to repeat here; for a POST that would be a second sending that nobody knows of."""

    async def behave(line):
        await line.request()
        await line.answer()
        await line.request()

    server = await serve(behave)
    client = client_of(server.url)
    await client.track(BODY)

    with pytest.raises(NoAnswer):
        await client.track(BODY)

    assert len(server.received) == 2
    assert server.connections == 1


async def test_a_connection_that_was_closed_while_idle_is_replaced(serve, client_of):
    async def behave(line):
        await line.request()
        await line.answer()

    server = await serve(behave)
    client = client_of(server.url)

    for _ in range(3):
        assert (await client.track(BODY)).status == 201
        await asyncio.sleep(0.02)

    assert server.connections == 3


async def test_a_refused_connection_is_not_sent_and_worth_waiting_for(client_of, closed_port):
    with pytest.raises(NotSent, match=r"^127\.0\.0\.1 cannot be reached: no connection \(.+\)$") as caught:
        await client_of(f"http://127.0.0.1:{closed_port}").track(BODY)

    assert caught.value.waiting_helps


async def test_waiting_for_a_free_connection_is_not_sent(serve, client_of):
    """While a request waits in line none of its bytes has left, and the deadline must not blur that."""
    server = await serve(never_answer)
    client = client_of(server.url, connections=1, timeout_seconds=0.6)

    first, second = await asyncio.gather(client.track(BODY), client.track(BODY), return_exceptions=True)

    assert isinstance(first, NoAnswer)
    assert isinstance(second, NotSent)
    assert second.waiting_helps
    assert len(server.received) == 1


async def test_a_tls_handshake_without_end_is_not_sent(serve, client_of):
    async def silent(line):
        await line.reader.read()

    server = await serve(silent)

    with pytest.raises(NotSent) as caught:
        await client_of(server.url.replace("http:", "https:"), timeout_seconds=3).track(BODY)

    assert caught.value.waiting_helps


@pytest.mark.usefixtures("known_authority")
@pytest.mark.parametrize(
    ("certificate", "host", "words"),
    [("expired.pem", "127.0.0.1", "certificate has expired"), ("server.pem", "localhost", "Hostname mismatch")],
    ids=["expired", "other host"],
)
async def test_an_untrusted_server_gets_no_byte_and_waiting_does_not_help(serve, client_of, certificate, host, words):
    """Whoever cannot prove to be Braze gets neither key nor customers."""
    server = await serve(never_answer, certificate)

    with pytest.raises(NotSent, match=rf"its certificate is not trusted \(.*{words}") as caught:
        await client_of(f"https://{host}:{server.port}").track(BODY)

    assert not caught.value.waiting_helps
    assert server.received == []


async def test_a_server_of_an_unknown_authority_gets_no_byte(serve, client_of):
    server = await serve(never_answer, "server.pem")

    with pytest.raises(NotSent, match="unable to get local issuer certificate") as caught:
        await client_of(server.url).track(BODY)

    assert not caught.value.waiting_helps
    assert server.received == []


async def test_a_server_without_tls_gets_no_byte(serve, client_of):
    async def plain(line):
        await line.reader.read(10)
        await line.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = await serve(plain)

    with pytest.raises(NotSent) as caught:
        await client_of(server.url.replace("http:", "https:")).track(BODY)

    assert not caught.value.waiting_helps


@pytest.mark.usefixtures("known_authority")
async def test_an_authority_of_the_machine_is_trusted(serve, client_of):
    """Companies that read TLS have an authority of their own; SSL_CERT_FILE names it, as for other tools."""

    async def behave(line):
        await line.request()
        await line.answer()

    server = await serve(behave, "server.pem")

    assert (await client_of(server.url).track(BODY)).status == 201


async def test_a_proxy_is_not_asked_for_this_machine(serve, client_of, monkeypatch, closed_port):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    monkeypatch.delenv("no_proxy", raising=False)

    async def behave(line):
        await line.request()
        await line.answer()

    assert (await client_of((await serve(behave)).url).track(BODY)).status == 201


@pytest.mark.usefixtures("known_authority")
async def test_a_proxy_carries_the_request_sealed_to_braze(serve, client_of, monkeypatch):
    """The proxy learns the host and its own password; key and customers stay inside of TLS."""

    async def braze(line):
        await line.request()
        await line.answer()

    origin = await serve(braze, "server.pem")

    async def proxy(line):
        await line.request()
        reader, writer = await asyncio.open_connection("127.0.0.1", origin.port)
        await line.send(b"HTTP/1.1 200 Connected\r\n\r\n")
        await asyncio.gather(carry(line.reader, writer, seen), carry(reader, line.writer, bytearray()))

    seen = bytearray()
    tunnel = await serve(proxy)
    monkeypatch.setenv("https_proxy", f"http://reader:s%3Acret@127.0.0.1:{tunnel.port}")
    monkeypatch.delenv("no_proxy", raising=False)

    answer = await client_of("https://rest.test-99.braze.com").track(BODY)

    assert answer.status == 201
    assert origin.received[0].body == BODY
    assert tunnel.received[0].line.startswith("CONNECT rest.test-99.braze.com:443 ")
    assert tunnel.received[0].headers["proxy-authorization"] == f"Basic {base64.b64encode(b'reader:s:cret').decode()}"
    assert "authorization" not in tunnel.received[0].headers
    assert KEY.encode() not in seen


async def carry(reader, writer, seen):
    while chunk := await reader.read(65_536):
        seen += chunk
        writer.write(chunk)
    writer.close()


async def test_a_proxy_that_refuses_has_let_nothing_through(serve, client_of, monkeypatch):
    async def refuse(line):
        await line.request()
        await line.answer(407, b"")

    server = await serve(refuse)
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.port}")
    monkeypatch.delenv("no_proxy", raising=False)

    with pytest.raises(NotSent, match="the proxy refused to connect"):
        await client_of("https://rest.test-99.braze.com").track(BODY)

    assert server.received[0].body == b""


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "http://", "http://proxy:port"])
def test_a_proxy_that_cannot_be_used_is_named_before_anything_is_sent(monkeypatch, proxy):
    monkeypatch.setenv("https_proxy", proxy)
    monkeypatch.delenv("no_proxy", raising=False)

    with pytest.raises(FixInput, match="HTTPS_PROXY"):
        BrazeClient("https://rest.test-99.braze.com", ApiKey(KEY))


@pytest.mark.parametrize("behaviour", [reset_after_the_request, speak_another_protocol, cut_the_answer, never_answer])
async def test_no_failure_carries_the_key(serve, client_of, caplog, behaviour):
    """The exceptions of aiohttp hold the headers of the request; a traceback or a log must not find them."""
    caplog.set_level(logging.DEBUG)
    client = client_of((await serve(behaviour)).url, timeout_seconds=0.3)

    with pytest.raises(NoAnswer) as caught:
        await client.track(BODY)

    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    texts = [repr(client), repr(caught.value), *traceback.format_exception(caught.value), caplog.text]
    assert not any(KEY in text for text in texts)


async def test_an_answer_that_repeats_the_key_arrives_without_it(serve, client_of):
    """Braze's answer to a bad key does."""

    async def behave(line):
        await line.request()
        await line.answer(401, f'{{"message":"Invalid API key: {KEY}"}}'.encode())

    answer = await client_of((await serve(behave)).url).track(BODY)

    assert answer.body == b'{"message":"Invalid API key: ***"}'
