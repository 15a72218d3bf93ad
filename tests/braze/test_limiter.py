"""No window overflows, nothing is left unused, a refusal stops everybody."""

from __future__ import annotations

import asyncio
import itertools
import math
import random
import time

import pytest

from tui_app.braze.limiter import Limiter
from tui_app.core.project import RateLimit

NOON = 1_800_014_400.0
"""A full hour, in epoch seconds."""


class FakeClock:
    """Time that passes only while somebody sleeps; each sleep takes `late_seconds` longer than asked for."""

    def __init__(self, epoch_seconds=NOON, late_seconds=0.0):
        self.monotonic = 1_000.0
        self.epoch_offset = epoch_seconds - self.monotonic
        self.late_seconds = late_seconds
        self.sleeps = 0
        self.on_sleep = {}

    def epoch_seconds(self):
        """Seconds since 1970."""
        return self.monotonic + self.epoch_offset

    def monotonic_seconds(self):
        """Seconds that never go back."""
        return self.monotonic

    async def sleep(self, seconds):
        """Wait."""
        assert 0 < seconds < math.inf
        self.sleeps += 1
        self.monotonic += seconds + self.late_seconds
        await asyncio.sleep(0)
        self.on_sleep.pop(self.sleeps, lambda: None)()


async def departures(limiter, clock, count):
    times = []
    for _ in range(count):
        await limiter.slot()
        times.append(clock.monotonic)
    return times


def fullest_window(times, seconds=3.0):
    """The most departures in any window of this length, both ends counted."""
    first = 0
    fullest = 0
    for last, moment in enumerate(times):
        while times[first] < moment - seconds:
            first += 1
        fullest = max(fullest, last - first + 1)
    return fullest


@pytest.mark.parametrize("late_seconds", [0.0, 0.0007, 0.013, 0.4], ids="late by {} s".format)
@pytest.mark.parametrize("requests_per_second", [1000.0, 250.0, 33.3, 7.0, 1.0])
async def test_no_window_of_three_seconds_holds_more_than_its_share(requests_per_second, late_seconds):
    """Braze refuses what is over the limit, and a window may begin at any moment."""
    clock = FakeClock(late_seconds=late_seconds)
    limiter = Limiter(RateLimit(requests_per_second), clock)

    times = await departures(limiter, clock, int(requests_per_second * 12) + 2)

    assert fullest_window(times) <= 3 * requests_per_second


@pytest.mark.parametrize("late_seconds", [0.0, 0.0007, 0.013], ids="late by {} s".format)
async def test_almost_all_of_the_limit_is_used(late_seconds):
    """Sending is what takes the time of a first run. A timer that fires late is made up for."""
    clock = FakeClock(late_seconds=late_seconds)
    limiter = Limiter(RateLimit(1000.0), clock)

    times = await departures(limiter, clock, 12_000)

    assert 12_000 / (times[-1] - times[0]) >= 950


async def test_late_timers_do_not_add_up():
    """A window that begins late must not make every window after it as late, and later still."""

    class RestlessClock(FakeClock):
        chance = random.Random(7)

        async def sleep(self, seconds):
            self.late_seconds = self.chance.uniform(0, 0.02)
            await super().sleep(seconds)

    async def seconds(clock):
        times = await departures(Limiter(RateLimit(1000.0), clock), clock, 60_000)
        return times[-1] - times[0]

    assert await seconds(RestlessClock()) - await seconds(FakeClock()) < 0.1


async def test_requests_leave_evenly():
    """A burst that fills a window at once would make everybody wait for the rest of it."""
    clock = FakeClock()
    limiter = Limiter(RateLimit(100.0), clock)

    times = await departures(limiter, clock, 600)

    assert fullest_window(times, seconds=0.5) <= 0.5 * 100 + 20 + 1


async def test_a_rate_below_one_request_per_window_still_moves():
    clock = FakeClock()
    limiter = Limiter(RateLimit(0.1), clock)

    times = await departures(limiter, clock, 4)

    assert [later - earlier for earlier, later in itertools.pairwise(times)] == pytest.approx([10.0] * 3, abs=0.01)


async def test_senders_take_turns_in_the_order_in_which_they_asked():
    clock = FakeClock()
    limiter = Limiter(RateLimit(10.0), clock)
    served = []

    async def send(name):
        await limiter.slot()
        served.append(name)

    await asyncio.gather(*(send(name) for name in range(50)))

    assert served == list(range(50))


async def test_a_sender_that_gives_up_takes_no_turn():
    clock = FakeClock()
    limiter = Limiter(RateLimit(1.0), clock)
    await departures(limiter, clock, 1)
    waiting = [asyncio.create_task(limiter.slot()) for _ in range(2)]
    waiting[0].cancel()

    await asyncio.wait_for(waiting[1], timeout=5)

    assert limiter.figures().requests_this_hour == 2


async def test_slot_tells_how_long_it_waited():
    clock = FakeClock()
    limiter = Limiter(RateLimit(1000.0), clock)
    limiter.pause(7.0)

    assert await limiter.slot() == pytest.approx(7.0)


async def test_a_pause_stops_those_who_wait_already():
    """The refusal of one sender concerns all."""
    clock = FakeClock()
    limiter = Limiter(RateLimit(1.0), clock)
    await departures(limiter, clock, 3)
    began = clock.monotonic
    clock.on_sleep[clock.sleeps + 1] = lambda: limiter.pause(20.0)

    (left_at,) = await departures(limiter, clock, 1)

    assert left_at >= began + 20.0


async def test_a_shorter_pause_does_not_end_a_longer_one():
    clock = FakeClock()
    limiter = Limiter(RateLimit(), clock)
    limiter.pause(30.0)
    limiter.pause(2.0)

    assert await limiter.slot() == pytest.approx(30.0)


@pytest.mark.parametrize("seconds", [1e300, math.inf, 7_200.0])
async def test_no_pause_is_longer_than_an_hour(seconds):
    clock = FakeClock()
    limiter = Limiter(RateLimit(), clock)
    limiter.pause(seconds)

    assert await limiter.slot() == pytest.approx(3_600.0)


@pytest.mark.parametrize("seconds", [0.0, -5.0, math.nan, -math.inf])
async def test_a_pause_of_no_time_is_none(seconds):
    limiter = Limiter(RateLimit(), FakeClock())
    limiter.pause(seconds)

    assert await limiter.slot() == 0.0


async def test_after_a_pause_nothing_is_made_up_for():
    """Braze has just said that we are too fast."""
    clock = FakeClock()
    limiter = Limiter(RateLimit(1000.0), clock)
    await departures(limiter, clock, 10)
    limiter.pause(5.0)

    times = await departures(limiter, clock, 200)

    assert times[-1] - times[0] == pytest.approx(0.2, abs=0.02)


async def test_an_hourly_limit_waits_for_the_full_hour():
    """Hourly contracts are counted by the clock hour."""
    clock = FakeClock(epoch_seconds=NOON + 3_000)
    limiter = Limiter(RateLimit(1000.0, requests_per_hour=5), clock)

    times = await departures(limiter, clock, 11)

    began = times[0]
    assert times[4] - began < 1
    assert times[5] - began == pytest.approx(600, abs=0.1)
    assert times[10] - began == pytest.approx(4_200, abs=0.1)


async def test_a_clock_that_is_set_back_does_not_stop_an_hourly_limit_for_long():
    clock = FakeClock()
    limiter = Limiter(RateLimit(1000.0, requests_per_hour=2), clock)
    await departures(limiter, clock, 2)
    clock.epoch_offset -= 86_400 + 1_800

    assert await limiter.slot() <= 3_600


async def test_what_is_left_of_a_shared_limit_is_spread_until_it_is_full_again():
    """Another tool uses the same limit: racing it to the end gets both refused."""
    clock = FakeClock()
    limiter = Limiter(RateLimit(1000.0), clock)
    await departures(limiter, clock, 1)
    limiter.observe({"x-ratelimit-limit": "250000", "x-ratelimit-remaining": "100", "x-ratelimit-reset": "601"})

    times = await departures(limiter, clock, 100)

    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert gaps == pytest.approx([6.0] * 99, abs=0.02)


async def test_a_limit_that_is_full_again_is_used_to_the_full():
    clock = FakeClock()
    limiter = Limiter(RateLimit(1000.0), clock)
    await departures(limiter, clock, 1)
    limiter.observe({"x-ratelimit-limit": "3000", "x-ratelimit-remaining": "2", "x-ratelimit-reset": "11"})

    times = await departures(limiter, clock, 1_003)

    assert times[1] - times[0] == pytest.approx(5.0, abs=0.01)
    assert times[-1] - times[3] < 1.1


async def test_a_limit_with_nothing_left_pauses_until_it_is_full_again():
    clock = FakeClock()
    limiter = Limiter(RateLimit(1000.0), clock)
    limiter.observe({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOON) + 120)})

    assert limiter.figures().wait.cause == "shared"
    assert await limiter.slot() == pytest.approx(120.0)


async def test_our_own_use_of_a_full_limit_does_not_slow_us_down():
    """At the end of a window nearly nothing is left because we used it; resets are told in whole seconds."""
    clock = FakeClock()
    limiter = Limiter(RateLimit(1000.0), clock)
    for sent in range(9_000):
        await limiter.slot()
        in_window = sent % 3_000
        reset = math.ceil(clock.epoch_seconds() + 3.0 * (1 - in_window / 3_000))
        limiter.observe(
            {
                "x-ratelimit-limit": "3000",
                "x-ratelimit-remaining": str(3_000 - in_window - 1),
                "x-ratelimit-reset": str(reset),
            }
        )

    assert clock.monotonic - 1_000.0 <= 9.6


async def test_headers_without_a_limit_change_nothing():
    limiter = Limiter(RateLimit(1000.0), FakeClock())
    for headers in (
        {},
        {"x-ratelimit-remaining": "rubbish", "x-ratelimit-reset": "-1"},
        {"x-ratelimit-remaining": "0"},
    ):
        limiter.observe(headers)

    assert await limiter.slot() == 0.0


async def test_the_figures_say_what_is_waited_for():
    clock = FakeClock(epoch_seconds=NOON + 3_590)
    limiter = Limiter(RateLimit(10.0, requests_per_hour=31), clock)

    assert limiter.figures().wait.sentence == "requests may leave at once"
    await departures(limiter, clock, 30)
    assert limiter.figures().wait.cause == "rate"
    assert limiter.figures().requests_per_second == pytest.approx(10.0, abs=0.4)
    await departures(limiter, clock, 1)
    assert limiter.figures().wait.cause == "hour"
    assert limiter.figures().requests_this_hour == 31
    limiter.pause(100.0)
    assert (limiter.figures().wait.cause, limiter.figures().wait.seconds) == ("paused", pytest.approx(100.0))


class RealClock:
    """The machine's own time, and the moment that was last asked for."""

    asked_at = 0.0
    epoch_seconds = staticmethod(time.time)
    sleep = staticmethod(asyncio.sleep)

    def monotonic_seconds(self):
        """Seconds that never go back."""
        self.asked_at = time.monotonic()
        return self.asked_at


async def test_real_timers_keep_every_window_too():
    """The event loop wakes when it can; no wake-up may break the limit."""
    clock = RealClock()
    limiter = Limiter(RateLimit(200.0), clock)
    times = []

    async def send():
        for _ in range(90):
            await limiter.slot()
            times.append(clock.asked_at)

    await asyncio.gather(*(send() for _ in range(8)))

    assert fullest_window(times) <= 600


async def test_a_run_that_stops_does_not_wait_for_its_turn_and_counts_nothing_as_sent():
    """Braze may have asked for an hour; whoever stops must not wait for it."""
    clock = FakeClock()
    limiter, stopping = Limiter(RateLimit(), clock), asyncio.Event()
    limiter.pause(3_600)
    clock.on_sleep = {1: stopping.set}

    await limiter.slot(unless=stopping)
    await limiter.slot(unless=stopping)

    assert limiter.figures().requests_this_hour == 0
