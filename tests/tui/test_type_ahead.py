"""What is typed quickly: every key goes where the keys before it lead, also when a terminal sends them all at once."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import Input, TextArea


@pytest.fixture
def small_shop(shop: Any, customer: Any) -> Any:
    shop.customers([customer(number) for number in range(20)])
    return shop


def test_what_is_typed_behind_the_key_that_opens_a_field_or_a_dialog_is_in_it(small_shop: Any, terminal: Any) -> None:
    """A slow connection brings several keys in one packet. None may be lost, or be a command of what was there before.

    On the stages before: t chooses a template, e edits, n makes another segment, s saves, x removes, q leaves.
    """
    app = terminal(size=(100, 30), folder=small_shop.folder)
    app.wait_for("Activations")
    app.press("4/first")
    app.wait_for("/ first")
    app.press("\x1b")
    app.wait_until_gone("/ first")
    app.press("3a/place/next.csv")
    app.wait_for("/place/next.csv")
    app.press("\x1b")
    app.wait_until_gone("/place/next.csv")
    app.press("5nquiet_texts\r")
    app.wait_for("quiet_texts  customers of customers")
    app.press("amember")
    app.wait_for("│  member ")
    assert "Add a condition to quiet_texts" in app.text()
    app.press("\x1b")
    app.wait_until_gone("Add a condition to quiet_texts")
    app.press("?")
    app.wait_for("Every command is in the palette too")


async def test_no_cursor_blinks(small_shop: Any, open_stoker: Any, settle: Any) -> None:
    """Each blink is bytes on a remote terminal, for as long as a field has the focus."""
    async with open_stoker(small_shop.folder, "source") as (app, pilot):
        await pilot.press("a")
        await settle(app, pilot)
        in_dialog = app.focused
        await pilot.press("escape", "n", *"tiers", "enter")
        await settle(app, pilot)
        in_editor = app.focused
        await pilot.press("escape", "2")
        await settle(app, pilot)
        app.screen.query_one("#address", Input).focus()
        await pilot.pause()

        assert isinstance(in_dialog, Input)
        assert isinstance(in_editor, TextArea)
        assert [each.cursor_blink for each in (in_dialog, in_editor, app.focused)] == [False, False, False]
