"""Who may send when: one limiter stands before all senders of a process, so that no window of Braze overflows.

In every three seconds at most three times the requests per second leave, evenly; a refusal of Braze stops all senders.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from math import inf

from tui_app.core.pace import (
    CATCH_UP_SECONDS,
    LONGEST_WAIT_SECONDS,
    WINDOW_SECONDS,
    PaceFigures,
    Wait,
    WaitCause,
    even_spacing_seconds,
    hour_of,
    hour_wait,
    requests_per_window,
    spacing_of_the_rest,
    window_seconds,
)
from tui_app.core.project import RateLimit
from tui_app.ports.clock import Clock

_SHORTEST_WAIT_SECONDS = 1e-6
"""Below this a wait is over: binary fractions of a clock may never add up to the exact moment."""

_SHORTEST_SLEEP_SECONDS = 0.02
"""Waking for every few requests costs as much as sending them; those that came due meanwhile leave together."""

_FREE = Wait(0.0, "free")


class Limiter:
    """Hands out the right to send one request, in the order in which it was asked for."""

    def __init__(self, rate: RateLimit, clock: Clock) -> None:
        """Start with an empty window.

        Args:
            rate: How fast requests may leave.
            clock: Monotonic time measures waits; epoch time tells clock hours apart.
        """
        self._clock = clock
        self._requests_per_hour = rate.requests_per_hour
        self._window_seconds = window_seconds(rate.requests_per_second)
        # The last departures, just as many as fit into one window.
        self._departures: deque[float] = deque(maxlen=requests_per_window(rate.requests_per_second))
        self._spacing_seconds = even_spacing_seconds(rate.requests_per_second)
        self._even_departure = -inf
        self._paused_until = -inf
        self._pause_cause: WaitCause = "paused"
        self._spread_seconds = 0.0
        self._spread_until = -inf
        self._hour = 0
        self._requests_this_hour = 0
        self._turn = asyncio.Lock()

    async def slot(self, unless: asyncio.Event | None = None) -> float:
        """Wait until one more request may leave, and count it as sent.

        Args:
            unless: Ends all waiting when it is set; nothing is counted then.

        Returns:
            Seconds waited.
        """
        asked_at = self._clock.monotonic_seconds()
        given_up = unless or asyncio.Event()
        async with self._turn:
            # Asked again after every sleep: Braze may have refused somebody in the meantime.
            while (wait := self._wait()).seconds > 0 and not given_up.is_set():
                await self._sleep(max(wait.seconds, _SHORTEST_SLEEP_SECONDS), given_up)
            return (self._clock.monotonic_seconds() if given_up.is_set() else self._depart()) - asked_at

    async def _sleep(self, seconds: float, unless: asyncio.Event) -> None:
        tasks = [asyncio.ensure_future(self._clock.sleep(seconds)), asyncio.ensure_future(unless.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()

    def pause(self, seconds: float) -> None:
        """Stop all senders, after Braze refused one of them; a pause is never shortened by another one.

        Args:
            seconds: At most one hour counts, whatever a server asks for.
        """
        self._pause(seconds, "paused")

    def observe(self, headers: Mapping[str, str]) -> None:
        """Heed what an answer says about the limit, which other tools may share.

        When little is left, requests are spread over the time until the limit is full again; when nothing is left,
        all senders wait for that moment.

        Args:
            headers: Names in lower case.
        """
        spacing = spacing_of_the_rest(headers, self._clock.epoch_seconds())
        if spacing is None:
            return
        apart_seconds, reset_seconds = spacing
        if apart_seconds >= reset_seconds:
            self._pause(reset_seconds, "shared")
        else:
            self._spread_seconds = apart_seconds
            self._spread_until = self._clock.monotonic_seconds() + reset_seconds

    def figures(self) -> PaceFigures:
        """What a screen shows."""
        now = self._clock.monotonic_seconds()
        recent = sum(1 for departure in self._departures if departure > now - WINDOW_SECONDS)
        return PaceFigures(self._wait(), recent / WINDOW_SECONDS, self._count_of_this_hour())

    def _wait(self) -> Wait:
        """The longest of all waits. Asked for every request, so what is not in force costs nothing."""
        now = self._clock.monotonic_seconds()
        departures = self._departures
        free_at = self._even_departure
        cause: WaitCause = "rate"
        if len(departures) == departures.maxlen:
            free_at = max(free_at, departures[0] + self._window_seconds)
        if departures and now < self._spread_until and departures[-1] + self._spread_seconds > free_at:
            free_at, cause = departures[-1] + self._spread_seconds, "shared"
        if self._requests_per_hour is not None:
            hour = hour_wait(self._count_of_this_hour(), self._requests_per_hour, self._clock.epoch_seconds())
            if now + hour > free_at:
                free_at, cause = now + hour, "hour"
        if self._paused_until > free_at:
            free_at, cause = self._paused_until, self._pause_cause
        return Wait(free_at - now, cause) if free_at - now > _SHORTEST_WAIT_SECONDS else _FREE

    def _depart(self) -> float:
        """Count one request as sent now."""
        now = self._clock.monotonic_seconds()
        # Time lost to a late wake-up is made up for, time spent in a pause is not.
        begins = max(self._even_departure, now - CATCH_UP_SECONDS, self._paused_until)
        self._even_departure = begins + self._spacing_seconds
        self._departures.append(now)
        self._requests_this_hour = self._count_of_this_hour() + 1
        return now

    def _count_of_this_hour(self) -> int:
        hour = hour_of(self._clock.epoch_seconds())
        if hour != self._hour:
            self._hour, self._requests_this_hour = hour, 0
        return self._requests_this_hour

    def _pause(self, seconds: float, cause: WaitCause) -> None:
        until = self._clock.monotonic_seconds() + min(seconds, LONGEST_WAIT_SECONDS)
        if until > self._paused_until:
            self._paused_until, self._pause_cause = until, cause
