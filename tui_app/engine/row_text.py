"""Rows as text, a page at a time, for people to look at."""

from __future__ import annotations

from typing import TypeAlias

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from tui_app.engine.sql_quoting import sql_name

CELL_CHARACTERS = 200

TextRows: TypeAlias = "tuple[tuple[str | None, ...], ...]"
"""One text per column, None for NULL."""


def text_page(rows: ir.Table, first: int, count: int) -> TextRows:
    """Some rows of a relation as text, in its order.

    DuckDB finds a row of a Parquet file by its number, so a page at the end costs hardly more than the first.

    Args:
        rows: On an embedded engine.
        first: Number of the first row, from 0.
        count: At most so many.
    """
    backend: Backend = rows.get_backend()
    return text_rows(backend, str(backend.compile(rows)), rows.schema(), first=first, count=count)


def text_rows(engine: Backend, select: str, schema: ibis.Schema, *, first: int, count: int) -> TextRows:
    """Some rows of a statement as text; it is not run further than they need.

    Each cell is exact and cut after `CELL_CHARACTERS`; what has members or elements is shown as JSON.

    Args:
        engine: Where the statement runs.
        select: Trusted or checked SQL. Lines in DuckDB's errors count from its first.
        schema: Its columns.
        first: Number of the first row, from 0.
        count: At most so many.

    Raises:
        duckdb.Error: The statement cannot be run.
    """
    cells = ", ".join(_cell(name, dtype) for name, dtype in schema.items())
    page = f"SELECT {cells} FROM ({select}\n) LIMIT {count:d} OFFSET {first:d}"
    return tuple(engine.con.execute(page).fetchall())


def _cell(name: str, dtype: dt.DataType) -> str:
    column = sql_name(name)
    whole = f"to_json({column})" if dtype.is_nested() else column
    return f"left(CAST({whole} AS VARCHAR), {CELL_CHARACTERS})"
