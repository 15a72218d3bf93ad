"""Two days of one table of customers, and what a perfect tool would send on each, asked of DuckDB alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.shop import ATTRIBUTES

CHANGED_OF_100 = 6


@dataclass(frozen=True, slots=True)
class Days:
    """The table on both days, with `updated_at` beside the twelve columns."""

    first: Path
    second: Path
    minimum: tuple[int, int]
    """Values that must be sent: those that are there on the first day, and those that differ on the second."""


def write_days(folder: Path, customers: int) -> Days:
    """Write both days; on the second, 6 of 100 customers have other points and half of these another tier.

    `updated_at` is spread over each day: dlt remembers every row of the newest moment, and pays for many of one moment.
    """
    first, second = folder / "first.parquet", folder / "second.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for path, day in ((first, 1), (second, 2)):
            changed = f"({day} = 2 AND i * 37 % 100 < {CHANGED_OF_100})"
            connection.execute(
                f"""COPY (
                    SELECT 'c' || i AS id, 'Name' || (i % 1000) AS given_name,
                           'Surname "' || (i % 5000) || '"' AS surname, 'user' || i || '@example.com' AS email,
                           'City ' || (i % 300) AS city, DATE '1950-01-01' + (i % 20000)::INTEGER AS birthdate,
                           CASE WHEN {changed} AND i % 2 = 0 THEN 'new tier' ELSE 'tier' || (i % 4) END AS tier,
                           i % 100000 + CASE WHEN {changed} THEN 1 ELSE 0 END AS points,
                           (i * 7919 % 1000000) / 100.0::DOUBLE AS clv, i % 3 = 0 AS is_subscriber,
                           TIMESTAMP '2024-01-01' + INTERVAL (i % 10000000) SECOND AS last_order,
                           ['web', 'shop' || (i % 20)] AS channels,
                           CASE WHEN i % 4 = 0 THEN NULL ELSE 'note ' || (i % 77) END AS note,
                           CASE WHEN {changed} THEN TIMESTAMP '2024-06-02' ELSE TIMESTAMP '2024-06-01' END
                               + INTERVAL (i % 80000) SECOND AS updated_at
                    FROM range({customers}) rows (i)
                ) TO '{path}' (FORMAT parquet)"""
            )
        there = " + ".join(f"count({column})" for column in ATTRIBUTES.values())
        differs = " + ".join(
            f"count(*) FILTER (a.{column} IS DISTINCT FROM b.{column})" for column in ATTRIBUTES.values()
        )
        minimum_first = connection.execute(f"SELECT {there} FROM '{first}'").fetchone()
        minimum_second = connection.execute(
            f"SELECT {differs} FROM '{first}' a JOIN '{second}' b USING (id)"
        ).fetchone()
    assert minimum_first is not None
    assert minimum_second is not None
    return Days(first, second, (minimum_first[0], minimum_second[0]))
