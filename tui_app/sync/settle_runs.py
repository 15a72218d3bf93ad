"""Before anything else: what an earlier run got acknowledged goes into the ledger, however that run ended."""

from __future__ import annotations

from tui_app.core.errors import LedgerHeld
from tui_app.core.run import ENDED
from tui_app.ports import LedgerFiles, RunFiles
from tui_app.sync.rooms import Rooms, runs_of


def settle_runs(rooms: Rooms, ledger: LedgerFiles) -> list[str]:
    """Fold the runs of a ledger that are not folded yet.

    Returns:
        Their names, oldest first; at most one, since a run begins only when those before it are folded.

    Raises:
        LedgerHeld: One of them is still going on.
    """
    open_runs = [run for run in runs_of(rooms, ledger) if _is_open(run, ledger)]
    if not open_runs:
        return []
    for run in open_runs:
        if run.progress().state not in ENDED:
            raise LedgerHeld(
                f"Run {run.id} is still going on and holds the ledger {ledger.name}. Nothing was done. Wait for it, or "
                f"stop it with: stoker stop {run.id}"
            )
    with ledger.held("folding an earlier run") as held:
        for run in open_runs:
            held.fold(run.id, None)
    return [run.id for run in open_runs]


def _is_open(run: RunFiles, ledger: LedgerFiles) -> bool:
    """Whether the run recorded something that the ledger does not hold yet."""
    record, state = run.record(), ledger.state()
    if not run.has_journal or record.is_empty:
        return False
    if state.last_run == run.id:
        return run.journal_bytes != state.last_run_bytes
    return (record.lineage, record.ledger_serial) == (state.lineage, state.serial)
