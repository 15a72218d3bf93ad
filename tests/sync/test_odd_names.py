"""Attribute names are the user's: whatever they hold, the value that Braze acknowledged is the value in the ledger."""

from __future__ import annotations

import json

import pytest

from tui_app.store.plan_reading import Filter, PlanReader

NAMES = [
    "0",
    "a b",
    "Größe",
    'say "hi"',
    "a.b",
    "*",
    "a/b~c",
    "back\\slash",
    "#",
    "[bold]",
    "it's",
    "x'); DROP TABLE y;--",
    "😀",
]


def test_names_of_every_kind_come_back_from_the_plan_into_the_ledger(shop, sandbox, customer):
    shop.attributes = {name.replace("\\", "\\\\").replace('"', '\\"'): '"tier"' for name in NAMES}
    shop.write()
    shop.customers([customer(1, tier='1e5 "quoted" \\ 🙂')])

    stored = shop.plan()
    progress = shop.carry_out(shop.begin(stored))

    assert (progress.state, progress.acknowledged) == ("done", 1)
    expected = dict.fromkeys(NAMES, '1e5 "quoted" \\ 🙂')
    assert shop.ledger() == {"c00001": expected}
    assert sandbox.profiles()["c00001"] == expected
    (shown,) = PlanReader(stored).changes(Filter())
    assert json.loads(shown.after) == expected
    assert shop.plan().plan.counts.changes == 0


@pytest.mark.parametrize(
    "number", [1e20, 1e-7, 123456789012345.0, 1.5e300, -2.5e-9, 0.1 + 0.2, 1e15, 9007199254740993.0]
)
def test_numbers_with_exponents_do_not_change_for_ever(shop, sandbox, number):
    """One value with two spellings would be sent every day."""
    import pyarrow as pa

    schema = pa.schema([("id", pa.string()), ("is_member", pa.bool_()), ("amount", pa.float64())])
    shop.attributes = {"amount": '"amount"'}
    shop.write()
    shop.customers([{"id": "c1", "is_member": True, "amount": number}], schema)

    shop.sync()

    assert shop.plan().plan.counts.changes == 0
    assert shop.ledger()["c1"]["amount"] == pytest.approx(number, rel=1e-14)
