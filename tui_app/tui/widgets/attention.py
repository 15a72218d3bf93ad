"""What waits for a person: each with the stage where it can be mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual.message import Message
from textual.widgets import OptionList

from tui_app.backstage.questions.run import RunNews
from tui_app.core.project import Project
from tui_app.tui.text import counted, line
from tui_app.tui.widgets.cursor_list import CursorList

if TYPE_CHECKING:
    from tui_app.tui.session import Session

_MOST_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that waits."""

    title: str
    fact: str
    stage: str
    """Where it can be mended."""
    choice: Mapping[str, str] = field(default_factory=dict)
    is_bad: bool = False


class Attention(CursorList):
    """A list of concerns; hidden while there is none."""

    DEFAULT_CSS = """
    Attention {
        height: auto; max-height: 12; margin-top: 1; background: $surface;
        border-left: outer $warning;
        &:focus { border-left: outer $primary; }
    }
    """

    @dataclass
    class Chosen(Message):
        """Somebody wants to mend it."""

        stage: str
        choice: Mapping[str, str]

    def show(self, concerns: tuple[Concern, ...]) -> None:
        """Replace what is listed."""
        self._concerns = concerns
        cursor = min(self.highlighted, len(concerns) - 1) if self.highlighted is not None and concerns else None
        self.show_options(
            (line((f"{'×' if each.is_bad else '!'} ", "$error" if each.is_bad else "$warning"),
                  (each.title, "bold"), f"  {each.fact}") for each in concerns),
            cursor,
            made_of=concerns,
        )  # fmt: skip
        self.display = bool(concerns)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Hand it on."""
        event.stop()
        concern = self._concerns[event.option_index]
        self.post_message(self.Chosen(concern.stage, concern.choice))


def attention_of(session: Session, runs: tuple[RunNews, ...]) -> Iterator[Concern]:
    """Everything that waits, most urgent first."""
    for problem in session.problems[:_MOST_PROBLEMS]:
        yield Concern("stoker.toml cannot be used", session.words_of(problem), "home", is_bad=True)
    newest: dict[str, RunNews] = {}
    for news in runs:
        newest.setdefault(news.record.ledger, news)
    yield from (concern for news in newest.values() if (concern := _of_run(news)))
    if session.project is not None:
        yield from _missing(session.project)


def _of_run(news: RunNews) -> Concern | None:
    record, progress = news.record, news.progress
    choice = {"run": record.run}
    match progress.state:
        case "crashed":
            fact = "Its worker died. Nothing is lost; resume goes on where it was."
            return Concern(f"Run of {record.activation} died", fact, "sync", choice, is_bad=True)
        case "stopped":
            fact = f"{counted(progress.acknowledged, 'customer')} acknowledged. Resume goes on where it was."
            return Concern(f"Run of {record.activation} stopped early", fact, "sync", choice)
        case "paused" if progress.held_by:
            fact = f"The guard {progress.held_by} wants a person to look."
            return Concern(f"Run of {record.activation} is paused", fact, "sync", choice, is_bad=True)
        case "done" | "refused":
            return None
    return Concern(f"Run of {record.activation} is going on", "Watch it, pause it, stop it.", "sync", choice)


def _missing(project: Project) -> Iterator[Concern]:
    """What the journey still needs, in its order."""
    if not project.destinations:
        yield Concern("No workspace is connected", "Name the Braze instance and a key.", "connect")
    if not project.source.tables:
        yield Concern("There is no source", "Name the files that hold your customers.", "source")
    if project.destinations and project.source.tables and not project.templates:
        yield Concern("Nothing is mapped", "Say which column feeds which Braze attribute.", "mapping")
    if project.templates and not (project.campaigns or project.orchestrations):
        yield Concern("There is nothing to run yet", "Pick customers; a campaign sends them.", "segment")
