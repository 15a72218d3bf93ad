"""One request until every customer in it has an answer: repeats, waits, splits, and when to give up.

The promise: repeats carry the same bytes, a customer is acknowledged only by an answer that says so, and whatever may
have reached Braze without an answer ends as in doubt, never as not sent.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import assert_never

from tui_app import failpoints
from tui_app.core.delivery import (
    Accepted,
    InputArray,
    NoAnswer,
    NotSent,
    Queued,
    ServerTrouble,
    SlowDown,
    StopRun,
    TooLarge,
    Unclear,
    Verdict,
    WholeRefused,
    read_answer,
)
from tui_app.core.pace import RetryLimits, backoff_seconds, pause_seconds
from tui_app.core.run import Answered, Outcome
from tui_app.ports.braze import BrazeApi, RequestLimiter
from tui_app.ports.clock import Clock
from tui_app.ports.store import OutgoingCustomers
from tui_app.sync.record import Recorder
from tui_app.sync.tally import Tally
from tui_app.sync.trouble import Trouble

_MOST_LOST_IN_A_ROW = 3
"""Of what must not be repeated: each is work for a person."""
LOOK_SECONDS = 0.1
"""How often the wishes of others are looked at, and how often a waiting sender looks around."""


@dataclass(slots=True)
class Line:
    """What all deliveries of a run share: the way to Braze, the journal, the figures, and the reason to stop."""

    braze: BrazeApi
    limiter: RequestLimiter
    clock: Clock
    recorder: Recorder
    tally: Tally
    body_of: Callable[[Sequence[str]], bytes]
    """Writes a request's body from payloads."""
    jitter: random.Random
    retries: RetryLimits = field(default_factory=RetryLimits)
    stop_reason: str | None = None
    """Set once; nothing is sent afterwards."""
    last_success: float = 0.0
    """Monotonic seconds of the newest answer that settled something."""
    trouble: Trouble = field(default_factory=Trouble)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    array: InputArray = "attributes"
    """What the requests are made of."""
    lost_in_a_row: int = 0
    """Requests of what must not be repeated that are in doubt, since one got through."""
    is_paused: Callable[[], bool] = lambda: False
    """Whether somebody, or a guard, wants nothing more to leave for now."""

    @property
    def is_once_only(self) -> bool:
        """Whether what may have reached Braze must not be sent again, because it would count twice."""
        return self.array != "attributes"

    def lose(self, reason: str) -> None:
        """Something is in doubt that must not be repeated: go on slowly, and not at all if it goes on like this."""
        self.lost_in_a_row += 1
        if self.lost_in_a_row >= _MOST_LOST_IN_A_ROW:
            self.stop(
                f"{self.lost_in_a_row} requests one after the other had no answer that can be believed: {reason}."
            )
        else:
            self.limiter.pause(backoff_seconds(self.lost_in_a_row, self.jitter.random(), self.retries))

    def stop(self, reason: str) -> None:
        """Send nothing more; the first reason is kept."""
        self.stop_reason = self.stop_reason or reason
        self.stopping.set()

    def stop_as_asked(self, why: str) -> None:
        """Send nothing more, as somebody wants; "" for `why` tells just that, and also if nothing got through."""
        unheard = f" Nothing got through until then: {self.trouble.reason}." if self.trouble.reason else ""
        self.stop(why or f"It was asked to stop.{unheard}")

    async def back_off(self, reason: str, failures: int) -> None:
        """Wait before another attempt, after `failures` of which the newest had this reason."""
        seconds = backoff_seconds(failures, self.jitter.random(), self.retries)
        with self.trouble.backing_off(reason, self.clock.monotonic_seconds(), seconds):
            await self.pause(seconds)

    async def pause(self, seconds: float) -> None:
        """Wait, but not longer than until the run stops."""
        tasks = [asyncio.ensure_future(self.clock.sleep(seconds)), asyncio.ensure_future(self.stopping.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    async def turn(self) -> None:
        """Wait until one more request may leave, or the run stops."""
        while await self.may_go_on():
            await self.limiter.slot(unless=self.stopping)
            # What the limiter let go before a pause must not leave at once with all others when it is over.
            if not self.is_paused():
                return

    async def may_go_on(self) -> bool:
        """Wait while the run is paused; False if it stops."""
        while not self.stopping.is_set() and self.is_paused():
            await self.pause(LOOK_SECONDS)
        return not self.stopping.is_set()


@dataclass(slots=True)
class _Attempts:
    """What was tried with one piece."""

    started: float
    trouble: int = 0
    unclear: int = 0
    slowed: int = 0
    may_be_applied: bool = False
    """An attempt had an unknown outcome."""


async def deliver(
    line: Line, customers: OutgoingCustomers, *, may_be_applied: bool = False, is_part: bool = False
) -> None:
    """Send `customers` as one request and see to it that each gets an answer.

    Args:
        line: Shared by all deliveries of the run.
        customers: In plan order; announced in the journal.
        may_be_applied: Some of them may have reached Braze before.
        is_part: Of a request that was split; its unclear answers were waited for already. It waits for its turn, as
            repeats do, whereas a whole request has had it.
    """
    attempts = _Attempts(
        started=line.clock.monotonic_seconds(),
        unclear=line.retries.unclear_attempts - 1 if is_part else 0,
        may_be_applied=may_be_applied,
    )
    if may_be_applied and line.is_once_only:
        # An attribute that is written twice is as it was; a purchase that is sent twice is two.
        await _leave(line, customers, attempts, "an earlier attempt may have got through")
        return
    body = line.body_of(customers.payloads)
    if is_part:
        await line.turn()
    while True:
        verdict = await _attempt(line, body, len(customers), attempts)
        if await _is_settled(line, customers, verdict, attempts):
            return
        if line.stopping.is_set():
            await _leave(line, customers, attempts, line.trouble.reason)
            return
        line.tally.retries += 1
        await line.turn()


async def _is_settled(
    line: Line, customers: OutgoingCustomers, verdict: Verdict | NotSent | NoAnswer, attempts: _Attempts
) -> bool:
    """Act on a verdict; False if the same bytes must be sent again, after the wait that this includes."""
    match verdict:
        case Accepted():
            await _settle(line, customers, verdict, attempts)
        case Queued():
            await _leave(line, customers, attempts, verdict.reason)
        case WholeRefused() | TooLarge():
            if len(customers) == 1:
                await _reject(line, customers, verdict.reason, attempts)
            else:
                await _halve(line, customers, attempts)
        case SlowDown():
            line.limiter.pause(pause_seconds(verdict.wait_seconds, attempts.slowed, line.jitter.random(), line.retries))
            return False
        case StopRun():
            line.stop(verdict.reason)
            return False
        case Unclear() | ServerTrouble() | NotSent() | NoAnswer():
            return await _is_given_up(line, customers, verdict, attempts)
        case _:
            assert_never(verdict)
    return True


async def _is_given_up(
    line: Line,
    customers: OutgoingCustomers,
    verdict: Unclear | ServerTrouble | NotSent | NoAnswer,
    attempts: _Attempts,
) -> bool:
    """Back off before the next attempt, or leave the customers when another one makes no sense now."""
    if line.is_once_only and attempts.may_be_applied:
        await _leave(line, customers, attempts, verdict.reason)
        line.lose(verdict.reason)
        return True
    is_unclear = attempts.unclear >= line.retries.unclear_attempts
    gets_through = line.last_success >= attempts.started
    if is_unclear and gets_through and len(customers) > 1:
        await _halve(line, customers, attempts)
        return True
    if not is_unclear and attempts.trouble < line.retries.server_trouble_attempts:
        await line.back_off(verdict.reason, attempts.trouble + attempts.unclear)
        return False
    if not gets_through:
        seconds, count = line.clock.monotonic_seconds() - attempts.started, attempts.trouble + attempts.unclear
        line.stop(f"Nothing got through for {seconds:.0f} seconds, in {count} attempts: {verdict.reason}.")
    await _leave(line, customers, attempts, verdict.reason)
    return True


async def _attempt(line: Line, body: bytes, count: int, attempts: _Attempts) -> Verdict | NotSent | NoAnswer:
    """Send once, and note what the outcome says about this piece."""
    if line.stopping.is_set():
        return StopRun(line.stop_reason or "", "address")
    await line.recorder.keep_time(line.clock.epoch_seconds())
    line.tally.requests += 1
    verdict: Verdict | NotSent | NoAnswer
    try:
        answer = await line.braze.track(body)
    except (NotSent, NoAnswer) as failure:
        verdict = failure
    else:
        failpoints.reach("send.answered")
        line.limiter.observe(answer.headers)
        verdict = read_answer(answer, count, line.clock.epoch_seconds(), line.array)
    match verdict:
        case Unclear():
            attempts.unclear += 1
            attempts.may_be_applied = True
        case ServerTrouble() | NoAnswer() | Queued():
            attempts.trouble += 1
            attempts.may_be_applied = True
        case NotSent():
            attempts.trouble += 1
            if not verdict.waiting_helps:
                line.stop(verdict.reason)
        case SlowDown():
            attempts.slowed += 1
            line.trouble.clear()
        case StopRun():
            attempts.may_be_applied |= verdict.may_be_applied
        case _:
            line.last_success = line.clock.monotonic_seconds()
            line.lost_in_a_row = 0
            line.trouble.clear()
    return verdict


async def _halve(line: Line, customers: OutgoingCustomers, attempts: _Attempts) -> None:
    """Two requests of half the size, one after the other."""
    middle = len(customers) // 2
    for half in (customers.part(0, middle), customers.part(middle, len(customers))):
        line.tally.retries += 1
        await deliver(line, half, may_be_applied=attempts.may_be_applied, is_part=True)


async def _settle(line: Line, customers: OutgoingCustomers, accepted: Accepted, attempts: _Attempts) -> None:
    rejected = accepted.rejected
    reasons = {customers.rows[each.position]: each.reason for each in rejected}
    await _record(line, customers, "acknowledged", reasons, was_in_doubt=attempts.may_be_applied)
    for each in rejected:
        line.tally.reject(customers.ids[each.position], each.reason)
    refused_points = sum(customers.data_points[each.position] for each in rejected)
    line.tally.acknowledge(len(customers) - len(rejected), sum(customers.data_points) - refused_points)


async def _reject(line: Line, customers: OutgoingCustomers, reason: str, attempts: _Attempts) -> None:
    reasons = dict.fromkeys(customers.rows, reason)
    await _record(line, customers, "rejected", reasons, was_in_doubt=attempts.may_be_applied)
    for customer_id in customers.ids:
        line.tally.reject(customer_id, reason)


async def _leave(line: Line, customers: OutgoingCustomers, attempts: _Attempts, reason: str) -> None:
    """Give up for now: in doubt if any attempt may have been applied, not sent otherwise."""
    outcome: Outcome = "in_doubt" if attempts.may_be_applied else "not_sent"
    await _record(line, customers, outcome, {}, was_in_doubt=attempts.may_be_applied)
    line.tally.leave(len(customers), reason, in_doubt=attempts.may_be_applied)


async def _record(
    line: Line,
    customers: OutgoingCustomers,
    outcome: Outcome,
    reasons: dict[int, str],
    *,
    was_in_doubt: bool,
) -> None:
    """One record per run of neighbouring rows; a resumed request may have gaps."""
    now = line.clock.epoch_seconds()
    records = []
    for first, end in _neighbours(customers.rows):
        theirs = {row: reason for row, reason in reasons.items() if first <= row < end}
        records.append(Answered(first, end, outcome, now, theirs, was_in_doubt))
    await line.recorder.record(*records)
    failpoints.reach("send.settled")


def _neighbours(rows: Sequence[int]) -> list[tuple[int, int]]:
    """Ascending rows as runs without a gap: the first row of each, and the one behind its last."""
    if rows[-1] - rows[0] == len(rows) - 1:
        return [(rows[0], rows[-1] + 1)]
    runs = [list(run) for _, run in groupby(enumerate(rows), key=lambda each: each[1] - each[0])]
    return [(run[0][1], run[-1][1] + 1) for run in runs]
