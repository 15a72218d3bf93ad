"""What the worker does: send what is unsettled, record every answer, fold, and say how far it is."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from tui_app import failpoints
from tui_app.core.delivery import InputArray
from tui_app.core.errors import Refused, StoppedEarly
from tui_app.core.guards import rejected_is_over
from tui_app.core.pace import DEFAULT_RETRY_LIMITS, RetryLimits
from tui_app.core.run import Finished, Opened, Progress, State
from tui_app.ports.braze import BrazeApi, RequestLimiter
from tui_app.ports.clock import Clock
from tui_app.ports.store import LedgerFiles, PlanFiles, RunAnswers, RunFiles, RunJournal, RunShelf
from tui_app.sync.apply_plan import continues
from tui_app.sync.deliver import Line
from tui_app.sync.record import Recorder
from tui_app.sync.send import Steering, send_requests
from tui_app.sync.settle_runs import refuse_overtaken
from tui_app.sync.tally import RECENT, Tally
from tui_app.sync.voice import Voice

_ONCE_ONLY_SENDERS = 8


class WriteBody(Protocol):
    """Writes the body of a request."""

    def __call__(self, objects: Sequence[str], array: InputArray) -> bytes:
        """From objects that are JSON texts already."""


@dataclass(frozen=True, slots=True)
class Worker:
    """The parts that a worker needs."""

    ledger: LedgerFiles
    runs: RunShelf
    """Of the project, this one among them."""
    stored: PlanFiles
    braze: BrazeApi
    limiter: RequestLimiter
    clock: Clock
    body_of: WriteBody
    process: tuple[int, float]
    """Number and start time, so that others can see whether it lives."""
    key_fingerprint: str
    senders: int = 192
    """Requests on their way at once, at most: at 1,000 a second, answers may take 0.19 seconds."""
    rejections_allowed: bool = False
    """A person has seen that many customers are rejected."""
    jitter: random.Random = field(default_factory=random.Random)
    retries: RetryLimits = DEFAULT_RETRY_LIMITS


async def carry_out(run: RunFiles, worker: Worker, stopping: asyncio.Event) -> Progress:
    """Send, record and fold until the run is done or stopped.

    Args:
        run: With its record; its journal may hold what an earlier worker did.
        worker: The parts.
        stopping: Set from outside to stop soon and cleanly.

    Returns:
        The last progress, which has also been said.

    Raises:
        LedgerHeld: Another run holds the ledger; nothing was sent.
        Refused: The ledger has moved on; nothing was sent.
        Damaged: Plan, journal or ledger are not what was written; nothing was sent.
    """
    with worker.ledger.held(f"run {run.id}") as held:
        record = run.record()
        if not continues(record, worker.ledger.state(), run.id):
            raise Refused(
                f"Run {run.id}: the ledger has moved on since its plan was made. Nothing was sent. "
                f"Plan again: stoker plan {record.activation}"
            )
        # Two runs that began at the same moment, of which one has sent and died: whoever holds the ledger sees it.
        refuse_overtaken(run, worker.runs, worker.ledger)
        worker.stored.verify()
        # The fold at the end needs it: a run must not send what then cannot be kept.
        worker.ledger.view()
        failpoints.reach("run.recorded")
        journal = run.open_journal()
        failpoints.reach("journal.opened")
        answers = run.answers()
        line = _line_of(run, worker, (journal, answers), stopping)
        steering = _steering_of(run, worker, line.tally)
        voice = Voice(run, line, steering, worker.process)
        await _send(run, worker, (line, steering, voice), answers)
        beyond_sample = record.rows - min(record.rows, record.sample or record.rows)
        # What may have arrived and would count twice stays in doubt: nothing more is to be done about it.
        is_settled = not line.tally.in_doubt or line.is_once_only
        is_done = not line.stopping.is_set() and is_settled and line.tally.not_sent == beyond_sample
        state: State = "done" if is_done else "stopped"
        journal.append([Finished(state, worker.clock.epoch_seconds())])
        failpoints.reach("run.finished")
        if is_done and not record.is_empty:
            voice.say("folding")
            held.fold(run.id, worker.key_fingerprint)
        return voice.say(state, folded=is_done)


async def _send(run: RunFiles, worker: Worker, parts: tuple[Line, Steering, Voice], answers: RunAnswers) -> None:
    line, steering, voice = parts
    talking = asyncio.create_task(voice.keep_saying())
    failure: Exception | None = None
    try:
        # Of what must not be repeated few are on their way at once: a crash leaves each of them in doubt.
        senders = min(worker.senders, _ONCE_ONLY_SENDERS) if line.is_once_only else worker.senders
        await send_requests(line, steering, run.unsettled(), answers.announced, senders)
    except* OSError as group:
        failure = group.exceptions[0]
    finally:
        talking.cancel()
    # Not inside of `except*`: before Python 3.11.4 that puts whatever is raised into a group.
    if failure is not None:
        line.stop(f"the journal cannot be written: {failure}")
        voice.say("stopped")
        raise StoppedEarly(
            f"Run {run.id}: its journal cannot be written ({failure}). Sending stopped at once. Make room "
            f"or mend the disk, then: stoker resume {run.id}"
        ) from failure


def _line_of(run: RunFiles, worker: Worker, known: tuple[RunJournal, RunAnswers], stopping: asyncio.Event) -> Line:
    journal, answers = known
    totals = answers.totals()
    is_once_only = worker.stored.plan.array != "attributes"
    clock = worker.clock.reading()
    journal.append([Opened(worker.stored.fingerprint, worker.clock.epoch_seconds(), clock.boot, clock.booted_at)])
    return Line(
        braze=worker.braze,
        limiter=worker.limiter,
        clock=worker.clock,
        recorder=Recorder(journal),
        tally=Tally(
            # What is in doubt is sent again, so it counts as open until it is answered; but for what counts twice then.
            not_sent=totals.not_sent + (0 if is_once_only else totals.in_doubt),
            in_doubt=totals.in_doubt if is_once_only else 0,
            acknowledged=totals.acknowledged,
            rejected=totals.rejected,
            data_points=totals.data_points,
            # Whoever watches a run that goes on sees whom Braze rejected before as well.
            recent_rejections=deque(run.rejected() if totals.rejected else (), maxlen=RECENT),
        ),
        body_of=partial(worker.body_of, array=worker.stored.plan.array),
        array=worker.stored.plan.array,
        jitter=worker.jitter,
        retries=worker.retries,
        stopping=stopping,
    )


def _steering_of(run: RunFiles, worker: Worker, tally: Tally) -> Steering:
    plan = worker.stored.plan
    was_over = rejected_is_over(tally.rejected, tally.answered, plan.max_rejected_share)
    return Steering(
        read_wish=run.wish,
        hold=lambda: run.leave_wish("pause"),
        max_rejected_share=plan.max_rejected_share,
        quiet_period_seconds=plan.quiet_period_seconds,
        ledger_clock=worker.ledger.state().clock,
        # Whoever resumes a run that this guard stopped has seen its report.
        guard_was_allowed=worker.rejections_allowed or was_over,
    )
