"""The customers of a plan that match a filter, page by page, however many there are.

What matches is found once. A page then costs the reading of a row group or two: of so few matches that they may lie
further apart, the rows themselves are kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, TypeAlias

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tui_app.store.parquet_rows import ParquetRows
from tui_app.store.plan_reading import (
    Filter,
    ShownChange,
    ShownWithheld,
    changes_condition,
    shown_columns,
    sql_text,
    withheld_condition,
)
from tui_app.store.plans import StoredPlan
from tui_app.store.row_set import RowSet

_KEPT_ROWS: Final = 10_000
"""So few matches are kept, which takes about 4 MB. More of them, in a plan of ten million, stand 120 to a row group."""
_AROUND_ROWS: Final = 2_000
"""Kept on each side of the page that was read last, so that who scrolls seldom waits for a row group."""
_ROWS_AT_ONCE: Final = 100_000
_CHANGE_COLUMNS: Final = ("id", "kind", "before", "payload")
_WITHHELD_COLUMNS: Final = ("id", "attribute", "code", "sentence", "value")


@dataclass(frozen=True, slots=True)
class WithheldCustomer:
    """One customer who is not sent, or not with everything."""

    id: str | None
    reasons: tuple[ShownWithheld, ...]
    """At least one."""


Shown: TypeAlias = ShownChange | WithheldCustomer


class PlanPages:
    """Customers that are sent, in sending order, then withheld ones, as far as a filter wants them.

    Not for several threads at once.

    Args:
        stored: Verified.
        wanted: The filter.
        connection: From `plan_engine`. Interrupting it ends the search; `close` closes it.
    """

    def __init__(self, stored: StoredPlan, wanted: Filter, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._parts: list[_Changes | _Withheld] = []
        if wanted.has_changes:
            self._parts.append(_Changes(stored, wanted, connection))
        if wanted.has_withheld:
            self._parts.append(_Withheld(stored, wanted, connection))

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts)

    def page(self, first: int, count: int) -> list[Shown]:
        """The `count` customers from position `first` (from 0) on; fewer at the end."""
        shown: list[Shown] = []
        for part in self._parts:
            shown += part.page(first, count - len(shown))
            first = max(0, first - len(part))
        return shown

    def close(self) -> None:
        """Close the plan's files. No page can be read afterwards."""
        for part in self._parts:
            part.close()
        self._connection.close()


class _Matches:
    """Rows of one of a plan's files that match a condition: all of the file, or a set of numbers, or the rows kept."""

    def __init__(
        self,
        path: Path,
        columns: Sequence[str],
        condition: tuple[str, list[Any]],
        connection: duckdb.DuckDBPyConnection,
    ) -> None:
        self._file = ParquetRows(path, columns)
        self._numbers: RowSet | None = None
        self._near = self._file.take(np.empty(0, dtype=np.int64))
        self._near_first = 0
        self._count = self._file.total
        where, values = condition
        if not where:
            return
        matching = f"FROM {_numbered(path)} {where}"
        selected = ", ".join(("file_row_number", *columns))
        # One more than is kept: with more matches than that, the search ends early and begins anew.
        few = connection.execute(f"SELECT {selected} {matching} LIMIT {_KEPT_ROWS + 1}", values).to_arrow_table()
        if few.num_rows <= _KEPT_ROWS:
            self._near = few.sort_by("file_row_number").select(list(columns))
            self._count = few.num_rows
            return
        batches = connection.execute(f"SELECT file_row_number {matching}", values).to_arrow_reader(_ROWS_AT_ONCE)
        self._numbers = RowSet(self._file.total, (batch.column(0).to_numpy() for batch in batches))
        self._count = len(self._numbers)

    def __len__(self) -> int:
        return self._count

    def page(self, first: int, count: int) -> pa.Table:
        count = min(count, self._count - first)
        if count <= 0:
            return self._near.slice(0, 0)
        if first < self._near_first or first + count > self._near_first + self._near.num_rows:
            self._read_around(first, count)
        return self._near.slice(first - self._near_first, count)

    def close(self) -> None:
        self._file.close()

    def _read_around(self, first: int, count: int) -> None:
        """Keep the page and what lies around it, but read no row group for the latter alone."""
        start = max(0, first - _AROUND_ROWS)
        numbers = self._numbers_at(start, first - start + count + _AROUND_ROWS)
        low, high = self._file.read_along(numbers[first - start], numbers[first - start + count - 1])
        is_near = (numbers >= low) & (numbers < high)
        self._near = self._file.take(numbers[is_near])
        self._near_first = start + int(np.argmax(is_near))

    def _numbers_at(self, first: int, count: int) -> NDArray[np.int64]:
        if self._numbers is not None:
            return self._numbers.page(first, count)
        return np.arange(first, min(first + count, self._count), dtype=np.int64)


class _Changes:
    def __init__(self, stored: StoredPlan, wanted: Filter, connection: duckdb.DuckDBPyConnection) -> None:
        condition = changes_condition(stored, wanted)
        self._matches = _Matches(stored.changes, _CHANGE_COLUMNS, condition, connection)
        self._connection = connection
        page = ", ".join(f"unnest(?::VARCHAR[]) AS {name}" for name in _CHANGE_COLUMNS)
        self._shown_sql = f"SELECT {shown_columns(stored, wanted)} FROM (SELECT {page})"

    def __len__(self) -> int:
        return len(self._matches)

    def page(self, first: int, count: int) -> list[ShownChange]:
        rows = self._matches.page(first, count)
        if not rows.num_rows:
            return []
        columns = [rows.column(name).to_pylist() for name in _CHANGE_COLUMNS]
        return [ShownChange(*row) for row in self._connection.execute(self._shown_sql, columns).fetchall()]

    def close(self) -> None:
        self._matches.close()


class _Withheld:
    """Rows of withheld.parquet, gathered by customer."""

    def __init__(self, stored: StoredPlan, wanted: Filter, connection: duckdb.DuckDBPyConnection) -> None:
        where, values = withheld_condition(stored, wanted)
        self._matches = _Matches(stored.withheld, _WITHHELD_COLUMNS, (where, values), connection)
        # DuckDB hands rows over in the file's order (its setting preserve_insertion_order).
        ids = f"SELECT id, attribute FROM {_numbered(stored.withheld)} {where}"
        batches = connection.execute(ids, values).to_arrow_reader(_ROWS_AT_ONCE)
        # Positions among the matches at which a customer begins.
        self._firsts = RowSet(len(self._matches), _first_positions(batches))

    def __len__(self) -> int:
        return len(self._firsts)

    def page(self, first: int, count: int) -> list[WithheldCustomer]:
        # One more, to know where the last one ends.
        starts = self._firsts.page(first, count + 1).tolist()
        ends = starts if len(starts) > count else [*starts, len(self._matches)]
        if not count or not starts:
            return []
        reasons = [ShownWithheld(**row) for row in self._matches.page(starts[0], ends[-1] - starts[0]).to_pylist()]
        return [
            WithheldCustomer(reasons[start - starts[0]].id, tuple(reasons[start - starts[0] : end - starts[0]]))
            for start, end in pairwise(ends)
        ]

    def close(self) -> None:
        self._matches.close()


def _first_positions(batches: Iterator[pa.RecordBatch]) -> Iterator[NDArray[np.int64]]:
    """Where a customer begins: with another identifier, without one, or where the row is about a whole customer.

    Rows about a whole customer stand before those about values of the same identifier, and there is one per customer;
    customers with an unusable identifier may share it.
    """
    position, last_id = 0, None
    for batch in batches:
        if not batch.num_rows:
            continue
        ids = batch.column("id")
        before = pa.concat_arrays([pa.array([last_id], ids.type), ids.slice(0, batch.num_rows - 1)])
        is_other = pc.fill_null(pc.not_equal(ids, before), fill_value=True)
        is_first = pc.or_(is_other, pc.is_null(batch.column("attribute")))
        yield np.flatnonzero(is_first.to_numpy(zero_copy_only=False)) + position
        position += batch.num_rows
        last_id = ids[batch.num_rows - 1].as_py()


def _numbered(path: Path) -> str:
    return f"read_parquet({sql_text(str(path))}, file_row_number = true)"
