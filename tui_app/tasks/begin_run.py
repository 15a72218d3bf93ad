"""Beginning a run: from a plan that a person has agreed to, to a run whose worker may be started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_app.core.errors import Refused
from tui_app.core.project import Destination
from tui_app.core.run import Progress
from tui_app.ports.store import PlanFiles
from tui_app.sync.apply_plan import Approval, begin_run
from tui_app.wiring import Workplace

if TYPE_CHECKING:
    from tui_app.store.runs import RunFolder


def begin(workplace: Workplace, stored: PlanFiles, approval: Approval) -> RunFolder:
    """Write the record of a run. Nothing is sent yet.

    Returns:
        The run. Unless its record is empty, its worker is to be started; if it is, the run is done.

    Raises:
        Refused: A guard refuses the plan, or it is stale, or it was applied before.
        LedgerHeld: Another run is going on against the same ledger.
        FixInput: The key cannot be read.
        Damaged: The plan is not what was written.
    """
    destination = destination_of_plan(workplace, stored)
    fingerprint = workplace.key_fingerprint(destination, workplace.key_of(destination))
    begun = begin_run(workplace.project, stored, approval, workplace.rooms(), fingerprint)
    run = workplace.runs.find(begun.id)
    if run.record().is_empty:
        run.say(Progress(state="done", note="There was nothing to send."))
    return run


def destination_of_plan(workplace: Workplace, stored: PlanFiles) -> Destination:
    """Where a plan goes.

    Raises:
        Refused: The project has no such destination any more.
    """
    destination = workplace.project.destinations.get(stored.plan.destination)
    if destination is None:
        raise Refused(
            f"The plan is stale: the project has no destination {stored.plan.destination!r} any more. Plan again."
        )
    return destination
