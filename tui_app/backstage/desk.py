"""What an answer finds on its desk: the project as it is on disk, its source, and whether anybody still waits."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tui_app.backstage.cancellation import Cancellation
from tui_app.config.document import read_bytes
from tui_app.config.locations import make_private
from tui_app.config.query_file import query_files
from tui_app.config.read import project_file
from tui_app.core.errors import FixInput
from tui_app.wiring import Workplace, open_workplace

if TYPE_CHECKING:
    # Heavy: the engine is imported when the first question needs it.
    from tui_app.backstage.open_sources import OpenSources
    from tui_app.engine.sources import Sources
    from tui_app.store.plans import PlanStore
    from tui_app.store.runs import RunStore


class Office:
    """What all desks share: the project and the sources that stay open. Safe to use from any thread.

    Args:
        project: Its folder or its file.
    """

    def __init__(self, project: Path) -> None:
        self.file = project_file(project.absolute())
        self._lock = threading.Lock()
        self._workplace: Workplace | None = None
        self._known_state: Path | None = None
        self._read_from: dict[Path, bytes | None] = {}
        self._open: dict[Path, OpenSources] = {}

    def workplace(self) -> Workplace:
        """See `Desk.workplace`."""
        with self._lock:
            if self._workplace is None or any(_content(path) != raw for path, raw in self._read_from.items()):
                # Before the project is read from them: a change in between is noticed the next time.
                read_from = _contents(self.file)
                self._workplace = open_workplace(self.file)
                self._known_state = self._workplace.state
                self._read_from = read_from
            return self._workplace

    def state(self) -> Path:
        """Folder of ledgers, plans and runs; the one that is known while the project file cannot be read."""
        try:
            return self.workplace().state
        except FixInput:
            if self._known_state is None:
                raise
            return self._known_state

    def open_sources(self) -> OpenSources:
        """Of this project's state folder."""
        from tui_app.backstage.open_sources import OpenSources

        state = self.state()
        with self._lock:
            if state not in self._open:
                self._open[state] = OpenSources(make_private(state / "scratch"))
            return self._open[state]

    def load_engine(self) -> None:
        """Import what questions about the source need: most of a second."""
        importlib.import_module("tui_app.backstage.open_sources")

    def open_source(self) -> None:
        """Open the project's source before it is asked for, if it can be opened."""
        # What is wrong with it is for those to hear who ask. Whoever leaves meanwhile takes the folder along.
        with suppress(FixInput, FileNotFoundError):
            self.open_sources().prepare(self.workplace().project)

    def close(self) -> None:
        """Remove every stored row. Does not wait for who works with them."""
        for each in tuple(self._open.values()):
            each.close()


@dataclass(frozen=True, slots=True)
class Desk:
    """What one answer works with."""

    office: Office
    cancellation: Cancellation = field(default_factory=Cancellation)

    @property
    def folder(self) -> Path:
        """Absolute; where stoker.toml lies, or is to lie."""
        return self.office.file.parent

    def workplace(self) -> Workplace:
        """The project as it is on disk now. It is read again only if its files have changed.

        Raises:
            FixInput: The project file cannot be used; carries every problem of it.
        """
        return self.office.workplace()

    def plans(self) -> PlanStore:
        """The project's plans, also while somebody edits the project file and it cannot be read.

        Raises:
            FixInput: It could not be read since backstage began.
        """
        from tui_app.store.plans import PlanStore

        return PlanStore(self.office.state() / "plans")

    def runs(self) -> RunStore:
        """The project's runs, also while somebody edits the project file and it cannot be read.

        Raises:
            FixInput: It could not be read since backstage began.
        """
        from tui_app.store.runs import RunStore

        return RunStore(self.office.state() / "runs")

    @contextmanager
    def sources(self) -> Iterator[Sources]:
        """The project's source, for this question alone while the block runs. Cancelling the question interrupts it.

        It stays open for the questions that follow, as long as tables, queries and their files are the same.

        Raises:
            FixInput: The source cannot be opened.
        """
        with self.office.open_sources().lent(self.workplace().project, self.cancellation) as sources:
            yield sources


def _contents(file: Path) -> dict[Path, bytes | None]:
    """Of the project file, and of the files of its queries."""
    content = _content(file)
    return {file: content, **{each: _content(each) for each in query_files(content or b"", file.parent)}}


def _content(path: Path) -> bytes | None:
    """None: it cannot be read, and whoever reads it for its meaning says why."""
    try:
        return read_bytes(path, str(path), "project file", "")
    except FixInput:
        return None
