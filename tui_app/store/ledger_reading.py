"""Customers of a ledger, one after the other or a few by lot, without loading it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from tui_app.core.known_rows import known_rows_sql
from tui_app.core.plan import LedgerView
from tui_app.store.overlay import sql_text

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """What the ledger knows of one customer."""

    id: str
    sent_at: int
    """Epoch seconds of the last send."""
    values: dict[str, str]
    """Attribute → JSON text; only what is known."""


def count_known(view: LedgerView, attributes: Sequence[str]) -> int:
    """How many customers the ledger knows any of some attributes of."""
    rows = _rows_sql(view, attributes)
    if rows is None:
        return 0
    counted = duckdb.execute(f"SELECT count(*) FROM ({rows})").fetchone()
    return int(counted[0]) if counted else 0


def known_customers(
    view: LedgerView, attributes: Sequence[str], *, sample: int | None, lot: str
) -> Iterator[KnownCustomer]:
    """Customers of whom any of some attributes is known.

    Args:
        view: The ledger.
        attributes: What is wanted of them.
        sample: So many of them; None: all, by id.
        lot: Decides which: the same lot picks the same customers of the same ledger.
    """
    rows = _rows_sql(view, attributes)
    if rows is None:
        return
    order = "id" if sample is None else f"md5({sql_text(lot)} || id), id LIMIT {sample}"
    with duckdb.connect() as connection:
        cursor = connection.execute(f"SELECT * FROM ({rows}) ORDER BY {order}")
        names = [name for name in attributes if name in view.columns]
        while block := cursor.fetchmany(_ROWS_AT_ONCE):
            for customer_id, sent_at, *values in block:
                known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
                yield KnownCustomer(customer_id, sent_at, known)


def _rows_sql(view: LedgerView, attributes: Sequence[str]) -> str | None:
    """SQL of: id · sent_at · the columns of the attributes that the ledger has; None if it knows nobody."""
    known = known_rows_sql(view)
    columns = [view.columns[name] for name in attributes if name in view.columns]
    if known is None or not columns:
        return None
    is_known = " OR ".join(f"{column} IS NOT NULL" for column in columns)
    return f"SELECT id, sent_at, {', '.join(columns)} FROM ({known}) WHERE {is_known}"
