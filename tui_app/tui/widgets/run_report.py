"""The report of a run: every customer accounted for, why Braze rejected some, and each of those."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_app.backstage.questions.run import RunReport
from tui_app.core.run import RunTotals
from tui_app.tui.moments import moment
from tui_app.tui.text import Part, counted, line, lines
from tui_app.tui.widgets.figures import Figure, Figures
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.pages import Fetch
from tui_app.tui.widgets.reason_list import CountedReason, ReasonList
from tui_app.tui.widgets.share_bar import Part as Share
from tui_app.tui.widgets.share_bar import ShareBar
from tui_app.tui.widgets.table_columns import Column

_MOST_REASONS: Final = 12
_EXAMPLES: Final = 3
_COLUMNS: Final = (Column("customer", 24), Column("Braze's reason", minimum=24))


class RunReportView(VerticalScroll):
    """A report to scroll, whose rejected customers are read page by page.

    Args:
        id: As usual.
        classes: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = """
    RunReportView {
        height: 1fr; background: $background;
        & > #report-head { padding: 0 1; height: auto; }
        & > Figures, & > ShareBar { padding: 0 1; }
        & > ShareBar { margin-top: 1; }
        & > #accounted { padding: 0 1; height: 1; }
        & > PagedTable { height: 1fr; min-height: 10; margin-top: 1; }
        & > Notice { margin-top: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """Which run, its customers, its sending, its rejections."""
        yield Static(id="report-head")
        yield Notice(id="report-problem", classes="-hidden")
        yield Static("Customers", classes="heading", markup=False)
        yield Figures(id="report-customers")
        yield Static(id="accounted")
        yield ShareBar(id="report-shares")
        yield Static("Sending", classes="heading", markup=False)
        yield Figures(id="report-sending")
        yield Static("Rejected by Braze", classes="heading", id="rejected-heading", markup=False)
        yield ReasonList(id="report-reasons")
        yield PagedTable(_COLUMNS, id="rejected-customers")

    def show(self, report: RunReport, fetch_rejected: Fetch) -> None:
        """Show a report.

        Args:
            report: Of one run.
            fetch_rejected: Gives rows of customer and reason, in sending order.
        """
        totals = report.totals
        self._show_parts(has_report=True, has_rejected=bool(totals.rejected))
        self.query_one("#report-problem").add_class("-hidden")
        self.query_one("#report-head", Static).update(_head(report))
        self.query_one("#report-customers", Figures).show(tuple(_customer_figures(totals)))
        self.query_one("#accounted", Static).update(_accounted(report))
        self.query_one("#report-shares", ShareBar).show(tuple(share for share in _shares(totals) if share.count))
        self.query_one("#report-sending", Figures).show(tuple(_sending_figures(report)))
        reasons = [
            CountedReason(each.customers, "", each.reason, ", ".join(each.examples[:_EXAMPLES]))
            for each in report.reasons
        ]
        self.query_one("#report-reasons", ReasonList).show(reasons, _MOST_REASONS)
        self.query_one(PagedTable).show(totals.rejected, fetch_rejected)
        self.scroll_home(animate=False)

    def show_reading(self) -> None:
        """Say that the report is on its way."""
        self._show_parts(has_report=False, has_rejected=False)
        self.query_one("#report-problem").add_class("-hidden")
        self.query_one("#report-head", Static).update(line(("reading the journal …", "$foreground-muted")))

    def show_problem(self, title: str, text: str) -> None:
        """Say why there is no report."""
        self._show_parts(has_report=False, has_rejected=False)
        self.query_one("#report-head", Static).update("")
        self.query_one("#report-problem", Notice).show("bad", title, lines(*text.splitlines())).remove_class("-hidden")

    def _show_parts(self, *, has_report: bool, has_rejected: bool) -> None:
        for part in self.query(".heading, Figures, ShareBar, #accounted"):
            part.display = has_report
        for part in self.query("#rejected-heading, #report-reasons, PagedTable"):
            part.display = has_rejected


def _head(report: RunReport) -> Content:
    record = report.news.record
    parts: list[Part] = [
        (f"{moment(record.started)} UTC", "bold"),
        "  ",
        (record.activation, "bold"),
        (" → ", "$foreground-muted"),
        (record.destination, "bold"),
    ]
    facts: list[str] = [f"plan {PurePath(record.plan).name}", f"ledger serial {record.ledger_serial}"]
    if record.sample is not None:
        facts.append(f"a sample of the first {counted(record.sample, 'customer')}")
    if record.allowed:
        facts.append(f"allowed: {', '.join(record.allowed)}")
    return lines(
        line(*parts), line((f"run {record.run}", "$foreground-muted")), line((" · ".join(facts), "$foreground-muted"))
    )


def _customer_figures(totals: RunTotals) -> Iterator[Figure]:
    yield Figure("acknowledged", f"{totals.acknowledged:,}", "good" if totals.acknowledged else "muted")
    yield Figure("rejected", f"{totals.rejected:,}", "bad" if totals.rejected else "muted")
    yield Figure("in doubt", f"{totals.in_doubt:,}", "warning" if totals.in_doubt else "muted")
    yield Figure("not sent", f"{totals.not_sent:,}", "normal" if totals.not_sent else "muted")


def _accounted(report: RunReport) -> Content:
    """The sum, which is every customer of the plan."""
    totals = report.totals
    total = totals.acknowledged + totals.rejected + totals.in_doubt + totals.not_sent
    rows = report.news.record.rows
    if total == rows:
        return line((f"together {counted(total, 'customer')}: everybody in the plan", "$foreground-muted"))
    return line((f"together {total:,}, but the plan has {rows:,}", "$text-error"))


def _shares(totals: RunTotals) -> tuple[Share, ...]:
    return (
        Share("acknowledged", totals.acknowledged, "good"),
        Share("rejected", totals.rejected, "bad"),
        Share("in doubt", totals.in_doubt, "warning"),
        Share("not sent", totals.not_sent, "muted"),
    )


def _sending_figures(report: RunReport) -> Iterator[Figure]:
    progress = report.news.progress
    yield Figure("requests", f"{progress.requests:,}")
    yield Figure("retries", f"{progress.retries:,}", "warning" if progress.retries else "muted")
    yield Figure("data points", f"{report.totals.data_points:,}")
    yield Figure("seconds", f"{progress.seconds:,.1f}")
