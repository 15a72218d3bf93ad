"""A schedule that never runs, or runs at another time than meant, is noticed while reading."""

from __future__ import annotations

import pytest

from tui_app.config.cron import problem_of_schedule


@pytest.mark.parametrize(
    "schedule",
    [
        "0 6 * * *",
        "*/15 * * * *",
        "0,30 8-18/2 1-15 jan,JUL mon-fri",
        "5/10 0 * * 7",
        "59 23 31 12 0",
        "0 0 29 2 *",
        "0 0 31 2 mon",
        "0\t6  * * *",
    ],
)
def test_what_cron_runs_is_in_order(schedule):
    assert problem_of_schedule(schedule) is None


@pytest.mark.parametrize(
    ("schedule", "fact"),
    [
        ("0 6 * *", "five fields"),
        ("0 6 * * * *", "five fields"),
        ("@daily", "five fields"),
        ("60 6 * * *", '"60" as minute'),
        ("0 24 * * *", '"24" as hour'),
        ("0 0 0 * *", '"0" as day of month'),
        ("0 0 * 13 *", '"13" as month'),
        ("0 0 * * 8", '"8" as day of week'),
        ("0 0 * * monday", "sun..sat"),
        ("*/0 0 * * *", '"*/0" as minute'),
        ("*/ 0 * * *", '"*/" as minute'),
        ("1, 0 * * *", '"1," as minute'),
        ("-1 0 * * *", '"-1" as minute'),
        ("0 18-8 * * *", "ends before it begins"),
        ("0 0 31 2,4 *", "day 31, which none of its months has"),
        ("0 0 30 feb *", "day 30"),
        ("0 6 * * \u0661", "as day of week"),
        ("0 6 * * " + "1" * 100_000, "five fields"),
        ("99999999999999999999 6 * * *", "as minute"),
    ],
)
def test_what_cron_would_not_run_says_which_field(schedule, fact):
    problem = problem_of_schedule(schedule)

    assert problem is not None
    assert fact in problem
