"""Runs: every run is listed, and its report accounts for every customer."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.run_history import RunHistory

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((120, 40), id="120x40")]


def history(app: Any) -> RunHistory:
    return app.screen.query_one(RunHistory)


async def two_runs(shop: Any, customer: Any) -> None:
    """The first with a rejected customer, the second without."""
    shop.attributes = {**shop.attributes, "email": '"tier"'}
    shop.write()
    shop.customers([customer(1, tier="a@example.com"), customer(2, tier="abc@gmail.com")])
    await asyncio.to_thread(shop.sync, "club")
    shop.customers([customer(1, tier="c@example.com"), customer(2, tier="abc@gmail.com"), customer(3, tier=None)])
    await asyncio.to_thread(shop.sync, "club")


@pytest.mark.parametrize("size", SIZES)
async def test_each_report_accounts_for_every_customer_and_names_the_rejected(
    shop, customer, open_stoker, settle, until, shown, size
) -> None:
    await two_runs(shop, customer)

    async with open_stoker(shop.folder, "runs", size=size) as (app, pilot):
        await until(pilot, lambda: "together 2 customers: everybody in the plan" in shown(app))
        newest = [each.progress.acknowledged for each in history(app).runs]
        await pilot.press("down")
        await until(pilot, lambda: "✗ 1" in shown(app))
        await settle(app, pilot)
        await pilot.press("z")
        await pilot.pause()
        rejected = app.screen.query_one("#rejected-customers", PagedTable)
        rejected.focus()
        await settle(app, pilot)
        text = shown(app)
        (row,) = [rejected.row(index) for index in range(rejected.total_rows)]

    assert newest == [2, 1]
    assert row[0] == "c00002"
    assert "valid email" in row[1]
    assert "c00002" in text


async def test_a_report_is_exported_and_its_plan_opened(shop, customer, open_stoker, settle, until, shown) -> None:
    await two_runs(shop, customer)
    first, second = shop.workplace.runs.all()

    async with open_stoker(shop.folder, "runs") as (app, pilot):
        await pilot.press("down", "e")
        await pilot.pause()
        path = Path(app.screen.query_one("#path", Input).value)
        await pilot.press("enter")
        await settle(app, pilot)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.STAGE == "preview" and first.plan().id in shown(app))
        assert "applied by run" in shown(app)
        await app.go("runs")
        await settle(app, pilot)
        assert history(app).chosen.record.run == first.id
        await pilot.press("w")
        await until(pilot, lambda: app.screen.STAGE == "sync" and "1 customer acknowledged, 1 rejected" in shown(app))

    document = json.loads(path.read_text())
    assert document["run"] == first.id
    assert [each["id"] for each in document["rejections"]] == ["c00002"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert second.id != first.id


async def test_without_runs_it_says_so(shop, open_stoker, shown) -> None:
    async with open_stoker(shop.folder, "runs", size=(80, 24)) as (app, _pilot):
        assert "Nothing was sent yet" in shown(app)


async def test_a_run_that_was_damaged_hides_neither_itself_nor_the_others(
    shop, customer, open_stoker, until, shown
) -> None:
    await two_runs(shop, customer)
    newest = shop.workplace.runs.all()[-1]
    (newest.path / "run.json").write_text("[/bold] broken")

    async with open_stoker(shop.folder, "runs") as (app, pilot):
        await until(pilot, lambda: "This run cannot be read" in shown(app))
        assert len(history(app).runs) == 2
        await pilot.press("down")
        await until(pilot, lambda: "together 2 customers: everybody in the plan" in shown(app))
