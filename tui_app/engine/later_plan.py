"""The diff against a ledger that knows nearly everybody: values are kept only of members who may differ from it.

Most values are what they were. So a customer is reduced to two numbers on either side while he is read, one of his
identifier and one of his values. Values are kept only where the ledger has no such pair, something is withheld, or a
value is in doubt; of those few the exact comparison in `diff` is made. A change goes unnoticed if the values before and
after share a number of 64 bits: once in 10^19 changes.

Two numbers of fixed width also take the least memory of all that could be joined by: fifty million customers fit into
3 GB. Where they do not fit, the engine writes every mapped row to the disk, which takes as long again as the plan.
"""

from __future__ import annotations

from collections.abc import Sequence

from ibis.backends.duckdb import Backend

from tui_app.engine.diff import MEMBER_OF_AUDIENCE, DiffAttribute


def stage_later_members(
    work: Backend, mapped_sql: str, attributes: Sequence[DiffAttribute], *, has_doubt: bool
) -> None:
    """Tables member_ids and members_raw; see `planning`.

    Args:
        work: Has `ledger_wide`, and `doubt_wide` if something is in doubt.
        mapped_sql: Of the members; see `profile.mapped_rows`.
        attributes: What is compared.
        has_doubt: Whether anything is in doubt.
    """
    valued = [i for i, each in enumerate(attributes) if each.has_value]
    names = ["bad_id", "raw_id", *(f"{kind}{i}" for i in valued for kind in "vpw")]
    names += [f"k{i}" for i, each in enumerate(attributes) if each.is_for_some]
    reasons = ["new.id IS NULL", *(f"p{i} IS NOT NULL" for i in valued), "known_customer IS NULL"]
    doubtful = ""
    if has_doubt:
        reasons.append("doubtful_id IS NOT NULL")
        doubtful = "LEFT JOIN (SELECT id AS doubtful_id FROM doubt_wide) ON new.id = doubtful_id"
    work.raw_sql(
        f"""CREATE TEMP TABLE member_ids AS
            SELECT new.id, place, CASE WHEN {" OR ".join(reasons)} THEN [{", ".join(names)}] END AS look
            FROM (SELECT *, {_numbers_sql(attributes, "v", "new")} FROM ({mapped_sql})) new
            LEFT JOIN (SELECT {_numbers_sql(attributes, "l", "known")} FROM ledger_wide)
            ON new_customer = known_customer AND new_values = known_values {doubtful}"""
    )
    columns = ", ".join(f"look[{position + 1}] AS {name}" for position, name in enumerate(names))
    work.raw_sql(f"CREATE TEMP TABLE members_raw AS SELECT id, {columns} FROM member_ids WHERE look IS NOT NULL")
    work.raw_sql("ALTER TABLE member_ids DROP COLUMN look")


def _numbers_sql(attributes: Sequence[DiffAttribute], prefix: str, side: str) -> str:
    """Two columns of a row: the number of its identifier, and that of its values.

    The values are those that are mapped (prefix v), or what the ledger knows of them (l).
    """
    values = [f"{prefix}{i}" for i, each in enumerate(attributes) if each.role == "mapped"]
    for i, each in enumerate(attributes):
        if each.role == "audience":
            values.append(f"'{MEMBER_OF_AUDIENCE}'" if prefix == "v" else f"l{i}")
    return f"hash(id) AS {side}_customer, hash({', '.join(values) or 'NULL'}) AS {side}_values"
