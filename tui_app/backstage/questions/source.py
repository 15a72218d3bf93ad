"""Questions about tables and queries: what is in them, and what a query would give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tui_app.backstage.questions.question import Question
from tui_app.core.errors import Problem
from tui_app.core.table_report import ColumnType, TableReport


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a table, as text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    """One cell per column, cut after 200 characters; None is NULL."""
    first: int
    """Number of the first row, from 0."""
    total: int
    """Rows of the whole table, or of all members."""


@dataclass(frozen=True, slots=True)
class ReportTable(Question[TableReport]):
    """Types, gaps, variety and samples of a table or a query. FixInput: it cannot be read."""

    name: str


@dataclass(frozen=True, slots=True)
class ColumnTypes(Question[Mapping[str, ColumnType]]):
    """Column → type, in the table's order. Cheaper than a report. FixInput: it cannot be read."""

    name: str


@dataclass(frozen=True, slots=True)
class ReadRows(Question[Rows]):
    """A page of a table or a query. FixInput: it cannot be read."""

    name: str
    first: int = 0
    count: int = 100


@dataclass(frozen=True, slots=True)
class QueryPreview:
    """What a statement gives."""

    types: Mapping[str, ColumnType]
    rows: Rows
    seconds: float


@dataclass(frozen=True, slots=True)
class TryQuery(Question[QueryPreview]):
    """Run a statement that is not in the project yet, and show its first rows.

    FixInput: it has a mistake; its problems carry places whose line counts from the first line of `sql`.
    """

    name: str
    """Of the query that it would be; one of the project is replaced for the trial."""
    sql: str
    count: int = 100


@dataclass(frozen=True, slots=True)
class SourceProblems(Question[tuple[Problem, ...]]):
    """Everything that is wrong with tables and queries, as far as it shows without running queries."""


@dataclass(frozen=True, slots=True)
class ValueCount:
    """How many rows have one value."""

    value: object
    """str, int, float, bool, date, datetime or Decimal; None for NULL."""
    rows: int


@dataclass(frozen=True, slots=True)
class CountValues(Question[tuple[ValueCount, ...]]):
    """The most frequent values of a column, most frequent first."""

    table: str
    column: str
    limit: int = 100
