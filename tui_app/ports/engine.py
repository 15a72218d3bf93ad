"""What the verbs let engines compute."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Protocol

from tui_app.core.cost import Changes, PastRun
from tui_app.core.job import Job, RepairJob, UndoJob
from tui_app.core.plan import DiffOutcome


class RepairingEngine(Protocol):
    """Computes what brings Braze back to what the ledger says."""

    def write_repair_files(self, job: RepairJob, folder: Path) -> DiffOutcome:
        """Write the files of `core.plan.DiffOutcome`."""


class UndoingEngine(Protocol):
    """Computes what brings back an earlier state."""

    def write_undo_files(self, job: UndoJob, folder: Path) -> DiffOutcome:
        """Write the files of `core.plan.DiffOutcome`."""


class CountingEngine(Protocol):
    """Counts what changed in past runs."""

    def count_changes(
        self, writers: Sequence[Callable[[Path], PastRun]], mapped_plainly: Collection[tuple[str, str]]
    ) -> tuple[Changes, ...]:
        """Every attribute that changed in some runs, most changes first.

        Args:
            writers: Of each run; given a path, it writes the run's updates there.
            mapped_plainly: (Activation, attribute) of those whose mapping could be made coarser.
        """


class PlanningEngine(Protocol):
    """Computes diffs where the data is."""

    def write_plan_files(self, job: Job, folder: Path) -> DiffOutcome:
        """Write the files of `core.plan.DiffOutcome`.

        Raises:
            FixInput: Source or mapping cannot be used.
        """
