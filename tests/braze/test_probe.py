"""A key and an endpoint are judged without a customer, and the judgement names the remedy."""

from __future__ import annotations

import socket
import time

import pytest

from tui_app.braze.client import BrazeClient
from tui_app.braze.probe import probe
from tui_app.core.secret import ApiKey

KEY = "00000000-0000-1111-2222-666666666666"

NOTHING_VALID = b"""{"message":"Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."}"""


class RealClock:
    """The machine's own time."""

    def epoch_seconds(self):
        """Seconds since 1970."""
        return time.time()

    def monotonic_seconds(self):
        """Seconds that never go back."""
        return time.monotonic()

    async def sleep(self, seconds):
        """Wait."""
        raise AssertionError(f"a probe does not wait, but wanted {seconds} seconds")


def braze_with(track, names=(200, b'{"message":"success","attributes":[{"name":"tier"}]}')):
    """A server that answers /users/track and /custom_attributes with a (status, body) each."""

    async def behave(line):
        while request := await line.request():
            await line.answer(*(track if request.line.startswith("POST /users/track ") else names))

    return behave


async def probed(url, **options):
    client = BrazeClient(url, ApiKey(KEY), timeout_seconds=0.5)
    try:
        return await probe(client, RealClock(), **options)
    finally:
        await client.close()


async def test_a_good_key_is_ready_and_no_customer_was_sent(serve):
    server = await serve(braze_with((400, NOTHING_VALID)))

    result = await probed(server.url)

    assert (result.outcome, result.may_send) == ("ready", True)
    assert result.custom_attributes == ("tier",)
    assert 0 < result.latency_seconds < 0.5
    assert [request.body for request in server.received] == [b"{}", b""]


@pytest.mark.parametrize(
    ("status", "body", "outcome", "words"),
    [
        (401, b'{"message":"Invalid API key: x"}', "key", "wrong or revoked, or it belongs to another instance"),
        (403, b'{"message":"Access Denied"}', "permission", "permission users.track"),
        (404, b'{"message":"Invalid URL"}', "address", "REST endpoint of the instance"),
        (200, b"<html>Sign in</html>", "not_braze", "web page"),
        (307, b"", "not_braze", "redirect"),
        (400, b"", "not_braze", "not as Braze does"),
        (400, b'["no"]', "not_braze", "not as Braze does"),
        (413, b"", "not_braze", "not as Braze does"),
        (429, b"", "busy", "Try again in a minute"),
        (503, b"", "busy", "Try again in a minute"),
    ],
)
async def test_what_is_wrong_is_named_with_its_remedy(serve, status, body, outcome, words):
    server = await serve(braze_with((status, body)))

    result = await probed(server.url)

    assert (result.outcome, result.may_send) == (outcome, False)
    assert words in result.message
    assert result.custom_attributes is None
    assert len(server.received) == 1


async def test_words_under_error_are_braze_too(serve):
    """For a body that is refused before it is understood, Braze's error page allows both names."""
    server = await serve(braze_with((400, b'{"error":"Error while parsing request body. Please check your syntax."}')))

    assert (await probed(server.url)).may_send


async def test_a_key_without_the_reading_permission_may_still_send(serve):
    """The names only serve warnings."""
    server = await serve(braze_with((400, NOTHING_VALID), (403, b'{"message":"Access Denied"}')))

    result = await probed(server.url)

    assert result.may_send
    assert result.custom_attributes is None
    assert "custom_attributes.get" in result.custom_attributes_message


async def test_names_are_read_only_if_asked_for(serve):
    server = await serve(braze_with((400, NOTHING_VALID)))

    result = await probed(server.url, read_names=False)

    assert result.may_send
    assert len(server.received) == 1


async def test_an_endpoint_that_nobody_listens_at_is_unreachable():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    result = await probed(f"http://127.0.0.1:{port}")

    assert (result.outcome, result.latency_seconds) == ("unreachable", None)
    assert "cannot be reached" in result.message


async def test_an_endpoint_that_never_answers_is_unreachable(serve):
    async def never_answer(line):
        await line.request()
        await line.reader.read()

    result = await probed((await serve(never_answer)).url)

    assert result.outcome == "unreachable"
    assert "no answer in 0.5 seconds" in result.message


async def test_a_server_that_cannot_prove_its_name_is_untrusted(serve):
    server = await serve(braze_with((400, NOTHING_VALID)), "server.pem")

    result = await probed(server.url)

    assert (result.outcome, result.may_send) == ("untrusted", False)
    assert server.received == []
