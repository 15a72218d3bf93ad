"""What a worker says about itself while it works, for whoever watches."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from tui_app.core.pace import Wait
from tui_app.core.run import Progress, State
from tui_app.ports.store import RunFiles
from tui_app.sync.deliver import Line
from tui_app.sync.send import Steering

SAY_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Why nothing is sent for some seconds."""

    seconds: float = 0.0
    reason: str = ""
    is_for_trouble: bool = False


class Voice:
    """Turns the shared figures of a run into `Progress`."""

    def __init__(self, run: RunFiles, line: Line, steering: Steering, process: tuple[int, float]) -> None:
        """`process` is the worker's number and start time, so that others can see whether it lives."""
        self._run = run
        self._line = line
        self._steering = steering
        self._process = process
        self._started = line.clock.monotonic_seconds()

    def say(self, state: State, *, folded: bool = False) -> Progress:
        """Say it now."""
        line, tally, steering = self._line, self._line.tally, self._steering
        pace = line.limiter.figures()
        wait = self._wait(state, pace.wait)
        progress = Progress(
            state=state,
            process=self._process[0],
            process_started=self._process[1],
            acknowledged=tally.acknowledged,
            rejected=tally.rejected,
            in_doubt=tally.in_doubt,
            not_sent=tally.not_sent,
            requests=tally.requests,
            retries=tally.retries,
            data_points=tally.data_points,
            seconds=line.clock.monotonic_seconds() - self._started,
            requests_per_second=pace.requests_per_second,
            wait_seconds=wait.seconds,
            note=line.stop_reason or steering.note or wait.reason or tally.note,
            nothing_gets_through=wait.is_for_trouble,
            held_by=steering.held_by if state == "paused" else "",
            recent_rejections=tuple(tally.recent_rejections),
            folded=folded,
        )
        # News that cannot be written are no reason to stop: whether sending may go on is for the journal to say.
        with suppress(OSError):
            self._run.say(progress)
        return progress

    def _wait(self, state: State, of_limiter: Wait) -> _Waiting:
        """What a person must know about; waits that only keep the rate are none."""
        line = self._line
        if self._steering.waits_until is not None:
            return _Waiting(max(0.0, self._steering.waits_until - line.clock.epoch_seconds()))
        if state != "sending" or line.stopping.is_set():
            return _Waiting()
        if of_limiter.cause != "rate" and of_limiter.seconds > 1:
            return _Waiting(of_limiter.seconds, of_limiter.sentence)
        now = line.clock.monotonic_seconds()
        if line.trouble.is_lasting(now):
            return _Waiting(line.trouble.seconds_to_next_attempt(now), line.trouble.reason, is_for_trouble=True)
        return _Waiting()

    async def keep_saying(self) -> None:
        """Say it several times a second, until cancelled."""
        while True:
            self.say(cast("State", self._steering.state))
            await asyncio.sleep(SAY_SECONDS)
