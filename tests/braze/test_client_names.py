"""The custom attributes of a workspace are read page by page, whatever a server writes into its links."""

from __future__ import annotations

import json

import pytest

from tui_app.braze.client import MAX_NAME_PAGES, BrazeClient
from tui_app.core.delivery import NotRead
from tui_app.core.secret import ApiKey

KEY = "00000000-0000-1111-2222-555555555555"


@pytest.fixture
async def client_of():
    """Make clients of servers, and close them."""
    clients = []

    def make(server):
        client = BrazeClient(server.url, ApiKey(KEY))
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


def page(*names):
    """One page in the documented shape.

    Source: braze.com/docs/api/endpoints/export/custom_attributes/get_custom_attributes, "Response".
    """
    attributes = [
        {"array_length": None, "data_type": "String", "description": "", "name": name, "status": "Active"}
        for name in names
    ]
    return json.dumps({"message": "success", "attributes": attributes}).encode()


def answering(*answers):
    """A server that gives one (status, body, link) after the other, and the last one for ever."""

    async def behave(line):
        while await line.request():
            status, body, link = answers[min(len(line.server.received), len(answers)) - 1]
            await line.answer(status, body, {"Link": link} if link else None)

    return behave


async def test_every_page_is_read_in_order(serve, client_of):
    server = await serve(
        answering(
            (200, page("age", "Loyalty Tier"), '</custom_attributes?cursor=c2tpcDo1MA==>; rel="next"'),
            (
                200,
                page("tier"),
                '<x?cursor=c2tpcDow>; rel="prev",<https://rest.iad-03.braze.com/x?cursor=a%2Bb%26c>; rel="next"',
            ),
            (200, page("zodiac"), '</custom_attributes?cursor=c2tpcDo1MA==>; rel="prev"'),
        )
    )

    names = await client_of(server).custom_attribute_names()

    assert names == ("age", "Loyalty Tier", "tier", "zodiac")
    assert [request.line for request in server.received] == [
        "GET /custom_attributes HTTP/1.1",
        "GET /custom_attributes?cursor=c2tpcDo1MA%3D%3D HTTP/1.1",
        "GET /custom_attributes?cursor=a%2Bb%26c HTTP/1.1",
    ]


async def test_a_link_to_another_host_leads_nowhere_else(serve, client_of):
    """Following it would show the key to whoever wrote the link."""
    elsewhere = await serve(answering((200, page("stolen"), None)))
    server = await serve(
        answering(
            (200, page("a"), f'<{elsewhere.url}/custom_attributes?cursor=next>; rel="next"'),
            (200, page("b"), None),
        )
    )

    assert await client_of(server).custom_attribute_names() == ("a", "b")
    assert elsewhere.connections == 0


@pytest.mark.parametrize(
    "link",
    ['</custom_attributes?cursor=same>; rel="next"', '</custom_attributes?cursor=>; rel="next"'],
    ids=["the same page again", "the first page again"],
)
async def test_a_link_in_a_circle_ends(serve, client_of, link):
    server = await serve(answering((200, page("a"), link)))

    names = await client_of(server).custom_attribute_names()

    assert set(names) == {"a"}
    assert len(server.received) <= 2


@pytest.mark.parametrize("link", ["", "rubbish", "<>; rel=next", "<http://[::>; rel=next", "<x?page=2>; rel=next"])
async def test_a_link_without_a_cursor_is_the_end(serve, client_of, link):
    server = await serve(answering((200, page("a"), link)))

    assert await client_of(server).custom_attribute_names() == ("a",)


async def test_pages_without_end_are_given_up(serve, client_of):
    async def behave(line):
        while await line.request():
            number = len(line.server.received)
            await line.answer(200, page(f"a{number}"), {"Link": f"</custom_attributes?cursor={number}>; rel=next"})

    server = await serve(behave)

    with pytest.raises(NotRead, match=f"more than {MAX_NAME_PAGES} custom attributes"):
        await client_of(server).custom_attribute_names()

    assert len(server.received) == MAX_NAME_PAGES


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b'{"message":"Invalid API key"}', "key is wrong or revoked"),
        (403, b'{"message":"Access Denied"}', r"permission custom_attributes\.get"),
        (404, b'{"message":"Invalid URL"}', "REST endpoint"),
        (302, b"", "redirect"),
        (200, b"<!doctype html><p>Sign in</p>", "cannot be read as JSON"),
        (429, b"", r"not list its custom attributes now \(status 429\)"),
        (503, b"", r"not list its custom attributes now \(status 503\)"),
        (200, b'{"attributes":[{"name":1}]}', "something else than names"),
        (200, b'{"attributes":["a"]}', "something else than names"),
        (200, b'{"attributes":{}}', "something else than names"),
        (200, b"{}", "something else than names"),
        (200, b'{"attributes":[', "cannot be read as JSON"),
    ],
)
async def test_names_that_cannot_be_read_say_why(serve, client_of, status, body, words):
    """A list that is read as empty would hide every near-duplicate."""
    server = await serve(answering((status, body, None)))

    with pytest.raises(NotRead, match=words) as caught:
        await client_of(server).custom_attribute_names()

    assert caught.value.status == status
