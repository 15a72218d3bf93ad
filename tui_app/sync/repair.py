"""Repair: make a plan that sends again what an audit found to be missing or different at Braze."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tui_app.core.activation import Activation, Campaign
from tui_app.core.guards import judge
from tui_app.core.job import RepairJob, definition_digest, mapping_digest
from tui_app.core.plan import Plan
from tui_app.core.project import Project
from tui_app.ports import PlanFiles, RepairingEngine
from tui_app.sync.audit import audited_attributes
from tui_app.sync.rooms import Rooms, destination_of


def repair(
    project: Project,
    activation: Activation,
    key_fingerprint: str | None,
    write_drift: Callable[[Path], None],
    engine: RepairingEngine,
    rooms: Rooms,
) -> PlanFiles:
    """Write the plan that repairs an activation. Nothing is sent.

    Args:
        project: The project.
        activation: That was audited.
        key_fingerprint: Of the key; None: there is none at hand.
        write_drift: Writes the file that `RepairJob.drift` describes.
        engine: Computes the files.
        rooms: The project's state.

    Raises:
        Damaged: The ledger is not what was written.
    """
    destination = destination_of(project, activation)
    ledger = rooms.ledger_of(destination)
    view = ledger.view()
    names = tuple(name for name in audited_attributes(project, activation) if name in view.columns)
    audience = activation.audience_attribute if isinstance(activation, Campaign) else None
    drafted = rooms.plans.draft()
    drift = drafted / "drift.parquet"
    try:
        write_drift(drift)
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
            key_fingerprint=key_fingerprint,
            lineage=view.lineage,
            ledger_serial=view.serial,
            definition_digest=definition_digest(project, activation),
            mapping_digest=mapping_digest(project, activation),
            members=outcome.members,
            counts=outcome.counts,
            attributes=outcome.attributes,
            requests=outcome.requests,
            data_points=sum(each.data_points for each in outcome.attributes),
            in_doubt=0,
            with_withheld=0,
            reasons=(),
            warnings=(),
            # Everything in it is an update of somebody who is known: that is what a repair is.
            refusals=judge(activation.guards, outcome, mapping_changed=True, cost_per_1000_data_points=price),
            max_rejected_share=activation.guards.max_rejected_share,
            quiet_period_seconds=destination.quiet_period_seconds,
            files=(),
        )
        return rooms.plans.seal(drafted, plan)
    except BaseException:
        rooms.plans.discard(drafted)
        raise
