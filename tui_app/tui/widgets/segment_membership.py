"""Forms for conditions that ask where a customer is listed: in another segment, or in a file of ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, RadioSet, Static

from tui_app.core.errors import Place
from tui_app.core.segment import InFile, InSegment
from tui_app.core.segment_editing import DRAFT
from tui_app.core.table_report import ColumnType
from tui_app.tui.text import line, plain
from tui_app.tui.widgets.segment_choices import Choice, ChoiceList, SearchedChoices
from tui_app.tui.widgets.segment_field import Field
from tui_app.tui.widgets.tick import Radio

_PLACE: Final = Place(DRAFT, 1)


class MembershipForm(Vertical):
    """What both forms are."""

    DEFAULT_CSS: ClassVar[str] = """
    MembershipForm {
        height: 1fr;
        & SearchedChoices { height: 1fr; min-height: 4; }
        & RadioSet { border: none; padding: 0; background: $surface; margin-top: 1; height: auto; }
        & RadioSet:blur > Radio.-selected > .toggle--label { background: $surface; text-style: none; }
        & Radio { background: $surface; width: 1fr; }
        & .hint { color: $text-muted; height: auto; }
    }
    """

    class Done(Message):
        """Enter on the last of it."""

    def is_negated(self) -> bool:
        """Whether those who are not listed are meant."""
        return self.query_one("#negated", Radio).value


def in_or_not(*, is_negated: bool) -> RadioSet:
    """The two ways to ask."""
    return RadioSet(
        Radio("customers who are in it", value=not is_negated),
        Radio("customers who are not in it", value=is_negated, id="negated"),
    )


class InSegmentForm(MembershipForm):
    """Another segment.

    Args:
        segments: Name → table, of those that can be used.
        given: What is edited; None: a new one.
    """

    def __init__(self, segments: Mapping[str, str], given: InSegment | None) -> None:
        super().__init__()
        self._segments = segments
        self._given = given

    def compose(self) -> ComposeResult:
        """The segments, and whether their members are meant or all others."""
        yield SearchedChoices(id="used", placeholder="search a segment")
        yield in_or_not(is_negated=self._given is not None and self._given.negated)
        if not self._segments:
            yield Static("There is no other segment that could be used here.", classes="hint", markup=False)

    def on_mount(self) -> None:
        """Offer what there is."""
        choices = [Choice(name, f"of {table}") for name, table in self._segments.items()]
        self.query_one(SearchedChoices).show(choices, self._given.segment if self._given else None)

    def focus_first(self) -> None:
        """Where typing begins."""
        self.query_one(SearchedChoices).focus_search()

    def condition(self) -> InSegment | None:
        """What is filled in; None if there is nothing to choose."""
        name = self.query_one(SearchedChoices).choices.name_here
        return None if name is None else InSegment(name, _PLACE, negated=self.is_negated())

    @on(ChoiceList.Chosen)
    def _finish(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self.post_message(self.Done())


class InFileForm(MembershipForm):
    """A file of ids.

    Args:
        folder: That paths are relative to.
        columns: Of the segment's table.
        given: What is edited; None: a new one.
    """

    def __init__(self, folder: Path, columns: Mapping[str, ColumnType], given: InFile | None) -> None:
        super().__init__()
        self._folder = folder
        self._columns: Sequence[Choice] = [Choice(name, kind) for name, kind in columns.items()]
        self._given = given

    def compose(self) -> ComposeResult:
        """Path, column, and whether those listed are meant or all others."""
        yield Static("One id per line, or the first column of a CSV with a header.", classes="hint", markup=False)
        path = plain(self._given.path) if self._given else ""
        yield Field(path, id="ids", placeholder="data/vips.csv, from the folder of stoker.toml")
        yield Static(id="ids-verdict", classes="hint")
        yield SearchedChoices(id="id-column", placeholder="search the column that holds these ids")
        yield in_or_not(is_negated=self._given is not None and self._given.negated)

    def on_mount(self) -> None:
        """Offer what there is."""
        self.query_one(SearchedChoices).show(self._columns, self._given.column if self._given else None)

    def focus_first(self) -> None:
        """Where typing begins."""
        self.query_one("#ids", Input).focus()

    def condition(self) -> InFile | None:
        """What is filled in; None while something is missing."""
        path, column = self._path(), self.query_one(SearchedChoices).choices.name_here
        return InFile(path, column, _PLACE, negated=self.is_negated()) if path and column else None

    @on(Input.Changed, "#ids")
    def _look_for_it(self, event: Input.Changed) -> None:
        event.stop()
        path = self._path()
        if not path or (self._folder / path).is_file():
            self.query_one("#ids-verdict", Static).update()
        else:
            self.query_one("#ids-verdict", Static).update(line(("! ", "$text-warning"), "There is no such file yet."))

    @on(Input.Submitted, "#ids")
    def _go_to_columns(self, event: Input.Submitted) -> None:
        event.stop()
        self.query_one(SearchedChoices).focus_search()

    @on(ChoiceList.Chosen)
    def _finish(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self.post_message(self.Done())

    def _path(self) -> str:
        typed = self.query_one("#ids", Input).value.strip()
        # What was not touched stays, even where it cannot be typed.
        return self._given.path if self._given is not None and typed == plain(self._given.path) else typed
