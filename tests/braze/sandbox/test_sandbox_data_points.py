"""What an update costs. Source: braze.com/docs, "Data points"."""

from __future__ import annotations

from typing import Any

import pytest

GROUP = {"subscription_group_id": "3f2b8f6e-7a51-4b0e-9a37-0c6c1f0a9d11", "subscription_state": "subscribed"}

FIRST_PET = {"$identifier_key": "id", "$identifier_value": 1}


@pytest.mark.parametrize(
    ("update", "data_points"),
    [
        ({"first_name": "A"}, 1),
        ({"tier": "gold"}, 1),  # the value that is stored already
        ({"tier": None, "never_set": None}, 2),
        ({"tags": ["a", "b", "c"]}, 1),
        ({"tags": {"add": ["x", "y", "z"]}}, 3),  # Braze's page says 1 and 3: the upper bound
        ({"tags": {"remove": ["absent"]}}, 1),
        ({"object": {"k1": 1, "k2": {"k3": 2, "k4": 3}}}, 3),
        ({"object": {"when": {"$time": "2026-01-01"}, "list": [1, 2]}}, 2),
        ({"object": {}}, 1),
        ({"object": None}, 1),
        ({"pets": [{"id": 1, "kind": "dog"}, {"id": 2}]}, 3),
        ({"pets": {"$add": [{"id": 3, "kind": "cat"}], "$remove": [FIRST_PET]}}, 3),
        ({"pets": {"$update": [{**FIRST_PET, "$new_object": {"kind": "wolf", "name": "Rex"}}]}}, 2),
        ({"count": {"inc": 1}}, 1),
        ({"country": "US", "language": "en"}, 2),
        ({"email": "a@example.com", "phone": "+15550100"}, 2),
        ({"email_subscribe": "opted_in", "push_subscribe": "subscribed", "subscription_groups": [GROUP]}, 0),
        ({"time_zone": "nowhere", "gender": "x", "tier": 7, "object": {"k": None}}, 0),  # dropped, so not set
        ({"_update_existing_only": True, "_merge_objects": True}, 0),
        ({}, 0),
    ],
    ids=str,
)  # fmt: skip
async def test_each_value_that_is_set_costs_whether_it_changes_or_not(
    start: Any, update: dict[str, Any], data_points: int
) -> None:
    caller = await start()
    await caller.track({"external_id": "u", "tier": "gold"})

    await caller.track({"external_id": "u", **update})

    assert (await caller.state())["counters"]["data_points"] - 1 == data_points


async def test_an_identifier_is_free(start: Any) -> None:
    """Also an email address or a phone number that is one."""
    caller = await start()
    alias = {"alias_name": "n", "alias_label": "l"}

    await caller.track(
        {"external_id": "u"},
        {"email": "a@example.com"},
        {"phone": "+15550100100"},
        {"user_alias": alias, "_update_existing_only": False},
    )

    state = await caller.state()
    assert len(state["profiles"]) == 4
    assert state["counters"]["data_points"] == 0


async def test_a_skipped_or_refused_object_is_free(start: Any) -> None:
    caller = await start()

    await caller.track(
        {"external_id": "nobody", "_update_existing_only": True, "tier": "gold"},
        {"external_id": "u", "tier": "gold", "email": "bad"},
    )

    assert (await caller.state())["counters"]["data_points"] == 0


async def test_an_event_and_a_purchase_cost_one_each(start: Any) -> None:
    caller = await start()
    when = "2026-01-01T00:00:00Z"
    purchase = {"external_id": "u", "product_id": "p", "currency": "EUR", "price": 2, "quantity": 3, "time": when}

    await caller.track(events=[{"external_id": "u", "name": "visit", "time": when}], purchases=[purchase])

    assert (await caller.state())["counters"]["data_points"] == 2
