"""Going on with a run where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_app.core.errors import LedgerHeld
from tui_app.sync.apply_plan import check_resumable
from tui_app.wiring import Workplace

if TYPE_CHECKING:
    from tui_app.store.runs import RunFolder


def reopen(workplace: Workplace, name: str) -> RunFolder:
    """A run that may go on, and whose worker is to be started. Nothing is sent yet.

    Args:
        workplace: Whose run it is.
        name: As `RunStore.find` takes it; `last` is the newest.

    Raises:
        Usage: There is no such run.
        LedgerHeld: It is still going on.
        Refused: It is complete, or the ledger has moved on without it.
    """
    run = workplace.runs.find(name)
    progress = run.progress()
    # A run that was begun and whose worker never started says nothing of a process. One that waits for its turn has no
    # journal yet.
    if progress.process and not progress.has_ended:
        raise LedgerHeld(f"Run {run.id} is still going on. Nothing was done. Stop it with: stoker stop {run.id}")
    check_resumable(workplace.project, run, workplace.rooms())
    run.leave_wish("go_on")
    return run
