"""What all dialogs share: their width, and a heading and buttons that stay in sight however much there is to read."""

from __future__ import annotations

from typing import Any

import pytest
from textual.widgets import Button

from tui_app.tui.dialogs.confirm import Confirm
from tui_app.tui.dialogs.find_customer import FindCustomer
from tui_app.tui.dialogs.save_file import SaveFile
from tui_app.tui.text import lines

SIZES = [(80, 24), (120, 40)]


def on_screen(app: Any) -> str:
    """Everything that is seen, line by line."""
    return "\n".join("".join(each.text for each in strip) for strip in app.screen._compositor.render_strips())


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "120x40"])
async def test_heading_and_buttons_stay_in_sight_and_arrows_read_on(shop: Any, open_stoker: Any, size: Any) -> None:
    """Who cannot see the buttons does not know that there is a choice."""
    answers: list[bool | None] = []
    async with open_stoker(shop.folder, size=size) as (app, pilot):
        text = lines(*(f"row {number}" for number in range(100)))
        await app.push_screen(Confirm("Rename all of them?", text, "Rename", can_be_undone=True), answers.append)
        await pilot.pause()
        dialog, body = (app.screen.query_one(each) for each in (".dialog", ".body"))
        for part in (".title", ".body", "#accept", "#cancel", ".hint"):
            assert app.screen.query_one(part).region in dialog.content_region, part
        await pilot.press("down", "down")
        assert body.scroll_y == 2
        await pilot.press("pagedown", "pageup", "pagedown")
        assert body.scroll_y == 2 + body.size.height - 1
        await pilot.press("end")
        assert body.scroll_y == body.max_scroll_y > 50
        await pilot.press("home")
        assert body.scroll_y == 0
        await pilot.press("enter")

        assert answers == [True]


@pytest.mark.parametrize(
    ("can_be_undone", "keys", "answer"),
    [
        (True, ["enter"], True),
        (False, ["enter"], None),
        (False, ["r"], True),
        (False, ["y"], True),
        (True, ["n"], None),
        (True, ["escape"], None),
        (True, ["tab", "enter"], None),
    ],
)
async def test_enter_does_no_harm(shop: Any, open_stoker: Any, can_be_undone: Any, keys: Any, answer: Any) -> None:
    """Enter does only what one key takes back."""
    answers: list[bool | None] = []
    async with open_stoker(shop.folder) as (app, pilot):
        await app.push_screen(
            Confirm("Remove?", lines("It goes."), "Remove", can_be_undone=can_be_undone), answers.append
        )
        await pilot.pause()
        await pilot.press(*keys)

        assert answers == [answer]


async def test_a_dialog_is_as_wide_as_its_own_style_says_and_never_wider_than_the_screen(
    shop: Any, open_stoker: Any
) -> None:
    """A style that loses against another one is a style that nobody notices is wrong."""

    async def save(path: str, form: str) -> str:
        return path + form

    widths = {}
    for size in SIZES:
        async with open_stoker(shop.folder, size=size) as (app, pilot):
            for dialog in (FindCustomer("external_id"), SaveFile("Save", "A file.", shop.folder / "x", save)):
                await app.push_screen(dialog)
                await pilot.pause()
                widths[type(dialog).__name__, size[0]] = app.screen.query_one(".dialog").outer_size.width
                await pilot.press("escape")
            await pilot.press("question_mark")
            widths["Keys", size[0]] = app.screen.query_one(".dialog").outer_size.width
            assert not app.screen.query(Button)

    assert widths == {
        ("FindCustomer", 80): 64, ("SaveFile", 80): 76, ("Keys", 80): 76,
        ("FindCustomer", 120): 64, ("SaveFile", 120): 76, ("Keys", 120): 106,
    }  # fmt: skip


async def test_what_is_chosen_is_seen_without_colours(shop: Any, open_stoker: Any, settle: Any) -> None:
    """A sign that is there either way says nothing to who cannot tell its colours apart."""

    async def save(path: str, form: str) -> str:
        return path + form

    async with open_stoker(shop.folder) as (app, pilot):
        await app.push_screen(SaveFile("Save", "A file.", shop.folder / "x", save, formats=("csv", "json")))
        await settle(app, pilot)
        before = on_screen(app)
        await pilot.press("shift+tab", "right", "space")
        await settle(app, pilot)

        assert "▐●▌ csv" in before
        assert "▐ ▌ json" in before
        assert "▐ ▌ csv" in on_screen(app)
        assert "▐●▌ json" in on_screen(app)
