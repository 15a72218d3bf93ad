"""A terminal that becomes smaller shows what one that was small from the start shows."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.pilot import Pilot

from tui_app.tui.app import StokerApp

SMALL, LARGE = (80, 24), (120, 40)
PLACES = (
    ("home", ""),
    ("connect", ""),
    ("source", ""),
    ("source", "v"),
    ("mapping", ""),
    ("segment", ""),
    ("preview", ""),
    ("preview", "t"),
    ("preview", "c"),
    ("sync", ""),
    ("runs", ""),
)
"""Stages, with the key of another of their panes."""


@pytest.fixture
async def club(shop: Any, customer: Any) -> Any:
    """More customers than a small screen has lines; sent once, and planned again."""
    shop.attributes = {"first_name": '"name"', "birthday": '"tier"', "points": '{ column = "points", round = -1 }'}
    shop.write()
    shop.customers([customer(n, name=f"Name {n}" if n % 9 else None, is_member=n % 3 > 0) for n in range(90)])
    await asyncio.to_thread(shop.sync, "club")
    shop.customers([customer(n, name=f"Name {n + n % 2}", is_member=n % 4 > 0) for n in range(120)])
    await asyncio.to_thread(shop.plan, "club")
    return shop


def seen(app: StokerApp) -> str:
    """The screen."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


@pytest.mark.long
async def test_every_stage_that_is_made_smaller_looks_like_one_opened_small(
    club: Any, open_stoker: Any, settle: Any
) -> None:
    async def enter(app: StokerApp, pilot: Pilot[object], stage: str, key: str) -> None:
        await app.go(stage)
        await settle(app, pilot)
        if key:
            await pilot.press(key)
            await settle(app, pilot)

    async def stands_still(app: StokerApp, pilot: Pilot[object]) -> str:
        """The screen, once it is twice the same."""
        async with asyncio.timeout(10):
            before = ""
            while (now := seen(app)) != before:
                before = now
                await settle(app, pilot)
            return now

    opened_small = {}
    async with open_stoker(club.folder, size=SMALL) as (app, pilot):
        for place in PLACES:
            await enter(app, pilot, *place)
            opened_small[place] = await stands_still(app, pilot)

    async with open_stoker(club.folder, size=LARGE) as (app, pilot):
        for place in PLACES:
            await enter(app, pilot, *place)
            await pilot.resize_terminal(*SMALL)

            assert await stands_still(app, pilot) == opened_small[place], place

            await pilot.resize_terminal(*LARGE)
            await settle(app, pilot)
