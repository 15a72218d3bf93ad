"""How fast a run sends, against how fast it may: the top of the chart is the limit and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import App, ComposeResult

from tui_app.tui.widgets.rate_chart import RateChart


class ChartApp(App[None]):
    """The widget alone on a screen."""

    def __init__(self, chart: RateChart) -> None:
        super().__init__()
        self.chart = chart

    def compose(self) -> ComposeResult:
        yield self.chart

    def lines(self) -> list[str]:
        return [self.chart.render_line(y).text for y in range(self.chart.size.height)]


async def drawn(samples: Sequence[float], *, limit: float = 1_000, rows: int = 2, width: int = 30) -> list[str]:
    app = ChartApp(RateChart(limit, rows=rows))
    async with app.run_test(size=(width, 10)) as pilot:
        for sample in samples:
            app.chart.add(sample)
        await pilot.pause()
        return app.lines()


async def test_the_label_says_now_limit_and_peak() -> None:
    assert (await drawn([980.4, 612.2]))[0] == "612/s of 1,000/s    peak 980/s"


async def test_bars_reach_the_top_at_the_limit_and_only_there() -> None:
    lines = await drawn([0, 1, 500, 999, 1_000, 1_300])

    assert lines[1:] == [
        " " * 24 + "   ▇██",
        " " * 24 + " ▁████",
    ]


async def test_the_newest_sample_is_at_the_right_and_old_ones_leave() -> None:
    lines = await drawn([1_000] * 40 + [0, 0], width=30)

    assert lines[1] == "█" * 28 + "  "


async def test_before_the_first_sample_the_limit_is_said() -> None:
    assert [line.rstrip() for line in await drawn([])] == ["– of 1,000/s", "", ""]


async def test_a_narrow_chart_leaves_the_peak_out() -> None:
    assert (await drawn([612], width=22))[0] == "612/s of 1,000/s      "


async def test_another_run_begins_without_the_samples_of_the_last() -> None:
    app = ChartApp(RateChart(1_000))
    async with app.run_test(size=(30, 10)) as pilot:
        app.chart.add(800)
        app.chart.restart(250)
        app.chart.add(125)
        await pilot.pause()

        assert [line.strip() for line in app.lines()] == ["125/s of 250/s      peak 125/s", "", "▄", "█"]


async def test_it_is_painted_when_a_sample_comes_and_never_on_its_own() -> None:
    """An animation would cost a core and, over SSH, the line."""
    painted: list[float] = []

    class Counting(ChartApp):
        def post_display_hook(self) -> None:
            painted.append(1)

    app = Counting(RateChart(1_000))
    async with app.run_test(size=(30, 10)) as pilot:
        app.chart.add(10)
        await pilot.pause(0.1)
        after_sample = len(painted)
        await pilot.pause(0.3)

        assert len(painted) == after_sample
