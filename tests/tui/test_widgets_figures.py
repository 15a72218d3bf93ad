"""Figures are what one meets first on a screen: they line up, they wrap, and counting up does not make them dance."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

from tui_app.tui.widgets.figures import Figure, Figures


class FiguresApp(App[None]):
    """The widget alone on a screen."""

    def __init__(self, *figures: Figure) -> None:
        super().__init__()
        self.figures = Figures(figures)

    def compose(self) -> ComposeResult:
        yield self.figures
        yield Static("below", id="below")

    def lines(self) -> list[str]:
        return [self.figures.render_line(y).text.rstrip() for y in range(self.figures.size.height)]


FOUR = (Figure("joins", "12,480"), Figure("updates", "88"), Figure("in doubt", "0"), Figure("requests", "1,358"))


async def test_a_value_stands_above_its_label() -> None:
    app = FiguresApp(*FOUR)
    async with app.run_test(size=(60, 10)):
        assert app.lines() == [
            "12,480    88         0           1,358",
            "joins     updates    in doubt    requests",
        ]


async def test_figures_wrap_into_columns_that_line_up() -> None:
    app = FiguresApp(*FOUR)
    async with app.run_test(size=(24, 10)):
        assert app.lines() == [
            "12,480      88",
            "joins       updates",
            "",
            "0           1,358",
            "in doubt    requests",
        ]


async def test_a_warning_and_what_is_bad_are_seen_without_colour() -> None:
    app = FiguresApp(Figure("leaves", "1,204", "warning"), Figure("rejected", "3", "bad"), Figure("sent", "9", "good"))
    async with app.run_test(size=(60, 10)):
        assert app.lines()[0] == "! 1,204    ✗ 3         9"


async def test_counting_up_repaints_without_laying_out_the_screen() -> None:
    """While a run sends, figures change ten times a second."""
    app = FiguresApp(*FOUR)
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        layouts = app.screen._layout_updates
        app.figures.update_figure("joins", "12,481")
        await pilot.pause()

        assert app.lines()[0].startswith("12,481")
        assert app.screen._layout_updates == layouts


async def test_a_figure_that_needs_another_row_gets_it() -> None:
    app = FiguresApp(Figure("joins", "1"), Figure("leaves", "2"))
    async with app.run_test(size=(24, 10)) as pilot:
        await pilot.pause()
        app.figures.update_figure("a label of twenty cells", "3")
        await pilot.pause()

        assert len(app.lines()) == 8
        assert app.query_one("#below").region.y == 8


async def test_no_figures_are_no_error() -> None:
    app = FiguresApp()
    async with app.run_test(size=(24, 10)) as pilot:
        app.figures.show([])
        await pilot.pause()

        assert "".join(app.lines()) == ""
