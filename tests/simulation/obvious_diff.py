"""The diff once more, customer by customer in plain Python: what a plan must send, and nothing else."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tests.simulation.deeds import LedgerSeen, Planned
from tests.simulation.fake_braze import canonical
from tests.simulation.shop import Attribute, Row, Shop
from tests.simulation.values import BAD_IDS, wanted

AUDIENCE = "club"
_ON_LEAVE = {"false": False, "null": None}
_UNTOUCHED = object()
_MANY = 100
"""Shares are guarded from so many customers on."""


def broken_by_plan(planned: Planned, shop: Shop) -> Iterator[str]:
    """A plan sends what differs or is in doubt, counts everybody once, and refuses to be applied to nobody."""
    objects = _objects(shop, planned.ledger)
    yield from _broken_payloads(planned, objects)
    yield from _broken_counts(planned, shop, objects.keys())
    yield from _broken_guards(planned, shop)


def broken_by_undo(undone: Planned, planned: Planned) -> Iterator[str]:
    """An undo brings back what the ledger knew before, of everything that is now as the run has set it.

    Args:
        undone: The plan of the undo, with the ledger of now.
        planned: The plan that is undone, with the ledger of then.
    """
    now, before = undone.ledger, planned.ledger
    expected = {}
    for customer, payload in planned.payloads.items():
        sets = {}
        for name, value in json.loads(payload).items():
            key = customer, name
            set_to = None if value is None else canonical(value)
            is_settled = key not in now.doubt and now.values.get(key) == set_to
            if name != "external_id" and is_settled and before.values.get(key) != set_to:
                sets[name] = json.loads(before.values[key]) if key in before.values else None
        if sets:
            expected[customer] = {"external_id": customer, **sets}
    sent = {customer: json.loads(payload) for customer, payload in undone.payloads.items()}
    for customer in sorted(expected.keys() | sent.keys()):
        if sent.get(customer) != expected.get(customer):
            yield f"the undo sends {sent.get(customer)} instead of {expected.get(customer)}"


def broken_by_repair(repaired: Planned | None, meddled: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """A repair sends what somebody else has overwritten, and nothing else.

    Args:
        repaired: The plan; None: the audit found nothing.
        meddled: (Customer, attribute) → the value that the ledger has, as JSON.
    """
    expected: dict[str, dict[str, Any]] = {}
    for (customer, name), value in meddled.items():
        expected.setdefault(customer, {"external_id": customer})[name] = json.loads(value)
    payloads = repaired.payloads if repaired is not None else {}
    sent = {customer: json.loads(payload) for customer, payload in payloads.items()}
    for customer in sorted(expected.keys() | sent.keys()):
        if sent.get(customer) != expected.get(customer):
            yield f"the repair sends {sent.get(customer)} instead of {expected.get(customer)}"


def _broken_guards(planned: Planned, shop: Shop) -> Iterator[str]:
    """Nobody at all, and a fifth of many who leave or lose a value, are refused, and only they."""
    sent = [json.loads(payload) for payload in planned.payloads.values()]
    values, doubt = planned.ledger.values, planned.ledger.doubt
    known = Counter(name for _, name in values)
    # Who is told once more that he has left does not leave.
    was_in = {
        customer
        for side in (values, doubt)
        for (customer, name), value in side.items()
        if (name, value) == (AUDIENCE, "true")
    }
    left = [each for each in sent if each.get(AUDIENCE, True) is not True and each["external_id"] in was_in]
    members = sum(value == "true" for (_, name), value in values.items() if name == AUDIENCE)
    cleared = Counter(name for each in sent for name, value in each.items() if value is None)
    expected = {
        "min_members": not shop.members,
        "max_leave_share": len(left) >= _MANY and len(left) > 0.2 * members,
        "max_clear_share": any(count >= _MANY and count > 0.2 * known[name] for name, count in cleared.items()),
    }
    for guard, refuses in expected.items():
        # Members without a usable identifier are none.
        if refuses is not (guard in planned.plan.refused_by) and (guard != "min_members" or refuses):
            yield f"{guard} {'refuses' if not refuses else 'does not refuse'} a plan: {planned.plan.counts}"


def _broken_payloads(planned: Planned, objects: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """All objects are sent but those that Braze refused before, in the same words."""
    refused = planned.ledger.refused
    sent = {customer: json.loads(payload) for customer, payload in planned.payloads.items()}
    reworded = {
        customer for customer in sent.keys() & refused.keys() if list(sent[customer]) != list(refused[customer])
    }
    expected = {
        customer: each for customer, each in objects.items() if refused.get(customer) != each or customer in reworded
    }
    for customer in sorted(expected.keys() | sent.keys()):
        if sent.get(customer) != expected.get(customer):
            yield f"the plan sends {sent.get(customer)} instead of {expected.get(customer)}"


def _broken_counts(planned: Planned, shop: Shop, changed: Collection[str]) -> Iterator[str]:
    counts = planned.plan.counts
    counted = counts.changes + counts.unchanged + counts.outside + counts.withheld
    usable = {row["id"] for row in shop.rows if row["id"] not in BAD_IDS}
    blank = [row for row in shop.rows if row["id"] in BAD_IDS]
    expected = len(usable | set(changed)) + len(blank)
    # Rows outside with one blank identifier, such as "", are one customer, and those that lack it are one each.
    same = len([row["id"] for row in blank if not shop.has_member(row)])
    if not expected - same <= counted <= expected:
        yield f"the plan counts {counted} customers instead of {expected}: {counts}"


def _objects(shop: Shop, ledger: LedgerSeen) -> dict[str, dict[str, Any]]:
    """Customer → what must be sent."""
    ids = Counter(row["id"] for row in shop.rows)
    inside = {row["id"]: row for row in shop.rows if shop.has_member(row) and row["id"] not in BAD_IDS}
    sets = {customer: _of_member(row, shop, ledger) for customer, row in inside.items() if ids[customer] == 1}
    known = {customer for customer, _ in ledger.values.keys() | ledger.doubt.keys()}
    # Whose rows contradict each other stays as he is.
    doubled = {customer for customer, rows in ids.items() if rows > 1}
    sets |= {customer: _of_outsider(customer, shop, ledger) for customer in known - inside.keys() - doubled}
    return {customer: {"external_id": customer, **each} for customer, each in sets.items() if each}


def _of_member(row: Row, shop: Shop, ledger: LedgerSeen) -> dict[str, Any]:
    sets = {each.name: _of_attribute(each, row, ledger) for each in shop.mapping}
    for name, value in shop.given_to(row["id"]).items():
        known, doubtful = _known(ledger.values, row["id"], name), _known(ledger.doubt, row["id"], name)
        sets[name] = _UNTOUCHED if doubtful is _UNTOUCHED and known == value else value
    if shop.is_campaign:
        key = row["id"], AUDIENCE
        is_known = ledger.values.get(key) == "true" and key not in ledger.doubt
        sets[AUDIENCE] = _UNTOUCHED if is_known else True
    # What is no longer mapped stays at Braze as it is, once it is certain what it is.
    return _touched(_doubtful(row["id"], ledger) | sets)


def _of_attribute(attribute: Attribute, row: Row, ledger: LedgerSeen) -> Any:
    known, doubtful = _known(ledger.values, row["id"], attribute.name), _known(ledger.doubt, row["id"], attribute.name)
    try:
        value = wanted(attribute, row[attribute.column])
    except ValueError:
        return doubtful
    if value is None and attribute.on_null == "keep":
        return doubtful
    is_settled = doubtful is _UNTOUCHED and (known == value or (value is None and known is _UNTOUCHED))
    return _UNTOUCHED if is_settled else value


def _of_outsider(customer: str, shop: Shop, ledger: LedgerSeen) -> dict[str, Any]:
    """Who is not in the activation is settled, and told that he has left."""
    sets = _doubtful(customer, ledger)
    key = customer, AUDIENCE
    was_in = shop.is_campaign and "true" in (ledger.values.get(key), ledger.doubt.get(key))
    if was_in and shop.habits.on_leave != "keep":
        sets[AUDIENCE] = _ON_LEAVE[shop.habits.on_leave]
    return _touched(sets)


def _doubtful(customer: str, ledger: LedgerSeen) -> dict[str, Any]:
    return {name: json.loads(value) for (of, name), value in ledger.doubt.items() if of == customer}


def _known(values: Mapping[tuple[str, str], str], customer: str, attribute: str) -> Any:
    text = values.get((customer, attribute))
    return _UNTOUCHED if text is None else json.loads(text)


def _touched(sets: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sets.items() if value is not _UNTOUCHED}
