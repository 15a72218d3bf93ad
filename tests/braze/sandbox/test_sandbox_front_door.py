"""Keys, permissions, paths, bodies, rate limits: what is refused before an object is looked at."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from tui_app.braze.sandbox.rate import BusiestStretch, RateLimit, Window

SOMEBODY = {"external_id": "u", "a": 1}


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ("Bearer wrong", "Invalid API key: wrong"),
        ("Basic sandbox-key", "Invalid API key: sandbox-key"),
        ("sandbox-key", "Invalid API key: "),
        ("", "Invalid API key: "),
    ],
)
async def test_an_unknown_key_is_a_401_that_echoes_it(start: Any, authorization: str, message: str) -> None:
    """Clients must redact it. Source: github.com/leemour/braze-cli, measured 2026-09-13."""
    caller = await start()

    response = await caller.http.post(
        "/users/track", json={"attributes": [SOMEBODY]}, headers={"authorization": authorization}
    )

    assert (response.status_code, response.json()) == (401, {"message": message})
    assert (await caller.state())["profiles"] == []


async def test_the_word_bearer_has_any_case(start: Any) -> None:
    """Source: braze.com/docs/api/basics."""
    caller = await start()

    response = await caller.http.get("/segments/list", headers={"authorization": "bEARER sandbox-key"})

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("POST", "/users/track", "users.track"),
        ("POST", "/users/export/ids", "users.export.ids"),
        ("GET", "/custom_attributes", "custom_attributes.get"),
        ("GET", "/segments/list", "segments.list"),
    ],
)
async def test_a_missing_permission_is_a_403(start: Any, method: str, path: str, permission: str) -> None:
    """Sources: braze.com/docs/api/errors; github.com/leemour/braze-cli, decision NEED-5 (403, not 401)."""
    permissions = frozenset({"users.track", "users.export.ids", "custom_attributes.get", "segments.list"})
    caller = await start(keys={"sandbox-key": permissions - {permission}})

    response = await caller.http.request(method, path, json={} if method == "POST" else None)

    assert (response.status_code, response.json()) == (403, {"message": "Access Denied"})


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("POST", "/users/tracks", 404, "Invalid URL"),
        ("POST", "/users/track/sync", 404, "Invalid URL"),
        ("GET", "/users/track", 404, "Invalid URL"),
        ("GET", "/", 404, "Invalid URL"),
        ("POST", "/users/track/", 403, "Access Denied"),
    ],
)
async def test_a_wrong_path_is_refused(start: Any, method: str, path: str, status: int, message: str) -> None:
    """Sources: github.com/api-evangelist/braze, live probe of 2026-08-13; braze.com/docs/api/errors, trailing slash."""
    caller = await start()

    response = await caller.http.request(method, path)

    assert (response.status_code, response.json()) == (status, {"message": message})


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
async def test_a_body_that_is_not_declared_as_json_is_a_415(start: Any, content_type: str | None) -> None:
    """Source: braze.com/docs/api/errors."""
    caller = await start()
    headers = {} if content_type is None else {"content-type": content_type}

    response = await caller.http.post("/users/track", content=b'{"attributes":[]}', headers=headers)

    assert response.status_code == 415


@pytest.mark.parametrize(
    "body",
    [
        b'{"attributes": [{"external_id": "u"}],}',
        b"{'attributes': []}",
        b'{"attributes": []} {}',
        b'{"attributes": [ /* all */ ]}',
        b'{{"attributes": []}}',
        b'{"attributes": [{"external_id": "u", "x": NaN}]}',
        b'{"attributes": "\xff"}',
        b"[" * 100_000,
        b"",
    ],
    ids=["trailing comma", "quotes", "two documents", "comment", "brace", "NaN", "not UTF-8", "too deep", "empty"],
)
async def test_a_body_that_is_no_json_is_a_400(start: Any, body: bytes) -> None:
    """Source: braze.com/docs/api/errors."""
    caller = await start()

    response = await caller.send(body)

    assert response.status_code == 400
    assert response.json() == {"message": "Error while parsing request body. Please check your syntax."}


async def test_75_objects_pass_and_76_do_not_over_all_arrays(start: Any) -> None:
    """Source: braze.com/docs/api/api_limits."""
    caller = await start()
    people = [{"external_id": f"u{number}"} for number in range(75)]
    event = {"external_id": "u0", "name": "visit", "time": "2026-01-01T00:00:00Z"}

    assert (await caller.track(*people)).json() == {"message": "success", "attributes_processed": 75}
    for refused in (await caller.track(*people, {"external_id": "u75"}), await caller.track(*people, events=[event])):
        assert (refused.status_code, refused.json()) == (400, {"message": "Max Input Length Exceeded"})
    assert len((await caller.state())["profiles"]) == 75


async def test_older_contracts_pass_75_objects_in_each_array(start: Any) -> None:
    """Source: braze.com/docs/api/api_limits."""
    caller = await start(legacy_objects_limit=True)
    people = [{"external_id": f"u{number}"} for number in range(75)]
    events = [{"external_id": "u0", "name": "visit", "time": "2026-01-01T00:00:00Z"}] * 75
    purchase = {"external_id": "u0", "product_id": "p", "currency": "EUR", "price": 1, "time": "2026-01-01T00:00:00Z"}

    response = await caller.track(*people, events=events, purchases=[purchase] * 75)

    counts = {"attributes_processed": 75, "events_processed": 75, "purchases_processed": 75}
    assert response.json() == {"message": "success", **counts}
    assert (await caller.track(*people, {"external_id": "u75"})).status_code == 400


async def test_a_body_over_4_mb_is_a_413(start: Any) -> None:
    """Source: braze.com/docs/api/api_limits."""
    caller = await start()
    start_of_body, end_of_body = b'{"attributes": [{"external_id": "u", "a": "', b'"}]}'
    filler = b"x" * (4_000_000 - len(start_of_body) - len(end_of_body))

    fits = await caller.send(start_of_body + filler + end_of_body)
    exceeds = await caller.send(start_of_body + filler + b"x" + end_of_body)

    assert fits.status_code == 201
    assert (exceeds.status_code, exceeds.json()) == (413, {"message": "Request Entity Too Large"})


def rate_headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith(("x-ratelimit", "retry"))}


async def test_a_data_point_contract_counts_down_and_resets_at_an_epoch_second(start: Any) -> None:
    """Source: braze.com/docs/api/api_limits, "Monitoring your rate limits"."""
    caller = await start(requests_per_3_seconds=2)
    started = time.time()

    answers = [await caller.track(SOMEBODY) for _ in range(3)]

    resets = [int(answer.headers["x-ratelimit-reset"]) for answer in answers]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert {answer.headers["x-ratelimit-limit"] for answer in answers} == {"2"}
    assert len(set(resets)) == 1
    assert started + 3 <= resets[0] <= time.time() + 4
    assert answers[2].json() == {"message": "Rate Limited"}


def test_a_window_of_3_seconds_opens_with_its_first_request_and_then_anew() -> None:
    """Told the time, so that nobody has to wait."""
    limit = RateLimit((Window(limit=1, seconds=3.0),))

    admitted = [limit.admit(now).is_admitted for now in (1000.5, 1000.6, 1003.4, 1003.5, 1003.6, 2000.0)]

    assert admitted == [True, False, False, True, False, True]


def test_an_hour_is_that_of_the_clock() -> None:
    """Source: braze.com/docs/api/api_limits: windows reset on the hour, not 60 minutes after the first request."""
    limit = RateLimit((Window(limit=1, seconds=3600.0), Window(limit=9, seconds=3.0)), reset="seconds")

    first, second, next_hour = (limit.admit(now) for now in (7000.5, 7100.0, 7200.0))

    assert (first.is_admitted, first.headers["x-ratelimit-reset"]) == (True, "200")
    assert (second.is_admitted, second.headers) == (False, {"x-ratelimit-retry-after": "100"})
    assert next_hour.is_admitted


def test_the_busiest_stretch_slides() -> None:
    busiest = BusiestStretch()

    for now in (0.0, 1.0, 2.0, 3.5, 3.6, 3.7, 9.0):
        busiest.note(now)

    assert busiest.requests == 5


async def test_a_mau_contract_tells_the_seconds_and_on_a_429_nothing_but_the_wait(start: Any) -> None:
    """Source: braze.com/docs/api/endpoints/user_data/post_user_track, Monthly Active Users CY 24-25."""
    caller = await start(contract="mau", requests_per_hour=2)

    answers = [await caller.track(SOMEBODY) for _ in range(3)]

    shown = [rate_headers(answer) for answer in answers]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert [each.get("x-ratelimit-remaining") for each in shown] == ["1", "0", None]
    assert 0 <= int(shown[0]["x-ratelimit-reset"]) <= 3600
    assert list(shown[2]) == ["x-ratelimit-retry-after"]
    assert 1 <= int(shown[2]["x-ratelimit-retry-after"]) <= 3600


async def test_a_mau_contract_has_a_burst_limit_too(start: Any) -> None:
    caller = await start(contract="mau", requests_per_hour=100, requests_per_3_seconds=1)

    answers = [await caller.track(SOMEBODY) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 429]
    assert 1 <= int(answers[1].headers["x-ratelimit-retry-after"]) <= 3


async def test_other_endpoints_have_limits_of_their_own(start: Any) -> None:
    """By the hour of the clock. Sources: braze.com/docs/api/api_limits and the endpoints' pages."""
    caller = await start(export_requests_per_minute=1, custom_attributes_requests_per_hour=7)

    segments = await caller.http.get("/segments/list")
    attributes = await caller.http.get("/custom_attributes")
    exports = [await caller.export("u"), await caller.export("u")]

    assert (segments.headers["x-ratelimit-limit"], segments.headers["x-ratelimit-remaining"]) == ("250000", "249999")
    assert int(segments.headers["x-ratelimit-reset"]) % 3600 == 0
    assert attributes.headers["x-ratelimit-limit"] == "7"
    assert [export.status_code for export in exports] == [201, 429]


async def test_a_skewed_clock_shows_in_date_and_reset(start: Any) -> None:
    """A client that trusts its own clock would wait a day, or not at all."""
    caller = await start(clock_skew_seconds=-86_400.0)

    response = await caller.track(SOMEBODY)

    assert int(response.headers["x-ratelimit-reset"]) < time.time() - 80_000
    assert time.strftime("%d %b %Y", time.gmtime()) not in response.headers["date"]


async def test_header_names_are_in_lower_case_on_the_wire(start: Any) -> None:
    """As they arrive from Braze. Source: braze.com/docs/api/api_limits, seen over HTTP/2."""
    caller = await start()

    response = await caller.track(SOMEBODY)

    names = [name for name, _ in response.headers.raw]
    assert b"x-ratelimit-remaining" in names
    assert names == [name.lower() for name in names]


async def test_the_busiest_3_seconds_are_counted(start: Any) -> None:
    """Whether a sender keeps to its pace can be read off afterwards."""
    caller = await start()

    for _ in range(4):
        await caller.track(SOMEBODY)

    assert (await caller.state())["counters"]["busiest_3_seconds"] == 4
