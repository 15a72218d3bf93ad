"""The whole journey over a real socket: what Braze has, what the ledger says and what the source holds agree."""

from __future__ import annotations

import json

import pytest

from tui_app.core.errors import Refused
from tui_app.core.plan import PlanCounts
from tui_app.store.plan_reading import Filter, PlanReader


def test_a_first_run_brings_everybody_and_the_second_has_nothing_to_send(shop, sandbox, customer):
    shop.customers([customer(i) for i in range(200)])

    progress = shop.sync("club")

    assert (progress.state, progress.acknowledged, progress.rejected) == ("done", 200, 0)
    assert sandbox.profiles() == {
        f"c{i:05}": {"first_name": f"Name {i}", "tier": "gold", "points": i, "club": True} for i in range(200)
    }
    assert shop.ledger() == sandbox.profiles()
    again = shop.plan("club").plan
    assert (again.counts, again.requests) == (PlanCounts(unchanged=200), 0)


def test_only_what_changed_is_sent(shop, sandbox, customer):
    """Braze charges for every attribute that is written, changed or not."""
    shop.customers([customer(i) for i in range(200)])
    shop.sync("club")
    sandbox.reset()

    shop.customers([customer(i, tier="silver" if i == 7 else "gold") for i in range(200)])
    progress = shop.sync("club")

    assert sandbox.objects() == [{"external_id": "c00007", "tier": "silver"}]
    assert (progress.requests, progress.data_points) == (1, 1)


def test_a_value_that_turns_null_is_cleared_only_if_it_was_sent_before(shop, sandbox, customer):
    shop.customers([customer(1), customer(2, tier=None)])
    shop.sync()
    sandbox.received()

    shop.customers([customer(1, tier=None), customer(2, tier=None)])
    shop.sync()

    assert sandbox.objects()[2:] == [{"external_id": "c00001", "tier": None}]
    assert "tier" not in shop.ledger()["c00001"]


def test_on_null_keep_sends_nothing(shop, sandbox, customer):
    shop.attributes = {**shop.attributes, "tier": '{ column = "tier", on_null = "keep" }'}
    shop.write()
    shop.customers([customer(1)])
    shop.sync()

    shop.customers([customer(1, tier=None)])
    plan = shop.plan().plan

    assert plan.counts == PlanCounts(unchanged=1)


@pytest.mark.parametrize(("on_leave", "left_with"), [("false", False), ("null", None), ("keep", True)])
def test_a_customer_who_leaves_keeps_his_attributes_and_loses_the_audience(
    shop, sandbox, customer, on_leave, left_with
):
    shop.extra = ""
    shop.write()
    text = (shop.folder / "stoker.toml").read_text()
    text = text.replace("[campaigns.club]", f'[campaigns.club]\non_leave = "{on_leave}"')
    (shop.folder / "stoker.toml").write_text(text)
    shop.customers([customer(i) for i in range(10)])
    shop.sync("club")

    shop.customers([customer(i, is_member=i != 3) for i in range(10)])
    plan = shop.plan("club").plan
    shop.sync("club")

    assert plan.counts.leave == (0 if on_leave == "keep" else 1)
    profile = sandbox.profiles()["c00003"]
    assert profile.get("club") == left_with
    assert (profile["first_name"], profile["tier"]) == ("Name 3", "gold")
    assert shop.plan("club").plan.counts.changes == 0


def test_a_customer_who_vanishes_from_the_table_leaves_and_comes_back(shop, sandbox, customer):
    shop.customers([customer(i) for i in range(10)])
    shop.sync("club")

    shop.customers([customer(i) for i in range(9)])
    shop.sync("club")
    assert sandbox.profiles()["c00009"]["club"] is False

    shop.customers([customer(i) for i in range(10)])
    counts = shop.plan("club").plan.counts
    shop.sync("club")
    assert (counts.join, counts.unchanged) == (1, 9)
    assert sandbox.profiles()["c00009"]["club"] is True


def test_everyone_is_accounted_for_once(shop, customer):
    """The sums must agree, or somebody was forgotten."""
    rows = [
        *(customer(i) for i in range(50)),
        *(customer(i, is_member=False) for i in range(50, 80)),
        customer(100, id=None),
        customer(101, id=""),
        customer(102, id="twice"),
        customer(103, id="twice"),
        customer(104, id="x" * 988),
        customer(105, id="twice outside", is_member=False),
        customer(106, id="twice outside", is_member=False),
        customer(107, id=None, is_member=False),
    ]
    shop.customers(rows)

    plan = shop.plan("club").plan

    assert plan.counts == PlanCounts(join=50, outside=32, withheld=4)
    assert {(each.code, each.count) for each in plan.reasons} == {
        ("id_missing", 1), ("id_empty", 1), ("id_twice", 1), ("id_too_long", 1),
    }  # fmt: skip


def test_a_known_member_whose_identifier_becomes_ambiguous_does_not_leave(shop, sandbox, customer):
    """Which of his rows speaks for him is unknown, so nothing is said about him."""
    shop.customers([customer(i) for i in range(10)])
    shop.sync("club")

    shop.customers([*(customer(i) for i in range(10)), customer(4, is_member=False)])
    counts = shop.plan("club").plan.counts

    assert (counts.leave, counts.withheld, counts.unchanged) == (0, 1, 9)


def test_what_is_sent_is_what_the_plan_showed(shop, sandbox, customer):
    """A dry run is exact, byte for byte."""
    shop.customers([customer(i, name='Ünï "quoted" \\ 😀 [bold]') for i in range(100)])
    stored = shop.plan("club")
    shown = [json.loads(each.payload) for each in PlanReader(stored).changes(Filter())]

    shop.carry_out(shop.begin(stored))

    assert sandbox.objects() == shown


def test_planning_twice_gives_identical_bytes(shop, customer):
    shop.customers([customer(i, tier=None if i % 3 else "gold") for i in range(3000)])

    first = shop.plan("club")
    content = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    second = shop.plan("club")

    assert second.fingerprint == first.fingerprint
    assert {path.name: path.read_bytes() for path in second.folder.iterdir()} == content


def test_one_customer_is_one_object_in_one_request(shop, sandbox, customer):
    shop.customers([customer(i) for i in range(151)])

    shop.sync("club")

    ids = [each["external_id"] for each in sandbox.objects()]
    assert (len(ids), len(set(ids))) == (151, 151)
    assert sorted(len(each["objects"]) for each in sandbox.received()) == [1, 75, 75]


def test_a_sample_sends_the_first_customers_only(shop, sandbox, customer):
    shop.customers([customer(i) for i in range(200)])
    stored = shop.plan("club")

    progress = shop.carry_out(shop.begin(stored, sample=80))

    assert (progress.state, progress.acknowledged, progress.not_sent) == ("done", 80, 120)
    assert len(sandbox.profiles()) == 80
    assert shop.plan("club").plan.counts == PlanCounts(join=120, unchanged=80)


def test_a_plan_is_applied_at_most_once(shop, customer):
    shop.customers([customer(i) for i in range(10)])
    stored = shop.plan()
    shop.carry_out(shop.begin(stored))

    with pytest.raises(Refused, match="applied before"):
        shop.begin(stored)


def test_a_plan_against_an_older_ledger_is_stale(shop, customer):
    shop.customers([customer(i) for i in range(10)])
    stale = shop.plan("club")
    shop.sync("profiles")

    with pytest.raises(Refused, match="serial 0 of the ledger, which is now at 1"):
        shop.begin(stale)


def test_a_plan_of_an_older_mapping_is_stale(shop, customer):
    shop.customers([customer(i) for i in range(10)])
    stale = shop.plan()
    shop.attributes = {"first_name": '"tier"'}
    shop.write()

    with pytest.raises(Refused, match="were changed since it was made"):
        shop.begin(stale)


def test_a_plan_for_another_endpoint_is_stale(shop, customer):
    shop.customers([customer(i) for i in range(10)])
    stale = shop.plan()
    shop.url = "http://127.0.0.1:9"
    shop.write()

    with pytest.raises(Refused, match=r"it was made for http://127\.0\.0\.1"):
        shop.begin(stale)


def test_an_edited_plan_is_refused(shop, customer):
    shop.customers([customer(i) for i in range(10)])
    stored = shop.plan()
    content = bytearray(stored.changes.read_bytes())
    content[len(content) // 2] ^= 1
    stored.changes.write_bytes(content)

    with pytest.raises(Exception, match="is not what Stoker wrote"):
        shop.begin(stored)


def test_two_activations_share_what_is_known(shop, sandbox, customer):
    """The ledger speaks of a workspace, not of an activation."""
    shop.customers([customer(i) for i in range(10)])
    shop.sync("profiles")
    sandbox.reset()

    shop.sync("club")

    assert sandbox.objects() == [{"external_id": f"c{i:05}", "club": True} for i in range(10)]


def test_consent_is_sent_only_where_the_destination_opts_in(shop, sandbox, customer):
    """Braze should stay the source of truth for subscriptions."""
    shop.attributes = {"first_name": '"name"', "email_subscribe": '"tier"'}
    shop.write()
    shop.customers([customer(1, tier="unsubscribed")])
    shop.sync()
    assert sandbox.objects() == [{"external_id": "c00001", "first_name": "Name 1"}]

    shop.destination = {**shop.destination, "send_consent": "true"}
    shop.write()
    shop.sync()

    assert sandbox.objects()[1:] == [{"external_id": "c00001", "email_subscribe": "unsubscribed"}]


def test_a_customer_without_any_value_is_not_sent(shop, sandbox, customer):
    """An object with nothing but an identifier would create an empty profile."""
    shop.customers([customer(1), customer(2, name=None, tier=None, points=None)])

    shop.sync()

    assert [each["external_id"] for each in sandbox.objects()] == ["c00001"]
    assert shop.plan().plan.counts == PlanCounts(unchanged=2)
