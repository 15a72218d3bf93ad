"""Runs: the history, and the report of the run under the cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult

from tui_app.backstage.questions.run import ListRuns, ReadRejected, ReportRun, ResumeRun, RunNews
from tui_app.core.errors import StokerError
from tui_app.tui.command import Command
from tui_app.tui.dialogs.exports import export_of_run
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.text import content
from tui_app.tui.widgets.item_row import ItemRow
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.run_history import RunHistory
from tui_app.tui.widgets.run_report import RunReportView
from tui_app.tui.widgets.table_columns import Row
from tui_app.tui.widgets.table_view import TableView

_CALM_SECONDS: Final = 0.15
"""How long the cursor must stay on a run before its journal is read."""
_LOOK_SECONDS: Final = 1.0
"""How often the list is read again while a run goes on."""


class Runs(StageScreen):
    """History above, report below."""

    STAGE = "runs"
    AUTO_FOCUS = ""
    COMMANDS_HERE: ClassVar = (
        Command("watch", "w", "Watch", "Watch the run under the cursor on the stage Sync."),
        Command("resume", "R", "Resume", "Go on with a run that stopped, or whose worker died."),
        Command("export", "e", "Export", "Write the report with every rejected customer to a file."),
        Command("open_plan", "enter", "Plan", "Open the plan of the run in Preview."),
        Command("whole_report", "z", "Report", "The report alone, and the history back again."),
    )  # fmt: skip

    DEFAULT_CSS = """
    Runs {
        & #history { max-height: 40%; }
        & #run-report { margin-top: 1; }
        & #stage.-whole-report > #history { display: none; }
        & #stage.-whole-report > #run-report { margin-top: 0; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen_choice: str | None = None
        self._reported: tuple[object, ...] = ()
        """Marks of the run whose report is shown, or on its way."""

    def compose_stage(self) -> ComposeResult:
        """History and report."""
        yield Notice(id="no-runs", classes="-hidden")
        yield RunHistory(id="history")
        yield RunReportView(id="run-report")

    def on_mount(self) -> None:
        """While a run goes on, its row does too."""
        self.query_one("#run-report").add_class("-hidden")
        self.set_interval(_LOOK_SECONDS, self._look_at_running)

    def refresh_stage(self) -> None:
        """Read the list again."""
        self._list()

    def _look_at_running(self) -> None:
        if self in self.app.screen_stack and any(not news.progress.has_ended for news in self._history.items):
            self._list()

    @property
    def _history(self) -> RunHistory:
        return self.query_one(RunHistory)

    @work(exclusive=True, group="watch")
    async def _list(self) -> None:
        runs = await self.ask(ListRuns())
        if runs is None:
            return
        choice = self.session.choice.run
        is_new_choice = choice != self._seen_choice
        self._seen_choice = choice
        if runs != self._history.items or is_new_choice:
            self._history.show_runs(runs, self.session.now(), choice if is_new_choice else None)
        for part in (self._history, self.query_one("#run-report")):
            part.set_class(not runs, "-hidden")
        notice = self.query_one("#no-runs", Notice)
        notice.set_class(bool(runs), "-hidden")
        text = "Every run is kept here with what became of each customer. Make a plan, look at it, and send it."
        notice.show("info", "Nothing was sent yet", text, key="6", action="goes to Preview")
        self.refresh_bindings()
        if runs and self.focused is None:
            self._history.focus()

    def on_table_view_row_highlighted(self, event: TableView.RowHighlighted) -> None:
        """The cursor came to a run."""
        event.stop()
        if event.table is self._history and isinstance(event.row, ItemRow):
            self.refresh_bindings()
            news: RunNews = event.row.item
            if self._reported != _marks_of(news):
                self._reported = _marks_of(news)
                self._report(news.record.run)

    @work(exclusive=True, group="report")
    async def _report(self, run: str) -> None:
        await asyncio.sleep(_CALM_SECONDS)
        view = self.query_one("#run-report", RunReportView)
        view.show_reading()
        try:
            report = await self.session.ask(ReportRun(run))
        except StokerError as error:
            view.show_problem("This run cannot be read", error.message)
            return

        async def fetch(first_row: int, count: int) -> Sequence[Row]:
            page = await self.session.ask(ReadRejected(run, first_row, count))
            return page.rows

        view.show(report, fetch)

    # Commands

    @property
    def _chosen(self) -> RunNews | None:
        return self._history.chosen

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Dark where it makes no sense."""
        if action not in {"watch", "resume", "export", "open_plan", "whole_report"} or not self.is_mounted:
            return super().check_action(action, parameters)
        chosen = self._chosen
        if chosen is None:
            return None
        if action == "resume":
            return True if chosen.progress.state in ("stopped", "crashed") and chosen.record.plan else None
        return True if chosen.record.plan or action == "whole_report" else None

    async def on_table_view_row_selected(self, event: TableView.RowSelected) -> None:
        """Enter opens the plan."""
        event.stop()
        if event.table is self._history:
            await self.action_open_plan()

    async def action_open_plan(self) -> None:
        """The plan, in Preview."""
        chosen = self._chosen
        if chosen is not None and chosen.record.plan:
            await self.stoker.go("preview", activation=chosen.record.activation, plan=chosen.record.plan)

    async def action_watch(self) -> None:
        """The run, in Sync."""
        if self._chosen is not None:
            await self.stoker.go("sync", run=self._chosen.record.run)

    @work(exclusive=True, group="resume")
    async def action_resume(self) -> None:
        """Go on with it, and watch."""
        if self._chosen is None:
            return
        run = await self.ask(ResumeRun(self._chosen.record.run))
        if run is not None:
            await self.stoker.refresh_runs()
            await self.stoker.go("sync", run=run)

    def action_export(self) -> None:
        """Ask where to."""
        if self._chosen is not None:
            self.app.push_screen(export_of_run(self.session, self._chosen.record.run), self._tell_written)

    def _tell_written(self, written: str | None) -> None:
        if written is not None:
            self.notify(content(written).plain, title="Written", markup=False)

    async def on_notice_chosen(self, event: Notice.Chosen) -> None:
        """The keys of notices can be clicked."""
        event.stop()
        await self.run_action("app.go('preview')" if event.key == "6" else "screen.leave_field")

    def action_whole_report(self) -> None:
        """Room for the report, or for both."""
        stage = self.query_one("#stage")
        stage.toggle_class("-whole-report")
        (self.query_one("#run-report") if stage.has_class("-whole-report") else self._history).focus()


def _marks_of(news: RunNews) -> tuple[object, ...]:
    """What must differ for a report to be read again. While a run goes on, its journal is not read every second."""
    return (news.record.run, news.progress if news.progress.has_ended else None)
