"""The requests of a plan that still need an answer, read in order and a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tui_app.store.answers import IN_DOUBT, NOT_SENT, Answers
from tui_app.store.plans import StoredPlan

_ROWS_AT_ONCE = 15_000


@dataclass(frozen=True, slots=True)
class Customer:
    """One object of a request."""

    row: int
    id: str
    payload: str
    data_points: int


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as far as it is unsettled."""

    number: int
    not_before: float | None
    customers: tuple[Customer, ...]
    may_be_applied: bool
    not_sent: tuple[Customer, ...]
    """Those of whom nothing says that they may have left."""


def request_starts(stored: StoredPlan) -> NDArray[np.int64]:
    """First row of each request, ascending."""
    column: NDArray[np.int64] = pq.read_table(stored.requests, columns=["first"]).column("first").to_numpy()
    return column


def data_points_of(stored: StoredPlan) -> NDArray[np.int32]:
    """What Braze counts, per row."""
    column: NDArray[np.int32] = pq.read_table(stored.changes, columns=["data_points"]).column("data_points").to_numpy()
    return column


def ids_of(stored: StoredPlan, rows: Sequence[int]) -> list[str]:
    """Identifiers of some rows, which ascend."""
    ids: list[str] = []
    first, wanted = 0, np.asarray(rows, dtype=np.int64)
    for batch in pq.ParquetFile(stored.changes).iter_batches(batch_size=_ROWS_AT_ONCE, columns=["id"]):
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

    Args:
        stored: Verified.
        answers: What the journal says so far.
        sample: None sends everybody.
    """
    table = pq.read_table(stored.requests, columns=["first", "rows", "not_before"])
    firsts, counts = table.column("first").to_pylist(), table.column("rows").to_pylist()
    limit = len(answers.codes) if sample is None else min(sample, len(answers.codes))
    rows = _Rows(stored)
    for number, (first, count, not_before) in enumerate(
        zip(firsts, counts, table.column("not_before").to_pylist(), strict=True)
    ):
        codes = answers.codes[first : min(first + count, limit)]
        open_rows = np.flatnonzero((codes == NOT_SENT) | (codes == IN_DOUBT))
        if len(open_rows):
            customers = rows.customers(first, count)
            yield Request(
                number,
                not_before,
                tuple(customers[row] for row in open_rows),
                bool((codes[open_rows] == IN_DOUBT).any()),
                tuple(customers[row] for row in np.flatnonzero(codes == NOT_SENT)),
            )


class _Rows:
    """Rows of changes.parquet by ascending position, holding only a window of the file."""

    def __init__(self, stored: StoredPlan) -> None:
        self._batches = pq.ParquetFile(stored.changes).iter_batches(
            batch_size=_ROWS_AT_ONCE, columns=["id", "payload", "data_points"]
        )
        self._window = pa.table({"id": [], "payload": [], "data_points": []})
        self._first = 0

    def customers(self, first: int, count: int) -> list[Customer]:
        while first + count > self._first + self._window.num_rows:
            kept = self._window.slice(first - self._first)
            self._first += self._window.num_rows - kept.num_rows
            batch = pa.Table.from_batches([next(self._batches)])
            self._window = pa.concat_tables([kept, batch]) if kept.num_rows else batch
        part = self._window.slice(first - self._first, count)
        columns = (part.column(name).to_pylist() for name in ("id", "payload", "data_points"))
        return [Customer(first + i, *each) for i, each in enumerate(zip(*columns, strict=True))]
