"""Repair: make a plan that sends again what an audit found to be missing or different at Braze."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui_app.core.activation import Activation, Campaign
from tui_app.core.guards import judge, workspace_refusals
from tui_app.core.job import RepairJob, definition_digest
from tui_app.core.plan import LedgerView, Plan
from tui_app.core.project import Project
from tui_app.ports import PlanFiles, RepairingEngine
from tui_app.sync.audit import audited_attributes
from tui_app.sync.rooms import Rooms, destination_of


@dataclass(frozen=True, slots=True)
class RepairRequest:
    """What was found, and of which state of the ledger."""

    activation: Activation
    """That was audited."""
    view: LedgerView
    """With which it was compared."""
    ledger_key: str | None
    """Fingerprint of the key that the ledger was last used with."""
    key_fingerprint: str | None
    """Of the key at hand; None: there is none."""
    write_drift: Callable[[Path], None]
    """Writes the file that `RepairJob.drift` describes."""


def repair(project: Project, request: RepairRequest, engine: RepairingEngine, rooms: Rooms) -> PlanFiles:
    """Write the plan that repairs an activation. Nothing is sent.

    It belongs to the state of the ledger that was audited: if a run has changed that meanwhile, it is stale.

    Args:
        project: The project.
        request: What was found.
        engine: Computes the files.
        rooms: The project's state.
    """
    activation, view = request.activation, request.view
    destination = destination_of(project, activation)
    key = request.key_fingerprint
    names = tuple(name for name in audited_attributes(project, activation) if name in view.columns)
    audience = activation.audience_attribute if isinstance(activation, Campaign) else None
    drafted = rooms.plans.draft()
    drift = drafted / "drift.parquet"
    try:
        request.write_drift(drift)
        outcome = engine.write_repair_files(
            RepairJob(activation.name, destination, view, names, audience, drift), drafted
        )
        drift.unlink()
        price = destination.cost_per_1000_data_points
        plan = Plan(
            activation=activation.name,
            destination=destination.name,
            endpoint=destination.endpoint,
            identifier=destination.identifier,
            key_fingerprint=key,
            lineage=view.lineage,
            ledger_serial=view.serial,
            definition_digest=definition_digest(project, activation),
            mapping_digest="",
            members=outcome.members,
            counts=outcome.counts,
            attributes=outcome.attributes,
            requests=outcome.requests,
            data_points=outcome.data_points,
            in_doubt=0,
            with_withheld=0,
            reasons=(),
            warnings=(),
            # Everything in it is an update of somebody who is known: that is what a repair is.
            refusals=(
                *judge(activation.guards, outcome, mapping_changed=True, cost_per_1000_data_points=price),
                *workspace_refusals(destination.name, request.ledger_key, key),
            ),
            max_rejected_share=activation.guards.max_rejected_share,
            quiet_period_seconds=destination.quiet_period_seconds,
            files=(),
        )
        return rooms.plans.seal(drafted, plan)
    except BaseException:
        rooms.plans.discard(drafted)
        raise
