"""The rooms that a verb works in, handed over together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from tui_app.core.activation import Activation, Campaign
from tui_app.core.audience import segments_of
from tui_app.core.conditions import campaigns_used
from tui_app.core.errors import Usage
from tui_app.core.plan import LedgerView
from tui_app.core.project import Destination, Project
from tui_app.ports.clock import Clock
from tui_app.ports.store import LedgerFiles, PlanShelf, RunFiles, RunShelf


@dataclass(frozen=True, slots=True)
class Rooms:
    """One project's state, and time."""

    plans: PlanShelf
    runs: RunShelf
    ledger_of: Callable[[Destination], LedgerFiles]
    clock: Clock

    @property
    def today(self) -> date:
        """The day in UTC."""
        return datetime.fromtimestamp(self.clock.epoch_seconds(), UTC).date()


def activation_named(project: Project, name: str) -> Activation:
    """A campaign or an orchestration.

    Raises:
        Usage: There is none of that name.
    """
    found = project.campaigns.get(name) or project.orchestrations.get(name)
    if found is None:
        names = ", ".join((*project.campaigns, *project.orchestrations)) or "none"
        raise Usage(f"{name!r}: the project has no activation of that name. Nothing was done. It has: {names}.")
    return found


def destination_of(project: Project, activation: Activation) -> Destination:
    """Where an activation goes."""
    return project.destination_of(project.templates[activation.template])


def runs_of(runs: RunShelf, ledger: LedgerFiles) -> list[RunFiles]:
    """Runs against one ledger, oldest first."""
    return [run for run in runs.all() if run.record().ledger == ledger.name]


def logs_of(project: Project, activation: Activation, rooms: Rooms) -> dict[str, LedgerView]:
    """Campaign → the ledger with the log of its recipients, of campaigns that the activation's segments ask for.

    Raises:
        Damaged: One of the ledgers is not what was written.
    """
    if not isinstance(activation, Campaign):
        return {}
    segments = [project.segments[name] for name in segments_of(activation)]
    names = sorted({campaign for segment in segments for campaign in campaigns_used(segment, project)})
    return {name: rooms.ledger_of(destination_of(project, project.campaigns[name])).view() for name in names}
