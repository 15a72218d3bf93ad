"""A table over ten million rows behaves like one over ten: keys are answered at once, and nothing is loaded whole."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import ClassVar, TypeVar

import pytest
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.pilot import Pilot
from textual.widgets import Input

from tui_app.core.errors import Usage
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.table_columns import Column, Row

COLUMNS = (Column("customer", 18), Column("kind", 10), Column("name"), Column("points", 8, align="right"))
MANY = 10_000_000
MessageT = TypeVar("MessageT")


class Customers:
    """Invented customers, one per number; they come when the gate is open."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.rows_read = 0
        self.is_broken = False

    async def fetch(self, first: int, count: int) -> Sequence[Row]:
        await self.gate.wait()
        if self.is_broken:
            raise Usage("The view is not open any more. Open the plan again.")
        self.rows_read += count
        return [
            (f"c{index:08d}", ("~ update", "accent"), f"Name {index}", "7") for index in range(first, first + count)
        ]


class TableApp(App[None]):
    """A table and a field beside it."""

    CSS = "PagedTable { height: 1fr; } Input { height: 3; }"
    BINDINGS: ClassVar[list[BindingType]] = [(key, f"remember_key('{key}')", "") for key in ("r", "space", "down")]

    def __init__(self, table: PagedTable) -> None:
        super().__init__()
        self.table = table
        self.messages: list[object] = []
        self.keys: list[str] = []
        self.frames: list[float] = []

    def compose(self) -> ComposeResult:
        yield self.table
        yield Input()

    def on_mount(self) -> None:
        self.table.focus()

    @on(PagedTable.RowHighlighted)
    @on(PagedTable.RowSelected)
    @on(PagedTable.MarksChanged)
    @on(PagedTable.PageFailed)
    def remember(self, message: object) -> None:
        self.messages.append(message)

    def action_remember_key(self, key: str) -> None:
        self.keys.append(key)

    def post_display_hook(self) -> None:
        self.frames.append(time.perf_counter())

    def said(self, kind: type[MessageT]) -> list[MessageT]:
        return [message for message in self.messages if isinstance(message, kind)]

    def lines(self) -> list[str]:
        """The table's lines, as they are on the screen."""
        region = self.table.region
        strips = self.screen._compositor.render_strips()
        return [strip.crop(region.x, region.right).text.rstrip() for strip in strips[region.y : region.bottom]]


async def until(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    """Wait for a condition, with a deadline."""
    async with asyncio.timeout(5):
        while not is_so():
            await pilot.pause(0.01)
    await pilot.pause()


async def shown(pilot: Pilot[None], app: TableApp, text: str) -> None:
    await until(pilot, lambda: any(text in line for line in app.lines()))


@asynccontextmanager
async def opened(table: PagedTable) -> AsyncIterator[tuple[Pilot[None], TableApp]]:
    """A table that shows the first of many customers."""
    app = TableApp(table)
    async with app.run_test(size=(80, 24)) as pilot:
        table.show(MANY, Customers().fetch)
        await shown(pilot, app, "c00000005")
        yield pilot, app


async def test_ten_million_rows_are_shown_and_walked_by_reading_a_few_hundred() -> None:
    customers, app = Customers(), TableApp(PagedTable(COLUMNS))
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(MANY, customers.fetch)
        await shown(pilot, app, "c00000000")
        await pilot.press("end")
        await shown(pilot, app, "c09999999")

        assert app.table.cursor == MANY - 1
        assert customers.rows_read <= 1_000


async def test_rows_on_their_way_are_shown_as_such_and_keys_are_answered() -> None:
    customers, app = Customers(), TableApp(PagedTable(COLUMNS))
    customers.gate.clear()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(MANY, customers.fetch)
        await pilot.press("down", "down", "down")

        assert app.lines()[4] == "▌  …"
        assert app.table.cursor == 3

        customers.gate.set()
        await shown(pilot, app, "c00000003")

        last = app.said(PagedTable.RowHighlighted)[-1]
        assert (last.index, last.row) == (3, ("c00000003", ("~ update", "accent"), "Name 3", "7"))


@pytest.mark.parametrize(
    ("keys", "cursor"),
    [
        (["down", "j"], 2),
        (["down", "down", "k", "up", "up"], 0),
        (["pagedown"], 19),
        (["pagedown", "pagedown", "pageup"], 19),
        (["end"], 999),
        (["G", "g"], 0),
        (["end", "down"], 999),
        (["G", "home"], 0),
        (["end", "pageup"], 980),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
async def test_keys_move_the_cursor_and_it_stays_in_sight(keys: list[str], cursor: int) -> None:
    customers, app = Customers(), TableApp(PagedTable(COLUMNS))
    async with app.run_test(size=(80, 23)) as pilot:
        app.table.show(1_000, customers.fetch)
        await shown(pilot, app, "c00000000")
        await pilot.press(*keys)
        await shown(pilot, app, f"▌  c{cursor:08d}")

        assert app.table.cursor == cursor


async def test_a_click_chooses_a_row_and_enter_does_too() -> None:
    async with opened(PagedTable(COLUMNS)) as (pilot, app):
        await pilot.click(PagedTable, offset=(10, 5))
        await pilot.press("down", "enter")
        await pilot.click(PagedTable, offset=(10, 0))

        chosen = app.said(PagedTable.RowSelected)
        assert [message.index for message in chosen] == [4, 5]


async def test_keys_that_mean_nothing_to_the_table_are_left_to_the_screen() -> None:
    """`r` may mean resume and space may mean pause on the screen around it."""
    async with opened(PagedTable(COLUMNS)) as (pilot, app):
        await pilot.press("space", "r", "down")

        assert app.keys == ["space", "r"]


async def test_a_page_that_cannot_be_read_says_so_and_r_reads_it() -> None:
    customers, app = Customers(), TableApp(PagedTable(COLUMNS))
    customers.is_broken = True
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(MANY, customers.fetch)
        await shown(pilot, app, "✗ These rows could not be read. Press r to try again.")

        (failed,) = app.said(PagedTable.PageFailed)
        assert failed.error.message == "The view is not open any more. Open the plan again."
        assert sum("could not be read" in line for line in app.lines()) == 1

        customers.is_broken = False
        await pilot.press("r")
        await shown(pilot, app, "c00000000")


async def test_other_rows_begin_at_the_first_and_nothing_late_comes_from_the_old() -> None:
    slow, app = Customers(), TableApp(PagedTable(COLUMNS))
    slow.gate.clear()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(MANY, slow.fetch)
        await pilot.press("end")
        app.table.show(MANY - 1, Customers().fetch)
        slow.gate.set()
        await shown(pilot, app, "c00000001")

        assert (app.table.cursor, app.table.scroll_offset.y) == (0, 0)
        assert slow.rows_read == 0


async def test_columns_wider_than_the_screen_scroll_and_cursor_stays() -> None:
    columns = (Column("customer", 40), Column("kind", 30), Column("name", 30), Column("points", 8))
    async with opened(PagedTable(columns)) as (pilot, app):
        assert not any("points" in line for line in app.lines())
        await pilot.press("right", "l")
        await shown(pilot, app, "points")

        assert app.lines()[1].startswith("▌ ")
        assert app.lines()[1].rstrip(" ▁▂▃▄▅▆▇█").endswith("7")

        await pilot.press("left", "h")
        await shown(pilot, app, "▌  c00000000")


async def test_a_table_without_rows_says_so_and_one_that_waits_says_nothing() -> None:
    app = TableApp(PagedTable(COLUMNS, empty_message="No customer changes."))
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.lines()[1:] == [""] * 20
        app.table.show(0, Customers().fetch)
        await shown(pilot, app, "No customer changes.")
        await pilot.press("down", "end", "pagedown", "enter", "space")

        assert app.lines()[10].strip() == "No customer changes."
        assert app.messages == []


async def test_a_narrower_screen_gets_narrower_columns() -> None:
    customers, app = Customers(), TableApp(PagedTable(COLUMNS))
    async with app.run_test(size=(120, 24)) as pilot:
        app.table.show(MANY, customers.fetch)
        await shown(pilot, app, "c00000000")
        wide = app.lines()[0]
        await pilot.resize_terminal(70, 24)
        await until(pilot, lambda: len(app.lines()[0]) < len(wide))

        assert wide.index("points") > app.lines()[0].index("points")
        assert not app.table.show_horizontal_scrollbar


async def test_the_row_under_the_mouse_is_lit_and_the_cursor_stays() -> None:
    async with opened(PagedTable(COLUMNS)) as (pilot, app):
        plain = app.table.render_line(6)
        await pilot.hover(PagedTable, offset=(10, 6))
        await pilot.pause()

        assert app.table.render_line(6) != plain
        assert app.table.cursor == 0


async def test_focus_and_theme_are_seen_on_rows_that_were_drawn_before() -> None:
    """Drawn lines are kept; they must not keep the colours of a theme that is gone."""
    async with opened(PagedTable(COLUMNS)) as (pilot, app):
        focused, other = app.table.render_line(1), app.table.render_line(2)
        await pilot.press("tab")
        await until(pilot, lambda: app.table.render_line(1) != focused)
        app.theme = "textual-light"
        await until(pilot, lambda: app.table.render_line(2) != other)

        assert app.lines()[1].startswith("▌  c00000000")


async def test_other_columns_are_taken_with_the_next_rows() -> None:
    customers, app = Customers(), TableApp(PagedTable(COLUMNS))
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.show(3, customers.fetch)
        await shown(pilot, app, "c00000002")
        app.table.set_columns((Column("who", 12),))
        app.table.show(2, customers.fetch)
        await shown(pilot, app, "who")
        await until(pilot, lambda: not any("Name" in line for line in app.lines()))

        assert app.lines()[:4] == ["   who", "▌  c00000000", "   c00000001", ""]


async def test_scrolling_ten_million_rows_takes_no_longer_than_a_frame() -> None:
    """The best of several counts, so that a busy machine does not decide; measuring all rows would take minutes."""
    customers, app = Customers(), TableApp(PagedTable(COLUMNS))
    async with app.run_test(size=(120, 40)) as pilot:
        app.table.show(MANY, customers.fetch)
        await shown(pilot, app, "c00000000")
        seconds = []
        for _ in range(20):
            pressed = time.perf_counter()
            app.post_message(events.Key("pagedown", None))
            await until(pilot, lambda: app.frames[-1] > pressed)  # noqa: B023 - it is called before the next round
            seconds.append(next(frame for frame in app.frames if frame > pressed) - pressed)

        assert min(seconds) < 0.1
        assert min(seconds_to_draw(app.table) for _ in range(10)) < 0.02


async def test_long_texts_cost_no_more_than_what_is_seen_of_them() -> None:
    async def long_rows(_first: int, count: int) -> Sequence[Row]:
        return [("é" * 1_000_000,) * 4] * count

    app = TableApp(PagedTable(COLUMNS))
    async with app.run_test(size=(120, 40)) as pilot:
        app.table.show(10_000, long_rows)
        await shown(pilot, app, "é")

        assert min(seconds_to_draw(app.table) for _ in range(5)) < 0.1


def seconds_to_draw(table: PagedTable) -> float:
    """How long all lines of the screen take, none of them drawn before."""
    table._strips.clear()
    began = time.perf_counter()
    for y in range(table.size.height):
        table.render_line(y)
    return time.perf_counter() - began
