"""The app: holds the session, goes from stage to stage, and sees to it that the terminal is sane whatever happens."""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import ClassVar, Final, Literal

from textual import events
from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.widgets import Input, TextArea
from textual.worker import WorkerFailed

from tui_app.backstage.questions.run import ListRuns, RunNews
from tui_app.config.error_log import explain_unforeseen
from tui_app.config.locations import log_folder, make_private
from tui_app.core.errors import FixInput, StokerError
from tui_app.tui.command import bindings_of
from tui_app.tui.everywhere import EVERYWHERE
from tui_app.tui.messages import ChoiceChanged, ProjectChanged, RunsHeard
from tui_app.tui.palette import Entry, StokerCommands
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.session import Session
from tui_app.tui.settings import DEFAULT_THEME, keep_theme
from tui_app.tui.stages import STAGE_NAMED, STAGES
from tui_app.tui.text import content, lines
from tui_app.tui.themes import THEMES
from tui_app.tui.type_ahead import TypeAhead
from tui_app.tui.widgets.stage_bar import Mark

_LOOK_OUTSIDE_SECONDS: Final = 1.0
_HEAR_SECONDS: Final = 3.0
_NARROW_BELOW: Final = 100
"""Columns."""
_LOW_BELOW: Final = 34
"""Lines."""
_HIGH_CONTRAST: Final = "high-contrast"

Outcome = Literal["try_sandbox"]
"""What the command line goes on with after the app: nothing (None), or the sandbox."""


class StokerApp(TypeAhead[Outcome]):
    """The terminal app.

    Args:
        session: The person's work.
        stage: Where it opens.
        is_demo: It runs on invented data with a sandbox beside it.
    """

    TITLE = "Stoker"
    CSS_PATH = "app.tcss"
    COMMANDS: ClassVar = {StokerCommands}
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(EVERYWHERE)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_NARROW_BELOW, "-wide")]  # noqa: RUF012 - declared by App
    VERTICAL_BREAKPOINTS = [(0, "-low"), (_LOW_BELOW, "-high")]  # noqa: RUF012 - declared by App

    def __init__(self, session: Session, stage: str = "home", *, is_demo: bool = False) -> None:
        super().__init__()
        self.session = session
        self.is_demo = is_demo
        self.runs: tuple[RunNews, ...] = ()
        """The runs of the project as they were last heard of, newest first."""
        self.farewell = ""
        """What to say on the terminal after the app; empty if nothing."""
        self._first_stage = stage
        self._stages: dict[str, Screen[None]] = {}
        self._theme_before_contrast = DEFAULT_THEME
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = session.settings.theme if session.settings.theme in self.available_themes else DEFAULT_THEME
        self.set_keymap(dict(session.settings.keys))

    async def on_mount(self) -> None:
        """Open the first stage; everything slow comes after it."""
        self._leave_on_signals()
        await self.push_screen(self._stage(self._first_stage))
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        self.set_interval(_LOOK_OUTSIDE_SECONDS, self._look_outside)
        self.set_interval(_HEAR_SECONDS, self.refresh_runs)
        self.call_after_refresh(self.refresh_runs)
        if self.session.settings.message:
            self.notify(content(self.session.settings.message).plain, severity="warning", markup=False)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """No cursor blinks: that would wake the terminal twice a second for as long as somebody is in a field."""
        if isinstance(event.widget, Input | TextArea):
            event.widget.cursor_blink = False

    async def on_unmount(self) -> None:
        """The process beside the screen goes with it; the worker of a run stays."""
        await self.session.backstage.close()

    # Stages

    async def action_go(self, name: str) -> None:
        """Go to a stage."""
        if not isinstance(self.screen, type(self._stage(name))):
            await self.switch_screen(self._stage(name))

    async def go(self, name: str, **choice: str | None) -> None:
        """Go to a stage with something chosen; see `session.Choice`."""
        if choice:
            self.session.choose(**choice)
        if self.screen is self._stage(name):
            self.screen.post_message(ChoiceChanged())
        else:
            await self.switch_screen(self._stage(name))

    def _stage(self, name: str) -> Screen[None]:
        """The screen of a stage, made when it is first wanted. It stays, with what was typed into it."""
        if name not in self._stages:
            stage = STAGE_NAMED[name]
            module = importlib.import_module(f"tui_app.tui.screens.{name}")
            screen: Screen[None] = getattr(module, stage.screen)()
            self.install_screen(screen, name)
            self._stages[name] = screen
        self._fit(self._stages[name])
        return self._stages[name]

    def _fit(self, screen: Screen[None]) -> None:
        """Choose the layout for the terminal's size; Textual does it after the first frame, and that one flashes."""
        is_narrow, is_low = self.size.width < _NARROW_BELOW, self.size.height < _LOW_BELOW
        screen.set_class(is_narrow, "-narrow").set_class(not is_narrow, "-wide")
        screen.set_class(is_low, "-low").set_class(not is_low, "-high")

    def marks(self) -> dict[str, Mark]:
        """What the stage bar says about each stage."""
        session, project = self.session, self.session.project
        if project is None:
            return {"home": "attention"} if session.has_file else {}
        marks: dict[str, Mark] = {
            "connect": "done" if project.destinations else "",
            "source": "done" if project.source.tables else "",
            "mapping": "done" if project.templates else "",
            "segment": "done" if project.segments else "",
        }
        if any(not news.progress.has_ended for news in self.runs):
            marks["sync"] = "running"
        elif self.runs and self.runs[0].progress.state in ("crashed", "stopped"):
            marks["sync"] = "attention"
        return marks

    def palette_places(self) -> Iterator[Entry]:
        """Where the palette can go to, by name."""
        for stage in STAGES:
            yield Entry(f"Go to {stage.title}", stage.help, partial(self.action_go, stage.name))
        yield Entry("Theme", "Choose another theme; it is remembered.", self.search_themes)
        project = self.session.project
        if project is None:
            return
        for activation in self.session.activations():
            go = partial(self.go, "preview", activation=activation.name, plan=None)
            yield Entry(f"Preview {activation.name}", "Make a plan of this activation and look at it.", go)
        for name in project.destinations:
            yield Entry(f"Destination {name}", "Connect", partial(self.go, "connect", destination=name))
        for name in (*project.source.tables, *project.queries):
            yield Entry(f"Table {name}", "Source", partial(self.go, "source", table=name))
        for name in project.templates:
            yield Entry(f"Template {name}", "Mapping", partial(self.go, "mapping", template=name))
        for name in project.segments:
            yield Entry(f"Segment {name}", "Segment", partial(self.go, "segment", segment=name))

    # What changed

    def tell_project_changed(self, *, from_outside: bool) -> None:
        """Every stage that is shown repaints."""
        self.screen.post_message(ProjectChanged(from_outside))

    async def refresh_runs(self) -> None:
        """Hear of the runs again."""
        if self.session.project is None:
            return
        self.run_worker(self._hear_of_runs(), group="runs", exclusive=True)

    async def _hear_of_runs(self) -> None:
        try:
            runs = await self.session.ask(ListRuns())
        except StokerError:
            # The stage Runs asks as well, and explains.
            return
        if runs != self.runs:
            self.runs = runs
            self.screen.post_message(RunsHeard())

    def _look_outside(self) -> None:
        if not self.is_headless and _is_terminal_gone():
            # Not every terminal that vanishes sends SIGHUP, and reading from one that is gone would spin for ever.
            self.exit(return_code=128 + signal.SIGHUP)
        if self.session.was_changed_outside():
            self.tell_project_changed(from_outside=True)

    # Commands

    def action_undo(self) -> None:
        """Take the last edit of the project file back."""
        self._move(self.session.undo, "Undone", "There is nothing to undo.")

    def action_redo(self) -> None:
        """Make it again."""
        self._move(self.session.redo, "Done again", "There is nothing to do again.")

    def _move(self, move: Callable[[], str | None], done: str, nothing: str) -> None:
        try:
            title = move()
        except FixInput as error:
            self.notify(content(error.message).plain, severity="error", markup=False)
            return
        if title is None:
            self.notify(nothing, markup=False)
            return
        self.tell_project_changed(from_outside=False)
        self.notify(content(f"{done}: {title}").plain, markup=False)

    def action_keys(self) -> None:
        """Show every key that holds now."""
        from tui_app.tui.dialogs.keys import Keys

        here = getattr(self.screen, "COMMANDS_HERE", ())
        stage = STAGE_NAMED.get(getattr(self.screen, "STAGE", ""))
        groups = [(stage.title, here)] if stage and here else []
        self.push_screen(Keys([*groups, ("Everywhere", EVERYWHERE)]))

    def action_contrast(self) -> None:
        """High contrast, and back."""
        if self.theme == _HIGH_CONTRAST:
            self.theme = self._theme_before_contrast
        else:
            self._theme_before_contrast, self.theme = self.theme, _HIGH_CONTRAST

    def action_help_quit(self) -> None:
        """Ctrl-C, which elsewhere ends a program: nothing is ended by habit."""
        self.notify("q leaves. A run goes on without the screen.", markup=False)

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:
        """Save the screen as a picture; it may show personal data, so it goes where only its owner reads it."""
        try:
            folder = Path(path) if path else make_private(log_folder() / "screenshots")
            saved = self.save_screenshot(filename, str(folder))
        except (OSError, FixInput) as error:
            self.notify(content(f"It was not saved: {error}").plain, severity="error", title="Screenshot", markup=False)
            return
        self.notify(content(f"Saved: {saved}").plain, title="Screenshot", markup=False)

    def action_leave(self) -> None:
        """Leave, after a question if something typed would be lost."""
        stages = [stage for stage in self._stages.values() if isinstance(stage, StageScreen)]
        unsaved = [what for stage in stages for what in stage.unsaved()]
        if not unsaved:
            self._leave()
            return
        from tui_app.tui.dialogs.confirm import Confirm

        words = lines(*(f"{what} is not saved" for what in unsaved), "A run that is going on goes on either way.")
        self.push_screen(Confirm("Leave without saving?", words, "Leave"), lambda yes: self._leave() if yes else None)

    def _leave(self) -> None:
        """The worker of a run is a process of its own, and stays."""
        running = [news for news in self.runs if not news.progress.has_ended]
        if running and not self.is_demo:
            self.farewell = f"Run {running[0].record.run} goes on without the screen. Watch it: stoker"
        self.exit()

    def _keep_theme(self, theme: object) -> None:
        del theme
        try:
            self.session.settings = keep_theme(self.session.settings, self.theme)
        except (OSError, FixInput) as error:
            self.notify(content(f"The theme cannot be remembered: {error}").plain, severity="warning", markup=False)

    # The end

    def get_driver_class(self) -> type[Driver]:
        """The terminal may vanish at any moment."""
        from textual.drivers.linux_driver import LinuxDriver

        from tui_app.tui.terminal_driver import TerminalDriver

        driver = super().get_driver_class()
        return TerminalDriver if driver is LinuxDriver else driver

    def _leave_on_signals(self) -> None:
        """A vanished terminal and SIGTERM end the app as `q` does, so that the terminal is put back as it was."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self.exit, return_code=128 + number))

    def _handle_exception(self, error: Exception) -> None:
        """What nobody foresaw: its place goes to the log without values, and the person reads one sentence.

        After an error in work beside the screen, the app goes on.
        """
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            self._meet_error_of_work(error.error)
            return
        if self.is_headless:
            # Tests want the error itself.
            super()._handle_exception(error)
            return
        self._return_code = 1
        going_on = "A run that was going on goes on: open Stoker again to watch it."
        self.farewell = f"{explain_unforeseen(error)} {going_on}"
        self._close_messages_no_wait()

    def _meet_error_of_work(self, error: Exception) -> None:
        if not self.is_running:
            # The end overtook it: what it would have shown something on is gone.
            return
        if self.is_headless:
            super()._handle_exception(error)
        else:
            self.notify(content(explain_unforeseen(error)).plain, severity="error", title="Not done", markup=False)


def _is_terminal_gone() -> bool:
    """Whether the window was closed or the connection dropped."""
    try:
        termios.tcgetattr(sys.__stdin__ or 0)
    except (OSError, termios.error, ValueError):
        return True
    return False
