"""Relative dates decide who is a member today, so each form is pinned to a calendar day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.relative_dates import is_relative, resolve, resolve_moment

THURSDAY = date(2023, 1, 12)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", date(2023, 1, 12)),
        ("tomorrow", date(2023, 1, 13)),
        ("yesterday", date(2023, 1, 11)),
        ("7 days ago", date(2023, 1, 5)),
        ("14 days ago", date(2022, 12, 29)),
        ("30 days ago", date(2022, 12, 13)),
        ("60 days ago", date(2022, 11, 13)),
        ("90 days ago", date(2022, 10, 14)),
        ("1 month ago", date(2022, 12, 12)),
        ("1 year ago", date(2022, 1, 12)),
    ],
)
def test_the_documented_examples_give_the_documented_days(text: str, day: date) -> None:
    """Source: docs.amperity.com, reference, "About the Segment Editor", "Relative date values"."""
    assert resolve(text, THURSDAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("now", date(2023, 1, 12)),
        ("TODAY", date(2023, 1, 12)),
        ("  90   Days AGO ", date(2022, 10, 14)),
        ("1 day ago", date(2023, 1, 11)),
        ("2 weeks ago", date(2022, 12, 29)),
        ("2 months ago", date(2022, 11, 12)),
        ("now - 12 months", date(2022, 1, 12)),
        ("now-12 months", date(2022, 1, 12)),
        ("today - 1 week", date(2023, 1, 5)),
        ("now + 3 days", date(2023, 1, 15)),
        ("in 3 days", date(2023, 1, 15)),
        ("3 days from now", date(2023, 1, 15)),
        ("0 days ago", date(2023, 1, 12)),
        ("2023-01-31", date(2023, 1, 31)),
    ],
)
def test_people_may_write_a_day_in_their_way(text: str, day: date) -> None:
    assert resolve(text, THURSDAY) == day


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        (date(2023, 3, 31), "1 month ago", date(2023, 2, 28)),
        (date(2024, 3, 31), "1 month ago", date(2024, 2, 29)),
        (date(2024, 2, 29), "1 year ago", date(2023, 2, 28)),
        (date(2023, 12, 31), "in 2 months", date(2024, 2, 29)),
        (date(2023, 1, 31), "2 months ago", date(2022, 11, 30)),
    ],
)
def test_a_month_without_that_day_gives_its_last(today: date, text: str, day: date) -> None:
    assert resolve(text, today) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "90 days",
        "ago",
        "-3 days ago",
        "3.5 days ago",
        "2023-02-29",
        "2023-1-5",
        "20230105",
        "01/12/2023",
        "٣ days ago",
        "9999 years ago",
        "999999 weeks from now",
        "99999999999 days ago",
        "in 3 days ago",
        "today; drop",
    ],
)
def test_what_is_no_day_gives_none(text: str) -> None:
    """A guess would send to the wrong customers; the message with examples is the caller's."""
    assert resolve(text, THURSDAY) is None
    assert resolve_moment(text, THURSDAY) is None


@given(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.integers(0, 5000))
def test_days_ahead_and_ago_are_the_calendars(today: date, days: int) -> None:
    ahead, ago = resolve(f"in {days} days", today), resolve(f"{days} days ago", today)

    assert ahead is not None
    assert ago is not None
    assert ((ahead - today).days, (today - ago).days) == (days, days)


@given(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.integers(0, 500))
def test_months_ago_keep_the_day_or_take_the_months_end(today: date, months: int) -> None:
    ago = resolve(f"{months} months ago", today)

    assert ago is not None
    assert (today.year - ago.year) * 12 + today.month - ago.month == months
    assert ago.day == today.day or (ago.day < today.day and resolve("tomorrow", ago).day == 1)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-01-12 18:30", "2023-01-12 18:30:00"),
        ("2023-01-12T18:30:15", "2023-01-12 18:30:15"),
        ("2023-01-12 18:30:15.25Z", "2023-01-12 18:30:15.250000"),
        ("2023-01-12 18:30:00+02:00", "2023-01-12 16:30:00"),
        ("2023-01-12t18:30:00-05:30", "2023-01-13 00:00:00"),
    ],
)
def test_a_moment_is_utc_whatever_its_offset(text: str, moment: str) -> None:
    assert str(resolve_moment(text, THURSDAY)) == moment
    assert resolve(text, THURSDAY) is None


@pytest.mark.parametrize("text", ["2023-01-12 25:00", "2023-02-29 10:00", "0001-01-01 00:00+14:00", "2023-01-12 10"])
def test_what_is_no_moment_gives_none(text: str) -> None:
    assert resolve_moment(text, THURSDAY) is None


def test_a_day_is_a_moment_too() -> None:
    assert resolve_moment("yesterday", THURSDAY) == date(2023, 1, 11)


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("today", True),
        ("90 Days ago", True),
        ("in 3 days", True),
        ("2023-01-12", False),
        ("soon", False),
        ("2023-01-12 10:00", False),
    ],
)
def test_only_a_distance_from_today_moves(text: str, *, moves: bool) -> None:
    """Plans say so: the same table gives other members tomorrow."""
    assert is_relative(text) is moves
