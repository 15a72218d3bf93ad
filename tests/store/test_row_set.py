"""A set of rows gives its numbers page by page, wherever a page lies among the blocks in which bits are kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_app.store.row_set import RowSet

FILE_ROWS = 200_003
"""Three whole blocks and a part of one; no multiple of eight."""


def a_set(numbers: np.ndarray) -> RowSet:
    half = len(numbers) // 2
    return RowSet(FILE_ROWS, [numbers[half:], numbers[:half]])


@pytest.mark.parametrize(
    "numbers",
    [
        np.arange(FILE_ROWS),
        np.array([], dtype=np.int64),
        np.array([0]),
        np.array([FILE_ROWS - 1]),
        np.array([65_535, 65_536, 131_071, 131_072, 196_607, 196_608]),
        np.arange(7, FILE_ROWS, 997),
        np.concatenate([np.arange(100), np.arange(150_000, 150_100)]),
    ],
    ids=["all", "none", "the first", "the last", "at the ends of blocks", "scattered", "two far apart"],
)
def test_pages_one_after_the_other_are_the_set(numbers):
    rows = a_set(numbers)

    pages = [rows.page(first, 50) for first in range(0, min(len(rows), 20_000), 50)]

    assert len(rows) == len(numbers)
    assert np.concatenate([np.array([], dtype=np.int64), *pages]).tolist() == numbers[:20_000].tolist()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 5_000), st.integers(0, 3_000))
def test_a_page_anywhere_is_that_part_of_the_set(seed, first, count):
    numbers = np.flatnonzero(np.random.default_rng(seed).random(FILE_ROWS) < 0.02)

    assert a_set(numbers).page(first, count).tolist() == numbers[first : first + count].tolist()
