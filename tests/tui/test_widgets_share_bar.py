"""A bar must not lie: what is there is seen, however small, and the bar is exactly as wide as its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from tui_app.tui.widgets.share_bar import Part, ShareBar, apportion, share


class BarApp(App[None]):
    """The widget alone on a screen."""

    def __init__(self, *parts: Part) -> None:
        super().__init__()
        self.bar = ShareBar(parts)

    def compose(self) -> ComposeResult:
        yield self.bar

    def lines(self) -> list[str]:
        return [self.bar.render_line(y).text.rstrip() for y in range(self.bar.size.height)]


@given(counts=st.lists(st.integers(0, 10**8), min_size=1, max_size=8), cells=st.integers(8, 200))
def test_cells_add_up_and_whoever_counts_is_seen(counts: list[int], cells: int) -> None:
    widths = apportion(counts, cells)

    assert sum(widths) == (cells if any(counts) else 0)
    assert [width > 0 for width in widths] == [count > 0 for count in counts]


@pytest.mark.parametrize(
    ("counts", "cells", "widths"),
    [
        ((50, 30, 20), 10, (5, 3, 2)),
        ((1_000_000, 1), 10, (9, 1)),
        ((0, 7, 0), 4, (0, 4, 0)),
        ((1, 5, 9), 2, (0, 1, 1)),
        ((0, 0), 5, (0, 0)),
    ],
    ids=["in proportion", "tiny", "alone", "too narrow", "nothing"],
)
def test_cells_are_shared_out(counts: tuple[int, ...], cells: int, widths: tuple[int, ...]) -> None:
    assert apportion(counts, cells) == widths


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [(0, 5, "0 %"), (1, 1000, "<1 %"), (999, 1000, ">99 %"), (5, 5, "100 %"), (1, 8, "12 %"), (0, 0, "0 %")],
)
def test_a_share_is_never_rounded_to_nothing_or_all(count: int, total: int, text: str) -> None:
    assert share(count, total) == text


async def test_parts_are_told_apart_without_colour_and_named_beneath() -> None:
    parts = (Part("joins", 50, "good"), Part("leaves", 30, "warning"), Part("unchanged", 20, "muted"))
    app = BarApp(*parts)
    async with app.run_test(size=(60, 10)):
        assert app.lines() == [
            "█" * 30 + "▓" * 18 + "░" * 12,
            "█ joins 50 50 %   ▓ leaves 30 30 %   ░ unchanged 20 20 %",
        ]


async def test_the_legend_wraps_and_the_widget_grows_with_it() -> None:
    app = BarApp(Part("joins", 1_000), Part("updates", 2_000), Part("in doubt", 0))
    async with app.run_test(size=(24, 10)) as pilot:
        assert app.lines()[1:] == ["█ joins 1,000 33 %", "▓ updates 2,000 67 %", "▒ in doubt 0"]

        app.bar.show([Part("joins", 1)])
        await pilot.pause()

        assert app.lines() == ["█" * 24, "█ joins 1 100 %"]


async def test_nothing_at_all_is_a_thin_line() -> None:
    app = BarApp(Part("joins", 0, "good"))
    async with app.run_test(size=(20, 10)):
        assert app.lines() == ["┄" * 20, "█ joins 0"]


async def test_more_parts_than_cells_do_not_widen_the_bar() -> None:
    app = BarApp(*(Part(f"part {index}", index + 1) for index in range(30)))
    async with app.run_test(size=(10, 40)):
        assert len(app.lines()[0]) == 10
