"""Sources that stay open between questions: converting text files and running queries is slow."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import ibis

from tui_app.backstage.cancellation import Cancellation
from tui_app.core.errors import FixInput
from tui_app.core.project import Project
from tui_app.engine.files import SourceFile, locate
from tui_app.engine.scratch import new_scratch
from tui_app.engine.sources import Sources

_LOOK_SECONDS: Final = 0.05

_Files: TypeAlias = "Mapping[str, tuple[SourceFile, ...] | str]"
"""Table → its files as they are, or why they cannot be read."""


@dataclass(slots=True, eq=False)
class _OpenSource:
    """A source that questions share, one at a time."""

    project: Project
    files: _Files
    scratch: Path
    turn: threading.Lock = field(default_factory=threading.Lock)
    sources: Sources | None = None
    """None until its first question has its turn."""
    users: int = 0
    """Questions that have or await their turn."""

    def fits(self, project: Project, files: _Files) -> bool:
        """Whether what was read for this one is what would be read now."""
        mine = (self.project.file, self.project.source, self.project.queries)
        return mine == (project.file, project.source, project.queries) and self.files == files

    def opened(self) -> Sources:
        """The source, opened if it is not.

        Raises:
            FixInput: It cannot be opened. The next question tries again.
        """
        if self.sources is None:
            # Left by an attempt that failed.
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch.mkdir(mode=0o700)
            self.sources = Sources(self.project, scratch=self.scratch)
        return self.sources

    def close(self) -> None:
        """Give its memory back and remove what it stored."""
        if self.sources is not None:
            self.sources.close()
        shutil.rmtree(self.scratch, ignore_errors=True)


class OpenSources:
    """Keeps the source open that was asked for last, and earlier ones for as long as questions work with them.

    Args:
        scratch: A private folder. What processes that died left there is removed.
    """

    def __init__(self, scratch: Path) -> None:
        self._scratch = new_scratch(scratch)
        self._guard = threading.Lock()
        self._newest: _OpenSource | None = None
        self._opened = 0

    @contextmanager
    def lent(self, project: Project, cancellation: Cancellation) -> Iterator[Sources]:
        """The source of a project, for one question; others wait for their turn.

        Raises:
            FixInput: It cannot be opened.
            Cancelled: Nobody waits for the answer any more.
        """
        entry = self._entry_for(project)
        try:
            while not entry.turn.acquire(timeout=_LOOK_SECONDS):
                cancellation.raise_if_cancelled()
            try:
                cancellation.raise_if_cancelled()
                sources = entry.opened()
                with cancellation.interrupting(sources.interrupt):
                    yield sources
            finally:
                entry.turn.release()
        finally:
            self._leave(entry)

    def prepare(self, project: Project) -> None:
        """Open a source and compute something small, so that all that the first count needs is loaded.

        Raises:
            FixInput: It cannot be opened.
        """
        with self.lent(project, Cancellation()) as sources:
            sources.work.to_pyarrow(ibis.literal(1))

    def close(self) -> None:
        """Remove everything that is stored; nothing is lent afterwards."""
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _entry_for(self, project: Project) -> _OpenSource:
        files = _files_of(project)
        with self._guard:
            entry, before = self._newest, None
            if entry is None or not entry.fits(project, files):
                self._opened += 1
                before = entry
                entry = self._newest = _OpenSource(project, files, self._scratch / f"{self._opened:04}")
            entry.users += 1
            is_unused = before is not None and not before.users
        if before is not None and is_unused:
            before.close()
        return entry

    def _leave(self, entry: _OpenSource) -> None:
        with self._guard:
            entry.users -= 1
            is_last = not entry.users and entry is not self._newest
        if is_last:
            entry.close()


def _files_of(project: Project) -> _Files:
    folder = Path(project.file).parent
    files: dict[str, tuple[SourceFile, ...] | str] = {}
    for name, table in project.source.tables.items():
        try:
            files[name] = locate(table, folder)
        except FixInput as mistake:
            files[name] = mistake.message
    return files
