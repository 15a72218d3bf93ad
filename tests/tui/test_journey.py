"""From nothing to a second plan without changes, by keys alone: every stage once, against a real Braze stand-in."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.widgets import Input

from tui_app.config.read import read_project
from tui_app.core.run import ENDED
from tui_app.tui.app import StokerApp

KEY = "00000000-1111-2222-3333-444444444444"
CUSTOMERS = 60
REJECTED = 3


def write_customers(folder: Path) -> None:
    """Three of them have an address that has the right shape, and that Braze refuses."""
    rows = ["id,given_name,birthday,email,tier"]
    for number in range(CUSTOMERS):
        email = f"customer{number}@shop.example" if number < REJECTED else f"customer{number}@example.com"
        tier = "gold" if number % 2 == 0 else "silver"
        rows.append(f"c{number:03},Name {number},1990-01-{number % 28 + 1:02},{email},{tier}")
    (folder / "data").mkdir()
    (folder / "data" / "customers.csv").write_text("\n".join(rows), encoding="utf-8")


def shown(app: StokerApp) -> str:
    """What stands on the screen, line by line."""
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


@pytest.fixture
def press(settle: Any) -> Callable[..., Awaitable[str]]:
    """Press keys one after the other, and wait after each; text of several letters is pasted."""

    async def pressed(app: StokerApp, pilot: Any, *keys: str) -> str:
        for key in keys:
            if key.startswith("field:"):
                app.screen.query_one(key.removeprefix("field:")).focus()
            elif key.startswith("paste:"):
                assert isinstance(app.focused, Input)
                app.focused.value = ""
                app.focused.post_message(events.Paste(key.removeprefix("paste:")))
            else:
                await pilot.press(key)
            await settle(app, pilot)
        return shown(app)

    return pressed


async def the_end(app: StokerApp, pilot: Any, settle: Any) -> str:
    """Wait until the run that is watched has ended and its report is shown."""
    for _ in range(600):
        await settle(app, pilot)
        if app.runs and app.runs[0].progress.state in ENDED and "everybody in the plan" in shown(app):
            return shown(app)
        await asyncio.sleep(0.05)
    raise AssertionError(shown(app))


async def connect(app: StokerApp, pilot: Any, press: Any, url: str) -> None:
    """Paste an address and a key; the test passes, and all is saved."""
    await press(app, pilot, "c", "field:#address", f"paste:{url}", "field:#key", f"paste:{KEY}")
    # The workspace is empty: customers whom Braze does not know yet are wanted.
    await press(app, pilot, "field:#update_existing_only", "space", "ctrl+s")
    assert "Ready" in shown(app)
    app.screen.set_focus(None)


async def map_columns(app: StokerApp, pilot: Any, press: Any) -> None:
    """A new template; then somebody gives the birthday a name of his own, and one key mends it."""
    text = await press(app, pilot, "4", "t")
    text = text if "New template" in text else await press(app, pilot, "enter")
    assert "New template" in text
    await press(app, pilot, "ctrl+s", "M", "enter")
    assert set(attributes(app.session.folder)) >= {"given_name", "birthday", "email"}
    text = await press(app, pilot, "slash", "paste:birthday", "enter", "e", "paste:Birthday", "ctrl+s")
    assert "Duplicate of a standard field" in text
    await press(app, pilot, "f", "escape")
    assert attributes(app.session.folder)["birthday"] == "dob"


def attributes(folder: Path) -> dict[str, str]:
    """Column → attribute of the only template."""
    (template,) = read_project(folder).templates.values()
    return {each.column: each.attribute for each in template.attributes}


async def pick_everybody(app: StokerApp, pilot: Any, press: Any) -> None:
    """A segment of everybody with an address, and a campaign of it."""
    text = await press(
        app, pilot, "5", "n", "paste:everybody", "enter", "a", "paste:email", "enter", *["down"] * 9, "enter"
    )
    assert "is not empty" in text
    assert f"{CUSTOMERS} of {CUSTOMERS} customers" in text
    await press(app, pilot, "s", "c", "paste:spring", "ctrl+s")
    assert read_project(app.session.folder).campaigns["spring"].include == ("everybody",)


@pytest.mark.long
async def test_from_nothing_to_a_second_plan_without_changes(
    tmp_path: Path, sandbox: Any, open_stoker: Any, settle: Any, press: Any
) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    write_customers(folder)

    async with open_stoker(folder, size=(120, 40)) as (app, pilot):
        await connect(app, pilot, press, sandbox.url)
        text = await press(app, pilot, "3", "a", "paste:data/customers.csv", "enter", "enter")
        assert "given_name" in text
        await map_columns(app, pilot, press)
        await pick_everybody(app, pilot, press)

        # The dialog has led to the preview of what it made.
        assert app.screen.STAGE == "preview"
        assert f"+{CUSTOMERS}" in await press(app, pilot, "p")
        text = await press(app, pilot, "s")
        assert sandbox.url in text
        number = re.search(r"Type (\d+) to send", text)
        assert number is not None
        await press(app, pilot, "enter")
        assert sandbox.received() == [], "nothing is sent before a person has typed the number"
        await pilot.press(*number[1])
        await pilot.press("enter")
        text = await the_end(app, pilot, settle)
        assert f"{CUSTOMERS - REJECTED} customers acknowledged, {REJECTED} rejected" in text
        assert "is not a valid email" in text
        assert "c000, c001, c002" in text
        assert "There is nothing to send" in await press(app, pilot, "p")

    profiles = sandbox.profiles()
    assert len(profiles) == CUSTOMERS - REJECTED
    assert (profiles["c010"]["dob"], profiles["c010"]["spring"]) == ("1990-01-11", True)
