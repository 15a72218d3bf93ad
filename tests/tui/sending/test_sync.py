"""Sync: a run is watched, paused, stopped, killed and resumed; nothing is lost and everybody is accounted for."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from textual.widgets import Button

from tests.conftest import CUSTOMERS
from tui_app.backstage.questions.run import RunNews
from tui_app.core.run import Progress, RunRecord
from tui_app.tui.dialogs.confirm import Confirm
from tui_app.tui.widgets.run_outcome import ending_of
from tui_app.tui.widgets.sync_estimate import Estimate


def slow(shop: Any, customer: Any, customers: int) -> None:
    """Requests of one customer each, ten a second: a run that lasts."""
    shop.destination = {**shop.destination, "requests_per_second": "10", "objects_per_request": "1"}
    shop.write()
    shop.customers([customer(number) for number in range(customers)])


def progress(app: Any) -> Progress:
    """What the worker said last, as the screen knows it."""
    news: RunNews = app.screen._news
    return news.progress


async def test_a_run_goes_to_its_end_waits_and_lists_whom_braze_rejected(
    shop, sandbox, customer, open_stoker, settle, send, until, shown
):
    """From the plan to the report, and then there is nothing left to send."""
    shop.attributes = {**shop.attributes, "email": '"tier"'}
    shop.write()
    addresses = ["a@example.com", "b@example.com", "abc@gmail.com"]
    shop.customers([customer(number, tier=address) for number, address in enumerate(addresses)])
    await asyncio.to_thread(shop.plan, "club")
    sandbox.fail("429:retry=4,times=1")
    waits = []

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await send(app, pilot, "3")
        await until(pilot, lambda: "! Waits" in shown(app))
        assert "Braze asked for a pause" in shown(app)
        while not progress(app).has_ended:
            waits.append(progress(app).wait_seconds)
            await pilot.pause(0.05)
        await until(pilot, lambda: "together 3 customers: everybody in the plan" in shown(app))
        text = shown(app)
        await pilot.press("p")
        await until(
            pilot, lambda: getattr(app.screen, "STAGE", "") == "preview" and "There is nothing to send." in shown(app)
        )
        await pilot.press("s")
        await settle(app, pilot)
        assert app.screen.STAGE == "preview"

    assert "Done: 2 customers acknowledged, 1 rejected" in text
    assert "not a valid email" in text
    assert "c00002" in text
    assert len(set(waits)) >= 3, "the countdown stood still"
    assert len(sandbox.profiles()) == 2


async def test_a_run_survives_a_pause_a_killed_worker_and_a_stop(
    shop, sandbox, customer, open_stoker, send, until, shown
):
    """Each time it goes on where it was, to the end."""
    # So many that it is still sending when it is stopped, on a busy machine too.
    slow(shop, customer, 100)
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview", size=(80, 24)) as (app, pilot):
        await send(app, pilot, "100")
        await until(pilot, lambda: progress(app).acknowledged >= 2)
        await pilot.press("space")
        await until(pilot, lambda: "‖ paused" in shown(app))
        assert "of 100 customers settled" in shown(app)
        await pilot.press("space")
        await until(pilot, lambda: progress(app).state == "sending")

        os.kill(progress(app).process, signal.SIGKILL)
        await until(pilot, lambda: "The worker died" in shown(app))
        assert "Nothing is lost" in shown(app)
        await pilot.press("R")
        await until(pilot, lambda: progress(app).state == "sending")

        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        assert "What is on its way is waited for" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, Confirm))
        assert app.screen._news.wish == "go_on", "enter alone must not stop it"
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        app.screen.query_one("#accept", Button).press()
        await until(pilot, lambda: "Stopped early" in shown(app))
        assert progress(app).not_sent + progress(app).in_doubt > 0

        await pilot.press("R")
        await until(pilot, lambda: "every one of 100 customers was acknowledged" in shown(app))

    assert shop.ledger() == sandbox.profiles()
    assert len(sandbox.profiles()) == 100


async def test_a_run_whose_requests_all_fail_says_why_until_one_gets_through(
    shop, sandbox, customer, open_stoker, send, until, shown
):
    """A full rate chart alone looks as if everything went well."""
    shop.customers([customer(number) for number in range(3)])
    await asyncio.to_thread(shop.plan, "club")
    sandbox.fail("503:applied=no")

    async with open_stoker(shop.folder, "preview", size=(80, 24)) as (app, pilot):
        await send(app, pilot, "3")
        await until(pilot, lambda: "! Nothing gets through; trying again" in shown(app))
        assert "in trouble (status 503)" in shown(app)
        sandbox.work_again()
        await until(pilot, lambda: "every one of 3 customers was acknowledged" in shown(app))


async def test_whoever_detaches_finds_the_run_again(shop, customer, open_stoker, send, until, shown):
    """Leaving the app does not touch the worker; the terminal says how to come back."""
    slow(shop, customer, 80)
    await asyncio.to_thread(shop.plan, "club")
    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await send(app, pilot, "80")
        await until(pilot, lambda: progress(app).acknowledged >= 1)
        await pilot.press("d")
        await pilot.pause()
    run = shop.workplace.runs.all()[-1]

    assert f"Run {run.id} goes on without the screen. Come back to it: stoker --project" in app.farewell
    assert not run.progress().has_ended
    async with open_stoker(shop.folder, "sync", size=(160, 40)) as (app, pilot):
        await until(pilot, lambda: f"run {run.id}" in shown(app) and "» sending" in shown(app))
        run.leave_wish("stop")
        await until(pilot, lambda: "Stopped early" in shown(app))


async def test_a_guard_that_holds_the_run_asks_a_person(shop, customer, open_stoker, send, settle, until, shown):
    shop.attributes = {"email": '"name"'}
    shop.destination = {**shop.destination, "requests_per_second": "20"}
    shop.write()
    shop.customers([customer(number, name="abc@gmail.com") for number in range(1000)])
    await asyncio.to_thread(shop.plan)

    async with open_stoker(shop.folder, "home") as (app, pilot):
        await app.go("preview", activation="profiles", plan=None)
        await settle(app, pilot)
        await send(app, pilot, "1000")
        await until(pilot, lambda: "Held by max_rejected_share" in shown(app))
        text = shown(app)
        await pilot.press("g")
        await until(pilot, lambda: "0 customers acknowledged, 1,000 rejected" in shown(app))

    assert "g  goes on" in text
    assert "s  stops" in text
    assert "the newest 50 of" in text


def test_the_time_left_follows_the_recent_rate_and_is_unknown_at_first():
    """A number that nobody can know yet is worse than none."""
    estimate = Estimate()
    assert estimate.seconds_left(1000) is None
    estimate.add(0.0, 0)
    estimate.add(0.5, 50)
    assert estimate.seconds_left(1000) is None
    estimate.add(2.0, 200)
    assert estimate.seconds_left(1000) == pytest.approx(8.0)
    estimate.add(40.0, 200)
    assert estimate.seconds_left(1000) is None, "nothing moved lately"
    estimate.add(0.1, 300)
    assert estimate.seconds_left(300) == 0.0


@pytest.mark.parametrize(
    ("said", "title"),
    [
        (Progress(state="done", acknowledged=1), "the customer was acknowledged"),
        (Progress(state="done", acknowledged=9, rejected=1), "9 customers acknowledged, 1 rejected"),
        (Progress(state="stopped", acknowledged=4, not_sent=4, in_doubt=2), "4 acknowledged, 6 still to be sent"),
        (Progress(state="crashed", acknowledged=4, not_sent=6), "The worker died"),
        (Progress(state="refused", note="The ledger has moved on."), "refused to send"),
    ],
    ids=["one", "rejected", "stopped", "crashed", "refused"],
)
def test_the_outcome_is_one_sentence_for_each_way_to_end(said: Progress, title: str):
    record = RunRecord(
        "r", "club", "braze", "/plans/p", "f", "l", "n", ledger_serial=0, started=0.0, rows=10, requests=1
    )

    assert title in ending_of(RunNews(record, said, "go_on")).title


async def test_purchases_are_shown_and_sent(shop, customer, open_stoker, send, fill, settle, until, shown, sandbox):
    """They have no screen of their own, and the ones of customers speak of them."""
    shop.extra = """
[orchestrations.orders]
query = "customers"
template = "profile"
[orchestrations.orders.purchases]
row_key = "id"
product_id = "tier"
currency = { value = "EUR" }
price = "points"
time = "at"
"""
    shop.write()
    schema = CUSTOMERS.append(pa.field("at", pa.date32()))
    shop.customers([customer(number, at=date(2026, 3, 1)) for number in range(1, 4)], schema)
    await asyncio.to_thread(shop.plan, "orders")

    async with open_stoker(shop.folder, "home", size=(120, 40)) as (app, pilot):
        await app.go("preview", activation="orders", plan=None)
        await settle(app, pilot)
        overview = shown(app)
        await pilot.press("slash")
        await pilot.pause()
        await fill(pilot, "#identifier", "c00001")
        await pilot.press("enter")
        await settle(app, pilot)
        rows = shown(app)
        await pilot.press("escape")
        await send(app, pilot, "3")
        await until(pilot, lambda: "3 customers acknowledged" in shown(app) or "Done" in shown(app))

    assert "to be sent once" in overview
    assert "+ purchase" in rows
    assert len(sandbox.objects()) == 3
