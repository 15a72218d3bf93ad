"""An activation or a group run with nobody at hand: planned, checked by its guards, sent, and told in one outcome."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tui_app.core.activation import Activation, ActivationGroup, Orchestration
from tui_app.core.errors import ExitCode, LedgerHeld, Refused, StokerError
from tui_app.core.run import Progress
from tui_app.sync.apply_plan import Approval
from tui_app.sync.rooms import activation_named
from tui_app.tasks.begin_run import begin
from tui_app.tasks.plan_activation import plan_activation
from tui_app.tasks.source_change import is_as_it_was
from tui_app.wiring import Workplace, start_worker

if TYPE_CHECKING:
    from tui_app.store.runs import RunFolder

Status = Literal["done", "rejections", "nothing", "unchanged", "refused", "held", "stopped", "failed"]
"""rejections: done, and Braze refused customers. nothing: nothing to send. unchanged: the source is as it was. held:
another run holds the ledger."""

_LOOK_SECONDS = 0.2
_EXIT_CODES: dict[Status, ExitCode] = {
    "done": ExitCode.DONE,
    "nothing": ExitCode.DONE,
    "unchanged": ExitCode.DONE,
    "rejections": ExitCode.DONE_WITH_REJECTED,
    "refused": ExitCode.REFUSED,
    "stopped": ExitCode.STOPPED,
    "held": ExitCode.LEDGER_HELD,
    "failed": ExitCode.FIX_INPUT,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one activation."""

    activation: str
    status: Status
    message: str
    """In words; "" if there is nothing to add. Counts and names, no customer's data."""
    run: str | None = None
    acknowledged: int = 0
    rejected: int = 0

    @property
    def exit_code(self) -> ExitCode:
        """What it means for a script."""
        return _EXIT_CODES[self.status]

    @property
    def may_go_on(self) -> bool:
        """Whether what comes after it in a group may run."""
        return self.status in {"done", "rejections", "nothing", "unchanged"}


def activations_of(workplace: Workplace, name: str) -> tuple[list[Activation], bool]:
    """What is run by a name: one activation or those of a group, and whether a bad end stops the rest.

    Raises:
        Usage: There is nothing of that name.
    """
    group = workplace.project.groups.get(name)
    if not isinstance(group, ActivationGroup):
        return [activation_named(workplace.project, name)], True
    return [activation_named(workplace.project, each) for each in group.activations], not group.go_on


def run_unit(workplace: Workplace, name: str, note_run: Callable[[str], None]) -> list[Outcome]:
    """Run an activation, or the activations of a group in their order, as one unit.

    Args:
        workplace: Whose they are.
        name: Of an activation or a group.
        note_run: Told the name of each run before anything of it is sent.

    Returns:
        One outcome for each that was run; after a bad end the rest of a group is left out, unless it says `go_on`.
    """
    activations, stops = activations_of(workplace, name)
    outcomes = []
    for activation in activations:
        outcomes.append(_run(workplace, activation, note_run))
        if stops and not outcomes[-1].may_go_on:
            break
    return outcomes


def wait_for(run: RunFolder, process: subprocess.Popen[bytes]) -> Progress:
    """Wait until a worker ends. Nobody is there to confirm: a guard that pauses the run stops it."""
    while process.poll() is None:
        progress = run.progress()
        if progress.state == "paused" and progress.held_by:
            run.leave_wish("stop")
        time.sleep(_LOOK_SECONDS)
    return run.progress()


def outcome_of(activation: str, run: RunFolder, progress: Progress) -> Outcome:
    """What the end of a run means."""
    status: Status = "stopped"
    if progress.state == "done":
        status = "rejections" if progress.rejected else "done"
    elif progress.state == "refused":
        status = "refused"
    return Outcome(activation, status, progress.note, run.id, progress.acknowledged, progress.rejected)


def outcome_document(outcome: Outcome) -> dict[str, object]:
    """What scripts read of it."""
    return {
        "activation": outcome.activation,
        "status": outcome.status,
        "message": outcome.message,
        "run": outcome.run,
        "acknowledged": outcome.acknowledged,
        "rejected": outcome.rejected,
    }


def _run(workplace: Workplace, activation: Activation, note_run: Callable[[str], None]) -> Outcome:
    name = activation.name
    try:
        if isinstance(activation, Orchestration) and activation.only_if_changed and is_as_it_was(workplace, activation):
            return Outcome(name, "unchanged", "The source is as it was when it was last sent.")
        stored = plan_activation(workplace, activation)
        run = begin(workplace, stored, Approval())
    except Refused as refused:
        return Outcome(name, "refused", refused.message)
    except LedgerHeld as held:
        return Outcome(name, "held", held.message)
    except StokerError as error:
        return Outcome(name, "failed", error.message)
    note_run(run.id)
    if run.record().is_empty:
        return Outcome(name, "nothing", "There was nothing to send.", run.id)
    return outcome_of(name, run, wait_for(run, start_worker(workplace, run)))
