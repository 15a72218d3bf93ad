"""Guards over the whole journey: a plan names its guard, and nothing reaches Braze until a person allows just it."""

from __future__ import annotations

import pytest

from tui_app.core.errors import Refused


def leave_everybody(shop, customer):
    """The nightly export came out empty."""
    shop.customers([])


def leave_a_third(shop, customer):
    shop.customers([customer(i, is_member=i % 3 != 0) for i in range(300)])


def clear_a_column(shop, customer):
    """The column lost its values upstream."""
    shop.customers([customer(i, tier=None) for i in range(300)])


def change_everything(shop, customer):
    """A unit changed upstream."""
    shop.customers([customer(i, points=i * 100) for i in range(300)])


def spoil_identifiers(shop, customer):
    shop.customers([*(customer(i) for i in range(300)), *(customer(1000 + i, id="") for i in range(100))])


ACCIDENTS = [
    (leave_everybody, ["min_members", "max_leave_share"]),
    (leave_a_third, ["max_leave_share"]),
    (clear_a_column, ["max_clear_share", "max_change_share"]),
    (change_everything, ["max_change_share"]),
    (spoil_identifiers, ["max_bad_id_share"]),
]


@pytest.fixture
def club(shop, sandbox, customer):
    """A shop with 300 members that Braze has."""
    shop.customers([customer(i) for i in range(300)])
    shop.sync("club")
    sandbox.reset()
    return shop


@pytest.mark.parametrize(("accident", "guards"), ACCIDENTS, ids=[each.__name__ for each, _ in ACCIDENTS])
def test_an_accident_in_the_source_sends_nothing_until_each_guard_is_allowed(club, sandbox, customer, accident, guards):
    accident(club, customer)
    stored = club.plan("club")

    assert set(stored.plan.refused_by) == set(guards)
    for allowed in ([], ["max_rejected_share", "workspace"], guards[1:]):
        missing = [guard for guard in guards if guard not in allowed]
        if missing:
            with pytest.raises(Refused, match=r"(?s)Nothing was sent.*--allow " + missing[0]) as caught:
                club.begin(stored, *allowed)
            assert set(caught.value.guards) == set(missing)
    assert len(club.workplace.runs.all()) == 1
    assert sandbox.received() == []

    club.begin(stored, *guards)


def test_a_plan_that_was_allowed_is_sent(club, sandbox, customer):
    leave_a_third(club, customer)

    progress = club.sync("club", "max_leave_share")

    assert (progress.state, progress.acknowledged) == ("done", 100)
    assert {each["club"] for each in sandbox.objects()} == {False}


def test_an_allowance_is_for_one_plan_only(club, customer):
    leave_a_third(club, customer)
    club.sync("club", "max_leave_share")

    club.customers([customer(i, is_member=i % 3 == 1) for i in range(300)])

    assert club.plan("club").plan.refused_by == ("max_leave_share",)


def test_an_empty_table_of_an_orchestration_is_refused_too(shop, sandbox):
    shop.customers([])

    with pytest.raises(Refused, match="An empty source or segment does not mean that everybody left"):
        shop.begin(shop.plan("profiles"))

    assert sandbox.received() == []


def test_a_limit_in_the_project_file_counts(club, customer):
    """1.0 switches a share off; a lower one bites earlier."""
    club.extra = "[campaigns.club.guards]\nmax_leave_share = 1.0\nmax_changes = 99"
    club.write()
    leave_a_third(club, customer)

    assert club.plan("club").plan.refused_by == ("max_changes",)


def test_a_changed_mapping_may_update_everybody(club):
    """A new attribute is a backfill that was asked for."""
    club.attributes = {**club.attributes, "last_name": '"name"'}
    club.write()

    plan = club.plan("club").plan

    assert (plan.counts.update, plan.refused_by) == (300, ())


def test_the_rest_of_a_changed_mapping_is_not_an_accident(club):
    """Whoever tries a new mapping on a few customers first must not be punished with a guard."""
    club.attributes = {**club.attributes, "points": '{ column = "points", round = -1 }'}
    club.write()
    club.carry_out(club.begin(club.plan("club"), sample=5))

    rest = club.plan("club")

    assert rest.plan.counts.update > 200
    assert rest.plan.refused_by == ()


def test_another_key_is_a_question_to_a_person(club, customer):
    """It may belong to another workspace, of which the ledger knows nothing."""
    club.customers([customer(i, tier="silver" if i == 1 else "gold") for i in range(300)])
    (club.folder / "braze.key").write_text("99999999-1111-2222-3333-444444444444", encoding="ascii")
    stored = club.plan("club")

    assert stored.plan.refused_by == ("workspace",)
    with pytest.raises(Refused, match="--allow workspace"):
        club.begin(stored)
    club.begin(stored, "workspace")


def test_beyond_a_warning_threshold_a_plan_warns_and_goes_on(shop, customer):
    """Somebody should look before the limit that refuses is reached."""
    shop.extra = "[campaigns.club.warn]\nmax_changes = 3\nmax_leave_share = 0.5\n"
    shop.write()
    shop.customers([customer(i) for i in range(4)])

    plan = shop.plan("club").plan

    assert [(each.code, each.subject) for each in plan.warnings] == [("threshold", "max_changes")]
    assert plan.warnings[0].message == "4 customers would be sent; the limit is 3."
    assert not plan.refusals


def test_money_is_limited_where_the_price_is_known(shop, customer):
    shop.destination = {**shop.destination, "cost_per_1000_data_points": "100.0"}
    shop.extra = "[campaigns.club.guards]\nmax_money = 1.5\n[campaigns.club.warn]\nmax_money = 0.5\n"
    shop.write()
    shop.customers([customer(i) for i in range(4)])

    plan = shop.plan("club").plan

    assert [each.message for each in plan.refusals] == ["the 16 data points of this plan cost 1.60; the limit is 1.50."]
    assert not plan.warnings, "what is refused needs no warning besides"
