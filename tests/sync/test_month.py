"""A month of daily runs of a campaign with groups, beside an obvious computation of what must be at Braze.

Customers join, change, move between groups, leave and come back. On every day Braze, the ledger, the log of recipients
and the computation say the same, and no value was paid for that Braze had already.
"""

from __future__ import annotations

import json
import random

import pyarrow.parquet as pq
import pytest

from tests.sync.test_audit import Later, meddle
from tests.sync.test_groups import drawn, lot
from tests.sync.test_recipients import places
from tui_app.sync.rooms import activation_named
from tui_app.tasks.audit_activation import audit_activation
from tui_app.tasks.plan_undo import plan_undo

DAYS = 30
UNDONE, DRIFTED = 20, 25
"""The days on which a run is undone, and on which somebody else writes to Braze."""
CONTROL_SHARE = 0.2
SHARES = {"five": 0.6, "ten": 0.4}
OFFERS = {"five": "5 %", "ten": "10 %"}
EVERY_GUARD = ("min_members", "max_leave_share", "max_clear_share", "max_change_share")
MONTH = """
[segments.gold]
table = "customers"
all = [ { column = "tier", op = "is exactly", value = "gold" } ]
[campaigns.teaser]
table = "customers"
include = ["everybody"]
template = "profile"
control_share = 0.2
attributes = { group = { fact = "group" } }
[campaigns.teaser.audiences.gold]
segments = ["gold"]
[campaigns.teaser.audiences.gold.groups.five]
share = 0.6
attributes = { offer = { value = "5 %" } }
[campaigns.teaser.audiences.gold.groups.ten]
share = 0.4
attributes = { offer = { value = "10 %" }, bonus = "points" }
"""


class Obvious:
    """What Braze and the ledger must say, computed customer by customer."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, object]] = {}
        """Customer → attribute → the value that was sent last; None: cleared."""

    def day(self, rows):
        """Bring everything up to today; customer → what must be sent."""
        wanted = {row["id"]: self._wanted(row) for row in rows}
        sent = {}
        for each in {*wanted, *self.known}:
            known, now = self.known.get(each, {}), wanted.get(each)
            if now is None:
                change = {"teaser": False} if known.get("teaser") is True else {}
            else:
                change = {
                    name: value
                    for name, value in now.items()
                    if (known.get(name) is not None if value is None else known.get(name) != value)
                }
            if change:
                sent[each] = change
                self.known[each] = {**known, **change}
        return sent

    def places(self, rows):
        """Customer → his place of the log, of everybody who is in the campaign."""
        return {row["id"]: [list(place)] for row in rows if (place := _place(row)) is not None}

    def said(self):
        """Customer → attribute → value, without what was cleared."""
        return {
            each: {name: value for name, value in known.items() if value is not None}
            for each, known in self.known.items()
        }

    @staticmethod
    def _wanted(row):
        place = _place(row)
        if place is None or place[1] is None:
            return None
        group = place[1]
        return {
            "first_name": row["name"],
            "tier": row["tier"],
            "points": row["points"],
            "group": group,
            **({"offer": OFFERS[group]} if group in OFFERS else {}),
            **({"bonus": row["points"]} if group == "ten" else {}),
            "teaser": True,
        }


def _place(row):
    """(Sub-audience, group); the group is None for who is held out. None: not in the campaign."""
    if not row["is_member"]:
        return None
    audience = "gold" if row["tier"] == "gold" else "remaining"
    if lot("control", row["id"]) < CONTROL_SHARE:
        return audience, None
    return audience, drawn(row["id"], SHARES) if audience == "gold" else "treatment"


def _next_day(rows, chance, customer):
    """Some come, some change, some go for a while or for good."""
    kept = [dict(row) for row in rows if chance.random() > 0.01]
    for row in kept:
        if chance.random() < 0.06:
            row["points"] = chance.choice((None, chance.randrange(100)))
        if chance.random() < 0.04:
            row["tier"] = chance.choice(("gold", "silver"))
        if chance.random() < 0.03:
            row["is_member"] = not row["is_member"]
    newest = max(int(row["id"][1:]) for row in rows) + 1
    return kept + [
        customer(newest + i, tier=chance.choice(("gold", "silver")), points=chance.randrange(100))
        for i in range(chance.randrange(4))
    ]


def _apply(shop, stored):
    run = shop.begin(stored, *EVERY_GUARD)
    assert shop.carry_out(run).state == "done"
    return run


def _payloads(stored):
    rows = pq.read_table(stored.changes, columns=["id", "payload"]).to_pylist()
    return {row["id"]: {k: v for k, v in json.loads(row["payload"]).items() if k != "external_id"} for row in rows}


@pytest.mark.long
def test_a_month_of_runs(shop, sandbox, customer):
    chance = random.Random(11)
    shop.extra = MONTH
    shop.write()
    rows = [
        customer(i, tier=chance.choice(("gold", "silver")), points=chance.randrange(100), is_member=i % 5 > 0)
        for i in range(150)
    ]
    obvious = Obvious()
    held_out = {f"c{i:05}" for i in range(400) if lot("control", f"c{i:05}") < CONTROL_SHARE}
    for day in range(1, DAYS + 1):
        yesterday = (sandbox.profiles(), shop.ledger())
        shop.customers(rows)
        stored = shop.plan("teaser")
        must = obvious.day(rows)

        assert _payloads(stored) == must, f"day {day}"
        minimum = sum(len(change) for change in must.values())
        assert stored.plan.data_points == minimum
        paid = sandbox.get("counters")["data_points"]
        run = _apply(shop, stored)
        assert sandbox.get("counters")["data_points"] - paid == minimum, f"day {day}"
        if day == UNDONE:
            _apply(shop, plan_undo(shop.workplace, run))
            told = [_without_nothing(each) for each in (sandbox.profiles(), shop.ledger())]
            assert told == [_without_nothing(each) for each in yesterday]
            _apply(shop, shop.plan("teaser"))
        if day == DRIFTED:
            _drift_and_repair(shop, obvious)

        assert _without_nothing(sandbox.profiles()) == _without_nothing(obvious.said()), f"day {day}"
        assert _without_nothing(shop.ledger()) == _without_nothing(obvious.said()), f"day {day}"
        assert {each: where for each, where in places(shop).items() if where} == obvious.places(rows), f"day {day}"
        assert not held_out & {each for each, profile in sandbox.profiles().items() if profile}
        assert not shop.plan("teaser").plan.counts.changes
        rows = _next_day(rows, chance, customer)


def _drift_and_repair(shop, obvious):
    """Somebody else changes two customers; an audit finds it, and its plan brings them back."""
    first, second = sorted(each for each, known in obvious.known.items() if known.get("teaser") is True)[:2]
    meddle(shop, first, tier="stolen")
    meddle(shop, second, group=None)
    activation = activation_named(shop.workplace.project, "teaser")

    audited = audit_activation(shop.workplace, activation, None, with_repair=True, clock=Later())

    assert _payloads_of(audited.repair) == {
        first: {"tier": obvious.known[first]["tier"]},
        second: {"group": obvious.known[second]["group"]},
    }
    _apply(shop, audited.repair)


def _payloads_of(stored):
    rows = pq.read_table(stored.folder / "changes.parquet", columns=["id", "payload"]).to_pylist()
    return {row["id"]: {k: v for k, v in json.loads(row["payload"]).items() if k != "external_id"} for row in rows}


def _without_nothing(profiles):
    """Profiles of which anything is known; NULL is nothing."""
    said = {
        each: {name: value for name, value in known.items() if value is not None} for each, known in profiles.items()
    }
    return {each: known for each, known in said.items() if known}
