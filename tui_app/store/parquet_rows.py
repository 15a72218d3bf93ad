"""Rows of a large Parquet file by their number, for whoever looks at a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray


class ParquetRows:
    """An open file. Not for several threads at once."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._file = pq.ParquetFile(path)
        self._columns = list(columns)
        groups = self._file.metadata
        self._starts = np.cumsum([0, *(groups.row_group(group).num_rows for group in range(groups.num_row_groups))])

    @property
    def total(self) -> int:
        """How many rows the file has."""
        return int(self._starts[-1])

    def take(self, numbers: NDArray[np.int64]) -> pa.Table:
        """The rows of these ascending numbers, each of them below `total`.

        Every row group that one of them is in is read whole: Parquet compresses them so.
        """
        parts = []
        groups = self._groups_of(numbers)
        for group in np.unique(groups):
            rows = pa.array(numbers[groups == group] - self._starts[group])
            # `take` copies, so that the memory of the whole group is given back.
            parts.append(self._file.read_row_group(int(group), columns=self._columns).take(rows))
        return pa.concat_tables(parts) if parts else self._file.schema_arrow.empty_table().select(self._columns)

    def read_along(self, first: int, last: int) -> tuple[int, int]:
        """The rows that are read anyway by whoever takes rows `first` to `last`: the first, and the one after them."""
        low, high = self._groups_of(np.array([first, last]))
        return int(self._starts[low]), int(self._starts[high + 1])

    def close(self) -> None:
        """Close the file. Nothing may be taken afterwards."""
        self._file.close()

    def _groups_of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted(self._starts, numbers, "right") - 1
