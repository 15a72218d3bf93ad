"""What tests of Preview, Sync and Runs share: reading the screen, and waiting for what a worker does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from tui_app.tui.app import StokerApp

PATIENCE_SECONDS = 60.0
"""A worker is a process that is started on a machine that may be busy."""


@pytest.fixture
def shown() -> Callable[[StokerApp], str]:
    """Everything on the screen as text, line by line; of a dialog, the dialog."""

    def text(app: StokerApp) -> str:
        return "\n".join("".join(each.text for each in strip) for strip in app.screen._compositor.render_strips())

    return text


@pytest.fixture
def until() -> Callable[[Pilot[object], Callable[[], object]], Awaitable[None]]:
    """Let the app go on until something holds: `await until(pilot, lambda: "done" in shown(app))`."""

    async def wait(pilot: Pilot[object], holds: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds():
                await pilot.pause(0.02)

    return wait


@pytest.fixture
def send(settle: Any, until: Any) -> Callable[..., Awaitable[None]]:
    """From a shown plan to a begun run: `await send(app, pilot, "3")` types the number and presses enter."""

    async def typed(app: StokerApp, pilot: Pilot[object], number: str) -> None:
        await pilot.press("s")
        await pilot.pause()
        app.screen.query_one("#typed").focus()
        await pilot.press(*number, "enter")
        await until(pilot, lambda: getattr(app.screen, "STAGE", "") == "sync")
        await pilot.pause()

    return typed
