"""The requests of a plan that still need an answer, read in order and a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tui_app.store.answers import IN_DOUBT, NOT_SENT, Answers
from tui_app.store.plans import StoredPlan

_ROWS_AT_ONCE = 3_000


@dataclass(frozen=True, slots=True)
class Customers:
    """Some customers of a plan, column by column, in its order."""

    rows: Sequence[int]
    """Ascending; a range where they are neighbours."""
    ids: Sequence[str]
    payloads: Sequence[str]
    data_points: Sequence[int]

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, begin: int, end: int) -> Customers:
        """Those from position `begin` up to but not including `end`."""
        return Customers(
            self.rows[begin:end], self.ids[begin:end], self.payloads[begin:end], self.data_points[begin:end]
        )

    def where(self, wanted: Sequence[bool]) -> Customers:
        """Those whose position is wanted."""
        return Customers(
            tuple(compress(self.rows, wanted)),
            tuple(compress(self.ids, wanted)),
            tuple(compress(self.payloads, wanted)),
            tuple(compress(self.data_points, wanted)),
        )


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as far as it is unsettled."""

    number: int
    not_before: float | None
    customers: Customers
    may_be_applied: bool
    not_sent: Sequence[int]
    """Rows of those of whom nothing says that they may have left."""


def request_starts(stored: StoredPlan) -> NDArray[np.int64]:
    """First row of each request, ascending."""
    column: NDArray[np.int64] = _columns(stored.requests, "first").column("first").to_numpy()
    return column


def data_points_of(stored: StoredPlan) -> NDArray[np.int32]:
    """What Braze counts, per row."""
    column: NDArray[np.int32] = _columns(stored.changes, "data_points").column("data_points").to_numpy()
    return column


def ids_of(stored: StoredPlan, rows: Sequence[int]) -> list[str]:
    """Identifiers of some rows, which ascend."""
    ids: list[str] = []
    first, wanted = 0, np.asarray(rows, dtype=np.int64)
    for batch in _batches(stored, "id"):
        here = wanted[(wanted >= first) & (wanted < first + batch.num_rows)] - first
        ids += batch.column("id").take(pa.array(here)).to_pylist()
        first += batch.num_rows
    return ids


def newest_send(requests: Path) -> int | None:
    """The newest send that a changed value of a plan must keep its distance from.

    Args:
        requests: `StoredPlan.requests`.

    Returns:
        Epoch seconds; None if nothing has to wait, or the file cannot be read, which is told where it is verified.
    """
    try:
        sends = pq.read_table(requests, columns=["not_before"]).column("not_before")
    except (OSError, pa.ArrowInvalid):
        return None
    newest: int | None = pc.max(sends).as_py()
    return newest


def unsettled_requests(stored: StoredPlan, answers: Answers, sample: int | None) -> Iterator[Request]:
    """Requests in order, without the customers that have an answer and those beyond the first `sample`.

    Of purchases and events what is in doubt is left out too: sent again it could count twice.

    Args:
        stored: Verified.
        answers: What the journal says so far.
        sample: None sends everybody.
    """
    table = _columns(stored.requests, "first", "rows", "not_before")
    firsts, counts = table.column("first").to_pylist(), table.column("rows").to_pylist()
    limit = len(answers.codes) if sample is None else min(sample, len(answers.codes))
    window = _Window(stored)
    repeats_doubt = stored.plan.array == "attributes"
    for number, (first, count, not_before) in enumerate(
        zip(firsts, counts, table.column("not_before").to_pylist(), strict=True)
    ):
        codes = answers.codes[first : min(first + count, limit)]
        if len(codes) and not codes.any():
            # The usual case, and so the cheap one: nothing is known of anybody in it.
            customers = window.customers(first, len(codes))
            yield Request(number, not_before, customers, may_be_applied=False, not_sent=customers.rows)
            continue
        is_not_sent, is_in_doubt = codes == NOT_SENT, codes == IN_DOUBT
        is_open = is_not_sent | is_in_doubt if repeats_doubt else is_not_sent
        if is_open.any():
            customers = window.customers(first, len(codes)).where(is_open.tolist())
            not_sent = tuple((first + np.flatnonzero(is_not_sent)).tolist())
            yield Request(number, not_before, customers, repeats_doubt and bool(is_in_doubt.any()), not_sent)


def _columns(path: Path, *names: str) -> pa.Table:
    # Not pq.read_table: that loads a part of Arrow for data sets of many files, 50 MB of it.
    return pq.ParquetFile(path).read(columns=list(names), use_threads=False)


def _batches(stored: StoredPlan, *names: str) -> Iterator[pa.RecordBatch]:
    """Columns of changes.parquet in order.

    One thread, and nothing read ahead: that takes a quarter less memory and no more time than Arrow's own choice.
    """
    file = pq.ParquetFile(stored.changes, pre_buffer=False)
    batches: Iterator[pa.RecordBatch] = file.iter_batches(_ROWS_AT_ONCE, columns=list(names), use_threads=False)
    return batches


class _Window:
    """Rows of changes.parquet by ascending position; only a part of the file is held, decoded at once."""

    def __init__(self, stored: StoredPlan) -> None:
        self._batches = _batches(stored, "id", "payload", "data_points")
        self._rows = range(0)
        self._ids: list[str] = []
        self._payloads: list[str] = []
        self._data_points: list[int] = []

    def customers(self, first: int, count: int) -> Customers:
        while first + count > self._rows.stop:
            self._move_on(first)
        begin = first - self._rows.start
        held = Customers(self._rows, self._ids, self._payloads, self._data_points)
        return held.part(begin, begin + count)

    def _move_on(self, first: int) -> None:
        """Forget what lies before row `first`, and read on."""
        batch = next(self._batches)
        # numpy makes Python's objects several times faster than Arrow does.
        ids, payloads, data_points = (
            batch.column(name).to_numpy(zero_copy_only=False).tolist() for name in ("id", "payload", "data_points")
        )
        passed = min(first, self._rows.stop) - self._rows.start
        self._ids = self._ids[passed:] + ids
        self._payloads = self._payloads[passed:] + payloads
        self._data_points = self._data_points[passed:] + data_points
        self._rows = range(self._rows.start + passed, self._rows.stop + len(ids))
