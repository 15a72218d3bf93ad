"""Waits are right for the documented headers and harmless for all others."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.pace import (
    RetryLimits,
    backoff_seconds,
    hour_wait,
    pause_seconds,
    requests_per_window,
    seconds_to_reset,
    spacing_of_the_rest,
    wait_seconds,
)

NOW = 1_800_000_000.0
"""Fri, 15 Jan 2027 08:00:00 GMT."""


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-reset": "1800000002"}, 2.0),
        ({"x-ratelimit-reset": "2"}, 2.0),
        ({"x-ratelimit-reset": "1800000002000"}, 2.0),
        ({"x-ratelimit-reset": "1800000001.5"}, 1.5),
        ({"x-ratelimit-retry-after": "3"}, 3.0),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 7 "}, 7.0),
        ({"retry-after": "Fri, 15 Jan 2027 08:00:30 GMT"}, 30.0),
        ({"x-ratelimit-retry-after": "1", "retry-after": "9", "x-ratelimit-reset": "1800000004"}, 9.0),
    ],
    ids=["epoch", "duration", "milliseconds", "fraction", "own header", "standard", "blanks", "date", "longest counts"],
)
def test_braze_is_obeyed_in_every_documented_way(headers, seconds):
    """Braze documents one header in two ways, and another one for hourly contracts.

    Sources: braze.com/docs/api/api_limits (epoch seconds); braze.com/docs/api/endpoints/user_data/post_user_track
    (seconds, and X-Ratelimit-Retry-After); RFC 9110, section 10.2.3 (Retry-After).
    """
    assert wait_seconds(headers, NOW) == pytest.approx(seconds)


@pytest.mark.parametrize("name", ["x-ratelimit-reset", "x-ratelimit-retry-after", "retry-after"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "-0",
        "0",
        "nan",
        "NaN",
        "inf",
        "-inf",
        "1e9",
        "0x10",
        "soon",
        "999999999999 Jan 2027 24:61 .",
        "1,5",
        "5, 6",
        "٣",
        "+3",
        "9" * 400,
        "1_000",
    ],
)
def test_a_header_that_means_nothing_is_no_wait(name, text):
    """The caller then backs off by itself; a wait of zero would make it run in circles."""
    assert wait_seconds({name: text}, NOW) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ratelimit-reset": "1799999999"},
        {"x-ratelimit-reset": "1000000001"},
        {"retry-after": "Fri, 15 Jan 2027 07:59:59 GMT"},
        {"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"},
    ],
)
def test_a_moment_that_has_passed_is_no_wait(headers):
    assert wait_seconds(headers, NOW) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"retry-after": "86400"},
        {"x-ratelimit-retry-after": "999999999999999"},
        {"x-ratelimit-reset": "999999999"},
        {"x-ratelimit-reset": "9999999999"},
        {"x-ratelimit-reset": "999999999999999"},
        {"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"},
    ],
)
def test_no_wait_is_longer_than_an_hour(headers):
    """Limits are counted by the clock hour, so a longer wait is a mistake or malice."""
    assert wait_seconds(headers, NOW) == 3_600.0


def test_a_wrong_clock_here_does_not_change_the_wait():
    """The answer's own Date says what the server calls now."""
    headers = {"date": "Fri, 15 Jan 2027 08:00:00 GMT", "x-ratelimit-reset": "1800000002"}

    for skew_seconds in (-86_400, -30, 30, 86_400):
        assert wait_seconds(headers, NOW + skew_seconds) == pytest.approx(2.0)


def test_a_date_that_cannot_be_read_is_ignored():
    assert seconds_to_reset({"date": "yesterday", "x-ratelimit-reset": "1800000002"}, NOW) == pytest.approx(2.0)


HEADER_TEXT = st.one_of(
    st.text("0123456789.,:+-eE GMTanifJ\t\n\x00٣é", max_size=70),
    st.floats().map(str),
    st.integers(-(10**20), 10**20).map(str),
    st.builds(
        "Fri, {} {} {} {}:00:00 {}".format,
        st.integers(0, 40),
        st.sampled_from(["Jan", "Dec", "Foo"]),
        st.integers(-1, 100_000),
        st.integers(0, 30),
        st.sampled_from(["GMT", "", "+9999", "-0000", "+0530"]),
    ),
)


@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "date",
                "retry-after",
                "x-ratelimit-reset",
                "x-ratelimit-retry-after",
                "x-ratelimit-limit",
                "x-ratelimit-remaining",
            ]
        ),
        HEADER_TEXT,
    )
)
def test_no_header_makes_a_wait_negative_endless_or_too_long(headers):
    wait = wait_seconds(headers, NOW)
    spacing = spacing_of_the_rest(headers, NOW)

    assert wait is None or 0 < wait <= 3_600
    assert spacing is None or 0 < spacing[0] <= spacing[1] <= 3_600


def test_backoff_doubles_up_to_its_longest():
    assert [backoff_seconds(attempt, 1.0) for attempt in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_backoff_is_spread_over_its_whole_length():
    """Senders that failed together must not come back together."""
    assert [backoff_seconds(4, share) for share in (0.0, 0.25, 0.5, 1.0)] == [0.0, 1.0, 2.0, 4.0]


def test_backoff_can_be_set():
    limits = RetryLimits(first_backoff_seconds=0.01, longest_backoff_seconds=0.05)

    assert [backoff_seconds(attempt, 1.0, limits) for attempt in (1, 2, 3, 4)] == [0.01, 0.02, 0.04, 0.05]


@given(attempt=st.integers(-5, 10**9), share=st.floats(allow_nan=False))
def test_backoff_stays_in_its_bounds(attempt, share):
    assert 0 <= backoff_seconds(attempt, share) <= 30


def test_a_pause_is_what_braze_asked_for_and_up_to_a_second_more():
    assert pause_seconds(20.0, 1, 0.0) == 20.0
    assert pause_seconds(20.0, 1, 1.0) == 21.0
    assert pause_seconds(0.5, 1, 1.0) == 1.0


def test_a_pause_without_a_time_backs_off():
    assert pause_seconds(None, 3, 0.5) == backoff_seconds(3, 0.5)


@pytest.mark.parametrize(("rate", "count"), [(1000.0, 3_000), (100 / 3, 100), (0.5, 1), (0.1, 1), (33.5, 100)])
def test_a_window_holds_three_seconds_of_the_rate(rate, count):
    assert requests_per_window(rate) == count


@pytest.mark.parametrize(
    ("sent", "limit", "epoch", "wait"),
    [
        (10, None, NOW, 0.0),
        (9, 10, NOW + 5, 0.0),
        (10, 10, NOW + 5, 3_595.0),
        (11, 10, NOW + 3_599.5, 0.5),
        (10, 10, NOW, 3_600.0),
        (0, 0, NOW + 1, 3_599.0),
    ],
)
def test_an_hourly_limit_is_full_again_at_the_full_hour(sent, limit, epoch, wait):
    """Source: braze.com/docs/api/api_limits."""
    assert hour_wait(sent, limit, epoch) == pytest.approx(wait)


@pytest.mark.parametrize(
    ("limit", "remaining", "reset", "spacing"),
    [
        ("250000", "24999", "2501", (2_500 / 24_999, 2_501.0)),
        ("250000", "25001", "2501", None),
        ("3000", "3", "1", None),
        ("3000", "0", "3", (3.0, 3.0)),
        (None, "0", "3", (3.0, 3.0)),
        (None, "5", "3", None),
        ("3000", "-5", "3", None),
        ("3000", "5", "-3", None),
    ],
    ids=[
        "little left",
        "enough left",
        "nearly over",
        "none left",
        "none left, no limit",
        "no limit",
        "odd",
        "odd reset",
    ],
)
def test_little_that_is_left_is_spread(limit, remaining, reset, spacing):
    headers = {"x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset}
    if limit is not None:
        headers["x-ratelimit-limit"] = limit

    assert spacing_of_the_rest(headers, NOW) == (spacing if spacing is None else pytest.approx(spacing))


def test_the_attempts_of_a_run_are_bounded():
    limits = RetryLimits()

    assert (limits.server_trouble_attempts, limits.unclear_attempts) == (8, 3)
    longest = sum(backoff_seconds(attempt, 1.0, limits) for attempt in range(1, limits.server_trouble_attempts + 1))
    assert math.isclose(longest, 91.5)
