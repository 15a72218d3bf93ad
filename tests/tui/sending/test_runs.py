"""Runs: every run is listed, and its report accounts for every customer."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.widgets import Input

from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.run_history import RunHistory

REJECTED = "[/] [bold]2[/bold] 漢字"


async def two_runs(shop: Any, customer: Any) -> None:
    """The first with a rejected customer, whose identifier looks like markup; the second without."""
    shop.attributes = {**shop.attributes, "email": '"tier"'}
    shop.write()
    shop.customers([customer(1, tier="a@example.com"), customer(2, id=REJECTED, tier="abc@gmail.com")])
    await asyncio.to_thread(shop.sync, "club")
    shop.customers([customer(1, tier="c@example.com"), customer(3, tier=None)])
    await asyncio.to_thread(shop.sync, "club")


async def test_each_report_accounts_for_every_customer_and_names_the_rejected(
    shop, customer, open_stoker, settle, until, shown
):
    """History, report, its export, the plan and the run of each: all from one list."""
    await two_runs(shop, customer)
    first, second = shop.workplace.runs.all()

    async with open_stoker(shop.folder, "runs", size=(80, 24)) as (app, pilot):
        history = app.screen.query_one(RunHistory)
        await until(pilot, lambda: "together 2 customers: everybody in the plan" in shown(app))
        assert [each.record.run for each in history.items] == [second.id, first.id]
        await pilot.press("down")
        await until(pilot, lambda: "✗ 1" in shown(app))
        await pilot.press("z")
        await settle(app, pilot)
        assert "activation" not in shown(app), "the report has the room of the history"
        rejected = app.screen.query_one("#rejected-customers", PagedTable)
        rejected.focus()
        await settle(app, pilot)
        row = rejected.row(0)
        assert REJECTED in shown(app)
        await pilot.press("z", "e")
        await pilot.pause()
        path = Path(app.screen.query_one("#path", Input).value)
        await pilot.press("enter")
        await settle(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: getattr(app.screen, "STAGE", "") == "preview" and "applied by run" in shown(app))
        assert app.session.choice.plan == str(first.plan().folder)
        await app.go("runs")
        await settle(app, pilot)
        assert history.chosen.record.run == first.id, "the cursor stays where it was"
        await pilot.press("w")
        await until(
            pilot,
            lambda: getattr(app.screen, "STAGE", "") == "sync" and "1 customer acknowledged, 1 rejected" in shown(app),
        )
        await pilot.press("r")
        await settle(app, pilot)
        assert history.chosen.record.run == first.id, "the run that was watched is the one that is reported"
        await pilot.press("up")
        first.say(replace(first.progress(), retries=7))
        app.screen.refresh_stage()
        await settle(app, pilot)
        await until(pilot, lambda: history.items[1].progress.retries == 7)
        assert history.chosen.record.run == second.id, "news of one run does not move the cursor off another"

    assert row[0] == REJECTED
    assert "valid email" in row[1]
    document = json.loads(path.read_text())  # noqa: ASYNC240 - the app is closed
    assert document["run"] == first.id
    assert [each["id"] for each in document["rejections"]] == [REJECTED]
    assert path.stat().st_mode & 0o777 == 0o600  # noqa: ASYNC240 - the app is closed


async def test_a_run_that_was_damaged_hides_neither_itself_nor_the_others(shop, customer, open_stoker, until, shown):
    await two_runs(shop, customer)
    newest = shop.workplace.runs.all()[-1]
    (newest.path / "run.json").write_text("[/bold] broken")

    async with open_stoker(shop.folder, "runs") as (app, pilot):
        await until(pilot, lambda: "This run cannot be read" in shown(app))
        assert len(app.screen.query_one(RunHistory).items) == 2
        await pilot.press("down")
        await until(pilot, lambda: "together 2 customers: everybody in the plan" in shown(app))


async def test_without_runs_both_stages_say_what_comes_first(shop, open_stoker, settle, shown):
    async with open_stoker(shop.folder, "sync", size=(80, 24)) as (app, pilot):
        assert "Nothing was sent yet" in shown(app)
        await app.go("runs")
        await settle(app, pilot)
        assert "Nothing was sent yet" in shown(app)
        assert "goes to Preview" in shown(app)
