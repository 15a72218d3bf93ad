"""What every stage is: the stage bar, the stage itself, one place for what went wrong, and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Input, TextArea

from tui_app.backstage.questions.question import Question
from tui_app.config.edit import Edit
from tui_app.core.errors import FixInput, Problem, StokerError
from tui_app.core.project import Destination
from tui_app.tui.command import Command, bindings_of
from tui_app.tui.messages import ChoiceChanged, ProjectChanged
from tui_app.tui.text import content, cut, lines
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.stage_bar import StageBar

if TYPE_CHECKING:
    from tui_app.tui.app import StokerApp
    from tui_app.tui.session import Session

AnswerT = TypeVar("AnswerT")

_MOST_PROBLEMS_SHOWN = 4
_SIDE_CELLS = 18


class StageScreen(Screen[None]):
    """One stage. A subclass names its stage and its commands, and composes what is its own."""

    STAGE: ClassVar[str]
    """As in `stages.STAGES`."""
    SHOWS_PROBLEMS: ClassVar[bool] = False
    """Whether the stage itself says what is wrong with a project file that cannot be used."""
    COMMANDS_HERE: ClassVar[tuple[Command, ...]] = ()
    """What its keys do; the footer, the help and the palette are made from it."""

    _file_problems: tuple[Problem, ...] = ()
    """Of the project file, as they were explained last."""

    def __init_subclass__(cls) -> None:
        cls.BINDINGS = bindings_of((*cls.COMMANDS_HERE, _LEAVE_FIELD))
        super().__init_subclass__()

    def compose(self) -> ComposeResult:
        """The frame around a stage."""
        with Container(id="middle"):
            yield StageBar(self.STAGE)
            with Container(id="stage"):
                yield from self.compose_stage()
        yield Notice(id="explanation", classes="-hidden")
        yield Footer(show_command_palette=False)

    def compose_stage(self) -> ComposeResult:
        """What the stage shows."""
        yield from ()

    def refresh_stage(self) -> None:
        """Show the project and the choice as they are now. Called when the stage appears and when either changed."""

    def unsaved(self) -> tuple[str, ...]:
        """What would be lost if the app were left now, in words such as `segment active`."""
        return ()

    @property
    def stoker(self) -> StokerApp:
        """The app, by its own type."""
        from tui_app.tui.app import StokerApp

        assert isinstance(self.app, StokerApp)
        return self.app

    @property
    def session(self) -> Session:
        """What all screens share."""
        return self.stoker.session

    def on_screen_resume(self) -> None:
        """Whoever comes back finds what is true now."""
        self.show_frame()
        self.refresh_stage()

    def on_project_changed(self, message: ProjectChanged) -> None:
        """The project file was read again."""
        self.show_frame()
        self.refresh_stage()
        if message.from_outside and not self._explains:
            self.notify("The project was changed outside, and was read again.", title="Read again", markup=False)

    def on_choice_changed(self, message: ChoiceChanged) -> None:
        """Something else was chosen, here or in the palette."""
        message.stop()
        self.show_frame()
        self.refresh_stage()

    def on_runs_heard(self) -> None:
        """The mark of the stage Sync may be another."""
        self.show_frame()

    def show_frame(self) -> None:
        """Repaint the stage bar; say what keeps the project file from being used."""
        session = self.session
        if session.problems != self._file_problems and not self.SHOWS_PROBLEMS:
            if session.problems:
                self.explain(FixInput(*session.problems), "stoker.toml cannot be used")
            else:
                self.clear_explanation()
            self._file_problems = session.problems
        heading = lines(
            Content.styled("Stoker", "bold $primary"),
            content(cut(session.folder.name or "/", _SIDE_CELLS), "$foreground-muted"),
        )
        destination = self.shown_destination()
        foot = (
            lines(
                content(destination.name, "bold"),
                content(cut(destination.instance or _host(destination.endpoint), _SIDE_CELLS), "$foreground-muted"),
            )
            if destination
            else content("no workspace yet")
        )
        self.query_one(StageBar).show(heading, foot, self.stoker.marks())

    def shown_destination(self) -> Destination | None:
        """The workspace that the corner names: the one that this stage is about."""
        return self.session.destination()

    async def ask(self, question: Question[AnswerT]) -> AnswerT | None:
        """Ask backstage; what goes wrong is explained on the screen.

        Returns:
            The answer, or None if there is none.
        """
        try:
            return await self.session.ask(question)
        except StokerError as error:
            self.explain(error)
            return None

    def edit(self, title: str, *edits: Edit) -> bool:
        """Change the project file; everybody is told. False: it was refused, and is explained on the screen."""
        try:
            self.session.edit(title, *edits)
        except FixInput as error:
            self.explain(error)
            return False
        self.clear_explanation()
        self.stoker.tell_project_changed(from_outside=False)
        return True

    def explain(self, error: StokerError, title: str = "") -> None:
        """Say what failed and what to do, until it is dismissed with Escape or replaced.

        Passing notices would lie over it, and say less.
        """
        problems = error.problems if isinstance(error, FixInput) else ()
        words = [self.session.words_of(problem) for problem in problems[:_MOST_PROBLEMS_SHOWN]] or [error.message]
        shown = [content(each) for each in words]
        if len(problems) > len(shown):
            shown.append(
                content(f"… and {len(problems) - len(shown)} more: stoker check lists them.", "$foreground-muted")
            )
        notice = self.query_one("#explanation", Notice)
        notice.show("bad", title or "This did not work", lines(*shown), key="esc", action="hides this")
        notice.remove_class("-hidden")
        self.app.clear_notifications()

    @property
    def _explains(self) -> bool:
        return not self.query_one("#explanation", Notice).has_class("-hidden")

    def clear_explanation(self) -> None:
        """What was explained does not hold any more."""
        self.query_one("#explanation", Notice).add_class("-hidden")

    def action_leave_field(self) -> None:
        """Escape: first hide an explanation, then leave a field, so that letters are commands again."""
        if self._explains:
            self.clear_explanation()
        elif isinstance(self.focused, (Input, TextArea)):
            self.set_focus(None)


def _host(endpoint: str) -> str:
    return endpoint.partition("://")[2]


_LEAVE_FIELD = Command(
    "leave_field", "escape", "Leave field", "Hide an explanation; leave a field, so that letters are commands again.",
    in_footer=False,
)  # fmt: skip
