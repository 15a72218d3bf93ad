"""What must be true, worked out the obvious way: plain Python over the rows of the source, no engine and no ledger."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.simulation.deeds import Applied, LedgerSeen
from tests.simulation.fake_braze import canonical
from tests.simulation.lots import GROUP
from tests.simulation.shop import Row, Shop
from tests.simulation.values import BAD_IDS, is_refused, wanted

Profiles = Mapping[str, Mapping[str, Any]]
"""Customer → attributes at Braze."""


def broken_by_ledger(ledger: LedgerSeen, acknowledged: Mapping[tuple[str, str], set[str]]) -> Iterator[str]:
    """Only what Braze acknowledged is in the ledger."""
    for key, value in ledger.values.items():
        if value not in acknowledged.get(key, ()):
            yield f"the ledger has {key} = {value}, which was never acknowledged"


def broken_by_run(applied: Applied) -> Iterator[str]:
    """Everybody in the plan is acknowledged, rejected, in doubt or not sent."""
    progress = applied.progress
    counted = progress.acknowledged + progress.rejected + progress.in_doubt + progress.not_sent
    if counted != applied.rows:
        yield f"the run counts {counted} customers of {applied.rows}: {progress}"
    if progress.state == "done" and (progress.in_doubt or progress.not_sent):
        yield f"a run is done before everybody was settled: {progress}"


def broken_at_the_end(shop: Shop, profiles: Profiles, ledger: LedgerSeen) -> Iterator[str]:
    """Braze equals the mapped source, the ledger equals Braze, and nobody is in doubt.

    Args:
        shop: The source.
        profiles: Of Braze, when nothing is pending.
        ledger: Of Stoker.

    Only who cannot be sent is excused: Braze refuses his object, or several rows carry his identifier.
    """
    ids = Counter(row["id"] for row in shop.rows)
    members = {row["id"]: row for row in shop.rows if shop.has_member(row)}
    refused = {customer for customer, row in members.items() if _is_refused(row, shop)}
    refused |= {customer for (customer, _), value in ledger.doubt.items() if is_refused(json.loads(value))}
    excused = refused | {customer for customer, rows in ids.items() if rows > 1} | set(BAD_IDS)
    doubtful = {customer for customer, _ in ledger.doubt}
    yield from (f"{customer} is still in doubt" for customer in sorted(doubtful - excused))
    yield from _broken_agreement(profiles, ledger, doubtful)
    for customer, row in members.items():
        if customer not in excused:
            yield from _broken_member(row, shop, profiles.get(customer, {}))
    outsiders = {customer: each for customer, each in profiles.items() if customer not in members.keys() | excused}
    yield from _broken_leavers(shop, outsiders)
    if shop.is_campaign:
        yield from _broken_log(shop, ledger, excused)


def _broken_log(shop: Shop, ledger: LedgerSeen, excused: set[str]) -> Iterator[str]:
    """The log of recipients has everybody who is in the campaign in his group, and nobody else."""
    expected: dict[str, str | None] = {}
    for row in shop.rows:
        if row["id"] in excused:
            continue
        if shop.has_member(row):
            expected[row["id"]] = shop.given_to(row["id"]).get(GROUP, "treatment")
        elif row["is_member"]:
            expected[row["id"]] = None
    for customer in sorted(expected.keys() | ledger.recipients.keys()):
        if customer in excused:
            continue
        there, told = customer in ledger.recipients, ledger.recipients.get(customer)
        if there is not (customer in expected) or told != expected.get(customer):
            yield f"the log has {customer} in {told if there else 'no group'} instead of {expected.get(customer)}"


def _broken_agreement(profiles: Profiles, ledger: LedgerSeen, excused: set[str]) -> Iterator[str]:
    at_braze = {
        (customer, name): canonical(value)
        for customer, attributes in profiles.items()
        for name, value in attributes.items()
    }
    for key in sorted(at_braze.keys() | ledger.values.keys()):
        known, there = ledger.values.get(key), at_braze.get(key)
        if key[0] not in excused and not _same(known, there):
            yield f"{key} is {there} at Braze and {known} in the ledger"


def _broken_member(row: Row, shop: Shop, profile: Mapping[str, Any]) -> Iterator[str]:
    for attribute in shop.mapping:
        try:
            value = wanted(attribute, row[attribute.column])
        except ValueError:
            # Withheld: what Braze has stays.
            continue
        if value is None and attribute.on_null == "keep":
            continue
        if profile.get(attribute.name) != value:
            yield f"{row['id']}: {attribute.name} is {profile.get(attribute.name)!r} at Braze instead of {value!r}"
    for name, value in shop.given_to(row["id"]).items():
        if profile.get(name) != value:
            yield f"{row['id']}: {name} is {profile.get(name)!r} at Braze instead of {value!r}"
    if shop.is_campaign and profile.get("club") is not True:
        yield f"{row['id']}: a member is {profile.get('club')!r} in club"


def _broken_leavers(shop: Shop, profiles: Profiles) -> Iterator[str]:
    if not shop.is_campaign or shop.habits.on_leave == "keep":
        return
    gone = {False, None} if shop.habits.on_leave == "false" else {None}
    for customer, attributes in profiles.items():
        if attributes.get("club") not in gone:
            yield f"{customer}: has left, and is {attributes.get('club')!r} in club"


def _is_refused(row: Row, shop: Shop) -> bool:
    """Whether Braze refuses the object of this customer."""
    for attribute in shop.mapping:
        try:
            if is_refused(wanted(attribute, row[attribute.column])):
                return True
        except ValueError:
            continue
    return False


def _same(one: str | None, other: str | None) -> bool:
    """Whether two JSON texts hold one value: 2.0 and 2 are the same number."""
    return one == other or (one is not None and other is not None and json.loads(one) == json.loads(other))
