"""Every fault on a real socket: what the caller sees and what took effect all the same."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx
import pytest

SOMEBODY = {"external_id": "u", "a": 1}
PEOPLE = [{"external_id": "u"}, {"external_id": "v"}]


async def effect(caller: Any) -> int:
    """How many profiles there are."""
    return len((await caller.state())["profiles"])


@pytest.mark.parametrize(
    ("spec", "header", "is_moment", "least", "most"),
    [
        ("429:retry=2", "x-ratelimit-reset", True, 0, 3),
        ("429:retry=2,style=seconds", "x-ratelimit-reset", False, 2, 2),
        ("429:retry=1.5,style=mau", "x-ratelimit-retry-after", False, 2, 2),
        ("429:retry=2,style=retry-after", "retry-after", False, 2, 2),
        ("429:style=past", "x-ratelimit-reset", True, -1e6, -1),
        ("429:style=huge", "x-ratelimit-reset", False, 1e15, 1e15),
    ],
    ids=["epoch", "seconds", "mau", "retry-after", "past", "huge"],
)
async def test_a_429_tells_the_wait_in_the_style_chosen(
    start: Any, spec: str, header: str, *, is_moment: bool, least: float, most: float
) -> None:
    """Seconds from now, or the moment of which a client takes the time away."""
    caller = await start(faults=(spec,))

    asked = time.time()
    response = await caller.track(SOMEBODY)

    assert (response.status_code, response.json()) == (429, {"message": "Rate Limited"})
    told = float(response.headers[header]) - (asked if is_moment else 0)
    assert least <= told <= most + (time.time() - asked)
    assert await effect(caller) == 0


@pytest.mark.parametrize(
    ("style", "shown"), [("none", {}), ("text", {"limit": "3000", "remaining": "0", "reset": "soon"})]
)
async def test_a_429_may_tell_nothing_or_nonsense(start: Any, style: str, shown: dict[str, str]) -> None:
    caller = await start(faults=(f"429:style={style}",))

    headers = (await caller.track(SOMEBODY)).headers

    assert {name: value for name, value in headers.items() if "rate" in name or "retry" in name} == {
        f"x-ratelimit-{name}": value for name, value in shown.items()
    }


@pytest.mark.parametrize(
    ("spec", "status", "profiles"),
    [
        ("500", 500, 0),
        ("502:applied=no", 502, 0),
        ("503:applied=yes", 503, 1),
        ("504:applied=yes", 504, 1),
        ("401", 401, 0),
        ("403", 403, 0),
        ("refuse:external_id=u", 400, 0),
        ("refuse:external_id=w", 201, 1),
        ("redirect:to=http://127.0.0.1:1/", 302, 0),
        ("queued", 202, 1),
    ],
)
async def test_a_status_may_lie_about_the_effect(start: Any, spec: str, status: int, profiles: int) -> None:
    caller = await start(faults=(spec,))

    response = await caller.track(SOMEBODY)

    assert (response.status_code, await effect(caller)) == (status, profiles)


async def test_the_bodies_of_faults_are_those_of_braze(start: Any) -> None:
    """Sources: braze.com/docs/api/errors; github.com/leemour/braze-cli for the 401."""
    caller = await start(faults=("401:first=1", "queued:first=1", "redirect"))

    answers = [await caller.track(SOMEBODY) for _ in range(3)]

    assert answers[0].json() == {"message": "Invalid API key: sandbox-key"}
    assert answers[1].json() == {"message": "queued"}
    assert (answers[2].content, answers[2].headers["location"]) == (b"", "http://127.0.0.1:9/")


@pytest.mark.parametrize(("spec", "profiles"), [("reset", 0), ("reset:applied=yes", 1)])
async def test_a_reset_connection_may_have_taken_effect(start: Any, spec: str, profiles: int) -> None:
    caller = await start(faults=(spec,))

    with pytest.raises(httpx.ReadError):
        await caller.track(SOMEBODY)

    assert await effect(caller) == profiles


@pytest.mark.parametrize(("spec", "profiles"), [("hang", 0), ("hang:applied=yes", 1)])
async def test_a_hanging_request_is_never_answered(start: Any, spec: str, profiles: int) -> None:
    caller = await start(faults=(spec,))

    with pytest.raises(httpx.ReadTimeout):
        await caller.http.post("/users/track", json={"attributes": [SOMEBODY]}, timeout=0.2)

    assert await effect(caller) == profiles
    assert (await caller.state())["counters"]["requests_per_status"] == {"none": 1}


@pytest.mark.parametrize(("spec", "profiles_meanwhile"), [("slow:seconds=0.4", 1), ("slow:seconds=0.4,applied=no", 0)])
async def test_a_slow_answer_is_right(start: Any, spec: str, profiles_meanwhile: int) -> None:
    caller = await start(faults=(spec,))
    started = time.monotonic()

    answer = asyncio.create_task(caller.track(SOMEBODY))
    await caller.until(lambda counters: counters["requests"] == 1)

    assert await effect(caller) == profiles_meanwhile
    assert (await answer).json() == {"message": "success", "attributes_processed": 1}
    assert time.monotonic() - started >= 0.4
    assert await effect(caller) == 1


async def test_a_cut_answer_is_shorter_than_declared(start: Any) -> None:
    caller = await start(faults=("cut:bytes=5",))

    with pytest.raises(httpx.RemoteProtocolError, match=r"received 5 bytes, expected 49"):
        await caller.track(SOMEBODY)

    assert await effect(caller) == 1


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("wrong-counts", {"attributes_processed": 3}),
        ("index-out-of-range", {"attributes_processed": 1, "index": 3, "input_array": "attributes"}),
        ("index-text", {"attributes_processed": 1, "index": "0", "input_array": "attributes"}),
        ("index-missing", {"attributes_processed": 1, "input_array": "attributes"}),
        ("other-array", {"attributes_processed": 1, "index": 0, "input_array": "events"}),
    ],
)
async def test_a_malformed_success_is_json_that_cannot_be_believed(
    start: Any, shape: str, expected: dict[str, object]
) -> None:
    caller = await start(faults=(shape,))

    response = await caller.track(*PEOPLE)

    body = response.json()
    errors = body.pop("errors", [{}])
    assert response.status_code == 201
    assert body.pop("message") == "success"
    assert {**body, **{name: value for name, value in errors[0].items() if name != "type"}} == expected
    assert await effect(caller) == 2


async def test_a_malformed_success_may_be_no_json_at_all(start: Any) -> None:
    caller = await start(faults=("html:times=1", "truncated:times=1", "empty:times=1", "duplicate-keys:times=1"))

    html, truncated, empty, duplicate_keys = [await caller.track(SOMEBODY) for _ in range(4)]

    assert (html.status_code, html.headers["content-type"]) == (200, "text/html")
    assert html.text.startswith("<!DOCTYPE html>")
    assert truncated.text == '{"attributes_processed": 1, "message": "success'
    assert (empty.status_code, empty.content) == (201, b"")
    pairs = json.loads(duplicate_keys.content, object_pairs_hook=list)
    assert [value for name, value in pairs if name == "attributes_processed"] == [1, 0]


async def test_only_a_success_can_be_malformed(start: Any) -> None:
    """What is refused is refused as usual, so a client's tests see one thing at a time."""
    caller = await start(faults=("queued",))

    assert (await caller.track({"first_name": "Nobody"})).status_code == 400


@pytest.mark.parametrize(
    ("options", "struck"),
    [
        ("", "XXXXXXXXX"),
        (":first=2", "XX......."),
        (":after=6", "......XXX"),
        (":after=2,first=3", "..XXX...."),
        (":every=4", "...X...X."),
        (":every=2,times=3", ".X.X.X..."),
        (":times=0", "........."),
        (":p=0", "........."),
        (":p=1", "XXXXXXXXX"),
        (":path=*,first=1", "X........"),
        (":path=/segments/list", "........."),
    ],
)
async def test_a_selector_picks_the_requests_that_are_struck(start: Any, options: str, struck: str) -> None:
    caller = await start(faults=(f"503{options}",))

    statuses = [(await caller.track(SOMEBODY)).status_code for _ in struck]

    assert "".join("X" if status == 503 else "." for status in statuses) == struck


async def test_chance_is_repeated_by_its_seed(start: Any) -> None:
    """A failure that a test found must be found again."""
    patterns = []
    for seed in (7, 7, 8):
        caller = await start(faults=(f"503:p=0.3,seed={seed}",))
        patterns.append([(await caller.track(SOMEBODY)).status_code for _ in range(60)])

    assert patterns[0] == patterns[1] != patterns[2]
    assert 6 <= patterns[0].count(503) <= 32


async def test_the_first_fault_that_strikes_decides_and_the_next_does_not_count_the_request(start: Any) -> None:
    caller = await start(faults=("500:every=2", "502:every=2"))

    statuses = [(await caller.track(SOMEBODY)).status_code for _ in range(6)]

    assert statuses == [201, 500, 502, 500, 201, 500]


async def test_faults_can_be_set_listed_and_cleared_while_it_runs(start: Any) -> None:
    caller = await start(faults=("500:times=1",))

    added = await caller.http.post("/sandbox/faults", json={"faults": ["502:times=1"]})
    statuses = [(await caller.track(SOMEBODY)).status_code for _ in range(2)]
    listed = await caller.http.get("/sandbox/faults")
    cleared = await caller.http.delete("/sandbox/faults")

    assert added.json() == {"faults": [{"spec": "500:times=1", "struck": 0}, {"spec": "502:times=1", "struck": 0}]}
    assert statuses == [500, 502]
    assert [fault["struck"] for fault in listed.json()["faults"]] == [1, 1]
    assert cleared.json() == {"faults": []}
    assert (await caller.track(SOMEBODY)).status_code == 201


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("504x", 'Fault "504x": there is no kind "504x". No fault was set. Nearest: "504".'),
        ("503:evry=7", 'Fault "503:evry=7": 503 has no option "evry". No fault was set. Nearest: "every".'),
        ("queued:applied=no", 'queued has no option "applied". No fault was set. Known: after, first, every, p, '),
        ("503:every=0", 'Fault "503:every=0": every is "0". No fault was set. Give a whole number from 1.'),
        ("503:p=1.5", 'Fault "503:p=1.5": p is "1.5". No fault was set. Give a number from 0 to 1.'),
        ("slow:seconds=inf", 'seconds is "inf". No fault was set. Give a number from 0.'),
        ("slow:seconds=long", 'seconds is "long". No fault was set. Give a number from 0.'),
        ("503:applied=maybe", 'applied is "maybe". No fault was set. Give one of yes, no.'),
        ("429:style=iso", 'style is "iso". No fault was set. Give one of epoch, seconds, mau,'),
        ("503:every", "every has no value. No fault was set. Known: every=VALUE."),
        ("refuse", "external_id is missing. No fault was set. Known: external_id=VALUE."),
    ],
)
async def test_a_wrong_spec_is_explained(start: Any, spec: str, message: str) -> None:
    caller = await start()

    response = await caller.http.post("/sandbox/faults", json={"faults": ["500", spec]})

    assert response.status_code == 400
    assert message in response.json()["message"]
    assert (await caller.http.get("/sandbox/faults")).json() == {"faults": []}


@pytest.mark.parametrize("body", [b"", b"[]", b'{"faults": "500"}', b'{"faults": [500]}'])
async def test_faults_must_be_listed_in_json(start: Any, body: bytes) -> None:
    caller = await start()

    response = await caller.http.post("/sandbox/faults", content=body)

    assert response.status_code == 400
    assert response.json() == {"message": 'The body must be {"faults": ["SPEC", …]}. No fault was set.'}
