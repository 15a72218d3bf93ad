"""An activation or a group run with nobody at hand: planned, checked by its guards, sent, and told in one outcome."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from tui_app.core.activation import Activation, ActivationGroup
from tui_app.core.errors import ExitCode, LedgerHeld, Refused, StokerError
from tui_app.core.run import Progress
from tui_app.sync.apply_plan import Approval
from tui_app.sync.rooms import activation_named
from tui_app.tasks.begin_run import begin
from tui_app.tasks.plan_activation import plan_activation
from tui_app.tasks.resume_run import reopen
from tui_app.tasks.source_change import UNCHANGED, is_left_out
from tui_app.wiring import Workplace, start_worker

if TYPE_CHECKING:
    from tui_app.store.runs import RunFolder

Status = Literal["done", "rejections", "nothing", "unchanged", "missed", "refused", "held", "stopped", "failed"]
"""rejections: done, and Braze refused some, or may have taken some that are not sent again. nothing: nothing to send.
unchanged: the source is as it was. missed: its schedule has ended. held: another run holds the ledger."""

_LOOK_SECONDS = 0.2
_EXIT_CODES: dict[Status, ExitCode] = {
    "done": ExitCode.DONE,
    "nothing": ExitCode.DONE,
    "unchanged": ExitCode.DONE,
    "missed": ExitCode.STOPPED,
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
    in_doubt: int = 0

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


def run_unit(
    workplace: Workplace, name: str, note_step: Callable[[int, str | None], None], *, start: int = 0
) -> list[Outcome]:
    """Run an activation, or the activations of a group in their order, as one unit.

    Args:
        workplace: Whose they are.
        name: Of an activation or a group.
        note_step: Told which one comes next, and its run before anything of it is sent.
        start: Position of the first that is run.

    Returns:
        One outcome for each that was run; after a bad end the rest of a group is left out, unless it says `go_on`.
    """
    activations, stops = activations_of(workplace, name)
    outcomes = []
    for position, activation in enumerate(activations[start:], start):
        note_step(position, None)
        outcomes.append(_run(workplace, activation, partial(note_step, position)))
        if stops and not outcomes[-1].may_go_on:
            break
    return outcomes


def finish(workplace: Workplace, run: RunFolder) -> Outcome:
    """What becomes of a run that was begun before: waited for while its worker lives, and gone on with if it died.

    A run that somebody stopped, or that a guard stopped, is left as it is: a person must decide.
    """
    name = run.record().activation
    progress = _watched(run)
    has_died = progress.state == "crashed" or (progress.state == "starting" and not progress.process)
    if not has_died:
        return outcome_of(name, run, progress)
    try:
        again = reopen(workplace, run.id)
    except StokerError as error:
        return failed_outcome(name, error, run.id)
    return outcome_of(name, again, wait_for(again, start_worker(workplace, again)))


def wait_for(run: RunFolder, process: subprocess.Popen[bytes]) -> Progress:
    """Wait until a worker ends. Nobody is there to confirm: a guard that pauses the run stops it."""
    while process.poll() is None:
        _stop_if_held(run, run.progress())
        time.sleep(_LOOK_SECONDS)
    return run.progress()


def _watched(run: RunFolder) -> Progress:
    """What a run says last, once its worker, which is no child of this process, has ended."""
    while True:
        progress = run.progress()
        if progress.has_ended or progress.state == "crashed" or not progress.process:
            return progress
        _stop_if_held(run, progress)
        time.sleep(_LOOK_SECONDS)


def _stop_if_held(run: RunFolder, progress: Progress) -> None:
    if progress.state == "paused" and progress.held_by:
        run.leave_wish("stop")


def outcome_of(activation: str, run: RunFolder, progress: Progress) -> Outcome:
    """What the end of a run means."""
    status: Status = "stopped"
    if progress.state == "done":
        status = "rejections" if progress.rejected or progress.in_doubt else "done"
    elif progress.state == "refused":
        status = "refused"
    return Outcome(
        activation, status, progress.note, run.id, progress.acknowledged, progress.rejected, progress.in_doubt
    )


def outcome_document(outcome: Outcome) -> dict[str, object]:
    """What scripts read of it."""
    return {
        "activation": outcome.activation,
        "status": outcome.status,
        "message": outcome.message,
        "run": outcome.run,
        "acknowledged": outcome.acknowledged,
        "rejected": outcome.rejected,
        "in_doubt": outcome.in_doubt,
    }


def _run(workplace: Workplace, activation: Activation, note_run: Callable[[str], None]) -> Outcome:
    name = activation.name
    run = _begun(workplace, activation)
    if isinstance(run, Outcome):
        return run
    note_run(run.id)
    if run.record().is_empty:
        return Outcome(name, "nothing", "There was nothing to send.", run.id)
    try:
        process = start_worker(workplace, run)
    except OSError as error:
        return Outcome(name, "stopped", f"Its worker could not be started: {error.strerror or error}.", run.id)
    return outcome_of(name, run, wait_for(run, process))


def _begun(workplace: Workplace, activation: Activation) -> RunFolder | Outcome:
    """The run of a new plan, or why there is none."""
    # The engine comes with it: most of a second, and only what is due needs it.
    import duckdb

    name = activation.name
    try:
        if is_left_out(workplace, activation):
            return Outcome(name, "unchanged", UNCHANGED)
        return begin(workplace, plan_activation(workplace, activation), Approval())
    except StokerError as error:
        return failed_outcome(name, error)
    except OSError as error:
        return Outcome(name, "failed", f"The disk or the machine refused: {error.strerror or error}.")
    except duckdb.Error as error:
        return Outcome(name, "failed", f"The engine could not read the source: {type(error).__name__}.")


def failed_outcome(name: str, error: StokerError, run: str | None = None) -> Outcome:
    """What an error of the workplace means for an activation that it ended."""
    status: Status = "refused" if isinstance(error, Refused) else "held" if isinstance(error, LedgerHeld) else "failed"
    return Outcome(name, status, error.message, run)
