"""Every stage as a picture, at both sizes: with a project, with nothing, with a broken file, with long names.

A picture that changed is either a mistake or meant; look at it in `__snapshots__`, then `pytest --snapshot-update`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tui_app.tui.app import StokerApp

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((120, 40), id="120x40")]
STAGES = ["home", "connect", "source", "mapping", "segment", "preview", "sync", "runs"]

LONG = "a_name_that_somebody_made_so_long_that_no_column_of_any_screen_can_ever_hold_all_of_it"
HOSTILE_NAMES = ["[bold]Ada[/bold]", "\x1b]0;title\x07", "\u202etxet desrever", "全角文字の名前", "two\nlines", LONG]


@pytest.fixture
async def synced_shop(shop: Any, customer: Any) -> Any:
    """Forty customers, of whom some cannot be sent; sent once."""
    shop.attributes = {"first_name": '"name"', "birthday": '"tier"', "points": '{ column = "points", round = -1 }'}
    shop.write()
    shop.customers([customer(n, name=f"Name {n}" if n % 9 else None, is_member=n % 3 > 0) for n in range(40)])
    await asyncio.to_thread(shop.sync, "club")
    shop.customers([customer(n, name=f"Name {n + n % 2}", is_member=n % 4 > 0) for n in range(42)])
    return shop


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stage", STAGES)
async def test_with_a_project(
    synced_shop: Any, stage: str, size: tuple[int, int], open_stoker: Any, settle: Any, picture: Any
) -> None:
    async with open_stoker(synced_shop.folder, stage, size=size) as (app, pilot):
        await settle(app, pilot)
        if stage == "preview":
            await pilot.press("p")
            await settle(app, pilot)
        picture(app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("pane", ["attributes", "customers", "exact_json", "send"])
async def test_panes_of_a_plan(
    synced_shop: Any, pane: str, size: tuple[int, int], open_stoker: Any, settle: Any, picture: Any
) -> None:
    keys = {"attributes": ["t"], "customers": ["c"], "exact_json": ["c", "x"], "send": ["s"]}

    async with open_stoker(synced_shop.folder, "preview", size=size) as (app, pilot):
        await pilot.press("p")
        await settle(app, pilot)
        for key in keys[pane]:
            await pilot.press(key)
            await settle(app, pilot)
        picture(app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stage", STAGES)
async def test_with_an_empty_project(
    tmp_path: Any,
    stage: str,
    size: tuple[int, int],
    open_stoker: Any,
    settle: Any,
    picture: Callable[[StokerApp], None],
) -> None:
    """What to do next must be said where there is nothing yet."""
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "stoker.toml").write_text("# nothing yet\n", encoding="utf-8")

    async with open_stoker(folder, stage, size=size) as (app, pilot):
        await settle(app, pilot)
        picture(app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stage", STAGES)
async def test_with_a_file_that_cannot_be_used(
    shop: Any, stage: str, size: tuple[int, int], open_stoker: Any, settle: Any, picture: Callable[[StokerApp], None]
) -> None:
    file = shop.folder / "stoker.toml"
    file.write_text(file.read_text().replace('identifier_column = "id"', 'identifer_column = "id"'))

    async with open_stoker(shop.folder, stage, size=size) as (app, pilot):
        await settle(app, pilot)
        picture(app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stage", ["source", "mapping", "preview"])
async def test_with_a_source_that_is_missing(
    shop: Any, stage: str, size: tuple[int, int], open_stoker: Any, settle: Any, picture: Callable[[StokerApp], None]
) -> None:
    async with open_stoker(shop.folder, stage, size=size) as (app, pilot):
        if stage == "preview":
            await pilot.press("p")
        await settle(app, pilot)
        picture(app)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stage", STAGES)
async def test_with_long_and_hostile_values(
    shop: Any, customer: Any, stage: str, size: tuple[int, int], open_stoker: Any, settle: Any, picture: Any
) -> None:
    shop.attributes = {"first_name": '"name"', LONG: '"tier"', "[bold]points": '"points"'}
    shop.extra = f'[segments.{LONG}]\ntable = "customers"\nall = [ {{ column = "tier", op = "is not NULL" }} ]'
    shop.write()
    names = [*HOSTILE_NAMES, *(f"Name {number}" for number in range(10))]
    shop.customers([customer(number, name=name, tier=name * 3) for number, name in enumerate(names)])
    await asyncio.to_thread(shop.sync)

    async with open_stoker(shop.folder, stage, size=size) as (app, pilot):
        if stage == "segment":
            await app.go("segment", segment=LONG)
        await settle(app, pilot)
        picture(app)
