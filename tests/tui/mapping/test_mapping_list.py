"""The list of columns alone: as fast and as steady with hundreds of rows as with three."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui_app.core.errors import Place
from tui_app.core.mapping import AttributeMapping
from tui_app.tui.themes import THEMES
from tui_app.tui.widgets.mapping_list import MappingList
from tui_app.tui.widgets.mapping_rows import MappingRow
from tui_app.tui.widgets.table_painter import GUTTER

ROWS = tuple(MappingRow(f"score_{number:03}") for number in range(600))

Opened = Callable[..., AbstractAsyncContextManager[tuple[MappingList, Pilot[None]]]]


class _Listed(App[None]):
    """Nothing but the list."""

    def __init__(self, rows: tuple[MappingRow, ...]) -> None:
        super().__init__()
        self._rows = rows
        self.chosen = 0

    def compose(self) -> ComposeResult:
        yield MappingList()

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.query_one(MappingList).show(self._rows, "nothing here")

    def on_table_view_row_selected(self) -> None:
        self.chosen += 1


@pytest.fixture
def listed() -> Opened:
    """Shows rows."""

    @asynccontextmanager
    async def opened(rows: tuple[MappingRow, ...] = ROWS) -> AsyncIterator[tuple[MappingList, Pilot[None]]]:
        app = _Listed(rows)
        async with app.run_test(size=(80, 24)) as pilot:
            columns = app.query_one(MappingList)
            columns.focus()
            await pilot.pause()
            yield columns, pilot

    return opened


def text(columns: MappingList, line: int) -> str:
    return columns.render_line(line).text


def mapped(column: str, attribute: str) -> MappingRow:
    return MappingRow(column, AttributeMapping(attribute, column, Place("stoker.toml", 1)))


async def test_the_cursor_moves_through_hundreds_of_rows_and_the_list_scrolls_with_it(listed):
    async with listed() as (columns, pilot):
        await pilot.press("end")
        assert columns.chosen == ROWS[-1]
        assert "score_599" in text(columns, 23)
        await pilot.press("pageup", "k", "up")
        assert columns.cursor == 599 - 23 - 2
        await pilot.press("g")
        assert "score_000" in text(columns, 1)
        await pilot.press("k", "j", "down", "pagedown")
        assert columns.cursor == 25


async def test_the_cursor_stays_on_its_row_or_its_column_when_others_are_shown(listed):
    async with listed() as (columns, _pilot):
        columns.cursor = 300
        columns.show(ROWS[100:], "")
        assert columns.chosen.column == "score_300"
        columns.show((*ROWS[:300], mapped("score_300", "a"), mapped("score_300", "b"), *ROWS[301:]), "")
        assert columns.chosen.key == ("score_300", "a")
        columns.cursor += 1
        columns.show((*ROWS[:300], mapped("score_300", "a"), mapped("score_300", "c")), "")
        assert columns.chosen.key == ("score_300", "c")
        columns.show(ROWS[:10], "")
        assert columns.chosen == ROWS[9]
        columns.show((), "nothing here")
        assert columns.chosen is None
        assert any("nothing here" in text(columns, line) for line in range(24))


async def test_a_click_moves_marks_or_chooses(listed):
    async with listed() as (columns, pilot):
        await pilot.click(columns, offset=(20, 3))
        assert columns.cursor == 2
        assert pilot.app.chosen == 0
        await pilot.click(columns, offset=(20, 3))
        assert pilot.app.chosen == 1
        await pilot.click(columns, offset=(GUTTER - 1, 5))
        assert columns.marks == {("score_004", "")}
        await pilot.click(columns, offset=(GUTTER - 1, 5))
        assert not columns.marks


async def test_marks_are_kept_for_rows_that_exist(listed):
    async with listed() as (columns, _pilot):
        columns.toggle_mark()
        columns.toggle_mark()
        assert columns.cursor == 2
        columns.keep_marks([("score_001", "")])
        assert columns.marks == {("score_001", "")}
        columns.toggle_all_marks()
        assert len(columns.marks) == 600
        columns.toggle_all_marks()
        assert not columns.marks


async def test_more_room_shows_more_columns_and_another_theme_other_colours(listed):
    async with listed() as (columns, pilot):
        assert "samples" not in text(columns, 0)
        before = [segment.style for segment in columns.render_line(0)]
        pilot.app.theme = "high-contrast"
        await pilot.pause()
        assert [segment.style for segment in columns.render_line(0)] != before
        await pilot.resize_terminal(200, 24)
        await pilot.pause()
        assert "samples" in text(columns, 0)
        await pilot.resize_terminal(50, 24)
        await pilot.pause()
        assert "attribute" in text(columns, 0)
        assert "on NULL" not in text(columns, 0)
