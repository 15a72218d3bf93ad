"""Apply a plan: check that it may still be applied, and begin its run. `carry_out` then does it, in the worker."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from tui_app.core.errors import Refused
from tui_app.core.job import definition_digest
from tui_app.core.plan import LedgerState, Plan
from tui_app.core.project import Project
from tui_app.core.run import RunRecord
from tui_app.ports.store import LedgerFiles, PlanFiles, RunFiles
from tui_app.sync.rooms import Rooms, activation_named, destination_of, runs_of
from tui_app.sync.settle_runs import refuse_overtaken, settle_runs


@dataclass(frozen=True, slots=True)
class Approval:
    """What a person allowed."""

    guards: Collection[str] = ()
    sample: int | None = None
    """Only the first this many customers."""


def begin_run(project: Project, stored: PlanFiles, approval: Approval, rooms: Rooms, key_fingerprint: str) -> RunFiles:
    """Check that the plan may be applied now, and write the record of its run. Nothing is sent yet.

    Raises:
        Refused: A guard refuses it, or it is stale, or it was applied before.
        LedgerHeld: Another run is going on against the same ledger.
        Damaged: The plan is not what was written.
    """
    plan = stored.plan
    activation = activation_named(project, plan.activation)
    ledger = rooms.ledger_of(destination_of(project, activation))
    settle_runs(rooms, ledger)
    _refuse_applied(stored, rooms, ledger)
    _refuse_stale(project, plan, ledger.state(), key_fingerprint)
    _refuse_guarded(plan, approval)
    stored.verify()
    started = rooms.clock.epoch_seconds()
    # To the millisecond, so that names sort by time.
    moment = f"{datetime.fromtimestamp(started, UTC):%Y%m%dT%H%M%S}{int(started % 1 * 1000):03}"
    return rooms.runs.create(
        RunRecord(
            run=f"{moment}-{stored.id}",
            activation=plan.activation,
            destination=plan.destination,
            plan=str(stored.folder),
            fingerprint=stored.fingerprint,
            ledger=ledger.name,
            lineage=plan.lineage,
            ledger_serial=plan.ledger_serial,
            started=started,
            rows=plan.counts.changes,
            requests=plan.requests,
            sample=approval.sample,
            allowed=tuple(sorted(approval.guards)),
            recipients=plan.recipients,
            array=plan.array,
        )
    )


def check_resumable(project: Project, run: RunFiles, rooms: Rooms) -> None:
    """Whether a run that ended early may go on where it was.

    Raises:
        Refused: It is complete, or the ledger has moved on without it.
    """
    record = run.record()
    if run.progress().state == "done":
        raise Refused(f"Run {run.id} is done. Nothing was sent. Plan again: stoker plan {record.activation}")
    activation = activation_named(project, record.activation)
    ledger = rooms.ledger_of(destination_of(project, activation))
    if ledger.name != record.ledger:
        raise Refused(
            f"Run {run.id} was sent to another workspace than the project now names for {record.destination}. Nothing "
            f"was sent. Plan again: stoker plan {record.activation}"
        )
    state = ledger.state()
    if not continues(record, state, run.id):
        raise Refused(
            f"Run {run.id} was made against serial {record.ledger_serial} of the ledger, which is now at "
            f"{state.serial}. Its plan is stale. Nothing was sent. Plan again: stoker plan {record.activation}"
        )
    refuse_overtaken(run, rooms.runs, ledger)


def continues(record: RunRecord, state: LedgerState, run: str) -> bool:
    """Whether the ledger is as the run found it, or holds nothing newer than what this run itself got acknowledged."""
    return (record.lineage, record.ledger_serial) == (state.lineage, state.serial) or state.last_run == run


def _refuse_applied(stored: PlanFiles, rooms: Rooms, ledger: LedgerFiles) -> None:
    if not stored.plan.counts.changes and not stored.plan.recipients:
        # Nothing to send: applying it again does nothing again.
        return
    for run in runs_of(rooms.runs, ledger):
        if run.record().fingerprint == stored.fingerprint:
            raise Refused(
                f"Plan {stored.id} was applied before, by run {run.id}. A plan is applied at most once. Nothing was "
                f"sent. Go on with it: stoker resume {run.id}, or plan again: stoker plan {stored.plan.activation}"
            )


def _refuse_stale(project: Project, plan: Plan, state: LedgerState, key_fingerprint: str) -> None:
    activation = activation_named(project, plan.activation)
    destination = destination_of(project, activation)
    if (plan.endpoint, plan.identifier) != (destination.endpoint, destination.identifier):
        fact = f"it was made for {plan.endpoint} by {plan.identifier}, and the project now says {destination.endpoint}"
    elif (plan.lineage, plan.ledger_serial) != (state.lineage, state.serial):
        fact = f"it was made against serial {plan.ledger_serial} of the ledger, which is now at {state.serial}"
    elif plan.definition_digest != definition_digest(project, activation):
        fact = "the mapping, the segments or the source in stoker.toml were changed since it was made"
    elif plan.key_fingerprint not in (None, key_fingerprint):
        fact = f"it was made with another API key of {destination.name}"
    else:
        return
    raise Refused(
        f"The plan is stale: {fact}. Nothing was sent. Plan again: stoker plan {plan.activation}", guards=("stale",)
    )


def _refuse_guarded(plan: Plan, approval: Approval) -> None:
    refusing = [refusal for refusal in plan.refusals if refusal.guard not in approval.guards]
    if not refusing:
        return
    messages = "\n".join(f"Refused by {refusal.guard}: {refusal.message}" for refusal in refusing)
    guards = tuple(dict.fromkeys(refusal.guard for refusal in refusing))
    options = " ".join(f"--allow {guard}" for guard in guards)
    raise Refused(
        f"{messages}\nNothing was sent. If this is meant: stoker apply {plan.activation} {options}", guards=guards
    )
