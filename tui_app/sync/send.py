"""Send the requests of a plan: announce, wait out quiet periods, deliver side by side, obey whoever steers.

The promise: before a byte of a request leaves, the journal durably says that it may have left; and a changed value
never leaves before the quiet period since the customer's last send is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from functools import partial

from tui_app import failpoints
from tui_app.core.clock_reading import ClockReading, translated
from tui_app.core.guards import rejected_is_over
from tui_app.core.run import Answered, Dispatched, Wish
from tui_app.ports.store import OutgoingRequest
from tui_app.sync.deliver import LOOK_SECONDS, Line, deliver

ANNOUNCED_AT_ONCE = 32
"""Requests that one record announces, so that one fsync serves many; below `core.run.MAX_ANNOUNCED`."""
ONCE_ONLY_ANNOUNCED_AT_ONCE = 8
"""Of purchases and events, of which everything that was announced stays in doubt after a crash."""


@dataclass(slots=True)
class Steering:
    """What decides whether the next request may be taken up."""

    read_wish: Callable[[], Wish]
    """What others want now."""
    hold: Callable[[], None]
    """Leave the wish to pause, because a guard wants a person to look."""
    max_rejected_share: float
    quiet_period_seconds: float
    ledger_clock: ClockReading
    """By which the ledger says when a customer was last sent."""
    guard_was_allowed: bool = False
    wish: Wish = "go_on"
    """What others wanted when it was last looked at."""
    state: str = "sending"
    """sending, waiting or paused."""
    waits_until: float | None = None
    """Epoch seconds, while a quiet period is waited out."""
    note: str = ""
    held_by: str = ""
    """The guard that paused it."""


async def send_requests(
    line: Line, steering: Steering, requests: Iterable[OutgoingRequest], announced: int, senders: int
) -> None:
    """Deliver every request; returns when each is settled or the run stops.

    Args:
        line: Shared by all deliveries.
        steering: What the outside wants.
        requests: Unsettled ones, ascending by number.
        announced: The journal already says that requests below this number may have left.
        senders: How many requests may be on their way at once.

    Raises:
        ExceptionGroup: Of OSError: the journal cannot be written, and so nothing more may be sent.
    """
    on_their_way = asyncio.Semaphore(senders)
    line.is_paused = partial(_is_paused, line, steering)
    async with asyncio.TaskGroup() as group:
        steering.wish = steering.read_wish()
        obeying = group.create_task(_obey(line, steering))
        async for request in _ready(line, steering, requests, announced):
            # One waits here for all: what is read long before it leaves has left the processor's caches again, and
            # costs a fifth more.
            await on_their_way.acquire()
            await line.turn()
            group.create_task(_deliver(line, request, on_their_way))
        for _ in range(senders):
            await on_their_way.acquire()
        obeying.cancel()


async def _obey(line: Line, steering: Steering) -> None:
    """Look at what others want, once for all senders, and stop when it is that, even while every sender waits."""
    while (wish := steering.read_wish()) != "stop":
        steering.wish = wish
        await line.clock.sleep(LOOK_SECONDS)
    line.stop_as_asked(steering.note)


async def _deliver(line: Line, request: OutgoingRequest, on_their_way: asyncio.Semaphore) -> None:
    await deliver(line, request.customers, may_be_applied=request.may_be_applied)
    on_their_way.release()


async def _ready(
    line: Line, steering: Steering, requests: Iterable[OutgoingRequest], announced: int
) -> AsyncIterator[OutgoingRequest]:
    """Requests that are ripe and announced."""
    async for block in _ripe_blocks(line, steering, requests):
        now = line.clock.epoch_seconds()
        repeated = [request for request in block if request.number < announced]
        records = [Answered(row, row + 1, "in_doubt", now, {}) for request in repeated for row in request.not_sent]
        below = block[-1].number + 1
        if below > announced:
            announced = below
            await line.recorder.record(*records, Dispatched(below, now))
        elif records:
            await line.recorder.record(*records)
        failpoints.reach("send.announced")
        for request in block:
            yield request
        # What was let go leaves before anything more is read, which can take a while: it must not arrive later than the
        # limiter thinks, and closer to what comes behind it than Braze allows.
        await asyncio.sleep(0)


async def _ripe_blocks(
    line: Line, steering: Steering, requests: Iterable[OutgoingRequest]
) -> AsyncIterator[list[OutgoingRequest]]:
    """Requests in small groups, each when the quiet period of all its customers is over."""
    block: list[OutgoingRequest] = []
    at_once = ONCE_ONLY_ANNOUNCED_AT_ONCE if line.is_once_only else ANNOUNCED_AT_ONCE
    for request in requests:
        wait = _quiet_seconds(line, steering, request)
        if block and (wait > 0 or len(block) == at_once):
            yield block
            block = []
        if line.stopping.is_set() or not await _is_ripe(line, steering, request):
            return
        block.append(request)
    if block:
        yield block


def _quiet_seconds(line: Line, steering: Steering, request: OutgoingRequest) -> float:
    if request.not_before is None:
        return 0.0
    now = translated(line.clock.epoch_seconds(), line.clock.reading(), steering.ledger_clock)
    # A clock that was set back must not make a run wait longer than one quiet period.
    wait = request.not_before + steering.quiet_period_seconds - now
    return min(wait, steering.quiet_period_seconds)


async def _is_ripe(line: Line, steering: Steering, request: OutgoingRequest) -> bool:
    """Wait out the quiet period; False if the run stops meanwhile."""
    if (seconds := _quiet_seconds(line, steering, request)) > 0:
        steering.waits_until = line.clock.epoch_seconds() + seconds
        ends = line.clock.monotonic_seconds() + seconds
        while line.clock.monotonic_seconds() < ends:
            if not await line.may_go_on():
                return False
            steering.state = "waiting"
            steering.note = "the quiet period since these customers were last sent"
            await line.pause(min(LOOK_SECONDS, max(0.0, ends - line.clock.monotonic_seconds())))
        steering.state, steering.waits_until, steering.note = "sending", None, ""
    return True


def _is_paused(line: Line, steering: Steering) -> bool:
    """Whether somebody or a guard wants it; the state says so."""
    tally = line.tally
    if not steering.guard_was_allowed and rejected_is_over(tally.rejected, tally.answered, steering.max_rejected_share):
        steering.guard_was_allowed, steering.held_by = True, "max_rejected_share"
        steering.hold()
        steering.wish = "pause"
        steering.note = (
            f"{tally.rejected:,} of {tally.answered:,} customers were rejected by Braze; the limit max_rejected_share "
            f"is {steering.max_rejected_share:.1%}"
        )
    if steering.wish == "pause":
        steering.state = "paused"
    elif steering.state == "paused":
        steering.state, steering.note = "sending", ""
    return steering.state == "paused"
