"""Sync: the run that goes on, watched and steered; at its end, what it came to."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.timer import Timer
from textual.widgets import Static

from tui_app.backstage.questions.run import (
    ListRuns,
    ReadRejected,
    ReportRun,
    ResumeRun,
    RunNews,
    SteerRun,
    WatchRun,
)
from tui_app.core.errors import StokerError
from tui_app.core.project import RateLimit
from tui_app.core.run import Wish
from tui_app.tui.command import Command
from tui_app.tui.dialogs.confirm import Confirm
from tui_app.tui.moments import ago
from tui_app.tui.run_words import STATE_STYLES, STATE_WORDS
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.text import Part, line, lines
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.run_outcome import ending_of
from tui_app.tui.widgets.run_report import RunReportView
from tui_app.tui.widgets.sync_live import LiveRun
from tui_app.tui.widgets.table_columns import Row

_LOOK_SECONDS: Final = 0.2
_MOST_RUNS: Final = 50
"""In which one that goes on is looked for."""
_STEERING: Final = frozenset({"pause", "stop", "detach"})


class Sync(StageScreen):
    """Watches one run. The worker is a process of its own, so leaving this stage, or the app, does not touch it."""

    STAGE = "sync"
    AUTO_FOCUS = ""
    COMMANDS_HERE: ClassVar = (
        Command("pause", "space,P", "Pause/go on", "Send nothing new until space is pressed again; nothing is lost.",
                shown_key="space"),
        Command("stop", "s", "Stop…", "Send nothing new and end; what is on its way is waited for. Resume goes on."),
        Command("detach", "d", "Detach", "Leave the app; the run goes on without it."),
        Command("resume", "R", "Resume", "Go on with a run that stopped, or whose worker died."),
        Command("report", "r", "Report", "Every customer of this run accounted for, and those that Braze rejected."),
        Command("plan_again", "p", "Plan again", "Plan the same activation: what is left to send?"),
        Command("go_on", "g", "Go on", "Let a run that is paused, or held by a guard, send the rest.",
                in_footer=False),
    )  # fmt: skip

    DEFAULT_CSS = """
    Sync {
        & #run-line, & #state-line { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & #state-line { margin-bottom: 1; }
        & #ending { margin-bottom: 1; }
    }
    Sync.-low #report > #report-head { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._run: str | None = None
        """The run that is watched; None: still to be found."""
        self._news: RunNews | None = None
        self._timer: Timer | None = None
        self._is_looking = False
        self._reported: RunNews | None = None
        """The ended run whose report is shown."""

    def compose_stage(self) -> ComposeResult:
        """Which run, and either how it goes or what it came to."""
        yield Static(id="run-line")
        yield Static(id="state-line")
        yield Notice(id="no-run", classes="-hidden")
        yield Notice(id="ending", classes="-hidden")
        yield LiveRun()
        yield RunReportView(id="report")

    def on_mount(self) -> None:
        """Looking begins when there is something to look at."""
        self._timer = self.set_interval(_LOOK_SECONDS, self._look, pause=True)
        self._show(None)

    # Looking

    def refresh_stage(self) -> None:
        """Watch the run that is chosen, else the one that goes on, else the newest."""
        self._run = self.session.choice.run
        assert self._timer is not None
        self._timer.resume()
        self._look()

    def _look(self) -> None:
        """Ask how the run is, unless the last answer is still on its way."""
        assert self._timer is not None
        if self not in self.app.screen_stack:
            self._timer.pause()
        elif not self._is_looking:
            self._is_looking = True
            self._watch()

    @work(group="watch")
    async def _watch(self) -> None:
        assert self._timer is not None
        try:
            news = await self._hear()
        except StokerError as error:
            self._timer.pause()
            self.explain(error)
            return
        finally:
            self._is_looking = False
        if news is None or news.progress.has_ended:
            self._timer.pause()
        self._show(news)

    async def _hear(self) -> RunNews | None:
        if self._run is None:
            self._run = await self._find_run()
        if self._run is None:
            return None
        return await self.session.ask(WatchRun(self._run))

    async def _find_run(self) -> str | None:
        runs = await self.session.ask(ListRuns(_MOST_RUNS))
        going = [each for each in runs if not each.progress.has_ended]
        return (going or list(runs))[0].record.run if runs else None

    # Showing

    def _show(self, news: RunNews | None) -> None:
        before, self._news = self._news, news
        has_ended = news is not None and news.progress.has_ended
        self.query_one(LiveRun).display = news is not None and not has_ended
        self.query_one("#report").display = has_ended
        self.query_one("#ending").set_class(not has_ended, "-hidden")
        self.query_one("#no-run").set_class(news is not None, "-hidden")
        for part in ("#run-line", "#state-line"):
            self.query_one(part).display = news is not None
        if news is None:
            text = "Make a plan, look at it, and send it: then this stage shows how it goes."
            self.query_one("#no-run", Notice).show("info", "Nothing was sent yet", text, key="6",
                                                   action="goes to Preview")  # fmt: skip
        else:
            self._show_lines(news)
            if has_ended:
                self._show_ending(news)
            else:
                self._reported = None
                self.query_one(LiveRun).show(news, self._limit_of(news))
        if _steps_of(before) != _steps_of(news):
            self.refresh_bindings()

    def _show_lines(self, news: RunNews) -> None:
        record, progress = news.record, news.progress
        started = ago(record.started, self.session.now())
        self.query_one("#run-line", Static).update(
            line((record.activation, "bold"), (" → ", "$foreground-muted"), (record.destination, "bold"),
                 (f"  started {started}  run {record.run}", "$foreground-muted")),
            layout=False,
        )  # fmt: skip
        words: list[Part] = [(STATE_WORDS[progress.state], f"bold {STATE_STYLES[progress.state]}")]
        words.append((f"  {_wish_words(news)}", "$foreground-muted"))
        self.query_one("#state-line", Static).update(line(*words), layout=False)

    def _show_ending(self, news: RunNews) -> None:
        ending = ending_of(news)
        self.query_one("#ending", Notice).show(
            ending.tone, ending.title, ending.text, key=ending.key, action=ending.action
        )
        if self._reported != news:
            self._reported = news
            self._report(news)

    @work(exclusive=True, group="report")
    async def _report(self, news: RunNews) -> None:
        run = news.record.run
        view = self.query_one("#report", RunReportView)
        view.show_reading()
        await self.stoker.refresh_runs()
        try:
            report = await self.session.ask(ReportRun(run))
        except StokerError as error:
            view.show_problem("There is no report of this run", error.message)
            return

        async def fetch(first_row: int, count: int) -> Sequence[Row]:
            page = await self.session.ask(ReadRejected(run, first_row, count))
            return page.rows

        view.show(report, fetch)
        if self.focused is None:
            view.focus()

    def _limit_of(self, news: RunNews) -> float:
        project = self.session.project
        destination = project.destinations.get(news.record.destination) if project else None
        return (destination.rate if destination else RateLimit()).requests_per_second

    # Steering

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense for the run as it is."""
        if action in {"pause", "stop", "detach", "go_on", "resume", "report", "plan_again"}:
            return action in _steps_of(self._news)
        return super().check_action(action, parameters)

    def action_pause(self) -> None:
        """Pause, or go on."""
        assert self._news is not None
        is_paused = self._news.wish == "pause" or self._news.progress.state == "paused"
        self._steer("go_on" if is_paused else "pause")

    def action_go_on(self) -> None:
        """Send the rest."""
        self._steer("go_on")

    def action_stop(self) -> None:
        """Say what stopping means, and ask."""
        text = lines(
            "Nothing new is sent. What is on its way is waited for, so that every answer is known.",
            "What Braze acknowledged stays acknowledged. Resume goes on with the rest later.",
        )

        def answered(is_yes: bool | None) -> None:  # noqa: FBT001 - called by Textual
            if is_yes:
                self._steer("stop")

        self.app.push_screen(Confirm("Stop this run?", text, "Stop"), answered)

    @work(group="steer")
    async def _steer(self, wish: Wish) -> None:
        if self._news is not None:
            await self.ask(SteerRun(self._news.record.run, wish))

    def action_detach(self) -> None:
        """Leave; whoever comes back finds the run."""
        if self._news is not None and not self.stoker.is_demo:
            again = f"stoker --project {shlex.quote(str(self.session.folder))}"
            run = self._news.record.run
            self.stoker.farewell = f"Run {run} goes on without the screen. Come back to it: {again}"
        self.stoker.exit()

    @work(exclusive=True, group="resume")
    async def action_resume(self) -> None:
        """Go on where it was."""
        if self._news is not None and await self.ask(ResumeRun(self._news.record.run)) is not None:
            self.clear_explanation()
            self.refresh_stage()

    async def action_report(self) -> None:
        """Over to the history."""
        assert self._news is not None
        await self.stoker.go("runs", run=self._news.record.run)

    async def action_plan_again(self) -> None:
        """Over to Preview, which plans at once."""
        assert self._news is not None
        await self.stoker.go("preview", activation=self._news.record.activation, plan=None)
        preview = self.stoker.screen
        preview.call_after_refresh(preview.run_action, "screen.plan")

    async def on_notice_chosen(self, event: Notice.Chosen) -> None:
        """The keys of notices can be clicked."""
        event.stop()
        actions = {"R": "screen.resume", "p": "screen.plan_again", "6": "app.go('preview')"}
        await self.run_action(actions.get(event.key, "screen.leave_field"))


def _steps_of(news: RunNews | None) -> frozenset[str]:
    """The commands that make sense."""
    if news is None:
        return frozenset()
    if not news.progress.has_ended:
        is_paused = news.progress.state == "paused" or news.wish == "pause"
        return _STEERING | {"report"} | ({"go_on"} if is_paused else set())
    may_resume = news.progress.state in ("stopped", "crashed") and bool(news.record.plan)
    return frozenset({"report", "plan_again", *(["resume"] if may_resume else [])})


def _wish_words(news: RunNews) -> str:
    state = news.progress.state
    if news.progress.has_ended:
        return ""
    if news.wish == "stop":
        return "stopping: nothing new is sent, what is on its way is waited for"
    if news.wish == "pause":
        return (
            "nothing new is sent: space goes on" if state == "paused" else "pausing: what is on its way is waited for"
        )
    return "nothing is sent yet" if state == "starting" else ""
