"""What a worker says about itself while it works, for whoever watches."""

from __future__ import annotations

import asyncio
from typing import cast

from tui_app.core.run import Progress, State
from tui_app.ports import RunFiles
from tui_app.sync.deliver import Line
from tui_app.sync.send import Steering

SAY_SECONDS = 0.2


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
        waits = max(0.0, (steering.waits_until or 0.0) - line.clock.epoch_seconds())
        is_slowed = state == "sending" and pace.wait.cause != "rate" and pace.wait.seconds > 1
        note = line.stop_reason or steering.note or (pace.wait.sentence if is_slowed else "") or tally.note
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
            wait_seconds=waits or (pace.wait.seconds if is_slowed else 0.0),
            note=note,
            held_by=steering.held_by if state == "paused" else "",
            recent_rejections=tuple(tally.recent_rejections),
            folded=folded,
        )
        self._run.say(progress)
        return progress

    async def keep_saying(self) -> None:
        """Say it several times a second, until cancelled."""
        while True:
            self.say(cast("State", self._steering.state))
            await asyncio.sleep(SAY_SECONDS)
