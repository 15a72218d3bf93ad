"""Time that passes only when everybody waits: an event loop that jumps to the next timer instead of waiting for it.

What runs on it runs in one thread and in one order, so a world can be told again bit for bit.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from tui_app.core.clock_reading import ClockReading

EPOCH = 1_790_000_000.0
"""Epoch seconds at which every world begins."""
_LATEST_SECONDS = 1.0
"""How late a timer may come when nothing but waiting is going on; little, for a wait that is too long hides one that is
meant to be too short."""
_LONG_WAIT_SECONDS = 330.0
"""A little more than a quiet period. Whoever waits for longer waits for a limit to be full again."""
_LATEST_OF_ALL_SECONDS = 20.0
"""After a long wait."""
_MOST_TURNS = 200_000
"""Of one loop; whoever needs more will never end."""


@dataclass(slots=True)
class Time:
    """What time it is in truth, and by how much the machine's clock is wrong. Both outlive a process."""

    now: float = 0.0
    """Seconds since the world began; never goes back."""
    clock_error_seconds: float = 0.0
    """Of the machine that Stoker runs on; Braze's clock is right."""
    boot: int = 0
    """How often that machine was started again."""
    booted_at: float = 0.0
    """When it was, in seconds since the world began."""

    @property
    def true_epoch(self) -> float:
        """Epoch seconds by a right clock."""
        return EPOCH + self.now


class VirtualClock:
    """The machine's clock. Implements `ports.clock.Clock`."""

    def __init__(self, time: Time) -> None:
        self._time = time
        self._started = time.now
        booted_at = EPOCH + time.booted_at + time.clock_error_seconds
        self._reading = ClockReading(f"boot {time.boot}", booted_at)

    def reading(self) -> ClockReading:
        return self._reading

    def epoch_seconds(self) -> float:
        return self._reading.booted_at + self._time.now - self._time.booted_at

    def monotonic_seconds(self) -> float:
        return self._time.now - self._started

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs callbacks in the order of their timers, and work for other threads at once."""

    def __init__(self, time: Time, is_hurried: Callable[[], bool]) -> None:
        """`is_hurried`: whether timers must come in time, because something other than waiting goes on."""
        self._virtual_time = time
        self._is_hurried = is_hurried
        self._hurried_last = time.now
        self._turns = 0
        super().__init__(_NothingToRead(self._pass))
        # Timers within the rounding of a float are due together.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._virtual_time.now

    def run_in_executor(self, _executor: Executor | None, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        done: asyncio.Future[Any] = self.create_future()
        try:
            done.set_result(func(*args))
        except OSError as error:
            done.set_exception(error)
        return done

    def _pass(self, seconds: float | None) -> None:
        if seconds is None:
            raise RuntimeError("everybody waits and no timer is set")
        self._turns += 1
        if self._turns > _MOST_TURNS:
            raise RuntimeError(f"{_MOST_TURNS:,} turns and no end")
        time = self._virtual_time
        if self._is_hurried():
            self._hurried_last = time.now
        # A machine may oversleep. The longer nothing happens the later its timers, so that a long wait costs few turns.
        idle_seconds = time.now - self._hurried_last
        latest_seconds = _LATEST_SECONDS if idle_seconds < _LONG_WAIT_SECONDS else _LATEST_OF_ALL_SECONDS
        late_seconds = min(latest_seconds, idle_seconds / 2) if seconds > 0 else 0.0
        time.now += seconds + late_seconds


class _NothingToRead(selectors.SelectSelector):
    def __init__(self, pass_time: Callable[[float | None], None]) -> None:
        super().__init__()
        self._pass_time = pass_time

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._pass_time(timeout)
        return []
