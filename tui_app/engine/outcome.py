"""What a diff found, counted over the relations of `planning`."""

from __future__ import annotations

from collections.abc import Sequence

from ibis.backends.duckdb import Backend

from tui_app.core.job import Job
from tui_app.core.plan import AttributeCounts, DiffOutcome, LedgerView, PlanCounts
from tui_app.engine.diff import MEMBER_OF_AUDIENCE, DiffAttribute
from tui_app.engine.figures import count_of, number_of, rows_of
from tui_app.engine.sql_quoting import sql_literal
from tui_app.engine.withheld import REFUSED_BEFORE, TOO_LARGE, reason_counts


def outcome_of(
    work: Backend, job: Job, attributes: Sequence[DiffAttribute], counts: list[str], without_doubles: str
) -> DiffOutcome:
    """Everybody, counted once.

    Args:
        work: Has every relation of `planning`.
        job: What was planned.
        attributes: In the order of payloads.
        counts: See `counts_sql`.
        without_doubles: SQL that leaves out the identifiers of several rows.
    """
    sent = _sent_counts(work, counts)
    kinds = {key: counted[0] for key, counted in sent.items()}
    join, update_inside = kinds.get((True, "join"), 0), kinds.get((True, "update"), 0)
    update_outside, leave = kinds.get((False, "update"), 0), kinds.get((False, "leave"), 0)
    usable = number_of(work, f"SELECT count(id) FROM member_ids {without_doubles}")
    unusable = number_of(work, "SELECT count(*) FROM member_ids WHERE id IS NULL")
    bad_ids = unusable + number_of(work, "SELECT count(*) FROM doubles SEMI JOIN member_ids USING (id)")
    held_back = _held_back(work)
    members_sent_or_equal = usable - held_back.get(True, 0)
    outside = number_of(work, "SELECT count(DISTINCT id) + count(*) FILTER (id IS NULL) FROM others_raw")
    outside -= number_of(work, "SELECT count(DISTINCT id) FROM others_raw SEMI JOIN member_ids USING (id)")
    outside -= number_of(
        work, "SELECT count(DISTINCT id) FROM others_raw SEMI JOIN (FROM changed_values WHERE NOT inside) USING (id)"
    )
    return DiffOutcome(
        counts=PlanCounts(
            join=join,
            update=update_inside + update_outside,
            leave=leave,
            unchanged=members_sent_or_equal - join - update_inside,
            outside=outside,
            withheld=bad_ids + sum(held_back.values()),
        ),
        members=members_sent_or_equal,
        known=members_sent_or_equal - join,
        known_audience=_known_audience(work, job, attributes),
        bad_ids=bad_ids,
        with_withheld=number_of(work, "SELECT count(DISTINCT id) + count(*) FILTER (id IS NULL) FROM withheld"),
        in_doubt=count_of(work, "doubt_wide") if job.view.doubt else 0,
        attributes=_attribute_counts(
            work, job, attributes, [sum(column) for column in zip(*sent.values(), strict=True)]
        ),
        reasons=reason_counts(work),
    )


def _known_audience(work: Backend, job: Job, attributes: Sequence[DiffAttribute]) -> int:
    audience = next((i for i, each in enumerate(attributes) if each.role == "audience"), None)
    if audience is None or not job.view.snapshot:
        return 0
    return number_of(work, f"SELECT count(*) FROM ledger_wide WHERE l{audience} = {sql_literal(MEMBER_OF_AUDIENCE)}")


def _held_back(work: Backend) -> dict[bool, int]:
    """Customers with a change that is withheld whole, by whether they are in the activation."""
    codes = f"({sql_literal(REFUSED_BEFORE.code)}, {sql_literal(TOO_LARGE.code)})"
    return dict(
        rows_of(
            work,
            f"""SELECT inside, count(*) FROM changed_values
                SEMI JOIN (FROM withheld WHERE code IN {codes}) USING (id) GROUP BY inside""",
        )
    )


def counts_sql(attributes: Sequence[DiffAttribute]) -> list[str]:
    """Per attribute how often it is set or cleared; then how often cleared; then how often set for the first time."""
    counts = [f"count(s{i})" for i in range(len(attributes))]
    counts += [f"count(*) FILTER (s{i} = 'null')" for i in range(len(attributes))]
    counts += [f"count(*) FILTER (s{i} <> 'null' AND b{i} IS NULL)" for i in range(len(attributes))]
    return counts


def _sent_counts(work: Backend, counts: list[str]) -> dict[tuple[bool, str], list[int]]:
    """(Inside, kind) → customers, then `counts`."""
    selected = ", ".join(["count(*)", *counts])
    rows = rows_of(work, f"SELECT inside, kind, {selected} FROM ready GROUP BY inside, kind")
    return {(inside, kind): counted for inside, kind, *counted in rows}


def _attribute_counts(
    work: Backend, job: Job, attributes: Sequence[DiffAttribute], totals: Sequence[int]
) -> tuple[AttributeCounts, ...]:
    """What happens to each attribute; `totals` are the sums of `_sent_counts`, empty if nobody is sent."""
    counted = totals[1:] or [0] * (3 * len(attributes))
    known = _known_counts(work, job.view, attributes)
    withheld = dict(rows_of(work, "SELECT attribute, count(*) FROM withheld WHERE attribute IS NOT NULL GROUP BY 1"))
    count = len(attributes)
    return tuple(
        AttributeCounts(
            name=each.name,
            kind=each.kind,
            changed=counted[i] - counted[count + i],
            cleared=counted[count + i],
            backfill=counted[2 * count + i],
            known=known[i],
            data_points=counted[i] * each.data_points,
            withheld=withheld.get(each.name, 0),
        )
        for i, each in enumerate(attributes)
    )


def _known_counts(work: Backend, view: LedgerView, attributes: Sequence[DiffAttribute]) -> Sequence[int]:
    """Per attribute the customers of whom the ledger knows a value."""
    if view.known or not view.snapshot:
        return [view.known.get(each.name, 0) for each in attributes]
    (counts,) = rows_of(work, f"SELECT {', '.join(f'count(l{i})' for i in range(len(attributes)))} FROM ledger_wide")
    return counts
