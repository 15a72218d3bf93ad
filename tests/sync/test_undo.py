"""Undoing a run brings back, attribute by attribute, what the ledger knew before it."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from tests.sync.test_recipients import log, places
from tui_app.core.errors import Refused
from tui_app.tasks.plan_undo import plan_undo

ALL = ("max_leave_share", "max_clear_share", "max_change_share", "min_members")


def undo(shop, run):
    """The plan that undoes a run."""
    return plan_undo(shop.workplace, run)


def apply(shop, stored):
    """Send a plan, whatever guards say."""
    run = shop.begin(stored, *ALL)
    assert shop.carry_out(run).state == "done"
    return run


def payloads(stored):
    rows = pq.read_table(stored.changes).to_pylist()
    return {row["id"]: (row["kind"], json.loads(row["payload"]), json.loads(row["before"])) for row in rows}


def withheld(stored):
    return {
        (row["id"], row["attribute"], row["code"], row["value"]) for row in pq.read_table(stored.withheld).to_pylist()
    }


def values(shop):
    """Braze's profiles and the ledger; what was cleared is nowhere."""
    return {each: {name: value for name, value in known.items() if value is not None} for each, known in shop.items()}


def test_undo_restores_the_values_of_the_day_before(shop, sandbox, customer):
    """Changed, cleared, set for the first time, joined and left: Braze and ledger are as they were."""
    first = [customer(i) for i in range(12)] + [customer(20, points=None)]
    shop.customers(first)
    apply(shop, shop.plan("club"))
    braze_before, ledger_before = values(sandbox.profiles()), shop.ledger()
    log_before = places(shop)
    second = [
        customer(0, tier="silver", points=77),
        customer(1, points=None),
        customer(2, is_member=False),
        *first[3:-1],
        customer(20, points=5),
        customer(30),
    ]
    shop.customers(second)
    run = apply(shop, shop.plan("club"))
    assert values(sandbox.profiles()) != braze_before

    stored = undo(shop, run)

    assert payloads(stored) == {
        "c00000": (
            "update",
            {"external_id": "c00000", "tier": "gold", "points": 0},
            {"tier": "silver", "points": 77},
        ),
        "c00001": ("update", {"external_id": "c00001", "points": 1}, {}),
        "c00002": ("join", {"external_id": "c00002", "club": True}, {"club": False}),
        "c00020": ("update", {"external_id": "c00020", "points": None}, {"points": 5}),
        "c00030": (
            "leave",
            {"external_id": "c00030", "first_name": None, "tier": None, "points": None, "club": None},
            {"first_name": "Name 30", "tier": "gold", "points": 30, "club": True},
        ),
    }
    assert stored.plan.undoes == run.id
    apply(shop, stored)
    profiles = values(sandbox.profiles())
    assert profiles.pop("c00030") == {}
    assert profiles == braze_before
    ledger = shop.ledger()
    assert ledger.pop("c00030") == {}
    assert ledger == ledger_before
    assert {each: where for each, where in places(shop).items() if where} == log_before
    assert not payloads(undo(shop, run))


def test_what_a_later_run_changed_stays_and_is_named_with_that_run(shop, customer):
    """Undoing must not take away what was meant since."""
    shop.customers([customer(i) for i in range(4)])
    apply(shop, shop.plan("club"))
    shop.customers([customer(0, tier="silver", points=7), customer(1, points=8), customer(2), customer(3, points=None)])
    run = apply(shop, shop.plan("club"))
    shop.customers([customer(0, tier="silver", points=9), customer(1, points=8), customer(2), customer(3, points=4)])
    later = apply(shop, shop.plan("club"))

    stored = undo(shop, run)

    assert {each: payload for each, (_, payload, _) in payloads(stored).items()} == {
        "c00000": {"external_id": "c00000", "tier": "gold"},
        "c00001": {"external_id": "c00001", "points": 1},
    }
    assert withheld(stored) == {
        ("c00000", "points", "changed_since", later.id),
        ("c00003", "points", "changed_since", later.id),
    }
    assert (stored.plan.counts.update, stored.plan.counts.withheld, stored.plan.counts.unchanged) == (2, 1, 0)


def test_what_is_not_settled_is_left_to_the_next_run(shop, sandbox, customer):
    """A value that may or may not have arrived cannot be undone yet."""
    shop.customers([customer(0), customer(1)])
    run = apply(shop, shop.plan("club"))
    shop.customers([customer(0, points=5), customer(1)])
    sandbox.fail("500")
    stopped = shop.begin(shop.plan("club"), *ALL)
    assert shop.carry_out(stopped).state == "stopped"
    sandbox.work_again()

    stored = undo(shop, run)

    assert withheld(stored) == {("c00000", "points", "not_settled", None)}
    assert set(payloads(stored)["c00000"][1]) == {"external_id", "first_name", "tier", "club"}


def test_a_run_that_got_nothing_acknowledged_has_nothing_to_undo(shop, sandbox, customer):
    shop.customers([customer(0)])
    sandbox.fail("500")
    run = shop.begin(shop.plan("club"))
    shop.carry_out(run)

    with pytest.raises(Refused, match="Braze acknowledged nothing of it"):
        undo(shop, run)


def test_the_command_shows_the_plan_and_what_it_means(shop, customer):
    """It is previewed and applied like any plan; the next one would send the same again."""
    shop.customers([customer(i) for i in range(3)])
    apply(shop, shop.plan("club"))
    shop.customers([customer(0, points=5), customer(1), customer(2)])
    run = apply(shop, shop.plan("club"))

    told = shop.stoker("undo", run.id)
    document = shop.stoker("undo", "last", "--json").document

    assert told.code == 0
    assert f"This undoes run {run.id}. The next plan of club sends the same again" in " ".join(told.stdout.split())
    assert document["counts"]["update"] == 1
    assert [each["code"] for each in document["warnings"]] == ["undo"]
    applied = shop.stoker("apply", document["plan"], "--yes", "--json")
    assert (applied.code, applied.document["acknowledged"]) == (0, 1)
    assert shop.ledger()["c00000"]["points"] == 0
    assert log(shop)


def test_consent_that_is_no_longer_sent_is_not_brought_back(shop, customer):
    """The destination has stopped to opt in; an undo must not change consent behind its back."""
    shop.destination = {**shop.destination, "send_consent": "true"}
    shop.attributes = {"email_subscribe": '"name"', "tier": '"tier"'}
    shop.write()
    shop.customers([customer(0, name="opted_in")])
    apply(shop, shop.plan("club"))
    shop.customers([customer(0, name="unsubscribed", tier="silver")])
    run = apply(shop, shop.plan("club"))
    shop.destination = {**shop.destination, "send_consent": "false"}
    shop.write()

    stored = undo(shop, run)

    assert payloads(stored)["c00000"][1] == {"external_id": "c00000", "tier": "gold"}


def test_an_undone_join_leaves_the_log_although_a_value_was_changed_since(shop, customer):
    shop.customers([customer(0)])
    run = apply(shop, shop.plan("club"))
    shop.customers([customer(0, points=9)])
    apply(shop, shop.plan("club"))

    apply(shop, undo(shop, run))

    assert places(shop) == {"c00000": None}


def test_another_key_asks_for_the_workspace(shop, customer):
    """An undo of one workspace must not reach another."""
    shop.customers([customer(0)])
    run = apply(shop, shop.plan("club"))
    (shop.folder / "braze.key").write_text("another-key-of-another-workspace", encoding="ascii")

    assert "workspace" in undo(shop, run).plan.refused_by
