"""Sync: a run is watched, paused, stopped, killed and resumed; nothing is lost and everybody is accounted for."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import pytest
from textual.widgets import Button

from tui_app.core.run import Progress, RunRecord
from tui_app.backstage.questions.run import RunNews
from tui_app.tui.dialogs.confirm import Confirm
from tui_app.tui.widgets.run_outcome import ending_of
from tui_app.tui.widgets.sync_estimate import Estimate


def slow(shop: Any, customer: Any, customers: int = 60, **destination: str) -> None:
    """Requests of one customer each, ten a second: a run that lasts."""
    shop.destination = {
        **shop.destination, "requests_per_second": "10", "objects_per_request": "1", **destination,
    }  # fmt: skip
    shop.write()
    shop.customers([customer(number) for number in range(customers)])


def news(app: Any) -> RunNews:
    """What the screen was told last."""
    told = app.screen._news
    assert told is not None
    return told


async def test_a_run_goes_to_its_end_and_lists_whom_braze_rejected(
    shop, sandbox, customer, open_stoker, settle, send, until, shown
) -> None:
    """From the plan to the report, and then there is nothing left to send."""
    shop.attributes = {**shop.attributes, "email": '"tier"'}
    shop.write()
    addresses = ["a@example.com", "b@example.com", "abc@gmail.com"]
    shop.customers([customer(number, tier=address) for number, address in enumerate(addresses)])
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await send(app, pilot, "3")
        await until(pilot, lambda: "together 3 customers: everybody in the plan" in shown(app))
        text = shown(app)
        await pilot.press("p")
        await until(pilot, lambda: app.screen.STAGE == "preview" and "There is nothing to send." in shown(app))
        await settle(app, pilot)
        await pilot.press("s")
        await settle(app, pilot)
        assert app.screen.STAGE == "preview"

    assert "Done: 2 customers acknowledged, 1 rejected" in text
    assert "c00002" in text
    assert "not a valid email" in text
    assert len(sandbox.objects()) == 3


async def test_a_run_is_paused_goes_on_is_stopped_and_resumed_to_the_end(
    shop, sandbox, customer, open_stoker, send, until, shown
) -> None:
    slow(shop, customer, 40)
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview", size=(80, 24)) as (app, pilot):
        await send(app, pilot, "40")
        await until(pilot, lambda: news(app).progress.acknowledged >= 3)
        await pilot.press("space")
        await until(pilot, lambda: "‖ paused" in shown(app))
        assert "of 40 customers settled" in shown(app)
        await pilot.press("space")
        await until(pilot, lambda: news(app).progress.state == "sending")
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "What is on its way is waited for" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        assert news(app).wish == "go_on"
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        app.screen.query_one("#yes", Button).press()
        await until(pilot, lambda: "Stopped early" in shown(app))
        assert news(app).progress.not_sent > 0
        await pilot.press("R")
        await until(pilot, lambda: "every one of 40 customers was acknowledged" in shown(app))

    assert len({each["external_id"] for each in sandbox.objects()}) == 40
    assert shop.ledger() == sandbox.profiles()


async def test_a_killed_worker_is_shown_as_died_and_resumed(
    shop, sandbox, customer, open_stoker, send, until, shown
) -> None:
    slow(shop, customer, 30)
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await send(app, pilot, "30")
        await until(pilot, lambda: news(app).progress.acknowledged >= 3)
        os.kill(news(app).progress.process, signal.SIGKILL)
        await until(pilot, lambda: "The worker died" in shown(app))
        assert "Nothing is lost" in shown(app)
        await pilot.press("R")
        await until(pilot, lambda: "every one of 30 customers was acknowledged" in shown(app))

    assert shop.ledger() == sandbox.profiles()
    assert len(sandbox.profiles()) == 30


async def test_whoever_detaches_finds_the_run_again(shop, customer, open_stoker, send, until, shown) -> None:
    """Leaving the app does not touch the worker; the terminal says how to come back."""
    slow(shop, customer, 60)
    await asyncio.to_thread(shop.plan, "club")
    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await send(app, pilot, "60")
        await until(pilot, lambda: news(app).progress.acknowledged >= 1)
        await pilot.press("d")
        await pilot.pause()
    run = shop.workplace.runs.all()[-1]

    assert f"Run {run.id} goes on without the screen. Come back to it: stoker --project" in app.farewell
    assert not run.progress().has_ended
    async with open_stoker(shop.folder, "sync") as (app, pilot):
        await until(pilot, lambda: f"run {run.id}" in shown(app) and "» sending" in shown(app))
        run.leave_wish("stop")
        await until(pilot, lambda: "Stopped early" in shown(app))


async def test_a_guard_that_holds_the_run_asks_a_person(shop, customer, open_stoker, send, until, shown) -> None:
    shop.attributes = {"email": '"name"'}
    shop.destination = {**shop.destination, "requests_per_second": "20"}
    shop.write()
    shop.customers([customer(number, name="abc@gmail.com") for number in range(3000)])
    await asyncio.to_thread(shop.plan)

    async with open_stoker(shop.folder, "sync") as (app, pilot):
        await app.go("preview", activation="profiles")
        await until(pilot, lambda: "not sent" in shown(app))
        await send(app, pilot, "3000")
        await until(pilot, lambda: "Held by max_rejected_share" in shown(app))
        text = shown(app)
        await pilot.press("g")
        await until(pilot, lambda: news(app).progress.state != "paused")
        await until(pilot, lambda: "0 customers acknowledged, 3,000 rejected" in shown(app))

    assert "g  goes on" in text
    assert "s  stops" in text
    assert "the newest 50 of" in text


async def test_a_wait_that_braze_asks_for_counts_down(shop, sandbox, customer, open_stoker, send, until, shown) -> None:
    slow(shop, customer, 6)
    sandbox.fail("429:after=2,retry=3,times=1")
    await asyncio.to_thread(shop.plan, "club")
    waits = set()

    async with open_stoker(shop.folder, "preview", size=(80, 24)) as (app, pilot):

        def is_done() -> bool:
            waits.add(round(news(app).progress.wait_seconds))
            return "every one of 6 customers was acknowledged" in shown(app)

        await send(app, pilot, "6")
        await until(pilot, lambda: "! Waits" in shown(app))
        assert "Braze asked for a pause" in shown(app)
        await until(pilot, is_done)

    assert len(waits) >= 3


async def test_without_a_run_it_says_what_comes_first(shop, customer, open_stoker, shown) -> None:
    shop.customers([customer(1)])

    async with open_stoker(shop.folder, "sync", size=(80, 24)) as (app, _pilot):
        assert "Nothing was sent yet" in shown(app)


def test_the_time_left_follows_the_recent_rate_and_is_unknown_at_first() -> None:
    """A number that nobody can know yet is worse than none."""
    estimate = Estimate()
    assert estimate.seconds_left(1000) is None
    estimate.add(0.0, 0)
    estimate.add(0.5, 50)
    assert estimate.seconds_left(1000) is None
    estimate.add(2.0, 200)

    assert estimate.seconds_left(1000) == pytest.approx(8.0)
    estimate.add(40.0, 200)
    assert estimate.seconds_left(1000) is None
    estimate.add(0.1, 300)
    assert estimate.seconds_left(300) == 0.0


@pytest.mark.parametrize(
    ("progress", "title"),
    [
        (Progress(state="done", acknowledged=1), "the customer was acknowledged"),
        (Progress(state="done", acknowledged=9, rejected=1), "9 customers acknowledged, 1 rejected"),
        (Progress(state="stopped", acknowledged=4, not_sent=4, in_doubt=2), "4 acknowledged, 6 still to be sent"),
        (Progress(state="crashed", acknowledged=4, not_sent=6), "The worker died"),
        (Progress(state="refused", note="The ledger moved on."), "refused to send"),
    ],
    ids=["one", "rejected", "stopped", "crashed", "refused"],
)
def test_the_outcome_is_one_sentence_for_each_way_to_end(progress: Progress, title: str) -> None:
    record = RunRecord(
        "r", "club", "braze", "/plans/p", "f", "l", "n", ledger_serial=0, started=0.0, rows=10, requests=1
    )

    assert title in ending_of(RunNews(record, progress, "go_on")).title
