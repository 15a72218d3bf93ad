"""Answers about tables and queries: what is in them, and what a query would give."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from tui_app.backstage.desk import Desk
from tui_app.backstage.questions.question import Question, UnknownQuestion
from tui_app.backstage.questions.source import (
    ColumnTypes,
    CountValues,
    QueryPreview,
    ReadRows,
    ReportTable,
    Rows,
    SourceProblems,
    TryQuery,
    ValueCount,
)
from tui_app.core.errors import FixInput, Place, Problem
from tui_app.core.project import Query
from tui_app.core.table_report import ColumnType, TableReport
from tui_app.engine.nearest import nearest_sentence
from tui_app.engine.row_text import text_page
from tui_app.engine.segment import value_counts
from tui_app.engine.table_report import column_type, column_types, report_table

SQL_FILE: Final = "SQL"
"""What stands for the file in places of a statement that is only tried."""


def answer(question: Question[Any], desk: Desk) -> object:
    """See `backstage.questions.source`."""
    match question:
        case ReportTable(name):
            return _report(name, desk)
        case ColumnTypes(name):
            return _types(name, desk)
        case ReadRows(name, first, count):
            return _read_rows(name, first, count, desk)
        case TryQuery(name, sql, count):
            return _try(name, sql, count, desk)
        case SourceProblems():
            return _problems(desk)
        case CountValues(table, column, limit):
            return _count_values(table, column, limit, desk)
        case _:
            raise UnknownQuestion(question)


def _report(name: str, desk: Desk) -> TableReport:
    with desk.sources() as sources:
        return report_table(sources, name)


def _types(name: str, desk: Desk) -> Mapping[str, ColumnType]:
    with desk.sources() as sources, sources.reading():
        return column_types(sources, name)


def _read_rows(name: str, first: int, count: int, desk: Desk) -> Rows:
    with desk.sources() as sources:
        relation = sources.relation(name)
        total = sources.row_count(name)
        with sources.reading():
            page = text_page(relation, first, count)
    return Rows(tuple(relation.columns), page, first, total)


def _try(name: str, sql: str, count: int, desk: Desk) -> QueryPreview:
    with desk.sources() as sources:
        started = time.monotonic()
        found = sources.preview(Query(name, sql, Place(SQL_FILE, 1)), count)
        seconds = time.monotonic() - started
    types = {column: column_type(dtype, "varchar") for column, dtype in found.schema.items()}
    return QueryPreview(types, Rows(tuple(types), found.rows, first=0, total=len(found.rows)), seconds)


def _problems(desk: Desk) -> tuple[Problem, ...]:
    desk.workplace()
    try:
        with desk.sources() as sources:
            return sources.problems()
    except FixInput as error:
        return error.problems


def _count_values(table: str, column: str, limit: int, desk: Desk) -> tuple[ValueCount, ...]:
    with desk.sources() as sources:
        relation = sources.relation(table)
        if column not in relation.columns:
            raise FixInput.at(
                f'Table {table} has no column "{column}". Nothing was counted.'
                f"{nearest_sentence(column, relation.columns)}",
                code="unknown_column",
            )
        with sources.reading():
            counted = value_counts(relation, column, limit)
    return tuple(ValueCount(each.value, each.rows) for each in counted)
