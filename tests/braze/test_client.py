"""One call is one request, its answer comes back unchanged, and nothing is repeated or followed."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from tui_app.braze.client import BrazeClient
from tui_app.core.delivery import MAX_ANSWER_BYTES, NoAnswer
from tui_app.core.errors import FixInput
from tui_app.core.secret import ApiKey

KEY = "00000000-0000-1111-2222-333333333333"
BODY = b'{"attributes":[{"external_id":"c1","first_name":"Zo\xc3\xab"}]}'


@pytest.fixture
async def client_of():
    """Make clients of servers, and close them."""
    clients = []

    def make(server, **options):
        client = BrazeClient(server.url, ApiKey(KEY), **options)
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


async def answer_all(line):
    while await line.request():
        await line.answer()


async def test_the_bytes_of_a_body_arrive_unchanged_with_the_key_in_one_header(serve, client_of):
    server = await serve(answer_all)
    client = client_of(server)

    await client.track(BODY)

    (request,) = server.received
    assert request.line == "POST /users/track HTTP/1.1"
    assert request.body == BODY
    assert request.headers == {
        "host": f"127.0.0.1:{server.port}",
        "authorization": f"Bearer {KEY}",
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "stoker",
    }


async def test_the_largest_body_arrives_unchanged_and_with_its_length(serve, client_of):
    """Large bodies travel another way than small ones."""
    body = bytes(range(256)) * 15_625
    server = await serve(answer_all)

    await client_of(server).track(body)

    assert server.received[0].body == body
    assert server.received[0].headers["content-length"] == "4000000"
    assert "transfer-encoding" not in server.received[0].headers


async def test_an_answer_comes_back_with_lower_case_headers_and_its_body(serve, client_of):
    async def behave(line):
        await line.request()
        await line.answer(201, b'{"message":"success","attributes_processed":1}', {"X-RateLimit-Remaining": "7"})

    answer = await client_of(await serve(behave)).track(BODY)

    assert (answer.status, answer.body) == (201, b'{"message":"success","attributes_processed":1}')
    assert answer.headers["x-ratelimit-remaining"] == "7"


async def test_many_calls_share_few_connections(serve, client_of):
    server = await serve(answer_all)
    client = client_of(server, connections=3)

    answers = await asyncio.gather(*(client.track(BODY) for _ in range(30)))

    assert [answer.status for answer in answers] == [201] * 30
    assert len(server.received) == 30
    assert server.connections <= 3


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_an_answer_and_is_not_followed(serve, client_of, status):
    """Following it would carry the key and the customers to another host."""
    elsewhere = await serve(answer_all)

    async def behave(line):
        await line.request()
        await line.answer(status, b"", {"Location": f"{elsewhere.url}/users/track"})

    answer = await client_of(await serve(behave)).track(BODY)

    assert answer.status == status
    assert elsewhere.connections == 0


async def test_cookies_are_not_sent_back(serve, client_of):
    async def behave(line):
        while await line.request():
            await line.answer(headers={"Set-Cookie": "session=1"})

    server = await serve(behave)
    client = client_of(server)

    await client.track(BODY)
    await client.track(BODY)

    assert "cookie" not in server.received[1].headers


async def test_an_answer_without_end_is_cut_one_byte_over_the_limit(serve, client_of):
    """The byte more tells the reader of the answer that it was too long; memory stays small."""

    async def behave(line):
        await line.request()
        await line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        while True:
            await line.send(b"x" * 100_000)

    answer = await client_of(await serve(behave)).track(BODY)

    assert len(answer.body) == MAX_ANSWER_BYTES + 1


async def test_a_compressed_answer_is_not_unpacked(serve, client_of):
    """A few bytes could unfold into gigabytes; we ask for plain text, so nobody honest compresses."""
    bomb = gzip.compress(b"0" * 10_000_000)

    async def behave(line):
        await line.request()
        await line.answer(200, bomb, {"Content-Encoding": "gzip"})

    answer = await client_of(await serve(behave)).track(BODY)

    assert answer.body == bomb


async def test_a_late_answer_is_never_taken_for_the_answer_to_the_next_request(serve, client_of):
    """Acknowledging the wrong customers would be silent and lasting."""

    async def behave(line):
        number = len(line.server.received)
        await line.request()
        if number == 0:
            await asyncio.sleep(0.25)
        await line.answer(201, b'{"message":"answer to request %d"}' % number)
        await line.request()

    server = await serve(behave)
    client = client_of(server, timeout_seconds=0.15)
    with pytest.raises(NoAnswer):
        await client.track(BODY)
    await asyncio.sleep(0.15)

    answer = await client.track(BODY)

    assert answer.body == b'{"message":"answer to request 1"}'
    assert server.connections == 2


async def test_a_call_that_is_cancelled_leaves_no_answer_behind(serve, client_of):
    async def behave(line):
        number = line.server.connections
        await line.request()
        arrived.set()
        if number == 1:
            await asyncio.sleep(0.1)
        await line.answer(201, b'{"message":"from connection %d"}' % number)

    arrived = asyncio.Event()
    server = await serve(behave)
    client = client_of(server)
    call = asyncio.create_task(client.track(BODY))
    await asyncio.wait_for(arrived.wait(), timeout=5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    assert (await client.track(BODY)).body == b'{"message":"from connection 2"}'


async def test_an_early_refusal_of_a_large_body_is_heard(serve, client_of):
    """A server may say 413 before it has read everything, and hang up."""

    async def behave(line):
        await line.reader.readuntil(b"\r\n\r\n")
        await line.answer(413, b"", {"Connection": "close"})
        # Reads on for a moment, as servers do so that the answer is not lost in a reset.
        await line.reader.read(4_000_000)

    answer = await client_of(await serve(behave)).track(b"x" * 3_000_000)

    assert answer.status == 413


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://rest.iad-03.braze.com",
        "https://user:password@rest.iad-03.braze.com",
        "https://rest.iad-03.braze.com.example.com",
        "https://rest.iad-03.braze.com:8443",
        "https://rest.iad-03.braze.com/users/track",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "not an address",
        "",
    ],
)
def test_a_key_is_not_given_to_a_foreign_endpoint(endpoint):
    with pytest.raises(FixInput, match=r"endpoint of the destination .+ Nothing was sent"):
        BrazeClient(endpoint, ApiKey(KEY))


@pytest.mark.parametrize("key", ["", f"{KEY}\r\nX-Evil: 1", f" {KEY}", "schlüssel", "a\x00b"])
def test_a_key_that_cannot_stand_in_a_header_is_refused_without_showing_it(key):
    with pytest.raises(FixInput, match="API key") as caught:
        BrazeClient("https://rest.iad-03.braze.com", ApiKey(key))

    assert key == "" or key not in str(caught.value)
