"""Figures that a statement of the work engine gives."""

from __future__ import annotations

from typing import Any

from ibis.backends.duckdb import Backend


def rows_of(work: Backend, sql: str) -> list[tuple[Any, ...]]:
    """All rows."""
    return list(work.raw_sql(sql).fetchall())


def number_of(work: Backend, sql: str) -> int:
    """The first cell of the first row."""
    return int(rows_of(work, sql)[0][0])


def count_of(work: Backend, relation: str) -> int:
    """How many rows a relation has."""
    return number_of(work, f"SELECT count(*) FROM {relation}")
