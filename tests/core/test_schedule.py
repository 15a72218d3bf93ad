"""When an activation is due: cron in UTC, once, from a day on, until a day, so many times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tui_app.core.schedule import MOST_DUE, Schedule, due_times, next_time

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""A Monday."""


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 6 * * *", at(3, 6)),
        ("30 12 * * *", at(2, 12, 30)),
        ("0 12 * * *", at(3, 12)),
        ("*/20 * * * *", at(2, 12, 20)),
        ("0 6 * * 0", at(8, 6)),
        ("0 6 * * 7", at(8, 6)),
        ("0 6 * * mon", at(9, 6)),
        ("0 6 15 * mon", at(9, 6)),
        ("0 6 31 * *", at(31, 6)),
    ],
)
def test_cron_means_what_cron_means(cron, expected):
    """0 and 7 are Sunday; where day of month and day of week are both limited, either will do. Source: crontab(5)."""
    assert next_time(Schedule(cron), NOON, runs=0) == expected


def test_every_missed_time_is_found_once():
    schedule = Schedule("0 6 * * *")

    assert due_times(schedule, NOON, at(5, 6), runs=0) == [at(3, 6), at(4, 6), at(5, 6)]
    assert due_times(schedule, at(5, 6), at(5, 23), runs=0) == []


def test_a_century_of_missed_minutes_is_not_counted_to_its_end():
    assert len(due_times(Schedule("* * * * *"), NOON, NOON + timedelta(days=36_500), runs=0)) == MOST_DUE


def test_once_is_once():
    once = Schedule(at=at(3, 6))

    assert due_times(once, NOON, at(9, 0), runs=0) == [at(3, 6)]
    assert due_times(once, at(3, 6), at(9, 0), runs=1) == []


def test_the_first_and_the_last_day_count():
    schedule = Schedule("0 0 * * *", start=date(2026, 3, 4), until=date(2026, 3, 5))

    assert due_times(schedule, NOON, at(30, 0), runs=0) == [at(4, 0), at(5, 0)]


def test_after_so_many_runs_it_is_over():
    schedule = Schedule("0 6 * * *", times=3)

    assert next_time(schedule, NOON, runs=2) == at(3, 6)
    assert next_time(schedule, NOON, runs=3) is None
