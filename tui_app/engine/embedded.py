"""The default engine: DuckDB embedded in this process, over files. Implements `ports.engine.PlanningEngine`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ibis.backends.duckdb import Backend

from tui_app.core.cost import Changes, PastRun
from tui_app.core.errors import Problem
from tui_app.core.job import Job, RepairJob, UndoJob
from tui_app.core.plan import DiffOutcome, LedgerView
from tui_app.core.project import Project
from tui_app.engine.connections import EngineLimits, memory_bytes, open_engine
from tui_app.engine.costs import changes_in
from tui_app.engine.happenings import happening_problems, write_happening_files
from tui_app.engine.planning import activation_problems, write_plan_files
from tui_app.engine.repair import write_repair_files
from tui_app.engine.scratch import new_scratch
from tui_app.engine.sources import Sources
from tui_app.engine.undo import write_undo_files


class EmbeddedEngine:
    """Opens the source anew for each task, so that every plan reads one state of it."""

    def __init__(self, project: Project, scratch: Path) -> None:
        """Open nothing yet.

        Args:
            project: Whose source is read.
            scratch: A private folder; temporary files of a task lie in a folder of their own in it.
        """
        self._project = project
        self._scratch = scratch

    @contextmanager
    def sources(self, *writable: Path) -> Iterator[Sources]:
        """The source, open for reading; the engine may also read and write in `writable`."""
        scratch = new_scratch(self._scratch)
        try:
            with Sources(self._project, scratch=scratch, writable=writable) as sources:
                yield sources
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def write_plan_files(self, job: Job, folder: Path) -> DiffOutcome:
        """See `ports.engine.PlanningEngine.write_plan_files`."""
        with self.sources(folder, *_folders_of(job.view)) as sources:
            if job.happenings is not None:
                return write_happening_files(sources, job, job.happenings, folder)
            return write_plan_files(sources, job, folder)

    def write_undo_files(self, job: UndoJob, folder: Path) -> DiffOutcome:
        """See `ports.engine.UndoingEngine.write_undo_files`. The source is not opened."""
        later = [changes for _, changes in job.later]
        with self._alone(later, [folder, *_folders_of(job.view)]) as (work, _):
            return write_undo_files(work, job, folder)

    def write_repair_files(self, job: RepairJob, folder: Path) -> DiffOutcome:
        """See `ports.engine.RepairingEngine.write_repair_files`. The source is not opened."""
        with self._alone(folders=[folder]) as (work, _):
            return write_repair_files(work, job, folder)

    def count_changes(
        self, writers: Sequence[Callable[[Path], PastRun]], mapped_plainly: Collection[tuple[str, str]]
    ) -> tuple[Changes, ...]:
        """See `ports.engine.CountingEngine.count_changes`. The source is not opened."""
        with self._alone() as (work, scratch):
            runs = [write(scratch / f"{position}.parquet") for position, write in enumerate(writers)]
            return changes_in(work, runs, mapped_plainly)

    @contextmanager
    def _alone(self, readable: Sequence[Path] = (), folders: Collection[Path] = ()) -> Iterator[tuple[Backend, Path]]:
        """A work engine without the source, and its scratch folder."""
        source = self._project.source
        scratch = new_scratch(self._scratch)
        try:
            limits = EngineLimits(memory_bytes(source), source.threads, scratch)
            work = open_engine(limits, readable, [scratch, *folders])
            try:
                yield work, scratch
            finally:
                work.disconnect()
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def problems(self, job: Job, sources: Sources) -> list[Problem]:
        """What keeps an activation from being planned."""
        if job.happenings is not None:
            return happening_problems(sources, job, job.happenings)
        return activation_problems(sources, job)


def _folders_of(view: LedgerView) -> set[Path]:
    """Where the files of a ledger are."""
    logs = (view.recipients, view.recent_recipients, view.sent_rows, view.recent_sent_rows)
    paths = (view.snapshot, view.delta, view.doubt, view.refused, *logs)
    return {Path(path).parent for path in paths if path}
