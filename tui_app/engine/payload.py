"""From changes to files: exact JSON objects, written set-wise by the embedded engine, and the cut into requests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend
from numpy.typing import NDArray

from tui_app.core.project import Destination
from tui_app.core.requests import RequestLimits

PARQUET = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880)"


def sql_text(value: str) -> str:
    """An SQL string literal."""
    return "'" + value.replace("'", "''") + "'"


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
        parts.append(sql_text(f'"_update_existing_only":{"true" if destination.update_existing_only else "false"}'))
    parts += [_member_sql(name, f"s{i}") for i, name in enumerate(names)]
    return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'"


def before_sql(names: Sequence[str]) -> str:
    """SQL for the JSON object of what the ledger knew of the changed attributes; what it did not know is left out."""
    parts = [f"CASE WHEN s{i} IS NOT NULL THEN {sql_text(name + ':')} || b{i} END" for i, name in enumerate(names)]
    return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'" if parts else "'{}'"


def data_points_sql(data_points: Sequence[int]) -> str:
    """SQL for what a row of changes costs, given what setting or clearing each attribute costs."""
    parts = [f"CASE WHEN s{i} IS NULL THEN 0 ELSE {cost} END" for i, cost in enumerate(data_points) if cost]
    return f"({' + '.join(parts) or '0'})::INTEGER"


def _address_sql(destination: Destination) -> str:
    if destination.identifier == "user_alias":
        return "'\"user_alias\":' || id"
    return f"'\"{destination.identifier}\":' || to_json(id)::VARCHAR"


def _member_sql(name: str, column: str) -> str:
    return f"{sql_text(name + ':')} || {column}"


def write_changes(work: Backend, columns: Sequence[str], order: str, path: Path) -> None:
    """Write relation `ready` in sending order: never sent first, then least recently sent, then by id."""
    work.raw_sql(f"COPY (SELECT {', '.join(columns)} FROM ready ORDER BY {order}) TO {sql_text(str(path))} {PARQUET}")


def write_requests(changes: Path, path: Path, limits: RequestLimits, largest_bytes: int) -> int:
    """Cut the changes into requests and write their table.

    Args:
        changes: changes.parquet, in sending order.
        path: Where requests.parquet is wanted; see `StoredPlan.requests` in the store.
        limits: What one request may carry.
        largest_bytes: No payload is larger.

    Returns:
        The number of requests.
    """
    not_before = _column_of(changes, "not_before")
    starts = _starts(changes, len(not_before), largest_bytes, limits)
    rows = np.append(starts[1:], len(not_before)) - starts if len(starts) else starts
    latest = np.maximum.reduceat(not_before, starts) if len(starts) else starts
    table = pa.table(
        {
            "first": pa.array(starts, pa.int64()),
            "rows": pa.array(rows, pa.int32()),
            "not_before": pa.array(latest, pa.int64(), mask=latest < 0),
        }
    )
    pq.write_table(table, path, compression="zstd", write_page_checksum=True)
    return len(starts)


def _starts(changes: Path, rows: int, largest_bytes: int, limits: RequestLimits) -> NDArray[np.int64]:
    """First row of each request."""
    if limits.always_full(largest_bytes):
        return np.arange(0, rows, limits.max_objects, dtype=np.int64)
    return np.asarray(limits.cut(_column_of(changes, "payload").tolist()), dtype=np.int64)


def _column_of(changes: Path, name: str) -> NDArray[np.int64]:
    """A column of numbers, -1 where it is NULL; of a column of text, the bytes of each value."""
    import pyarrow.compute as pc

    parts = [np.empty(0, np.int64)]
    for batch in pq.ParquetFile(changes).iter_batches(batch_size=122_880, columns=[name]):
        values = batch.column(0)
        numbers = pc.binary_length(values).cast(pa.int64()) if pa.types.is_string(values.type) else values
        parts.append(pc.fill_null(numbers, -1).to_numpy(zero_copy_only=False))
    return np.concatenate(parts)
