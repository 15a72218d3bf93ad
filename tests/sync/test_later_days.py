"""A plan against a ledger keeps only who may differ, and still accounts for everybody."""

from __future__ import annotations

import json

import pyarrow.parquet as pq


def changes_of(stored):
    rows = pq.read_table(stored.changes, columns=["id", "kind", "payload"]).to_pylist()
    return {row["id"]: (row["kind"], json.loads(row["payload"])) for row in rows}


def test_everybody_is_accounted_for_on_the_second_day(shop, customer):
    """Unchanged customers are not kept while a plan is made, so they are counted another way than the others."""
    shop.attributes = {**shop.attributes, "email": '"name"'}
    shop.write()
    first = [customer(i, name="nowhere" if i == 6 else f"c{i}@example.com") for i in range(30)]
    shop.customers(first)
    shop.sync("club")

    later = [dict(each) for each in first]
    later[1] |= {"points": 77}
    later[2] |= {"points": None}
    later[3] |= {"name": "no address"}
    later[4] |= {"is_member": False}
    later += [customer(5), customer(40, name="new@example.com"), customer(41, id=" "), customer(42, is_member=False)]
    shop.customers(later)
    stored = shop.plan("club")

    assert changes_of(stored) == {
        "c00001": ("update", {"external_id": "c00001", "points": 77}),
        "c00002": ("update", {"external_id": "c00002", "points": None}),
        "c00004": ("leave", {"external_id": "c00004", "club": False}),
        "c00040": (
            "join",
            {
                "external_id": "c00040",
                "first_name": "new@example.com",
                "tier": "gold",
                "points": 40,
                "email": "new@example.com",
                "club": True,
            },
        ),
        "c00003": ("update", {"external_id": "c00003", "first_name": "no address"}),
    }
    counts = stored.plan.counts
    assert (counts.join, counts.update, counts.leave) == (1, 3, 1)
    assert (counts.unchanged, counts.outside, counts.withheld) == (25, 1, 2)
    assert {each.code: each.count for each in stored.plan.reasons} == {"bad_email": 2, "id_twice": 1, "id_empty": 1}


def test_a_plan_after_a_small_fold_sees_the_newest_values(shop, sandbox, customer):
    """They lie in a delta, and the values before them still in the snapshot."""
    shop.write()
    shop.customers([customer(i) for i in range(30)])
    shop.sync()
    shop.customers([customer(0, points=77), *(customer(i) for i in range(1, 31))])
    shop.sync()
    ledger = shop.workplace.ledger_of(shop.workplace.project.destinations["braze"]).view()

    assert ledger.delta is not None
    assert (shop.plan().plan.counts.changes, shop.plan().plan.counts.unchanged) == (0, 31)
    assert [each.known for each in shop.plan().plan.attributes] == [31, 31, 31]
    shop.customers([customer(0), *(customer(i) for i in range(1, 31))])
    assert changes_of(shop.plan()) == {"c00000": ("update", {"external_id": "c00000", "points": 0})}


def test_whoever_has_the_values_of_somebody_else_is_somebody_else(shop, sandbox, customer):
    """Values alone make nobody known."""
    shop.customers([customer(0, name="Kim", points=5), customer(1, name="Lee", points=6)])
    shop.sync("club")

    shop.customers(
        [customer(0, name="Lee", points=6), customer(1, name="Kim", points=5), customer(2, name="Kim", points=5)]
    )
    counts = shop.plan("club").plan.counts
    shop.sync("club")

    assert (counts.join, counts.update) == (1, 2)
    assert shop.ledger() == sandbox.profiles()
    assert {key: each["first_name"] for key, each in sandbox.profiles().items()} == {
        "c00000": "Lee",
        "c00001": "Kim",
        "c00002": "Kim",
    }
