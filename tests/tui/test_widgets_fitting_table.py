"""A list that is at hand is there at once, and news of it moves neither what one looks at nor the cursor."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest
from textual import events, on
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tui_app.tui.widgets.fitting_table import FittingTable
from tui_app.tui.widgets.table_columns import Cell, Column

NAMES = [f"segment {number:03}" for number in range(300)]
ROWS_ON_SCREEN = 23


class Segments(FittingTable[str]):
    """Invented segments with their lengths."""

    COLUMNS: ClassVar = {
        "name": Column("name", minimum=20),
        "note": Column("note", minimum=30),
        "cells": Column("cells", 8, "right"),
    }
    FIRST_TO_GO = ("note", "cells")

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def cells_of(self, item: str) -> Mapping[str, Cell]:
        self.asked += 1
        return {"name": item, "note": ("none", "muted"), "cells": str(len(item))}


class ListApp(App[None]):
    """Nothing but the list."""

    def __init__(self) -> None:
        super().__init__()
        self.highlighted: list[int] = []

    def compose(self) -> ComposeResult:
        yield Segments()

    @on(Segments.RowHighlighted)
    def remember(self, message: Segments.RowHighlighted) -> None:
        self.highlighted.append(message.index)


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[Segments, Pilot[None]]]:
    """All segments, with the keys on them."""
    app = ListApp()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.query_one(Segments)
        table.focus()
        table.show_items(NAMES)
        await pilot.pause()
        yield table, pilot


def lines(table: Segments) -> list[str]:
    return [table.render_line(y).text.rstrip() for y in range(table.size.height)]


async def test_what_is_at_hand_is_painted_at_once() -> None:
    """A list that flickers each time it is refreshed cannot be read."""
    async with opened() as (table, _pilot):
        table.show_items([f"{name}, renamed" for name in NAMES])

        assert all("renamed" in line for line in lines(table)[1:])


async def test_only_what_is_in_sight_is_asked_for() -> None:
    async with opened() as (table, pilot):
        await pilot.press("end")
        lines(table)

        assert table.asked < 4 * ROWS_ON_SCREEN


@pytest.mark.parametrize(
    ("names", "cursor", "top_row"),
    [
        (NAMES, 150, 140),
        (["a new one", *NAMES], 151, 140),
        (NAMES[:160], 150, 160 - ROWS_ON_SCREEN),
        (NAMES[:10], 9, 0),
        (NAMES, 20, 20),
        (NAMES, 250, 250 - ROWS_ON_SCREEN + 1),
        ([], 0, 0),
    ],
    ids=["the same", "one more", "few below", "few", "cursor above", "cursor below", "none"],
)
async def test_news_of_a_list_keeps_in_sight_what_was_and_the_cursor(
    names: list[str], cursor: int, top_row: int
) -> None:
    async with opened() as (table, pilot):
        table.scroll_to_row(140)
        table.cursor = 150
        await pilot.pause()
        table.show_items(names, cursor)
        await pilot.pause()

        assert (table.scroll_offset.y, table.cursor) == (top_row, cursor)
        assert table.chosen == (names[cursor] if names else None)


async def test_whoever_scrolled_away_from_the_cursor_is_not_called_back_by_news() -> None:
    """While a run goes on, the list of runs is shown anew every second."""
    async with opened() as (table, pilot):
        for _ in range(10):
            table.post_message(events.MouseScrollDown(table, 5, 5, 0, 1, 0, shift=False, meta=False, ctrl=False))
        await pilot.pause()
        await pilot.wait_for_animation()
        scrolled = table.scroll_offset.y
        table.show_items(NAMES, 0)
        await pilot.pause()

        assert table.scroll_offset.y == scrolled > 0

        table.show_items(NAMES, 1)
        await pilot.pause()

        assert table.scroll_offset.y == 1


async def test_a_lower_screen_keeps_the_cursor_in_sight() -> None:
    async with opened() as (table, pilot):
        table.cursor = 20
        await pilot.resize_terminal(80, 10)
        await pilot.pause()

        assert any(line.startswith("▌  segment 020") for line in lines(table))


@pytest.mark.parametrize(
    ("width", "head"),
    [(80, ["name", "note", "cells"]), (67, ["name", "note", "cells"]), (66, ["name", "cells"]), (34, ["name"])],
)
async def test_columns_go_one_by_one_where_there_is_no_room_and_the_table_never_scrolls_sideways(
    width: int, head: list[str]
) -> None:
    async with opened() as (table, pilot):
        await pilot.resize_terminal(width, 24)
        await pilot.pause()

        assert lines(table)[0].split() == head
        assert table.virtual_size.width <= width


async def test_the_cursor_is_told_of_once_a_list_is_shown() -> None:
    """What stands beside the list follows the cursor, and must change with its row."""
    async with opened() as (table, pilot):
        app = pilot.app
        assert isinstance(app, ListApp)
        app.highlighted.clear()
        table.show_items(NAMES, 3)
        await pilot.pause()
        table.show_items([])
        await pilot.pause()

        assert app.highlighted == [3]
