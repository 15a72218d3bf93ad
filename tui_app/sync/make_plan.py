"""Make a plan: the dry run. It sends nothing and writes nothing but the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tui_app import failpoints
from tui_app.core.activation import Activation, Campaign
from tui_app.core.audience import segments_of
from tui_app.core.conditions import uses_relative_dates
from tui_app.core.definition import definition_of
from tui_app.core.guards import judge
from tui_app.core.job import Job, mapping_digest
from tui_app.core.plan import DiffOutcome, Plan, PlanWarning
from tui_app.core.project import Project
from tui_app.ports.engine import PlanningEngine
from tui_app.ports.store import PlanFiles
from tui_app.sync.plan_in_the_making import Grounds, draft, manifest_of
from tui_app.sync.rooms import Rooms, destination_of, logs_of
from tui_app.sync.settle_runs import settle_runs


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What is asked for."""

    activation: Activation
    key_fingerprint: str | None
    """None: there is no key at hand, which is enough for a look."""
    warnings: Sequence[PlanWarning] = ()
    """Found beside the diff, such as names that the workspace has."""
    out: Path | None = None
    source_digest: str | None = None
    """Of the source, taken before it is read; None: nobody asks whether it changes."""
    resends_doubt: bool = False
    """See `Job.resends_doubt`."""


def make_plan(project: Project, request: PlanRequest, engine: PlanningEngine, rooms: Rooms) -> PlanFiles:
    """Diff the source against the ledger and write the result as a plan.

    Raises:
        FixInput: Source, mapping or segments cannot be used.
        LedgerHeld: A run is going on against the same ledger.
        Damaged: The ledger is not what was written.
    """
    activation = request.activation
    destination = destination_of(project, activation)
    ledger = rooms.ledger_of(destination)
    settle_runs(rooms, ledger)
    logs = logs_of(project, activation, rooms)
    job = Job(project, activation, ledger.view(), rooms.today, logs, request.resends_doubt)
    with draft(rooms.plans, request.out) as drafted:
        outcome = engine.write_plan_files(job, drafted)
        failpoints.reach("plan.files_written")
        plan = _manifest(job, request, outcome, ledger.state().key_fingerprint)
        stored = rooms.plans.seal(drafted, plan, request.out)
    failpoints.reach("plan.sealed")
    return stored


def _manifest(job: Job, request: PlanRequest, outcome: DiffOutcome, ledger_key: str | None) -> Plan:
    activation = job.activation
    mapping = mapping_digest(job.project, activation)
    mapping_changed = job.view.mappings.get(activation.name) != mapping
    array = job.happenings.array if job.happenings else "attributes"
    grounds = Grounds(activation, job.view, ledger_key, request.key_fingerprint, array)
    plan = manifest_of(job.project, grounds, outcome, mapping_changed=mapping_changed)
    beyond = judge(
        activation.warn,
        outcome,
        mapping_changed=mapping_changed,
        cost_per_1000_data_points=job.destination.cost_per_1000_data_points,
        noun=plan.noun,
    )
    # What is refused needs no warning besides.
    noted = [PlanWarning("threshold", each.guard, each.message) for each in beyond if each.guard not in plan.refused_by]
    return replace(
        plan,
        mapping_digest=mapping,
        warnings=(*request.warnings, *noted, *_of_happenings(job, outcome)),
        evaluated_on=str(job.today) if _counts_from_today(job) else None,
        places=outcome.places,
        source_digest=request.source_digest,
        definition=definition_of(job.project, activation),
        remembered_as=job.happenings.remembered_as if job.happenings else "",
        resent=outcome.resent,
    )


def _of_happenings(job: Job, outcome: DiffOutcome) -> Iterator[PlanWarning]:
    if outcome.sent_differently and job.happenings:
        message = (
            f"{outcome.sent_differently:,} {job.happenings.array} have other values now than when they were sent. "
            "Braze takes none of them back, so they are not sent again."
        )
        yield PlanWarning("sent_differently", job.activation.name, message)
    if job.happenings and outcome.counts.happenings and not outcome.known and not outcome.in_doubt:
        message = (
            f"The ledger knows none of these keys under the name {job.happenings.remembered_as}, so every row counts "
            "as new. If they were sent before, under another name, destination, endpoint or identifier, they count "
            "twice."
        )
        yield PlanWarning("all_new", job.activation.name, message)


def _counts_from_today(job: Job) -> bool:
    """Whether the same plan could come out different tomorrow without a change of data."""
    if not isinstance(job.activation, Campaign):
        return False
    names = segments_of(job.activation)
    return any(uses_relative_dates(job.project.segments[name], job.project) for name in names)
