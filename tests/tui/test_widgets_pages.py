"""Pages make ten million rows cheap: few are held, only what is looked at is fetched, and nothing is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from tui_app.core.errors import StokerError, Usage
from tui_app.tui.widgets.pages import Pages
from tui_app.tui.widgets.table_columns import Row


class Store:
    """Rows that are read when the gate is open; it remembers what it was asked and what was given up."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[int] = []
        self.given_up: list[int] = []
        self.broken = False

    async def fetch(self, first: int, count: int) -> Sequence[Row]:
        self.asked.append(first)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.given_up.append(first)
            raise
        if self.broken:
            raise Usage("The view is not open any more. Open the plan again.")
        return [(f"customer {index}",) for index in range(first, first + count)]


class Watcher:
    """What the table is to the pages."""

    def __init__(self) -> None:
        self.tasks: list[asyncio.Task[None]] = []
        self.arrived: list[tuple[int, int]] = []
        self.errors: list[StokerError] = []

    def begin_loading(self, load: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
        self.tasks.append(asyncio.create_task(load()))
        return self.tasks[-1]

    def page_arrived(self, first_row: int, rows: int) -> None:
        self.arrived.append((first_row, rows))

    def page_failed(self, error: StokerError) -> None:
        self.errors.append(error)

    async def settle(self) -> None:
        async with asyncio.timeout(5):
            await asyncio.gather(*self.tasks, return_exceptions=True)


async def test_only_pages_near_the_screen_are_fetched() -> None:
    store, watcher = Store(), Watcher()
    pages = Pages(store.fetch, 10_000_000, 200, watcher)

    pages.look_at(5_000_000, 5_000_039)
    await watcher.settle()

    assert store.asked == [5_000_000, 4_999_800]
    assert watcher.arrived == [(5_000_000, 200), (4_999_800, 200)]
    assert pages.row(5_000_007) == ("customer 5000007",)
    assert pages.row(0) is None


async def test_what_is_on_the_screen_comes_before_what_is_near_it() -> None:
    store, watcher = Store(), Watcher()
    pages = Pages(store.fetch, 1_000, 100, watcher)

    pages.look_at(495, 515)
    await watcher.settle()
    pages.look_at(610, 630)
    await watcher.settle()

    assert store.asked == [400, 500, 600]


async def test_a_page_that_is_scrolled_past_is_given_up() -> None:
    """Otherwise the process beside the screen works on what nobody looks at, and what one looks at comes last."""
    store, watcher = Store(), Watcher()
    store.gate.clear()
    pages = Pages(store.fetch, 10_000_000, 200, watcher)
    pages.look_at(0, 39)
    await asyncio.sleep(0)

    pages.look_at(9_000_000, 9_000_039)
    store.gate.set()
    await watcher.settle()

    assert store.given_up == [0]
    assert pages.row(9_000_001) == ("customer 9000001",)
    assert pages.row(0) is None


async def test_while_a_key_is_held_few_pages_are_asked_for() -> None:
    """Slow pages and a held key: each is given up, so asking pauses; where the scrolling ends, the page comes."""
    store, watcher = Store(), Watcher()
    store.gate.clear()
    pages = Pages(store.fetch, 10_000_000, 200, watcher)
    for step in range(50):
        pages.look_at(step * 10_000, step * 10_000 + 39)
        await asyncio.sleep(0.005)
    asked_while_held = len(store.asked)
    store.gate.set()
    await watcher.settle()

    assert asked_while_held <= 6
    assert pages.row(490_000) == ("customer 490000",)


async def test_at_most_64_pages_are_held_and_the_ones_looked_at_stay() -> None:
    store, watcher = Store(), Watcher()
    pages = Pages(store.fetch, 100_000, 100, watcher)
    for page in range(100):
        pages.look_at(page * 100 + 40, page * 100 + 50)
        await watcher.settle()

    held = [page for page in range(1000) if pages.row(page * 100) is not None]

    assert held == list(range(36, 100))


async def test_a_page_that_fails_is_said_once_and_read_again_on_demand() -> None:
    store, watcher = Store(), Watcher()
    store.broken = True
    pages = Pages(store.fetch, 100, 200, watcher)
    pages.look_at(0, 20)
    await watcher.settle()
    pages.look_at(1, 21)
    await watcher.settle()

    assert [error.message for error in watcher.errors] == ["The view is not open any more. Open the plan again."]
    assert pages.is_failed(0)

    store.broken = False
    pages.retry()
    pages.look_at(1, 21)
    await watcher.settle()

    assert not pages.has_failed
    assert pages.row(99) == ("customer 99",)


async def test_an_empty_table_asks_for_nothing() -> None:
    store, watcher = Store(), Watcher()
    pages = Pages(store.fetch, 0, 100, watcher)

    pages.look_at(0, 20)

    assert watcher.tasks == []
