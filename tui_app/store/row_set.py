"""Some rows of a file by their number, held in one bit per row of the file: 1.25 MB for ten million."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

_BLOCK_ROWS: Final = 1 << 16
"""A multiple of eight, so that blocks begin with a byte."""


class RowSet:
    """A set of row numbers, in ascending order.

    Args:
        file_rows: How many rows the file has.
        numbers: Parts of the set, in any order; each number is below `file_rows`.
    """

    def __init__(self, file_rows: int, numbers: Iterable[NDArray[np.int64]]) -> None:
        is_in = np.zeros(file_rows, dtype=np.bool_)
        for part in numbers:
            is_in[part] = True
        blocks = range(0, file_rows, _BLOCK_ROWS)
        counts = [int(np.count_nonzero(is_in[start : start + _BLOCK_ROWS])) for start in blocks]
        self._before = np.cumsum([0, *counts])
        self._bits = np.packbits(is_in)

    def __len__(self) -> int:
        return int(self._before[-1])

    def page(self, first: int, count: int) -> NDArray[np.int64]:
        """The `count` numbers from position `first` (from 0) on; fewer at the end."""
        end = min(first + count, len(self))
        if first >= end:
            return np.empty(0, dtype=np.int64)
        block = int(np.searchsorted(self._before, first, "right")) - 1
        last_block = int(np.searchsorted(self._before, end - 1, "right")) - 1
        numbers = self._between(block * _BLOCK_ROWS, (last_block + 1) * _BLOCK_ROWS)
        skipped = first - int(self._before[block])
        return numbers[skipped : skipped + end - first]

    def _between(self, low: int, high: int) -> NDArray[np.int64]:
        """The numbers from `low` up to but not including `high`, both multiples of eight."""
        return np.flatnonzero(np.unpackbits(self._bits[low // 8 : high // 8])) + low
