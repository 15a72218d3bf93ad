"""Guards refuse exactly beyond their limits, with the figures, and only once enough customers are concerned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tui_app.core.guards import GUARD_NAMES, WORKSPACE, Guards, guard_named, judge, rejected_is_over
from tui_app.core.plan import AttributeCounts, DiffOutcome, PlanCounts


def an_attribute(**figures: Any) -> AttributeCounts:
    nothing = {"kind": "custom", "changed": 0, "cleared": 0, "backfill": 0, "known": 0, "data_points": 0}
    return AttributeCounts(**{"name": "tier", **nothing, **figures})


def an_outcome(**figures: Any) -> DiffOutcome:
    """Ten thousand members, all known, with nothing to say about them."""
    quiet = DiffOutcome(
        counts=PlanCounts(unchanged=10_000),
        members=10_000,
        known=10_000,
        known_audience=10_000,
        bad_ids=0,
        with_withheld=0,
        in_doubt=0,
        attributes=(),
        reasons=(),
    )
    return replace(quiet, **figures)


def refused_by(guards: Guards, outcome: DiffOutcome, *, mapping_changed: bool = False) -> list[str]:
    price = 2.0
    refusals = judge(guards, outcome, mapping_changed=mapping_changed, cost_per_1000_data_points=price)
    return [refusal.guard for refusal in refusals]


def leaving(count: int) -> DiffOutcome:
    return an_outcome(counts=PlanCounts(leave=count))


def clearing(count: int) -> DiffOutcome:
    return an_outcome(attributes=(an_attribute(), an_attribute(name="points", cleared=count, known=10_000)))


def changing(count: int) -> DiffOutcome:
    return an_outcome(counts=PlanCounts(update=count))


def with_bad_ids(count: int) -> DiffOutcome:
    return an_outcome(bad_ids=count, members=200_000 - count, counts=PlanCounts(withheld=count))


def with_withheld(count: int) -> DiffOutcome:
    return an_outcome(with_withheld=count)


def with_members(count: int) -> DiffOutcome:
    return an_outcome(members=count)


def with_data_points(count: int) -> DiffOutcome:
    return an_outcome(attributes=(an_attribute(data_points=1), an_attribute(data_points=count - 1)))


SHARES = [
    ("max_leave_share", leaving, 2_000),
    ("max_clear_share", clearing, 2_000),
    ("max_change_share", changing, 5_000),
    ("max_bad_id_share", with_bad_ids, 200),
]
OTHERS = [
    ("max_withheld_share", 0.05, with_withheld, 500),
    ("max_changes", 700, changing, 700),
    ("max_data_points", 700, with_data_points, 700),
    ("max_customers", 700, with_members, 700),
    ("max_money", 1.4, with_data_points, 700),
]


@pytest.mark.parametrize(("guard", "outcome_of", "limit"), SHARES)
def test_a_default_share_refuses_from_one_beyond_its_limit(guard, outcome_of, limit):
    assert [refused_by(Guards(), outcome_of(limit + each)) for each in (-1, 0, 1)] == [[], [], [guard]]


@pytest.mark.parametrize(("guard", "value", "outcome_of", "limit"), OTHERS)
def test_a_limit_that_is_off_unless_set_refuses_from_one_beyond(guard, value, outcome_of, limit):
    guards = Guards(**{guard: value})

    assert [refused_by(guards, outcome_of(limit + each)) for each in (-1, 0, 1)] == [[], [], [guard]]
    assert refused_by(Guards(), outcome_of(limit + 1)) == []


@pytest.mark.parametrize(("members", "expected"), [(0, ["min_members"]), (1, []), (2, [])])
def test_an_empty_segment_never_means_that_everybody_left(members, expected):
    assert refused_by(Guards(), an_outcome(members=members)) == expected


def test_a_higher_min_members_counts_members_that_can_be_sent():
    guards = Guards(min_members=50)

    assert refused_by(guards, an_outcome(members=49)) == ["min_members"]
    assert refused_by(guards, an_outcome(members=50)) == []


@pytest.mark.parametrize(("guard", "outcome_of", "limit"), SHARES)
def test_one_switches_a_share_off(guard, outcome_of, limit):
    assert refused_by(Guards(**{guard: 1.0}), outcome_of(limit + 1)) == []


@pytest.mark.parametrize(
    ("guard", "outcome_of"),
    [
        ("max_leave_share", lambda count: an_outcome(counts=PlanCounts(leave=count), known_audience=count)),
        ("max_clear_share", lambda count: an_outcome(attributes=(an_attribute(cleared=count, known=count),))),
        ("max_change_share", lambda count: an_outcome(counts=PlanCounts(update=count), known=count)),
        (
            "max_bad_id_share",
            lambda count: an_outcome(bad_ids=count, members=1, counts=PlanCounts(withheld=count)),
        ),
    ],
)
def test_a_share_counts_only_once_a_hundred_customers_are_concerned(guard, outcome_of):
    """Of a small table everything may change without crying wolf."""
    assert refused_by(Guards(), outcome_of(99)) == []
    assert refused_by(Guards(), outcome_of(100)) == [guard]


def test_a_changed_mapping_means_many_updates():
    assert refused_by(Guards(), changing(10_000), mapping_changed=True) == []


def test_a_changed_mapping_lifts_no_other_guard():
    outcome = an_outcome(counts=PlanCounts(leave=2_001, update=9_000))

    assert refused_by(Guards(), outcome, mapping_changed=True) == ["max_leave_share"]


def test_every_guard_that_refuses_is_named_in_one_go():
    """A person who allows one must not meet the next one only afterwards."""
    outcome = an_outcome(
        members=0,
        counts=PlanCounts(leave=10_000, update=9_000, withheld=10_000),
        bad_ids=10_000,
        with_withheld=10_000,
        attributes=(an_attribute(cleared=5_000, known=10_000, data_points=5_000),),
    )
    guards = Guards(max_changes=1, max_data_points=1, max_withheld_share=0.1, max_money=0.1, max_customers=1)

    assert set(refused_by(guards, outcome)) == set(GUARD_NAMES) - {"max_rejected_share", "max_customers"}


def test_a_refusal_gives_the_figures():
    (refusal,) = judge(Guards(), leaving(4_321), mapping_changed=False)

    assert refusal.message == "4,321 of 10,000 known members would leave (43.2%); the limit is 20.0%."


def test_purchases_are_called_purchases():
    guards = Guards(min_members=10_001, max_changes=1, max_withheld_share=0.1, max_customers=9_999)
    outcome = an_outcome(counts=PlanCounts(happenings=2_033), bad_ids=1_500, with_withheld=1_500)

    messages = [each.message for each in judge(guards, outcome, mapping_changed=False, noun="purchase")]

    assert [" ".join(each.split()[:2]) for each in messages] == [
        "10,000 purchases",
        "1,500 of",
        "1,500 of",
        "10,000 purchases",
        "2,033 purchases",
    ]
    assert not any("customers" in each for each in messages)


def test_a_cleared_attribute_is_named():
    (refusal,) = judge(Guards(), clearing(2_001), mapping_changed=False)

    assert refusal.message.startswith('2,001 of 10,000 known values of "points" would be cleared (20.0%)')


@pytest.mark.parametrize(
    ("rejected", "answered", "expected"),
    [(99, 99, False), (100, 2_001, False), (100, 2_000, False), (100, 1_999, True)],
)
def test_rejections_are_judged_while_a_run_sends(rejected, answered, expected):
    assert rejected_is_over(rejected, answered, 0.05) is expected


@pytest.mark.parametrize(
    ("word", "guard"),
    [
        *((name, name) for name in (*GUARD_NAMES, WORKSPACE)),
        ("leave", "max_leave_share"),
        ("clear", "max_clear_share"),
        ("change", "max_change_share"),
        ("bad_id", "max_bad_id_share"),
        ("bad-id", "max_bad_id_share"),
        ("rejected", "max_rejected_share"),
        ("withheld", "max_withheld_share"),
        ("members", "min_members"),
        ("changes", "max_changes"),
        ("data-points", "max_data_points"),
        (" Max-Leave-Share ", "max_leave_share"),
        ("", None),
        ("all", None),
        ("max", None),
        ("leaves", None),
    ],
)
def test_a_guard_is_allowed_by_its_name_or_its_short_name(word, guard):
    assert guard_named(word) == guard


def test_no_two_guards_share_a_short_name():
    short = {guard_named(name.removeprefix("max_").removeprefix("min_").removesuffix("_share")) for name in GUARD_NAMES}

    assert short == set(GUARD_NAMES)
