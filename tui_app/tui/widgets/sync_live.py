"""A run that goes on: how far it is, how fast, what it waits for, and whom Braze rejects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui_app.backstage.questions.run import RunNews
from tui_app.core.run import Progress
from tui_app.tui.moments import lasting
from tui_app.tui.text import Part, content, line, lines
from tui_app.tui.widgets.figures import Figure, Figures
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.rate_chart import RateChart
from tui_app.tui.widgets.sync_estimate import Estimate
from tui_app.tui.widgets.sync_progress import RunProgress
from tui_app.tui.widgets.sync_rejections import Rejections

_UNKNOWN: Final = "—"
_ANY_LIMIT: Final = 1000.0


class LiveRun(Vertical):
    """Told several times a second what the worker says."""

    SCOPED_CSS = False  # it looks at the screen's height
    DEFAULT_CSS: ClassVar[str] = """
    LiveRun {
        height: 1fr;
        & > #settled { height: 1; padding: 0 1; }
        & > Figures { padding: 0 1; margin-top: 1; }
        & > RateChart { padding: 0 1; margin-top: 1; }
        & > Notice { margin-top: 1; }
        & > .heading { margin-top: 1; }
    }
    .-low LiveRun.-held > RateChart { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._run = ""
        self._estimate = Estimate()

    def compose(self) -> ComposeResult:
        """From what matters first to what can be read at leisure."""
        yield RunProgress(id="run-progress")
        yield Static(id="settled")
        yield Notice(id="held", classes="-hidden")
        yield Figures(id="run-figures")
        yield RateChart(_ANY_LIMIT)
        yield Notice(id="waits", classes="-hidden")
        yield Static(id="rejections-heading", classes="heading")
        yield Rejections(id="rejections")

    def show(self, news: RunNews, requests_per_second: float) -> None:
        """Show what the worker said last.

        Args:
            news: Of one run; another run begins the chart and the estimate anew.
            requests_per_second: The limit of the destination.
        """
        record, progress = news.record, news.progress
        if record.run != self._run:
            self._run, self._estimate = record.run, Estimate()
            self.query_one(RateChart).restart(requests_per_second)
        total = min(record.rows, record.sample or record.rows)
        settled = progress.acknowledged + progress.rejected
        self._estimate.add(progress.seconds, settled)
        self.query_one(RunProgress).show(progress.acknowledged, progress.rejected, total)
        self.query_one("#settled", Static).update(line(*self._settled_words(news, settled, total)), layout=False)
        self.query_one(Figures).show(tuple(_figures(progress)))
        self.query_one(RateChart).add(progress.requests_per_second)
        self._show_held(progress)
        self._show_waits(progress)
        self._show_rejections(progress)

    def _settled_words(self, news: RunNews, settled: int, total: int) -> Iterator[Part]:
        yield (f"{settled:,}", "bold")
        yield f" of {total:,} customers settled"
        if news.record.sample is not None:
            yield (f", a sample of {news.record.rows:,}", "$foreground-muted")
        left = self._estimate.seconds_left(total) if _is_moving(news.progress) else None
        yield ("   time left ", "$foreground-muted")
        yield (_UNKNOWN if left is None else lasting(left), "bold")
        yield ("   so far ", "$foreground-muted")
        yield lasting(news.progress.seconds)

    def _show_held(self, progress: Progress) -> None:
        notice = self.query_one("#held", Notice)
        notice.set_class(not progress.held_by, "-hidden")
        self.set_class(bool(progress.held_by), "-held")
        if progress.held_by:
            rows = (
                content(progress.note),
                line(
                    ("g", "bold $footer-key-foreground"),
                    "  goes on: the rest is sent, and this guard is not asked again",
                ),
                line(("s", "bold $footer-key-foreground"), "  stops: nothing new is sent, and resuming goes on later"),
            )
            notice.show("bad", f"Held by {progress.held_by}: a person must look", lines(*rows))

    def _show_waits(self, progress: Progress) -> None:
        notice = self.query_one("#waits", Notice)
        seconds, note = progress.wait_seconds, progress.note
        is_told = bool(note or seconds >= 1) and not progress.held_by
        notice.set_class(not is_told, "-hidden")
        if not is_told:
            return
        if progress.nothing_gets_through:
            again = f"in {lasting(seconds)}" if seconds >= 1 else "now"
            notice.show("warning", f"Nothing gets through; trying again {again}", note)
        elif seconds >= 1:
            notice.show("warning", f"Waits {lasting(seconds)}", note)
        else:
            notice.show("info", note)

    def _show_rejections(self, progress: Progress) -> None:
        shown = len(progress.recent_rejections)
        parts: list[Part] = ["Rejected"]
        if progress.rejected > shown:
            parts.append((f"  the newest {shown:,} of {progress.rejected:,}: r shows every one", "$foreground-muted"))
        self.query_one("#rejections-heading", Static).update(line(*parts), layout=False)
        self.query_one(Rejections).show(progress.recent_rejections)


def _is_moving(progress: Progress) -> bool:
    """Whether the rate of the last seconds says when the run will be through."""
    is_waiting = progress.wait_seconds >= 1 or progress.nothing_gets_through
    return progress.state == "sending" and not is_waiting


def _figures(progress: Progress) -> Iterator[Figure]:
    yield Figure("acknowledged", f"{progress.acknowledged:,}", "good" if progress.acknowledged else "muted")
    yield Figure("rejected", f"{progress.rejected:,}", "bad" if progress.rejected else "muted")
    yield Figure("in doubt", f"{progress.in_doubt:,}", "warning" if progress.in_doubt else "muted")
    yield Figure("not sent", f"{progress.not_sent:,}")
    yield Figure("retries", f"{progress.retries:,}", "warning" if progress.retries else "muted")
    yield Figure("data points", f"{progress.data_points:,}")
