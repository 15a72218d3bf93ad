"""The plan that undoes a run. Sends nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui_app.core.errors import FixInput
from tui_app.ports.store import PlanFiles
from tui_app.sync.rooms import activation_named, destination_of
from tui_app.sync.undo_run import UndoRequest, undo_run
from tui_app.wiring import Workplace

if TYPE_CHECKING:
    from tui_app.store.runs import RunFolder


def plan_undo(workplace: Workplace, run: RunFolder, out: Path | None = None) -> PlanFiles:
    """Write the plan that undoes a run; see `sync.undo_run`.

    Args:
        workplace: Whose run it is.
        run: What is undone.
        out: Where the plan is wanted; None puts it among the others.

    Raises:
        Refused: There is nothing to undo, or it belongs to another workspace.
        LedgerHeld: A run is going on against the same ledger.
        Damaged: Ledger, plan or journal are not what was written.
    """
    destination = destination_of(workplace.project, activation_named(workplace.project, run.record().activation))
    try:
        fingerprint = workplace.key_fingerprint(destination, workplace.key_of(destination))
    except FixInput:
        # To look at what would be undone needs no key; to send it does.
        fingerprint = None
    return undo_run(workplace.project, UndoRequest(run, fingerprint, out), workplace.engine(), workplace.rooms())
