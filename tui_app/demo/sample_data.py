"""Writes the invented shop's tables as files, set-wise. The same size and day always give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

import duckdb

FEWEST_CUSTOMERS = 250
"""The customers with the odd names and identifiers are among the first ones."""


@dataclass(frozen=True, slots=True)
class SampleData:
    """What was written, known without Stoker's own engine."""

    customers: int
    """Different customers; one without a usable identifier counts as one."""
    customer_rows: int
    """Rows of the table of customers, repeated ones included."""
    orders: int
    files: tuple[Path, ...]


def write_sample_data(folder: Path, customers: int, today: date) -> SampleData:
    """Write customers (CSV), orders (one CSV file per year), predictions (Parquet) and consent (JSON lines).

    Args:
        folder: Is created.
        customers: At least `FEWEST_CUSTOMERS`.
        today: Dates in the data count back from it.
    """
    folder.mkdir(parents=True)
    with duckdb.connect() as database:
        # With several threads, the cut of a file into row groups would depend on the machine.
        database.execute("SET threads = 1; SET preserve_insertion_order = true")
        database.execute("SET VARIABLE customers = ?::BIGINT", [customers])
        database.execute("SET VARIABLE today = ?::DATE", [today])
        database.execute(resources.files(__package__).joinpath("sample_data.sql").read_text(encoding="utf-8"))
        files = (
            _write(database, "FROM customers", folder / "customers.csv", "FORMAT csv"),
            *_write_orders(database, folder / "orders"),
            _write(database, "FROM predictions", folder / "predictions.parquet", "FORMAT parquet, COMPRESSION zstd"),
            _write(database, "FROM consent", folder / "consent.jsonl", "FORMAT json"),
        )
        return SampleData(
            customers=customers,
            customer_rows=_number(database, "SELECT count(*) FROM customers"),
            orders=_number(database, "SELECT count(*) FROM orders"),
            files=files,
        )


def _write_orders(database: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    folder.mkdir()
    years = database.execute("SELECT DISTINCT year(ordered_on) FROM orders ORDER BY 1").fetchall()
    return [
        _write(database, f"FROM orders WHERE year(ordered_on) = {year:d}", folder / f"{year:d}.csv", "FORMAT csv")
        for (year,) in years
    ]


def _write(database: duckdb.DuckDBPyConnection, rows: str, file: Path, options: str) -> Path:
    # COPY takes no bound value for the path.
    path = "'" + str(file).replace("'", "''") + "'"
    database.execute(f"COPY ({rows}) TO {path} ({options})")
    return file


def _number(database: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = database.execute(sql).fetchone()
    assert row is not None
    return int(row[0])
