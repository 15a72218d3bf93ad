"""Lists with a cursor: the keys that move it, and that showing other options is nobody's choice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import OptionList

from tui_app.tui.text import content
from tui_app.tui.widgets.cursor_list import CursorList


class ListApp(App[None]):
    """A list, and what it told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[int] = []

    def compose(self) -> ComposeResult:
        yield CursorList(*_options(20))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self.told.append(event.option_index)

    @property
    def list(self) -> CursorList:
        return self.query_one(CursorList)


def _options(number: int) -> Iterator[Content]:
    return (content(f"[/option] {each}") for each in range(number))


@pytest.mark.parametrize(("keys", "cursor"), [("j", 6), ("k", 4), ("g", 0), ("G", 19), ("home", 0), ("end", 19)])
async def test_the_cursor_moves_with_the_keys_of_hands_that_know_vi(keys: str, cursor: int) -> None:
    app = ListApp()
    async with app.run_test() as pilot:
        app.list.highlighted = 5
        await pilot.press(keys)

        assert app.list.highlighted == cursor


async def test_showing_other_options_tells_nobody_and_equal_ones_do_not_scroll_back() -> None:
    """A list that is painted anew while somebody reads must not choose for him, nor jump to its start."""
    app = ListApp()
    async with app.run_test(size=(40, 8)) as pilot:
        app.list.styles.height = 5
        await pilot.pause()
        app.told.clear()
        app.list.show_options(_options(30), 2, made_of="thirty")
        app.list.show_options(_options(20), 12, made_of="twenty")
        await pilot.pause()
        scrolled = app.list.scroll_offset.y
        app.list.show_options(_options(20), 12, made_of="twenty")
        await pilot.pause()

        assert app.told == []
        assert (app.list.highlighted, app.list.option_count, app.list.scroll_offset.y) == (12, 20, scrolled)
        assert scrolled > 0


async def test_a_click_takes_what_is_clicked() -> None:
    app = ListApp()
    async with app.run_test() as pilot:
        await pilot.click(CursorList, offset=(3, 4))

        assert app.list.highlighted == 4
