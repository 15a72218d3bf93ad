"""From changes to files: exact JSON objects, written set-wise by the embedded engine, and the cut into requests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ibis.backends.duckdb import Backend

from tui_app.core.project import Destination
from tui_app.core.requests import RequestLimits
from tui_app.engine.sql_quoting import sql_literal

PARQUET = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 40960)"
"""Of the files of a plan. Small row groups, since a screen reads one to show a page of it."""


def payload_sql(destination: Destination, names: Sequence[str]) -> str:
    """SQL for the exact JSON object of a row of changes.

    Args:
        destination: Says how customers are addressed and whether unknown ones are created.
        names: Each attribute's name as a JSON string, quotes included; positions are the suffixes of `s{i}` columns.
    """
    parts = [_address_sql(destination)]
    # For user_alias, Braze updates only unless it is told otherwise; for other identifiers it creates.
    # Source: braze.com/docs/api/objects_filters/user_attributes_object, "_update_existing_only".
    if destination.update_existing_only or destination.identifier == "user_alias":
        parts.append(sql_literal(f'"_update_existing_only":{"true" if destination.update_existing_only else "false"}'))
    parts += [_member_sql(name, f"s{i}") for i, name in enumerate(names)]
    return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'"


def before_sql(names: Sequence[str]) -> str:
    """SQL for the JSON object of what the ledger knew of the changed attributes; what it did not know is left out."""
    parts = [f"CASE WHEN s{i} IS NOT NULL THEN {sql_literal(name + ':')} || b{i} END" for i, name in enumerate(names)]
    return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'" if parts else "'{}'"


def data_points_sql(data_points: Sequence[int]) -> str:
    """SQL for what a row of changes costs, given what setting or clearing each attribute costs."""
    parts = [f"{cost} * (s{i} IS NOT NULL)::INTEGER" for i, cost in enumerate(data_points) if cost]
    return f"({' + '.join(parts) or '0'})::INTEGER"


def _address_sql(destination: Destination) -> str:
    if destination.identifier == "user_alias":
        return "'\"user_alias\":' || id"
    return f"'\"{destination.identifier}\":' || to_json(id)::VARCHAR"


def _member_sql(name: str, column: str) -> str:
    return f"{sql_literal(name + ':')} || {column}"


def write_changes(work: Backend, columns: Sequence[str], order: str, path: Path) -> None:
    """Write relation `ready` in sending order: never sent first, then least recently sent, then by id."""
    work.raw_sql(
        f"COPY (SELECT {', '.join(columns)} FROM ready ORDER BY {order}) TO {sql_literal(str(path))} {PARQUET}"
    )


def write_requests(work: Backend, changes: Path, path: Path, limits: RequestLimits, largest_bytes: int) -> int:
    """Cut the changes into requests and write their table.

    Args:
        work: May read and write the folder.
        changes: changes.parquet, in sending order.
        path: Where requests.parquet is wanted; see `StoredPlan.requests` in the store.
        limits: What one request may carry.
        largest_bytes: No payload is larger.

    Returns:
        The number of requests.
    """
    source = f"read_parquet({sql_literal(str(changes))}, file_row_number = true)"
    if limits.always_full(largest_bytes):
        cut = f"SELECT *, file_row_number // {limits.max_objects} * {limits.max_objects} AS first FROM {source}"
    else:
        sizes = work.con.execute(f"SELECT strlen(payload) FROM {source} ORDER BY file_row_number").fetchnumpy()
        starts = limits.cut(next(iter(sizes.values())).tolist())
        work.con.execute("CREATE TEMP TABLE starts AS SELECT unnest(?::BIGINT[]) AS first", [starts])
        cut = f"SELECT * FROM {source} changes ASOF JOIN starts ON changes.file_row_number >= starts.first"
    work.raw_sql(
        f"""CREATE TEMP TABLE requests AS
            SELECT first, count(*)::INTEGER AS rows, max(not_before) AS not_before FROM ({cut}) GROUP BY first"""
    )
    work.raw_sql(f"COPY (FROM requests ORDER BY first) TO {sql_literal(str(path))} {PARQUET}")
    ((count,),) = work.con.execute("SELECT count(*) FROM requests").fetchall()
    return int(count)
