"""What all screens share: the project as it is on disk, its edits with undo and redo, what is chosen, and backstage."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from tui_app.backstage.client import Backstage
from tui_app.backstage.questions.question import Question
from tui_app.config.document import read_bytes
from tui_app.config.edit import Edit, edit_project, file_digest, restore_project
from tui_app.config.query_file import query_files
from tui_app.config.read import FILE_NAME, read_project
from tui_app.config.starter import BEGINNING
from tui_app.core.activation import Activation
from tui_app.core.errors import FixInput, Problem
from tui_app.core.project import Destination, Project
from tui_app.tui.settings import Settings

AnswerT = TypeVar("AnswerT")

_MOST_UNDONE: Final = 200

_Signature: TypeAlias = tuple[int, int, int] | None
"""What becomes different when a file is written to or replaced; None: it is not there."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the screens are about now; None: nothing chosen, so the project's first."""

    destination: str | None = None
    template: str | None = None
    table: str | None = None
    """A table or a query, to look at."""
    mapped_table: str | None = None
    """The table or query that a mapping is looked at with; None: that of an activation."""
    segment: str | None = None
    activation: str | None = None
    plan: str | None = None
    """A plan's id."""
    run: str | None = None
    """A run's id."""


@dataclass(frozen=True, slots=True)
class _Step:
    """An edit that can be undone."""

    title: str
    before: str
    """The whole text of the file."""
    after: str


class Session:
    """One person's work on one project.

    Args:
        folder: Where stoker.toml is, or will be; or the file itself.
        backstage: The process beside the screen.
        settings: The person's own.
        now: Epoch seconds, for "2 minutes ago".
    """

    def __init__(
        self, folder: Path, backstage: Backstage, settings: Settings, now: Callable[[], float] = time.time
    ) -> None:
        self.file = folder if folder.is_file() else folder / FILE_NAME
        self.folder = self.file.parent
        self.backstage = backstage
        self.settings = settings
        self.now = now
        self.project: Project | None = None
        """None: there is no project file, or it cannot be used; then `problems` say why."""
        self.problems: tuple[Problem, ...] = ()
        self.choice = Choice()
        self._digest: str | None = None
        """None: there is no project file; empty: it cannot be read."""
        self._query_files: tuple[Path, ...] = ()
        self._signatures: dict[Path, _Signature] = {}
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self.read()

    @property
    def has_file(self) -> bool:
        """Whether there is a project file, good or bad."""
        return self._digest is not None

    @property
    def shown_folder(self) -> str:
        """The project's folder as people write it, with `~` for their own."""
        home = os.environ.get("HOME", "")
        inside = bool(home) and self.folder.is_relative_to(home)
        return str(Path("~", self.folder.relative_to(home))) if inside else str(self.folder)

    def words_of(self, problem: Problem) -> str:
        """A problem with its place, as short as the place can be said from the project's folder."""
        place = problem.place
        if place is None or not Path(place.file).is_relative_to(self.folder):
            return str(problem)
        return f"{Path(place.file).relative_to(self.folder)}:{place.line}: {problem.message}"

    async def ask(self, question: Question[AnswerT]) -> AnswerT:
        """Ask the process beside the screen.

        Raises:
            StokerError: Why there is no answer.
        """
        return await self.backstage.ask(question)

    def choose(self, **names: Any) -> None:
        """Choose something else; see `Choice` for the names."""
        self.choice = replace(self.choice, **names)

    def read(self) -> None:
        """Read the project file and the queries that it keeps in files of their own."""
        # Signed before they are read: a change in between is noticed the next time.
        self._signatures = self._sign()
        try:
            self._digest = file_digest(self.file)
            self._query_files = query_files(self._bytes(), self.folder)
        except FixInput as error:
            is_missing = any(problem.code == "not_found" for problem in error.problems)
            self._digest, self.project, self.problems = (None, None, ()) if is_missing else ("", None, error.problems)
            return
        try:
            self.project, self.problems = read_project(self.file), ()
        except FixInput as error:
            self.project, self.problems = None, error.problems
        self.choice = _still_there(self.choice, self.project)

    def was_changed_outside(self) -> bool:
        """Whether a file differs from what was read; then all are read again.

        Earlier edits can only be undone as long as the project file itself is the same.
        """
        if self._sign() == self._signatures:
            return False
        known_digest, known = self._digest, (self.project, self.problems)
        self.read()
        if self._digest == known_digest:
            return (self.project, self.problems) != known
        self._done.clear()
        self._undone.clear()
        return True

    def edit(self, title: str, *edits: Edit) -> None:
        """Change the project file and read it again.

        Args:
            title: What the edits do, for "Undone: …".
            edits: Made one after the other; all or none.

        Raises:
            FixInput: It is gone or was changed outside meanwhile, or the edits do not fit. The file is as it was.
        """
        before = self._bytes()
        self._digest = edit_project(self.file, self._digest or "", edits)
        # What could be edited is UTF-8.
        self._done.append(_Step(title, before.decode(), self._bytes().decode()))
        del self._done[:-_MOST_UNDONE]
        self._undone.clear()
        self.read()

    def begin(self) -> None:
        """See to it that there is a project file.

        Raises:
            FixInput: It cannot be written.
        """
        if self.has_file:
            return
        try:
            with self.file.open("x", encoding="utf-8") as opened:
                opened.write(BEGINNING)
        except OSError as error:
            message = f"{self.file}: it cannot be written ({error.strerror}). Start Stoker in another folder."
            raise FixInput.at(message, None, "not_writable") from error
        self.read()

    def undo(self) -> str | None:
        """Take the last edit back. Gives its title; None if there is none.

        Raises:
            FixInput: The file was changed outside meanwhile.
        """
        return self._move(self._done, self._undone, lambda step: step.before)

    def redo(self) -> str | None:
        """Make the edit again that was undone last. Gives its title; None if there is none.

        Raises:
            FixInput: The file was changed outside meanwhile.
        """
        return self._move(self._undone, self._done, lambda step: step.after)

    def destination(self) -> Destination | None:
        """The chosen destination, or the first."""
        if self.project is None:
            return None
        named = self.project.destinations.get(self.choice.destination or "")
        return named or next(iter(self.project.destinations.values()), None)

    def activations(self) -> tuple[Activation, ...]:
        """Campaigns, then orchestrations."""
        return self.project.activations if self.project else ()

    def activation(self) -> Activation | None:
        """The chosen activation, or the first."""
        known = {each.name: each for each in self.activations()}
        return known.get(self.choice.activation or "") or next(iter(known.values()), None)

    def _move(self, source: list[_Step], target: list[_Step], text_of: Callable[[_Step], str]) -> str | None:
        if not source:
            return None
        step = source[-1]
        self._digest = restore_project(self.file, self._digest or "", text_of(step))
        target.append(source.pop())
        self.read()
        return step.title

    def _bytes(self) -> bytes:
        return read_bytes(self.file, str(self.file), "project file", "Nothing was written.")

    def _sign(self) -> dict[Path, _Signature]:
        """Of the project file, and of the files of the queries that it named last."""
        return {file: _signature_of(file) for file in (self.file, *self._query_files)}


def _signature_of(file: Path) -> _Signature:
    try:
        status = file.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino)


def _still_there(choice: Choice, project: Project | None) -> Choice:
    """A choice without names that the project does not have any more."""
    if project is None:
        return choice
    tables = {*project.source.tables, *project.queries}
    activations = {each.name for each in project.activations}
    return replace(
        choice,
        destination=choice.destination if choice.destination in project.destinations else None,
        template=choice.template if choice.template in project.templates else None,
        table=choice.table if choice.table in tables else None,
        mapped_table=choice.mapped_table if choice.mapped_table in tables else None,
        segment=choice.segment if choice.segment in project.segments else None,
        activation=choice.activation if choice.activation in activations else None,
    )
