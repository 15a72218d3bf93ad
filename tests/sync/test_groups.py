"""Groups of a campaign: drawn by lot, the same for ever, each with what it gets and nobody else does."""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections import Counter
from datetime import date

import pyarrow.parquet as pq
import pytest

TEASER = """
[segments.gold]
table = "customers"
all = [ { column = "tier", op = "is exactly", value = "gold" } ]
[segments.many_points]
table = "customers"
all = [ { column = "points", op = "is greater than", value = 100 } ]
[campaigns.teaser]
table = "customers"
include = ["everybody"]
template = "profile"
control_share = 0.2
[campaigns.teaser.attributes]
campaign = { fact = "campaign" }
audience = { fact = "audience" }
group = { fact = "group" }
[campaigns.teaser.audiences.gold]
segments = ["gold"]
[campaigns.teaser.audiences.gold.groups.five]
share = 0.7
attributes = { offer = { value = "5 %" } }
[campaigns.teaser.audiences.gold.groups.ten]
share = 0.3
attributes = { offer = { value = "10 %" }, bonus = "points" }
[campaigns.teaser.audiences.rich]
segments = ["many_points"]
control_share = 0.0
[campaigns.teaser.audiences.remaining.groups.a]
[campaigns.teaser.audiences.remaining.groups.b]
[campaigns.teaser.audiences.remaining.groups.c]
"""


def payloads(stored):
    rows = pq.read_table(stored.changes, columns=["id", "payload"]).to_pylist()
    return {row["id"]: json.loads(row["payload"]) for row in rows}


def lot(purpose, customer_id, key="teaser"):
    """A second computation of what `engine.groups` says in SQL."""
    digest = hashlib.md5((json.dumps([key, purpose]) + customer_id).encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest, "little") / 2**128


def drawn(customer_id, shares):
    return max(shares, key=lambda name: math.log(lot(f"group {name}", customer_id)) / shares[name])


def expected(row):
    """(Sub-audience, group) of a member; None: held out."""
    is_control = lot("control", row["id"]) < 0.2
    if row["tier"] == "gold":
        return None if is_control else ("gold", drawn(row["id"], {"five": 0.7, "ten": 0.3}))
    if row["points"] > 100:
        return ("rich", "treatment")
    return None if is_control else ("remaining", drawn(row["id"], {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}))


@pytest.fixture
def teaser(shop):
    """A campaign with three sub-audiences."""
    shop.extra = TEASER
    shop.write()
    return shop


def some_customers(customer, count):
    chance = random.Random(7)
    return [
        customer(
            i, tier=chance.choice(("gold", "silver")), points=chance.randrange(200), is_member=chance.random() < 0.9
        )
        for i in range(count)
    ]


def test_everybody_is_where_a_second_computation_says(teaser, customer):
    """Whoever is sent gets what his group gets; whoever is held out gets nothing."""
    rows = some_customers(customer, 2_000)
    teaser.customers(rows)

    stored = teaser.plan("teaser")

    places = {row["id"]: expected(row) for row in rows if row["is_member"]}
    offers = {"five": "5 %", "ten": "10 %"}
    assert payloads(stored) == {
        row["id"]: {
            "external_id": row["id"],
            "first_name": row["name"],
            "tier": row["tier"],
            "points": row["points"],
            "campaign": "teaser",
            "audience": place[0],
            "group": place[1],
            **({"offer": offers[place[1]]} if place[1] in offers else {}),
            **({"bonus": row["points"]} if place[1] == "ten" else {}),
            "teaser": True,
        }
        for row in rows
        if (place := places.get(row["id"])) is not None
    }
    counted = Counter(places.values())
    summary = {(each.audience, each.group): each.customers for each in stored.plan.places}
    assert {place: count for place, count in summary.items() if place[1]} == {
        place: count for place, count in counted.items() if place
    }
    assert sum(count for place, count in summary.items() if place[1] is None) == counted[None]
    assert stored.plan.counts.outside == sum(not row["is_member"] for row in rows) + counted[None]


def test_groups_have_their_shares(teaser, customer):
    """Of 20,000 customers each group has its share, within four standard deviations of a fair draw."""
    teaser.customers([customer(i, tier="gold", points=i) for i in range(20_000)])

    summary = {each.group: each.customers for each in teaser.plan("teaser").plan.places if each.audience == "gold"}

    for share, group, of in ((0.2, None, 20_000), (0.7, "five", 20_000 - summary[None])):
        assert abs(summary[group] - share * of) < 4 * math.sqrt(of * share * (1 - share))


def test_nobody_moves_when_others_come_and_rows_change_places(teaser, customer):
    """Neither the size of the audience, nor other values, nor the order of rows or groups has a say."""
    rows = some_customers(customer, 600)
    teaser.customers(rows[:300])
    before = {each: payload["group"] for each, payload in payloads(teaser.plan("teaser")).items()}

    shuffled = [{**row, "name": "another"} for row in reversed(rows)]
    teaser.customers(shuffled)
    five, ten = (
        TEASER.index("[campaigns.teaser.audiences.gold.groups.five]"),
        TEASER.index("[campaigns.teaser.audiences.gold.groups.ten]"),
    )
    rich = TEASER.index("[campaigns.teaser.audiences.rich]")
    teaser.extra = TEASER[:five] + TEASER[ten:rich] + TEASER[five:ten] + TEASER[rich:]
    teaser.write()
    after = {each: payload["group"] for each, payload in payloads(teaser.plan("teaser")).items()}

    assert {each: after.get(each) for each in before} == before
    assert len(after) > len(before)


def test_a_new_group_takes_from_all_others_and_moves_nobody_between_them(teaser, customer):
    """Shares of a running campaign can be changed at the least cost."""
    teaser.customers([customer(i, tier="silver", points=1) for i in range(2_000)])
    before = {each: payload["group"] for each, payload in payloads(teaser.plan("teaser")).items()}

    teaser.extra = TEASER + "[campaigns.teaser.audiences.remaining.groups.d]\n"
    teaser.write()
    after = {each: payload["group"] for each, payload in payloads(teaser.plan("teaser")).items()}

    assert set(after) == set(before)
    assert {after[each] for each in before if after[each] != before[each]} == {"d"}
    assert {before[each] for each in before if after[each] == "d"} == {"a", "b", "c"}


def test_who_changes_groups_keeps_what_only_the_old_one_had(teaser, sandbox, customer):
    """What a group does not have is left as it is at Braze, and is not paid for again."""
    rows = [customer(i, tier="gold", points=i % 90) for i in range(200)]
    teaser.customers(rows)
    teaser.sync("teaser")
    assert not payloads(teaser.plan("teaser"))
    moved = next(row for row in rows if expected(row) == ("gold", "ten"))
    held_out = next(row for row in rows if expected(row) is None)

    teaser.customers([{**row, "points": 150} | ({"tier": "iron"} if row in (moved, held_out) else {}) for row in rows])
    teaser.sync("teaser", "max_change_share")

    profiles = sandbox.profiles()
    assert profiles[moved["id"]]["audience"] == "rich"
    assert (profiles[moved["id"]]["offer"], profiles[moved["id"]]["bonus"]) == ("10 %", moved["points"])
    assert profiles[held_out["id"]]["group"] == "treatment"
    assert not payloads(teaser.plan("teaser"))


def test_the_run_date_goes_along_and_never_alone(teaser, sandbox, customer):
    """It tells when a customer was last sent something; by itself it costs nothing."""
    teaser.extra = TEASER.replace(
        'group = { fact = "group" }', 'group = { fact = "group" }\nsent_on = { fact = "run_date" }'
    )
    teaser.write()
    rows = [customer(i, tier="silver", points=101) for i in range(3)]
    teaser.customers(rows)
    teaser.sync("teaser")
    assert all("sent_on" in profile for profile in sandbox.profiles().values())
    assert not payloads(teaser.plan("teaser"))

    teaser.customers([{**rows[0], "points": 102}, *rows[1:]])

    (sent,) = payloads(teaser.plan("teaser")).values()
    assert set(sent) == {"external_id", "points", "sent_on"}
    assert date.fromisoformat(sent["sent_on"])


def test_whoever_matches_several_sub_audiences_can_be_in_all_of_them(teaser, customer):
    """With first_match_only = false; of an attribute that several give him, the first counts."""
    teaser.extra = TEASER.replace("control_share = 0.2", "control_share = 0.2\nfirst_match_only = false")
    teaser.write()
    teaser.customers(rows := [customer(i, tier="gold", points=150) for i in range(200)])

    stored = teaser.plan("teaser")

    sent = payloads(stored)
    assert set(sent) == {row["id"] for row in rows}
    for row in rows:
        payload, gold = sent[row["id"]], expected(row)
        assert payload["audience"] == (["gold", "rich"] if gold else ["rich"])
        assert payload["group"] == ([gold[1], "treatment"] if gold else ["treatment"])
        assert ("offer" in payload) == (gold is not None)
    summary = {(each.audience, each.group): each.customers for each in stored.plan.places}
    assert summary["rich", "treatment"] == 200
    assert sum(count for (audience, _), count in summary.items() if audience == "gold") == 200
    assert sum(count for (audience, _), count in summary.items() if audience == "remaining") == 0


def test_groups_that_differ_only_in_case_have_lots_of_their_own(shop, customer):
    """Columns of the engine do not tell case apart; the groups of a person do."""
    shop.extra = """
[campaigns.teaser]
table = "customers"
template = "profile"
attributes = { group = { fact = "group" } }
[campaigns.teaser.groups.Test]
[campaigns.teaser.groups.test]
"""
    shop.write()
    shop.customers([customer(i) for i in range(400)])

    counted = Counter(payload["group"] for payload in payloads(shop.plan("teaser")).values())

    assert min(counted["Test"], counted["test"]) > 150
