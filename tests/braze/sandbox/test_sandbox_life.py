"""Starting, watching, delaying, saving and stopping a sandbox."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tui_app.braze.sandbox.server import Sandbox
from tui_app.braze.sandbox.settings import SandboxSettings
from tui_app.core.errors import FixInput, Usage

SOMEBODY = {"external_id": "u", "tier": "gold"}


async def test_the_log_holds_what_was_received_in_order(start: Any) -> None:
    """Also what was refused or not answered: a test of a client must see each value that left it."""
    caller = await start(record=True, faults=("503:after=1,first=1", "reset:after=1,first=1"))
    before = time.time()

    await caller.http.get("/segments/list")
    await caller.track(SOMEBODY)
    await caller.track({"external_id": "v"}, {"no": "identifier"})
    with pytest.raises(httpx.ReadError):
        await caller.track({"external_id": "w"})

    log = (await caller.http.get("/sandbox/log")).json()
    assert [(entry["request"], entry["status"], entry["objects"]) for entry in log] == [
        (2, 201, [SOMEBODY]),
        (3, 503, [{"external_id": "v"}, {"no": "identifier"}]),
        (4, None, [{"external_id": "w"}]),
    ]
    assert before <= log[0]["time"] <= log[1]["time"] <= log[2]["time"] <= time.time()


async def test_nothing_is_logged_unless_asked_for(start: Any) -> None:
    caller = await start()

    await caller.track(SOMEBODY)

    assert (await caller.http.get("/sandbox/log")).json() == []


async def test_the_state_shows_profiles_types_and_counters(start: Any) -> None:
    caller = await start(forced_types={"points": "Number"})
    await caller.track({**SOMEBODY, "email": "u@example.com"}, {"no": "identifier"})
    await caller.http.get("/nowhere")

    state = await caller.state()

    profile = state["profiles"][0]
    assert profile["external_id"] == "u"
    assert profile["standard"] == {"email": "u@example.com"}
    assert profile["custom_attributes"] == {"tier": "gold"}
    assert state["custom_attributes"] == {
        "points": {"type": "Number", "is_forced": True},
        "tier": {"type": "String", "is_forced": False},
    }
    assert state["counters"] == (await caller.http.get("/sandbox/counters")).json()
    assert state["counters"] == {
        "requests": 2,
        "objects": 2,
        "data_points": 2,
        "profiles": 1,
        "pending": 0,
        "requests_per_status": {"201": 1, "404": 1},
        "busiest_3_seconds": 1,
    }


async def test_a_reset_forgets_all_but_the_faults(start: Any) -> None:
    caller = await start(record=True, faults=("503:after=1",), requests_per_3_seconds=1)
    await caller.track(SOMEBODY)

    counters = (await caller.http.post("/sandbox/reset")).json()

    assert (counters["requests"], counters["profiles"], counters["data_points"]) == (0, 0, 0)
    assert (await caller.http.get("/sandbox/log")).json() == []
    assert (await caller.track(SOMEBODY)).status_code == 503


@pytest.mark.parametrize(("method", "path"), [("GET", "nothing"), ("PUT", "state"), ("GET", "reset")])
async def test_an_unknown_control_is_a_404_that_names_the_known(start: Any, method: str, path: str) -> None:
    caller = await start()

    response = await caller.http.request(method, f"/sandbox/{path}")

    assert response.status_code == 404
    assert response.json() == {"message": "Invalid URL. Known under /sandbox/: state, counters, log, faults, reset."}


async def test_effects_may_come_late_and_overtake_each_other(start: Any) -> None:
    """Braze promises no order between calls. Source: braze.com/docs, "Race conditions"."""
    caller = await start(apply_delay_seconds=(0.0, 0.3), seed=3)
    answered = [await caller.track({"external_id": "u", "number": number}) for number in range(12)]
    assert {answer.status_code for answer in answered} == {201}
    assert (await caller.state())["counters"]["pending"] > 0

    await caller.until(lambda counters: counters["pending"] == 0)

    assert (await caller.profile())["updates"] == 12
    assert (await caller.profile())["custom_attributes"]["number"] != 11


async def test_a_stop_carries_out_what_is_pending(tmp_path: Path) -> None:
    """Else a saved state would lack what was answered with success."""
    file = tmp_path / "state.json"
    settings = SandboxSettings(apply_delay_seconds=(60.0, 60.0), state_file=file)

    async with Sandbox(settings) as sandbox:
        await track(sandbox.url, SOMEBODY)
        assert sandbox.counters()["profiles"] == 0

    assert json.loads(file.read_text())["profiles"][0]["custom_attributes"] == {"tier": "gold"}


async def test_a_stop_does_not_wait_for_a_hanging_answer(start: Any) -> None:
    caller = await start(faults=("hang",))
    request = asyncio.create_task(caller.track(SOMEBODY))
    await caller.until(lambda counters: counters["requests"] == 1)
    started = time.monotonic()

    await caller.sandbox.__aexit__(None, None, None)

    assert time.monotonic() - started < 1.0
    with pytest.raises(httpx.HTTPError):
        await request


async def track(url: str, *attributes: dict[str, Any]) -> httpx.Response:
    async with httpx.AsyncClient(headers={"authorization": "Bearer sandbox-key"}, timeout=5.0) as http:
        return await http.post(f"{url}/users/track", json={"attributes": attributes})


async def test_profiles_survive_in_the_state_file(tmp_path: Path) -> None:
    """So that a demonstration can be continued; the file holds personal data and is its owner's alone."""
    file = tmp_path / "state.json"
    alias = {"alias_name": "n", "alias_label": "l"}
    async with Sandbox(SandboxSettings(state_file=file)) as sandbox:
        await track(
            sandbox.url,
            {**SOMEBODY, "email": "u@example.com", "push_tokens": [{"app_id": "a", "token": "t"}]},
            {"user_alias": alias, "_update_existing_only": False, "since": "2026-01-02"},
        )
        saved = sandbox.state()

    async with Sandbox(SandboxSettings(state_file=file)) as sandbox:
        loaded = sandbox.state()
        await track(
            sandbox.url,
            {"email": "u@example.com", "found_by": "email"},
            {"user_alias": alias, "found_by": "alias"},
            {"external_id": "new", "tier": 7},
        )
        profiles: Any = sandbox.state()["profiles"]

    assert loaded["profiles"] == saved["profiles"]
    assert loaded["custom_attributes"] == saved["custom_attributes"]
    assert [each["custom_attributes"].get("found_by") for each in profiles] == ["email", "alias", None]
    assert profiles[2]["custom_attributes"] == {}  # the type of tier was kept too
    assert len({each["braze_id"] for each in profiles}) == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["state.json"]  # noqa: PTH208  # pathlib would block, says ASYNC240


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "is not a state that a sandbox saved"),
        ("[]", "is not a state that a sandbox saved"),
        ('{"stoker_sandbox": 1, "profiles": [{}], "custom_attributes": {}}', "is not a state that a sandbox saved"),
        ('{"stoker_sandbox": 2}', "has format 2 and this sandbox reads 1"),
        (None, "cannot be read (Is a directory)"),
    ],
)
async def test_a_state_file_of_another_kind_is_refused(tmp_path: Path, text: str | None, fact: str) -> None:
    file = tmp_path / "state.json"
    if text is None:
        file.mkdir()
    else:
        file.write_text(text)

    with pytest.raises(FixInput) as refusal:
        await Sandbox(SandboxSettings(state_file=file)).__aenter__()

    assert str(refusal.value) == (
        f"State file {file} {fact}. The sandbox was not started. Name another file, or remove this one."
    )


async def test_a_taken_port_is_explained() -> None:
    async with Sandbox() as holder:
        port = int(holder.url.rpartition(":")[2])

        with pytest.raises(Usage) as refusal:
            await Sandbox(SandboxSettings(port=port)).__aenter__()

    assert str(refusal.value) == (
        f"Port {port} on 127.0.0.1 is taken by another program. The sandbox was not started. "
        "Choose another one with --port, or leave it out to get a free one."
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com"])  # noqa: S104  # that it is refused is the point
def test_it_listens_on_loopback_only(host: str) -> None:
    """Whoever reaches it can read every profile without a key."""
    with pytest.raises(Usage, match="is not a loopback address"):
        Sandbox(SandboxSettings(host=host))


async def test_it_listens_on_ipv6_loopback_too() -> None:
    async with Sandbox(SandboxSettings(host="::1")) as sandbox:
        assert (await track(sandbox.url, SOMEBODY)).status_code == 201
