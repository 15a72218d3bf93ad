"""Replaying a journal gives every row of the plan exactly one state."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.clock_reading import ClockReading
from tui_app.core.run import Answered, Dispatched, Finished, Opened, RunTotals
from tui_app.store.answers import ACKNOWLEDGED, IN_DOUBT, NOT_SENT, REJECTED, answers_of

STARTS = np.array([0, 3, 6], dtype=np.int64)
"""Three requests; the last one has a single row."""
POINTS = np.array([1, 2, 3, 4, 5, 6, 7], dtype=np.int32)
ALL_OUTCOMES = {"acknowledged": ACKNOWLEDGED, "rejected": REJECTED, "in_doubt": IN_DOUBT, "not_sent": NOT_SENT}


def replay(*records):
    return answers_of(records, STARTS, POINTS)


def test_an_empty_journal_says_that_nobody_was_sent():
    answers = replay()

    assert answers.totals() == RunTotals(0, 0, 0, 7, 0)
    assert (answers.announced, answers.last_time(ClockReading())) == (0, 0.0)


@pytest.mark.parametrize(("below", "in_doubt"), [(0, 0), (1, 3), (2, 6), (3, 7), (300, 7)])
def test_what_was_announced_and_not_answered_is_in_doubt(below, in_doubt):
    answers = replay(Opened("f", 1.0), Dispatched(below, 2.0))

    assert answers.codes.tolist() == [IN_DOUBT] * in_doubt + [NOT_SENT] * (7 - in_doubt)
    assert answers.announced == min(below, 3)


@pytest.mark.parametrize(("outcome", "code"), ALL_OUTCOMES.items())
def test_an_answer_replaces_the_doubt(outcome, code):
    answers = replay(Dispatched(2, 1.0), Answered(0, 3, outcome, 2.0, {}))

    assert answers.codes.tolist() == [code] * 3 + [IN_DOUBT] * 3 + [NOT_SENT]


def test_a_later_announcement_does_not_put_answered_rows_in_doubt():
    answers = replay(Dispatched(1, 1.0), Answered(0, 3, "acknowledged", 2.0, {}), Dispatched(2, 3.0))

    assert answers.codes.tolist() == [ACKNOWLEDGED] * 3 + [IN_DOUBT] * 3 + [NOT_SENT]


def test_an_announcement_that_says_less_takes_nothing_back():
    answers = replay(Dispatched(3, 1.0), Dispatched(1, 2.0))

    assert (answers.announced, answers.count(IN_DOUBT)) == (3, 7)


def test_a_rejected_row_among_acknowledged_ones_keeps_its_reason():
    answers = replay(Dispatched(1, 1.0), Answered(0, 3, "acknowledged", 2.0, {1: "bad email"}))

    assert answers.codes.tolist()[:3] == [ACKNOWLEDGED, REJECTED, ACKNOWLEDGED]
    assert answers.reasons == {1: "bad email"}
    assert answers.doubtful_rejections == frozenset()
    assert answers.totals() == RunTotals(acknowledged=2, rejected=1, in_doubt=0, not_sent=4, data_points=1 + 3)


def test_a_rejection_after_an_unknown_outcome_settles_nothing():
    answers = replay(Dispatched(1, 1.0), Answered(0, 1, "rejected", 2.0, {0: "bad"}, was_in_doubt=True))

    assert answers.doubtful_rejections == {0}


def test_a_reason_goes_when_a_later_answer_is_better():
    answers = replay(
        Dispatched(1, 1.0), Answered(0, 1, "rejected", 2.0, {0: "bad"}), Answered(0, 1, "acknowledged", 3.0, {})
    )

    assert answers.reasons == {}


def test_the_newest_time_counts_even_if_the_clock_was_set_back():
    answers = replay(Opened("f", 50.0), Dispatched(1, 90.0), Finished("done", 40.0))

    assert answers.last_time(ClockReading()) == 90.0


def test_times_of_workers_whose_clocks_differ_are_compared_by_the_time_since_the_boot():
    """The first worker sent 100 s after the boot by a clock that was then set forward by a day."""
    day = 86_400.0
    answers = replay(
        Opened("f", 1050.0, "boot", 1000.0),
        Dispatched(1, 1100.0),
        Opened("f", day + 1060.0, "boot", day + 1000.0),
        Finished("done", day + 1061.0),
    )

    assert answers.last_time(ClockReading("boot", 1000.0)) == 1100.0
    assert answers.last_time(ClockReading("boot", day + 1000.0)) == day + 1100.0


def test_times_of_two_boots_are_taken_as_they_are():
    answers = replay(Opened("f", 1050.0, "boot", 1000.0), Opened("f", 900.0, "another boot", 800.0))

    assert answers.last_time(ClockReading("another boot", 0.0)) == 1050.0


@given(
    st.lists(
        st.one_of(
            st.integers(0, 5).map(lambda below: Dispatched(below, 1.0)),
            st.tuples(st.integers(0, 6), st.integers(1, 7), st.sampled_from(list(ALL_OUTCOMES))).map(
                lambda each: Answered(each[0], min(7, each[0] + each[1]), each[2], 1.0, {})  # type: ignore[arg-type]
            ),
        ),
        max_size=8,
    )
)
def test_the_sums_agree_whatever_the_journal_says(records):
    """Everyone is accounted for, once."""
    totals = replay(*records).totals()

    assert totals.acknowledged + totals.rejected + totals.in_doubt + totals.not_sent == 7


@given(st.permutations(range(3)))
def test_answers_may_come_in_any_order(order):
    records = [Answered(int(STARTS[i]), [3, 6, 7][i], "acknowledged", 2.0, {}) for i in order]

    assert replay(Dispatched(3, 1.0), *records).count(ACKNOWLEDGED) == 7
