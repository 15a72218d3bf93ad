"""Repair: make a plan that sends again what an audit found to be missing or different at Braze."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tui_app.core.activation import Campaign
from tui_app.core.job import RepairJob
from tui_app.core.project import Project
from tui_app.ports.engine import RepairingEngine
from tui_app.ports.store import PlanFiles
from tui_app.sync.audit import audited_attributes
from tui_app.sync.plan_in_the_making import Grounds, draft, manifest_of
from tui_app.sync.rooms import Rooms, destination_of


@dataclass(frozen=True, slots=True)
class RepairRequest:
    """What was found, and of which state of the ledger."""

    grounds: Grounds
    """The activation that was audited, and the ledger with which it was compared."""
    write_drift: Callable[[Path], None]
    """Writes the file that `RepairJob.drift` describes."""
    out: Path | None = None


def repair(project: Project, request: RepairRequest, engine: RepairingEngine, rooms: Rooms) -> PlanFiles:
    """Write the plan that repairs an activation. Nothing is sent.

    It belongs to the state of the ledger that was audited: if a run has changed that meanwhile, it is stale.

    Args:
        project: The project.
        request: What was found.
        engine: Computes the files.
        rooms: The project's state.
    """
    activation, view = request.grounds.activation, request.grounds.view
    names = tuple(name for name in audited_attributes(project, activation) if name in view.columns)
    audience = activation.audience_attribute if isinstance(activation, Campaign) else None
    with draft(rooms.plans, request.out) as drafted:
        drift = drafted / "drift.parquet"
        request.write_drift(drift)
        job = RepairJob(activation.name, destination_of(project, activation), view, names, audience, drift)
        outcome = engine.write_repair_files(job, drafted)
        drift.unlink()
        # Everything in it is an update of somebody who is known: that is what a repair is.
        plan = manifest_of(project, request.grounds, outcome, mapping_changed=True)
        return rooms.plans.seal(drafted, plan, request.out)
