"""Rows of a large Parquet file by their number, for whoever looks at a few at a time.

Row groups are read whole, because Parquet compresses them so: about 30 ms for 120,000 customers of a plan. What lies
around the rows that were asked for last stays at hand, so that who scrolls seldom waits for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

_AROUND_ROWS: Final = 2_000
"""Kept on each side of the rows that were asked for."""


class ParquetRows:
    """An open file. Not for several threads at once."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = pq.ParquetFile(path)
        self._columns = list(columns)
        groups = self._file.metadata
        counts = [groups.row_group(group).num_rows for group in range(groups.num_row_groups)]
        self._starts = np.cumsum([0, *counts])
        self._near = self._file.schema_arrow.empty_table().select(self._columns)
        self._near_first = 0

    @property
    def total(self) -> int:
        """How many rows the file has."""
        return int(self._starts[-1])

    def take(self, numbers: NDArray[np.int64]) -> pa.Table:
        """The rows of these ascending numbers, each of them below `total`."""
        groups = np.searchsorted(self._starts, numbers, "right") - 1
        parts = [self._taken(int(group), numbers[groups == group]) for group in np.unique(groups)]
        return pa.concat_tables(parts) if parts else self._near.slice(0, 0)

    def close(self) -> None:
        """Close the file. Nothing may be taken afterwards."""
        self._file.close()

    def _taken(self, group: int, numbers: NDArray[np.int64]) -> pa.Table:
        if numbers[0] < self._near_first or numbers[-1] >= self._near_first + self._near.num_rows:
            self._read_around(group, int(numbers[0]), int(numbers[-1]))
        return self._near.take(pa.array(numbers - self._near_first))

    def _read_around(self, group: int, first: int, last: int) -> None:
        start, end = int(self._starts[group]), int(self._starts[group + 1])
        near = np.arange(max(start, first - _AROUND_ROWS), min(end, last + 1 + _AROUND_ROWS))
        # `take` copies, so that the memory of the whole group is given back.
        self._near = self._file.read_row_group(group, columns=self._columns).take(pa.array(near - start))
        self._near_first = int(near[0])
