"""A run that is watched: what the screen makes of the worker's words, without a worker."""

from __future__ import annotations

from dataclasses import replace

from textual.app import App, ComposeResult
from textual.widgets import Static

from tui_app.backstage.questions.run import RunNews
from tui_app.core.run import Progress, RunRecord
from tui_app.tui.widgets.sync_live import LiveRun

RECORD = RunRecord(
    "r", "club", "braze", "/plans/p", "f", "l", "n", ledger_serial=0, started=0.0, rows=1000, requests=14
)


class LiveApp(App[None]):
    """The widget alone on a screen."""

    def compose(self) -> ComposeResult:
        yield LiveRun()

    def settled_words(self, progress: Progress) -> str:
        self.query_one(LiveRun).show(RunNews(RECORD, progress, "go_on"), 10.0)
        return str(self.query_one("#settled", Static).content)


async def test_no_time_left_is_told_while_the_run_waits() -> None:
    """The rate of the last seconds knows nothing of a pause of half a minute."""
    sending = Progress(state="sending", acknowledged=500, seconds=10.0)
    app = LiveApp()
    async with app.run_test(size=(100, 40)):
        app.settled_words(replace(sending, acknowledged=0, seconds=0.0))
        assert "time left 10 s" in app.settled_words(sending)
        assert "time left —" in app.settled_words(replace(sending, wait_seconds=28.0))
        assert "time left —" in app.settled_words(replace(sending, nothing_gets_through=True))
        assert "time left —" in app.settled_words(replace(sending, state="paused"))
        assert "time left 10 s" in app.settled_words(replace(sending, wait_seconds=0.3))
