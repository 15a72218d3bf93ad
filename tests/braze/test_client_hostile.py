"""Whatever stands at the other end of a real socket: a documented outcome, soon, in little memory."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc

import pytest

from tui_app.braze.client import BrazeClient
from tui_app.core.delivery import (
    Accepted,
    Answer,
    NoAnswer,
    NotSent,
    ServerTrouble,
    SlowDown,
    StopRun,
    Unclear,
    read_answer,
)
from tui_app.core.pace import LONGEST_WAIT_SECONDS
from tui_app.core.secret import ApiKey

KEY = "00000000-0000-1111-2222-333333333333"
GOOD = b'{"message":"success","attributes_processed":1}'
NOW = 1_800_000_000.0
DEADLINE_SECONDS = 3.0


def head(*lines: str, status: str = "201 Created") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode("latin-1")


def whole(body: bytes, *lines: str, status: str = "201 Created") -> bytes:
    return head("Content-Type: application/json", f"Content-Length: {len(body)}", *lines, status=status) + body


def chunked(*chunks: bytes) -> bytes:
    return head("Content-Type: application/json", "Transfer-Encoding: chunked") + b"".join(chunks)


ANSWERS: dict[str, tuple[bytes, type | tuple[type, ...]]] = {
    "the control": (whole(GOOD), Accepted),
    "a bomb": (whole(gzip.compress(b"0" * 50_000_000), "Content-Encoding: gzip"), Unclear),
    "a bomb in an unknown wrapping": (whole(b"\x1b" * 1_000, "Content-Encoding: br, gzip, zstd"), Unclear),
    "a length of exabytes": (head("Content-Type: application/json", f"Content-Length: {10**19}") + GOOD, NoAnswer),
    "a negative length": (head("Content-Length: -1") + GOOD, NoAnswer),
    "two lengths": (head("Content-Length: 3", f"Content-Length: {len(GOOD)}") + GOOD, NoAnswer),
    "a length and chunks": (
        head(f"Content-Length: {len(GOOD)}", "Transfer-Encoding: chunked") + b"0\r\n\r\n",
        (NoAnswer, Unclear),
    ),
    "a chunk of exabytes": (chunked(b"ffffffffffffffff\r\n", GOOD), NoAnswer),
    "a chunk of negative size": (chunked(b"-1\r\n", GOOD), NoAnswer),
    "a chunk of no size": (chunked(b"zz\r\n", GOOD), NoAnswer),
    "a chunk that is cut": (chunked(b"2e\r\n", GOOD[:20]), NoAnswer),
    "a body that is cut": (whole(GOOD)[:-5], NoAnswer),
    "a header that is megabytes long": (head("X-Long: " + "x" * 3_000_000) + GOOD, NoAnswer),
    "a hundred thousand headers": (head(*(f"X-{i}: {i}" for i in range(100_000))) + GOOD, NoAnswer),
    "a header of escapes": (whole(GOOD, "X-\x1b[2J: \x1b]52;c;eA==\x07"), (NoAnswer, Accepted)),
    "a folded header": (whole(GOOD, "X-A: 1", " X-RateLimit-Reset: 1"), (NoAnswer, Accepted)),
    "a status of escapes": (whole(GOOD, status="201 \x1b]0;owned\x07"), (NoAnswer, Accepted)),
    "no status": (b"HTTP/1.1\r\n\r\n", NoAnswer),
    "a status of letters": (b"HTTP/1.1 abc OK\r\n\r\n", NoAnswer),
    "a status of four digits": (whole(GOOD, status="2010 OK"), (NoAnswer, StopRun)),
    "a status of nothing": (whole(GOOD, status="000 OK"), (NoAnswer, StopRun)),
    "another protocol": (b"SSH-2.0-OpenSSH_9.0\r\n", NoAnswer),
    "binary noise": (bytes(range(256)) * 40, NoAnswer),
    "nothing": (b"", NoAnswer),
    "promises only": (b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000, NoAnswer),
    "another protocol is wanted": (
        head("Upgrade: h2c", "Connection: Upgrade", status="101 Switching"),
        (NoAnswer, StopRun),
    ),
    "success without a body": (head(status="204 No Content"), StopRun),
    "success in part": (whole(GOOD, "Content-Range: bytes 0-45/46", status="206 Partial Content"), StopRun),
    "a redirect to this machine": (
        whole(b"", "Location: http://169.254.169.254/latest/meta-data", status="307 Temporary Redirect"),
        StopRun,
    ),
    "a redirect to a file": (whole(b"", "Location: file:///etc/passwd", status="302 Found"), StopRun),
    "an authentication of a proxy": (
        whole(b"", "Proxy-Authenticate: Basic", status="407 Proxy Authentication Required"),
        StopRun,
    ),
    "another charset": (whole('{"message":"success"}'.encode("utf-16"), "X: utf-16"), Unclear),
    "two answers in one": (whole(GOOD + GOOD), Unclear),
    "a second answer behind the first": (whole(GOOD) + whole(GOOD), Accepted),
    "nested without end": (whole(b'{"message":"success","x":' + b"[" * 400_000), Unclear),
    "a number without end": (whole(b'{"message":"success","attributes_processed":' + b"1" * 900_000 + b"}"), Unclear),
    "an exponent without end": (whole(b'{"message":"success","attributes_processed":1e999999999}'), Unclear),
    "a trouble that says success": (whole(GOOD, status="503 Busy"), ServerTrouble),
}


@pytest.fixture
async def ask():
    """Send one object to a server that answers with given bytes and hangs up; the outcome of it."""

    async def asked(server):
        client = BrazeClient(server.url, ApiKey(KEY), timeout_seconds=DEADLINE_SECONDS)
        try:
            return await client.track(b'{"attributes":[{"external_id":"c1"}]}')
        except (NoAnswer, NotSent) as failure:
            return failure
        finally:
            await client.close()

    return asked


def outcome_of(result):
    return read_answer(result, 1, NOW) if isinstance(result, Answer) else result


@pytest.mark.parametrize("name", ANSWERS)
async def test_an_answer_ends_in_its_outcome_in_time_and_in_little_memory(serve, ask, name):
    raw, expected = ANSWERS[name]

    async def behave(line):
        await line.request()
        await line.send(raw)

    server = await serve(behave)
    tracemalloc.start()
    started = time.monotonic()

    outcome = outcome_of(await ask(server))

    seconds, (_, peak_bytes) = time.monotonic() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(outcome, expected), outcome
    assert seconds < DEADLINE_SECONDS + 2
    # The server holds its answer in this process too.
    assert peak_bytes < 30_000_000 + 4 * len(raw)
    assert len(server.received) == 1, "it was sent again"
    assert not set(getattr(outcome, "reason", "")) & set("\x1b\x07\x9b\r\n\0")


@pytest.mark.parametrize(
    "drip",
    [b"HTTP/1.1 100 Continue\r\n\r\n", b"x", b"X-More: 1\r\n"],
    ids=["promises without end", "a byte now and then", "headers without end"],
)
async def test_a_drip_does_not_outlast_the_deadline(serve, ask, drip):
    """The deadline is for the whole request, so that no trickle of bytes can move it."""

    async def behave(line):
        await line.request()
        await line.send(b"HTTP/1.1 201 Created\r\n" if drip.startswith(b"X") else b"")
        while True:
            await line.send(drip)
            await asyncio.sleep(0.01)

    started = time.monotonic()

    outcome = await ask(await serve(behave))

    assert isinstance(outcome, NoAnswer)
    assert time.monotonic() - started < DEADLINE_SECONDS + 2


@pytest.mark.parametrize(
    "headers",
    [
        ["Retry-After: 1e99"],
        ["Retry-After: -1"],
        ["Retry-After: 99999999999999999999"],
        ["Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"],
        ["X-RateLimit-Reset: NaN"],
        ["X-RateLimit-Reset: 99999999999999"],
        ["X-RateLimit-Reset: 1", "X-RateLimit-Reset: 99999999999"],
        ["X-RateLimit-Reset: 1800000002", "Date: Thu, 01 Jan 1970 00:00:00 GMT"],
        ["X-RateLimit-Remaining: -5", "X-RateLimit-Limit: 0", "X-RateLimit-Reset: 0"],
        ["X-RateLimit-Reset: \u00b3"],
    ],
)
async def test_no_header_makes_a_wait_endless_or_negative(serve, ask, headers):
    async def behave(line):
        await line.request()
        await line.send(whole(b"", *headers, status="429 Too Many Requests"))

    outcome = outcome_of(await ask(await serve(behave)))

    assert isinstance(outcome, SlowDown)
    assert outcome.wait_seconds is None or 0 < outcome.wait_seconds <= LONGEST_WAIT_SECONDS
