"""When an activation is to run: once, or again and again until its end. All times are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

MOST_DUE = 1_000
"""As many missed times are counted; nobody needs to know how many more there are."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One of `cron` and `at` is set."""

    cron: str | None = None
    """Five fields."""
    at: datetime | None = None
    """Once, in UTC."""
    start: date | None = None
    """The first day on which it runs; None: any."""
    until: date | None = None
    """The last day on which it runs; None: for ever."""
    times: int | None = None
    """How often it runs in all; None: any number."""


def due_times(schedule: Schedule, after: datetime, now: datetime, runs: int) -> list[datetime]:
    """The times at which it was or is to run, later than `after` and not later than `now`.

    Args:
        schedule: The schedule.
        after: Up to here everything is settled; UTC.
        now: UTC.
        runs: How often it has run so far.

    Returns:
        Ascending, at most `MOST_DUE`.
    """
    found: list[datetime] = []
    moment = next_time(schedule, after, runs)
    while moment is not None and moment <= now and len(found) < MOST_DUE:
        found.append(moment)
        moment = next_time(schedule, moment, runs)
    return found


def next_time(schedule: Schedule, after: datetime, runs: int) -> datetime | None:
    """The first time later than `after`; None if there is none.

    Args:
        schedule: The schedule.
        after: UTC.
        runs: How often it has run so far.
    """
    if schedule.times is not None and runs >= schedule.times:
        return None
    if schedule.at is not None:
        return schedule.at if schedule.at > after else None
    # Here, since nothing else needs it.
    from cronsim import CronSim

    begin = after
    if schedule.start is not None:
        day_before = datetime(schedule.start.year, schedule.start.month, schedule.start.day, tzinfo=UTC)
        begin = max(after, day_before - timedelta(minutes=1))
    moments = takewhile(lambda moment: not _is_over(schedule, moment), CronSim(schedule.cron or "", begin))
    return next(moments, None)


def _is_over(schedule: Schedule, moment: datetime) -> bool:
    return schedule.until is not None and moment.date() > schedule.until
