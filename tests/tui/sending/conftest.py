"""What tests of Preview, Sync and Runs share: reading the screen, and waiting for what a worker does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tui_app.tui.app import StokerApp

PATIENCE_SECONDS = 60.0
"""A worker is a process that is started on a machine that may be busy."""

Until: TypeAlias = Callable[[Pilot[object], Callable[[], object]], Awaitable[None]]


@pytest.fixture
def shown() -> Callable[[StokerApp], str]:
    """Everything on the screen as text, line by line; of a dialog, the dialog."""

    def text(app: StokerApp) -> str:
        return "\n".join("".join(each.text for each in strip) for strip in app.screen._compositor.render_strips())

    return text


@pytest.fixture
def until() -> Until:
    """Lets the app go on until something holds, such as `lambda: "done" in shown(app)`."""

    async def wait(pilot: Pilot[object], holds: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not holds():
                await pilot.pause(0.05)

    return wait


@pytest.fixture
def fill() -> Callable[..., Awaitable[None]]:
    """Types into a field of a dialog: `fill(pilot, "#typed", "3")`."""

    async def typed(pilot: Pilot[object], selector: str, text: str) -> None:
        # All but the last character at once: every key press repaints the screen beneath the dialog.
        field = pilot.app.screen.query_one(selector, Input)
        field.focus()
        await pilot.pause()
        field.value = text[:-1]
        field.cursor_position = len(text) - 1
        await pilot.press(text[-1])
        await pilot.pause()

    return typed


@pytest.fixture
def send(until: Until, fill: Any) -> Callable[..., Awaitable[None]]:
    """Goes from a shown plan to its run, as a person does: `send(app, pilot, "3")`."""

    async def confirmed(app: StokerApp, pilot: Pilot[object], number: str) -> None:
        await pilot.press("s")
        await pilot.pause()
        await fill(pilot, "#typed", number)
        await pilot.press("enter")
        await until(pilot, lambda: getattr(app.screen, "STAGE", "") == "sync" and app.screen._news is not None)

    return confirmed
