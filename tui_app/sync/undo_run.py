"""Undo a run: make a plan that brings back what the ledger knew before it. Nothing is sent until that is applied."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tui_app.core.errors import Refused
from tui_app.core.job import UndoJob
from tui_app.core.plan import DiffOutcome, LedgerView, PlanWarning
from tui_app.core.project import Project
from tui_app.core.run import RunRecord
from tui_app.ports.engine import UndoingEngine
from tui_app.ports.store import LedgerFiles, PlanFiles, RunFiles
from tui_app.sync.plan_in_the_making import Grounds, draft, manifest_of
from tui_app.sync.rooms import Rooms, activation_named, destination_of, runs_of
from tui_app.sync.settle_runs import settle_runs


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """What is asked for."""

    run: RunFiles
    key_fingerprint: str | None
    """None: there is no key at hand."""
    out: Path | None = None


def undo_run(project: Project, request: UndoRequest, engine: UndoingEngine, rooms: Rooms) -> PlanFiles:
    """Write the plan that undoes a run.

    What a later run has changed since is withheld, and named with that run.

    Raises:
        Refused: The run got nothing acknowledged, is still to be finished, or belongs to another workspace.
        LedgerHeld: A run is going on against the same ledger.
        Damaged: Ledger, plan or journal are not what was written.
    """
    run, record = request.run, request.run.record()
    activation = activation_named(project, record.activation)
    destination = destination_of(project, activation)
    ledger = rooms.ledger_of(destination)
    settle_runs(rooms, ledger)
    view = ledger.view()
    _refuse_strangers(run, record, ledger, view)
    undone = run.plan()
    undone.verify()
    if undone.plan.array != "attributes":
        raise Refused(
            f"Run {run.id}: it sent {undone.plan.array}, and Braze takes none of them back. Nothing was done."
        )
    if not run.answers().totals().acknowledged:
        raise Refused(f"Run {run.id}: Braze acknowledged nothing of it, so there is nothing to undo.")
    grounds = Grounds(activation, view, ledger.state().key_fingerprint, request.key_fingerprint)
    with draft(rooms.plans, request.out) as drafted:
        acknowledged = drafted / "acknowledged.parquet"
        run.write_acknowledged(acknowledged)
        job = UndoJob(run.id, undone.plan, destination, view, acknowledged, _later(run, rooms, ledger))
        outcome = engine.write_undo_files(job, drafted)
        acknowledged.unlink()
        # That many are updated is what was asked for.
        plan = manifest_of(project, grounds, outcome, mapping_changed=True)
        plan = replace(plan, warnings=tuple(_warnings(job, outcome)), undoes=run.id)
        return rooms.plans.seal(drafted, plan, request.out)


def _refuse_strangers(run: RunFiles, record: RunRecord, ledger: LedgerFiles, view: LedgerView) -> None:
    # The first run of a ledger found none, and so no lineage.
    if ledger.name != record.ledger or record.lineage not in ("", view.lineage):
        raise Refused(
            f"Run {run.id} was sent to another workspace than the project now names for {record.destination}, or its "
            "ledger was begun anew. Nothing was done. Undo it with the project file of that time."
        )


def _later(run: RunFiles, rooms: Rooms, ledger: LedgerFiles) -> tuple[tuple[str, Path], ...]:
    """Runs against the same ledger that began after this one, oldest first."""
    runs = list(runs_of(rooms.runs, ledger))
    names = [each.id for each in runs]
    after = runs[names.index(run.id) + 1 :] if run.id in names else []
    return tuple((each.id, each.plan().changes) for each in after if each.has_journal)


def _warnings(job: UndoJob, outcome: DiffOutcome) -> list[PlanWarning]:
    warnings = []
    if outcome.counts.changes:
        message = (
            f"This undoes run {job.run}. The next plan of {job.undone.activation} sends the same again, unless its "
            "source or its mapping is mended before."
        )
        warnings.append(PlanWarning("undo", job.run, message))
    first_time = sum(each.backfill for each in job.undone.attributes)
    if first_time and any(each.cleared for each in outcome.attributes):
        message = (
            f"The run set {first_time:,} values of which the ledger knew nothing before. They are cleared; what Braze "
            "had from elsewhere before the run is not known and does not come back."
        )
        warnings.append(PlanWarning("cleared_by_undo", job.run, message))
    return warnings
