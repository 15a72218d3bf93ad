"""Before anything else: what an earlier run got acknowledged goes into the ledger, however that run ended."""

from __future__ import annotations

from tui_app.core.errors import LedgerHeld, Refused
from tui_app.core.plan import LedgerState
from tui_app.core.run import ENDED
from tui_app.ports.store import LedgerFiles, RunFiles, RunShelf
from tui_app.sync.rooms import Rooms, runs_of


def settle_runs(rooms: Rooms, ledger: LedgerFiles) -> list[str]:
    """Fold the runs of a ledger that are not folded yet.

    Returns:
        Their names, oldest first; at most one, since a run begins only when those before it are folded.

    Raises:
        LedgerHeld: One of them is still going on.
    """
    state = ledger.state()
    open_runs = [run for run in runs_of(rooms.runs, ledger) if is_open(run, state)]
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


def refuse_overtaken(run: RunFiles, runs: RunShelf, ledger: LedgerFiles) -> None:
    """Whether a run is the only one whose answers the ledger still lacks: of two, one would be forgotten.

    Raises:
        Refused: Another run has sent something since, which is not in the ledger yet.
    """
    state = ledger.state()
    for other in runs_of(runs, ledger):
        if other.id != run.id and is_open(other, state):
            raise Refused(
                f"Run {run.id}: run {other.id} has sent to the same workspace since, and is not finished. Nothing was "
                f"sent. Go on with that one: stoker resume {other.id}, or plan again: stoker plan "
                f"{run.record().activation}"
            )


def is_open(run: RunFiles, state: LedgerState) -> bool:
    """Whether a run recorded something that the ledger does not hold yet."""
    record = run.record()
    if not run.has_journal or record.is_empty:
        return False
    if state.last_run == run.id:
        return run.journal_bytes != state.last_run_bytes
    return (record.lineage, record.ledger_serial) == (state.lineage, state.serial)
