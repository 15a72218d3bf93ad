"""The diff against a ledger that knows nearly everybody: values are kept only of members who may differ from it.

Most values are what they were. So the values of a customer are reduced to one number on either side while they are
read, and kept only where the numbers differ, something is withheld, or a value is in doubt; of those few the exact
comparison in `diff` is made. Two different values share a number of 64 bits once in 10^19 changes.
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
    reasons = ["new.id IS NULL", *(f"p{i} IS NOT NULL" for i in valued), "new_number IS DISTINCT FROM known_number"]
    doubtful = ""
    if has_doubt:
        reasons.append("doubtful_id IS NOT NULL")
        doubtful = "LEFT JOIN (SELECT id AS doubtful_id FROM doubt_wide) ON new.id = doubtful_id"
    work.raw_sql(
        f"""CREATE TEMP TABLE member_ids AS
            SELECT new.id, place, CASE WHEN {" OR ".join(reasons)} THEN [{", ".join(names)}] END AS look
            FROM (SELECT *, {_number_sql(attributes, "v")} AS new_number FROM ({mapped_sql})) new
            LEFT JOIN (SELECT id AS known_id, {_number_sql(attributes, "l")} AS known_number FROM ledger_wide)
            ON new.id = known_id {doubtful}"""
    )
    columns = ", ".join(f"look[{position + 1}] AS {name}" for position, name in enumerate(names))
    work.raw_sql(f"CREATE TEMP TABLE members_raw AS SELECT id, {columns} FROM member_ids WHERE look IS NOT NULL")
    work.raw_sql("ALTER TABLE member_ids DROP COLUMN look")


def _number_sql(attributes: Sequence[DiffAttribute], prefix: str) -> str:
    """One number of the values of a row: of the mapped ones (prefix v), or of what the ledger knows of them (l)."""
    values = [f"{prefix}{i}" for i, each in enumerate(attributes) if each.role == "mapped"]
    for i, each in enumerate(attributes):
        if each.role == "audience":
            values.append(f"'{MEMBER_OF_AUDIENCE}'" if prefix == "v" else f"l{i}")
    return f"hash({', '.join(values) or 'NULL'})"
