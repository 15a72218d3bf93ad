"""The default engine: DuckDB embedded in this process, over files. Implements `ports.PlanningEngine`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui_app.core.errors import Problem
from tui_app.core.job import Job
from tui_app.core.plan import DiffOutcome
from tui_app.core.project import Project
from tui_app.engine.planning import activation_problems, write_plan_files
from tui_app.engine.scratch import new_scratch
from tui_app.engine.sources import Sources


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
        """See `ports.PlanningEngine.write_plan_files`."""
        paths = (job.view.snapshot, job.view.doubt, job.view.refused)
        ledger_folders = {Path(path).parent for path in paths if path}
        with self.sources(folder, *ledger_folders) as sources:
            return write_plan_files(sources, job, folder)

    def problems(self, job: Job, sources: Sources) -> list[Problem]:
        """What keeps an activation from being planned."""
        return activation_problems(sources, job)
