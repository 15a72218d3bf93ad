"""The diff: mapped rows against the ledger, as one relational expression for every engine.

Values on both sides are canonical JSON text, so "has changed" is "is distinct from", attribute by attribute. What is in
doubt counts as changed whatever the ledger says, and is settled even for customers who have left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from tui_app.core.activation import OnLeave
from tui_app.core.change import CLEARED
from tui_app.core.mapping import OnNull

MEMBER_OF_AUDIENCE = "true"
"""What the audience attribute of a member holds, as JSON text."""


@dataclass(frozen=True, slots=True)
class DiffAttribute:
    """One attribute of a diff; its position is the suffix of its columns."""

    name: str
    kind: Literal["standard", "custom", "audience"]
    role: Literal["mapped", "audience", "settled"]
    """`settled`: not of this activation, but a value of it may or may not have reached Braze."""
    on_null: OnNull = "clear"
    data_points: int = 1


def member_changes(
    members: ir.Table, ledger: ir.Table | None, doubt: ir.Table | None, attributes: Sequence[DiffAttribute]
) -> ir.Table:
    """Changes of customers who are in the activation.

    Args:
        members: One row per customer: id string unique · v{i} string, p{i} string for mapped attributes.
        ledger: id string unique · sent_at int64 · l{i} string for every attribute; None: empty.
        doubt: id string unique · since int64 · d{i} string for every attribute; None: nothing is in doubt.
        attributes: In the order of payloads.

    Returns:
        id · kind · not_before · inside (true) · s{i} · b{i}; only customers with something to send. See
        `core.plan.DiffOutcome` for the meaning.
    """
    joined = _with_ledger(members, ledger, doubt, attributes)
    sets = {f"s{i}": _wanted(joined, i, attribute) for i, attribute in enumerate(attributes)}
    befores = {f"b{i}": joined[f"l{i}"] for i in range(len(attributes))}
    audience = next((i for i, each in enumerate(attributes) if each.role == "audience"), None)
    if audience is None:
        is_join = joined.known_id.isnull()
    else:
        is_join = (joined[f"l{audience}"] == MEMBER_OF_AUDIENCE).fill_null(False).__invert__()
    staged = joined.select(
        "id",
        "sent_at",
        "since",
        kind=ibis.ifelse(is_join, "join", "update"),
        inside=ibis.literal(True),
        **sets,
        **befores,
        **{f"d{i}": joined[f"d{i}"] for i in range(len(attributes))},
    )
    return _finished(staged, attributes)


def outsider_changes(
    ledger: ir.Table | None,
    doubt: ir.Table | None,
    accounted: ir.Table,
    attributes: Sequence[DiffAttribute],
    on_leave: OnLeave,
) -> ir.Table | None:
    """Changes of customers who are not in the activation (any more): leaves, and what is in doubt.

    Args:
        ledger: As for `member_changes`.
        doubt: As for `member_changes`.
        accounted: id string; customers who are in the activation, or would be but for their identifier.
        attributes: As for `member_changes`.
        on_leave: What the audience attribute becomes.

    Returns:
        As `member_changes`, with inside = false; None when there cannot be any.
    """
    audience = next((i for i, each in enumerate(attributes) if each.role == "audience"), None)
    sources = []
    if ledger is not None and audience is not None:
        sources.append(ledger.filter(ledger[f"l{audience}"] == MEMBER_OF_AUDIENCE).select("id"))
    if doubt is not None:
        sources.append(doubt.select("id"))
    if not sources:
        return None
    ids = (sources[0] if len(sources) == 1 else ibis.union(*sources, distinct=True)).anti_join(accounted, "id")
    joined = _with_ledger(ids, ledger, doubt, attributes)
    sets = {}
    is_leave: ir.BooleanValue = ibis.literal(False)
    for i, attribute in enumerate(attributes):
        sets[f"s{i}"] = joined[f"d{i}"]
        if attribute.role == "audience" and on_leave != "keep":
            was_in = (joined[f"l{i}"] == MEMBER_OF_AUDIENCE) | (joined[f"d{i}"] == MEMBER_OF_AUDIENCE)
            is_leave = was_in.fill_null(False)
            sets[f"s{i}"] = ibis.ifelse(is_leave, on_leave, joined[f"d{i}"])
    staged = joined.select(
        "id",
        "sent_at",
        "since",
        kind=ibis.ifelse(is_leave, "leave", "update"),
        inside=ibis.literal(False),
        **sets,
        **{f"b{i}": joined[f"l{i}"] for i in range(len(attributes))},
        **{f"d{i}": joined[f"d{i}"] for i in range(len(attributes))},
    )
    return _finished(staged, attributes)


def _with_ledger(
    rows: ir.Table, ledger: ir.Table | None, doubt: ir.Table | None, attributes: Sequence[DiffAttribute]
) -> ir.Table:
    """Rows with known_id, sent_at, since, l{i}, d{i}; NULL where ledger or doubt know nothing."""
    text, number = ibis.null("string"), ibis.null("int64")
    count = len(attributes)
    if ledger is None:
        rows = rows.mutate(known_id=text, sent_at=number, **{f"l{i}": text for i in range(count)})
    else:
        known = ledger.rename(known_id="id")
        rows = rows.left_join(known, rows.id == known.known_id)
    if doubt is None:
        return rows.mutate(since=number, **{f"d{i}": text for i in range(count)})
    doubtful = doubt.rename(doubtful_id="id")
    return rows.left_join(doubtful, rows.id == doubtful.doubtful_id).drop("doubtful_id")


def _wanted(row: ir.Table, i: int, attribute: DiffAttribute) -> ir.StringValue:
    """The JSON text to be sent for attribute `i`, NULL if it stays untouched."""
    known, doubtful = row[f"l{i}"], row[f"d{i}"]
    match attribute.role:
        case "settled":
            return doubtful
        case "audience":
            is_known = (known == MEMBER_OF_AUDIENCE) & doubtful.isnull()
            return ibis.ifelse(is_known.fill_null(False), ibis.null("string"), MEMBER_OF_AUDIENCE)
        case "mapped":
            value, problem = row[f"v{i}"], row[f"p{i}"]
            goes_null = (
                doubtful
                if attribute.on_null == "keep"
                else ibis.ifelse(known.notnull() | doubtful.notnull(), CLEARED, ibis.null("string"))
            )
            has_changed = ~value.identical_to(known) | doubtful.notnull()
            return ibis.cases(
                (problem.notnull(), doubtful),
                (value.isnull(), goes_null),
                (has_changed, value),
                else_=ibis.null("string"),
            )


def _finished(staged: ir.Table, attributes: Sequence[DiffAttribute]) -> ir.Table:
    """Drop customers with nothing to send; a pure repeat of what is in doubt need not keep its distance."""
    positions = range(len(attributes))
    is_sent = ibis.or_(*(staged[f"s{i}"].notnull() for i in positions))
    differs = ibis.or_(*(staged[f"s{i}"].notnull() & ~staged[f"s{i}"].identical_to(staged[f"d{i}"]) for i in positions))
    not_before = ibis.ifelse(differs, ibis.greatest(staged.sent_at, staged.since), ibis.null("int64"))
    changed = staged.filter(is_sent).mutate(not_before=not_before)
    return changed.select(
        "id", "kind", "not_before", "inside", *(f"s{i}" for i in positions), *(f"b{i}" for i in positions)
    )
