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
    """SQL for the JSON object of what the ledger knew of the changed attributes."""
    parts = [
        f"CASE WHEN s{i} IS NOT NULL THEN {sql_text(name + ':')} || coalesce(b{i}, 'null') END"
        for i, name in enumerate(names)
    ]
    return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'"


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


def write_changes(work: Backend, columns: Sequence[str], path: Path) -> None:
    """Write relation `ready` in sending order: never sent first, then least recently sent, then by id."""
    work.raw_sql(
        f"COPY (SELECT {', '.join(columns)} FROM ready ORDER BY not_before NULLS FIRST, id) "
        f"TO {sql_text(str(path))} {PARQUET}"
    )


def write_requests(changes: Path, path: Path, limits: RequestLimits) -> int:
    """Cut the changes into requests and write their table.

    Args:
        changes: changes.parquet, in sending order.
        path: Where requests.parquet is wanted; see `StoredPlan.requests` in the store.
        limits: What one request may carry.

    Returns:
        The number of requests.
    """
    sizes, not_before = _sizes_of(changes)
    if limits.always_full(int(sizes.max(initial=0))):
        starts = np.arange(0, len(sizes), limits.max_objects, dtype=np.int64)
    else:
        starts = np.asarray(limits.cut(sizes.tolist()), dtype=np.int64)
    ends = np.append(starts[1:], len(sizes)) if len(starts) else starts
    rows = ends - starts
    body_bytes = np.add.reduceat(sizes, starts) + rows - 1 + limits.frame_bytes if len(starts) else starts
    latest = np.maximum.reduceat(not_before, starts) if len(starts) else starts
    table = pa.table(
        {
            "first": pa.array(starts, pa.int64()),
            "rows": pa.array(rows, pa.int32()),
            "bytes": pa.array(body_bytes, pa.int64()),
            "not_before": pa.array(latest, pa.int64(), mask=latest < 0),
        }
    )
    pq.write_table(table, path, compression="zstd", write_page_checksum=True)
    return len(starts)


def _sizes_of(changes: Path) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bytes of each payload, and the time each change must keep its distance from; -1 where there is none."""
    import pyarrow.compute as pc

    sizes, not_before = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    file = pq.ParquetFile(changes)
    for batch in file.iter_batches(batch_size=122_880, columns=["payload", "not_before"]):
        sizes.append(pc.binary_length(batch.column("payload")).cast(pa.int64()).to_numpy(zero_copy_only=False))
        not_before.append(pc.fill_null(batch.column("not_before"), -1).to_numpy(zero_copy_only=False))
    return np.concatenate(sizes), np.concatenate(not_before)
