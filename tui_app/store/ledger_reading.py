"""Customers of a ledger, one after the other or a few by lot, without loading it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui_app.core.known_rows import doubt_rows_sql, known_rows_sql
from tui_app.core.plan import LedgerView
from tui_app.store.overlay import sql_text
from tui_app.store.plan_reading import plan_engine

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """What the ledger knows of one customer."""

    id: str
    sent_at: int
    """Epoch seconds of the last send."""
    values: dict[str, str]
    """Attribute → JSON text; only what is known."""
    in_doubt: frozenset[str]
    """Attributes of which another value may have reached Braze."""


def count_known(view: LedgerView, attributes: Sequence[str]) -> int:
    """How many customers the ledger knows any of some attributes of."""
    rows = _rows_sql(view, attributes)
    if rows is None:
        return 0
    with plan_engine() as connection:
        counted = connection.execute(f"SELECT count(*) FROM ({rows})").fetchone()
    return int(counted[0]) if counted else 0


def known_customers(
    view: LedgerView, attributes: Sequence[str], *, sample: int | None, lot: str
) -> Iterator[KnownCustomer]:
    """Customers of whom any of some attributes is known.

    Args:
        view: The ledger.
        attributes: What is wanted of them.
        sample: So many of them; None: all, in no order.
        lot: Decides which: the same lot picks the same customers of the same ledger.
    """
    rows = _rows_sql(view, attributes)
    if rows is None:
        return
    # All of them are not sorted: a ledger does not fit into memory.
    order = "" if sample is None else f"ORDER BY md5({sql_text(lot)} || id), id LIMIT {sample}"
    doubt = "SELECT NULL::VARCHAR AS id, NULL::VARCHAR[] AS doubtful WHERE false"
    if view.doubt:
        doubt = f"SELECT id, list(attribute) AS doubtful FROM ({doubt_rows_sql(view.doubt)}) GROUP BY id"
    with plan_engine() as connection:
        cursor = connection.execute(
            f"SELECT known.*, doubtful FROM ({rows}) known LEFT JOIN ({doubt}) USING (id) {order}"
        )
        names = [name for name in attributes if name in view.columns]
        while block := cursor.fetchmany(_ROWS_AT_ONCE):
            for customer_id, sent_at, *values, doubtful in block:
                known = {name: value for name, value in zip(names, values, strict=True) if value is not None}
                yield KnownCustomer(customer_id, sent_at, known, frozenset(doubtful or ()))


def _rows_sql(view: LedgerView, attributes: Sequence[str]) -> str | None:
    """SQL of: id · sent_at · the columns of the attributes that the ledger has; None if it knows nobody."""
    known = known_rows_sql(view)
    columns = [view.columns[name] for name in attributes if name in view.columns]
    if known is None or not columns:
        return None
    is_known = " OR ".join(f"{column} IS NOT NULL" for column in columns)
    return f"SELECT id, sent_at, {', '.join(columns)} FROM ({known}) WHERE {is_known}"
