"""The diff against an empty ledger: every value is new, so payloads are written while the rows are mapped.

The general way compares value by value and writes payloads afterwards; with nothing to compare, that would copy every
value once more. Which attributes a payload sets is kept as bits of a number, for the counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from ibis.backends.duckdb import Backend

from tui_app.core.project import Destination
from tui_app.engine.diff import MEMBER_OF_AUDIENCE, DiffAttribute
from tui_app.engine.payload import payload_sql

MAX_ATTRIBUTES = 60
"""Bits of a BIGINT, which is always positive with so few."""


def stage_first_members(
    work: Backend, mapped_sql: str, attributes: Sequence[DiffAttribute], destination: Destination, names: Sequence[str]
) -> None:
    """Table members_raw, with `payload` and `sets` in the place of the values."""
    values, bits = [], []
    for i, attribute in enumerate(attributes):
        value = f"'{MEMBER_OF_AUDIENCE}'" if attribute.role == "audience" else f"v{i}"
        values.append(f"{value} AS s{i}")
        bits.append(f"CASE WHEN {value} IS NULL THEN 0 ELSE {1 << i}::BIGINT END")
    payload = payload_sql(destination, names)
    work.raw_sql(
        f"""CREATE TEMP TABLE members_raw AS
            SELECT * EXCLUDE ({", ".join(f"s{i}" for i in range(len(attributes)))}), {payload} AS payload
            FROM (SELECT * EXCLUDE ({_mapped(attributes)}), {", ".join(values)}, {" + ".join(bits)} AS sets
                  FROM ({mapped_sql}))"""
    )


def stage_first_changes(work: Backend) -> None:
    """Views changed_values and changed: everybody of whom something is set."""
    work.raw_sql(
        """CREATE TEMP VIEW changed_values AS
           SELECT id, 'join' AS kind, NULL::BIGINT AS not_before, true AS inside, sets, payload
           FROM usable WHERE sets <> 0"""
    )
    work.raw_sql("CREATE TEMP VIEW changed AS FROM changed_values")


def first_counts_sql(attributes: Sequence[DiffAttribute]) -> list[str]:
    """Per attribute how often it is set; then never cleared; then set for the first time, which is always."""
    sets = [f"count(*) FILTER ({_bit(i)} = 1)" for i in range(len(attributes))]
    return [*sets, *["0"] * len(attributes), *sets]


def first_data_points_sql(attributes: Sequence[DiffAttribute]) -> str:
    """What a payload costs."""
    parts = [f"{each.data_points} * {_bit(i)}" for i, each in enumerate(attributes) if each.data_points]
    return f"({' + '.join(parts) or '0'})::INTEGER"


def _bit(position: int) -> str:
    return f"((sets >> {position}) & 1)"


def _mapped(attributes: Sequence[DiffAttribute]) -> str:
    return ", ".join(f"v{i}" for i, each in enumerate(attributes) if each.has_value)
