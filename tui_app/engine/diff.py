"""The diff: mapped rows against the ledger, as statements of the work engine, where both of them are.

They are written out: their shape hardly varies, and on a small table an expression takes longer to compile than to run.
Values on both sides are canonical JSON text, so "has changed" is "is distinct from", attribute by attribute. What is in
doubt counts as changed whatever the ledger says, and is settled even for customers who have left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

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
    role: Literal["mapped", "along", "audience", "settled"]
    """`along`: sent with whatever else is sent, and never by itself. `settled`: not of this activation, but a value of
    it may or may not have reached Braze."""
    on_null: OnNull = "clear"
    data_points: int = 1
    is_for_some: bool = False
    """Whether k{i} says of each customer if the attribute is left as it is at Braze."""

    @property
    def has_value(self) -> bool:
        """Whether mapped rows have columns for it."""
        return self.role in {"mapped", "along"}


def member_changes_sql(members: str, ledger: str | None, doubt: str | None, attributes: Sequence[DiffAttribute]) -> str:
    """Changes of customers who are in the activation.

    Args:
        members: Relation, one row per customer: id string unique · v{i} string, p{i} string for attributes that have a
            value · k{i} string for those that are for some, NULL for whom they are for.
        ledger: Relation: id string unique · sent_at int64 · l{i} string for every attribute; None: empty.
        doubt: Relation: id string unique · since int64 · doubt_not_before int64 · d{i} string for every attribute;
            None: nothing is in doubt.
        attributes: In the order of payloads.

    Returns:
        SQL of: id · kind · not_before · inside (true) · s{i} · b{i}; only customers with something to send. See
        `core.plan.DiffOutcome` for the meaning.
    """
    audience = _audience(attributes)
    is_update = "known_id IS NOT NULL" if audience is None else f"l{audience} = '{MEMBER_OF_AUDIENCE}'"
    kind = f"CASE WHEN {is_update} THEN 'update' ELSE 'join' END"
    wanted = [_wanted_sql(i, attribute) for i, attribute in enumerate(attributes)]
    by_itself = " OR ".join(f"({sql}) IS NOT NULL" for sql in wanted if sql) or "false"
    wanted = [sql or f"CASE WHEN {by_itself} THEN v{i} ELSE d{i} END" for i, sql in enumerate(wanted)]
    return _changes_sql(_with_ledger_sql(members, ledger, doubt, attributes), kind, "true", wanted)


def outsider_changes_sql(
    ledger: str | None, doubt: str | None, accounted: str, attributes: Sequence[DiffAttribute], on_leave: OnLeave
) -> str | None:
    """Changes of customers who are not in the activation (any more): leaves, and what is in doubt.

    Args:
        ledger: As for `member_changes_sql`.
        doubt: As for `member_changes_sql`.
        accounted: SQL of: id string; customers who are in the activation, or would be but for their identifier.
        attributes: As for `member_changes_sql`.
        on_leave: What the audience attribute becomes.

    Returns:
        As `member_changes_sql`, with inside = false; None when there cannot be any.
    """
    audience = _audience(attributes)
    sources = []
    if ledger is not None and audience is not None:
        sources.append(f"SELECT id FROM {ledger} WHERE l{audience} = '{MEMBER_OF_AUDIENCE}'")
    if doubt is not None:
        sources.append(f"SELECT id FROM {doubt}")
    if not sources:
        return None
    outsiders = f"(SELECT id FROM ({' UNION '.join(sources)}) ANTI JOIN ({accounted}) USING (id))"
    wanted = [f"d{i}" for i in range(len(attributes))]
    kind = "'update'"
    if audience is not None and on_leave != "keep":
        # NULL where neither says so, which is no leave.
        is_leave = f"(l{audience} = '{MEMBER_OF_AUDIENCE}' OR d{audience} = '{MEMBER_OF_AUDIENCE}')"
        wanted[audience] = f"CASE WHEN {is_leave} THEN '{on_leave}' ELSE d{audience} END"
        kind = f"CASE WHEN {is_leave} THEN 'leave' ELSE 'update' END"
    return _changes_sql(_with_ledger_sql(outsiders, ledger, doubt, attributes), kind, "false", wanted)


def _audience(attributes: Sequence[DiffAttribute]) -> int | None:
    return next((i for i, each in enumerate(attributes) if each.role == "audience"), None)


def _with_ledger_sql(rows: str, ledger: str | None, doubt: str | None, attributes: Sequence[DiffAttribute]) -> str:
    """Rows with known_id, sent_at, since, doubt_not_before, l{i}, d{i}; NULL where ledger or doubt know nothing."""
    known = ["id", "sent_at", *(f"l{i}" for i in range(len(attributes)))]
    doubtful = [f"d{i}" for i in range(len(attributes))]
    columns = ["member.*"]
    joins = ""
    if ledger is None:
        columns += ["NULL::VARCHAR AS known_id", "NULL::BIGINT AS sent_at"]
        columns += [f"NULL::VARCHAR AS {name}" for name in known[2:]]
    else:
        columns += ["known.id AS known_id", *(f"known.{name}" for name in known[1:])]
        joins += f" LEFT JOIN {ledger} known ON member.id = known.id"
    if doubt is None:
        columns += ["NULL::BIGINT AS since", "NULL::BIGINT AS doubt_not_before"]
        columns += [f"NULL::VARCHAR AS {name}" for name in doubtful]
    else:
        columns += [f"doubtful.{name}" for name in ("since", "doubt_not_before", *doubtful)]
        joins += f" LEFT JOIN {doubt} doubtful ON member.id = doubtful.id"
    return f"SELECT {', '.join(columns)} FROM {rows} member{joins}"


def _wanted_sql(i: int, attribute: DiffAttribute) -> str:
    """The JSON text to be sent for attribute `i`, NULL if it stays untouched; "" if that hangs on the others."""
    match attribute.role:
        case "settled":
            return f"d{i}"
        case "audience":
            return f"CASE WHEN l{i} = '{MEMBER_OF_AUDIENCE}' AND d{i} IS NULL THEN NULL ELSE '{MEMBER_OF_AUDIENCE}' END"
        case "along":
            return ""
        case "mapped":
            goes_null = f"CASE WHEN l{i} IS NOT NULL OR d{i} IS NOT NULL THEN '{CLEARED}' END"
            is_untouched = f"p{i} IS NOT NULL" + (f" OR k{i} IS NOT NULL" if attribute.is_for_some else "")
            return f"""CASE WHEN {is_untouched} THEN d{i}
                            WHEN v{i} IS NULL THEN {f"d{i}" if attribute.on_null == "keep" else goes_null}
                            WHEN v{i} IS DISTINCT FROM l{i} OR d{i} IS NOT NULL THEN v{i} END"""


def _changes_sql(rows: str, kind: str, inside: str, wanted: Sequence[str]) -> str:
    """Leave out customers with nothing to send, and say from which send each must keep its distance.

    A pure repeat of what is in doubt keeps none from that. But it may be the first that arrives, and then it must keep
    the distance from what was sent before it.
    """
    positions = range(len(wanted))
    staged = ["*", f"{kind} AS kind", *(f"{sql} AS s{i}" for i, sql in enumerate(wanted))]
    columns = [*(f"s{i}" for i in positions), *(f"l{i} AS b{i}" for i in positions)]
    differs = " OR ".join(f"(s{i} IS NOT NULL AND s{i} IS DISTINCT FROM d{i})" for i in positions) or "false"
    not_before = f"CASE WHEN {differs} THEN greatest(sent_at, since) ELSE doubt_not_before END AS not_before"
    return f"""SELECT {", ".join(["id", "kind", not_before, f"{inside} AS inside", *columns])}
               FROM (SELECT {", ".join(staged)} FROM ({rows}))
               WHERE {" OR ".join(f"s{i} IS NOT NULL" for i in positions) or "false"}"""
