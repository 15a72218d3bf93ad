"""Every kind of identifier finds its profile, and the second plan is empty."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("identifier", "ids"),
    [
        ("external_id", ["007", "7", "Größe 1"]),
        ("email", ["jo@example.com", "kim@example.com"]),
        ("phone", ["+12025550142", "+12025550143"]),
    ],
)
def test_customers_are_found_again_by_their_identifier(shop, sandbox, customer, identifier, ids):
    shop.destination = {**shop.destination, "identifier": f'"{identifier}"'}
    shop.write()
    shop.customers([customer(i, id=each) for i, each in enumerate(ids)])

    progress = shop.sync()

    assert (progress.state, progress.acknowledged) == ("done", len(ids))
    assert [each[identifier] for each in sandbox.objects()] == sorted(ids)
    assert len(sandbox.get("state")["profiles"]) == len(ids)
    assert set(shop.ledger()) == set(ids)
    assert shop.plan().plan.counts.changes == 0


def test_an_alias_is_packed_and_found_again(shop, sandbox, customer):
    shop.destination = {**shop.destination, "identifier": '"user_alias"'}
    shop.write()
    file = shop.folder / "stoker.toml"
    columns = 'alias_name_column = "id"\nalias_label_column = "tier"'
    file.write_text(file.read_text(encoding="utf-8").replace('identifier_column = "id"', columns), encoding="utf-8")
    shop.customers([customer(i) for i in range(3)])

    progress = shop.sync()

    assert (progress.state, progress.acknowledged) == ("done", 3)
    assert sandbox.objects()[0]["user_alias"] == {"alias_name": "c00000", "alias_label": "gold"}
    assert sandbox.objects()[0]["_update_existing_only"] is False
    assert len(sandbox.get("state")["profiles"]) == 3
    assert shop.plan().plan.counts.changes == 0
