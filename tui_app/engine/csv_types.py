"""Types for CSV columns, judged by every cell of the file and never by a sample.

A column has a type only if all its cells are written in that type's canonical form, so `007`, a phone number with `+`
and an identifier of twenty digits stay what they are: strings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ibis.backends.duckdb import Backend

from tui_app.engine.columns import Column
from tui_app.engine.sql_quoting import sql_name

_SAMPLED_ROWS = 10_000
"""Most columns lose most candidates in the first rows, which spares the pass over the whole file."""
_AGGREGATES_AT_ONCE = 112
"""In one statement: all candidates of 16 columns. Planning takes the square of their number, so that the candidates of
500 columns in one statement took minutes."""

_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_SECONDS = r":[0-5]\d(\.\d{1,6})?"
_ZONE = r"(Z|[+-]\d{2}(:?\d{2})?)"
_DATE = r"\d{4}-\d{2}-\d{2}"
_NUMBER = r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?"


def _matches(pattern: str) -> str:
    return f"regexp_full_match($cell, '{pattern}')"


_DECIMALS = "length($cell) - strpos($cell, '.')"
# DuckDB reads year 0 as 1 BC, which is not what was written.
_AFTER_CHRIST = "NOT starts_with($cell, '0000')"
# DuckDB casts `10:00:00Z` but not `10:00Z`.
_WITH_SECONDS = r"regexp_replace($cell, '^(.{16})(Z|[+-])', '\1:00\2')"


@dataclass(frozen=True, slots=True)
class _CellType:
    """A type, what each of its cells looks like and how a cell becomes a value. `$cell` stands for the text."""

    holds: str
    value: str
    and_together: str = ""
    """What must be true of all cells together."""


_CELL_TYPES: Mapping[str, _CellType] = {
    "boolean": _CellType("lower($cell) IN ('true', 'false')", "CAST($cell AS BOOLEAN)"),
    "integer": _CellType(
        f"{_matches('-?(0|[1-9][0-9]{0,18})')} AND TRY_CAST($cell AS BIGINT) IS NOT NULL", "CAST($cell AS BIGINT)"
    ),
    "date": _CellType(
        f"{_matches(_DATE)} AND {_AFTER_CHRIST} AND TRY_CAST($cell AS DATE) IS NOT NULL", "CAST($cell AS DATE)"
    ),
    "datetime": _CellType(
        f"{_matches(f'{_DATE}[ T]{_TIME}({_SECONDS})?')} AND {_AFTER_CHRIST}"
        " AND TRY_CAST($cell AS TIMESTAMP) IS NOT NULL",
        "CAST($cell AS TIMESTAMP)",
    ),
    "zoned": _CellType(
        f"{_matches(f'{_DATE}[ T]{_TIME}({_SECONDS})?{_ZONE}')} AND {_AFTER_CHRIST}"
        f" AND TRY_CAST({_WITH_SECONDS} AS TIMESTAMPTZ) IS NOT NULL",
        f"CAST({_WITH_SECONDS} AS TIMESTAMPTZ)",
    ),
    # As a double, 1.50 would lose its last digit; this needs all cells to have the same count of decimals.
    "decimal": _CellType(
        _matches(r"-?(0|[1-9]\d*)\.\d+") + " AND length(ltrim($cell, '-')) <= 19",
        "CAST($cell AS $type)",
        f"AND min({_DECIMALS}) FILTER ($cell <> '') = max({_DECIMALS}) FILTER ($cell <> '')",
    ),
    # At most 15 digits, or written as a double is: anything longer would change on its way through a double.
    "number": _CellType(
        f"{_matches(_NUMBER)} AND isfinite(TRY_CAST($cell AS DOUBLE))"
        " AND (length(ltrim(regexp_replace($cell, '[eE].*|[-.]', '', 'g'), '0')) <= 15"
        " OR CAST(TRY_CAST($cell AS DOUBLE) AS VARCHAR) = $cell)",
        "CAST($cell AS DOUBLE)",
    ),
}
"""In the order of preference; the first that holds for all cells wins."""


def typed_columns(work: Backend, cells: str, names: Sequence[str]) -> tuple[Column, ...]:
    """Judge every column of a table of cells.

    Args:
        work: Holds the table.
        cells: SQL of the table; all columns are text.
        names: Its columns.

    Returns:
        Columns whose expression is typed; in a typed column an empty string is NULL. A column without values is text.
    """
    head = f"{cells} LIMIT {_SAMPLED_ROWS}"
    candidates: dict[str, list[str]] = {name: [] for name in names}
    for name, kind in _holding(
        work, head, [(name, kind) for name in names for kind in _CELL_TYPES], without_cells=True
    ):
        candidates[name].append(kind)
    kinds: dict[str, str] = {}
    while tests := [(name, left[0]) for name, left in candidates.items() if left and name not in kinds]:
        kinds |= _holding(work, cells, tests, without_cells=False)
        for name, _ in tests:
            candidates[name].pop(0)
    scales = _scales(work, cells, [name for name, kind in kinds.items() if kind == "decimal"])
    return tuple(Column(name, _expression(name, kinds.get(name), scales.get(name)), sql_name(name)) for name in names)


def _holding(
    work: Backend, rows: str, candidates: Sequence[tuple[str, str]], *, without_cells: bool
) -> list[tuple[str, str]]:
    """Those candidates (column, kind) that hold for every cell; `without_cells` is the answer for empty columns."""
    answers = _one_row(work, [(name, _judgement(name, _CELL_TYPES[kind])) for name, kind in candidates], rows)
    return [
        candidate
        for candidate, answer in zip(candidates, answers, strict=True)
        if (without_cells if answer is None else answer)
    ]


def _judgement(name: str, cell_type: _CellType) -> str:
    column = sql_name(name)
    return _on(f"bool_and(coalesce({cell_type.holds}, false)) FILTER ($cell <> '') {cell_type.and_together}", column)


def _scales(work: Backend, cells: str, names: Sequence[str]) -> dict[str, int]:
    """The count of decimals of columns that have the same in all cells."""
    counts = [(name, _on(f"any_value({_DECIMALS}) FILTER ($cell <> '')", sql_name(name))) for name in names]
    return dict(zip(names, _one_row(work, counts, cells), strict=True))


def _on(template: str, column: str) -> str:
    return template.replace("$cell", column)


def _one_row(work: Backend, aggregates: Sequence[tuple[str, str]], rows: str) -> tuple[Any, ...]:
    """What aggregates (column, SQL) give over `rows`, which is what may stand behind FROM."""
    answers: tuple[Any, ...] = ()
    for first in range(0, len(aggregates), _AGGREGATES_AT_ONCE):
        some = aggregates[first : first + _AGGREGATES_AT_ONCE]
        columns = ", ".join(dict.fromkeys(sql_name(name) for name, _ in some))
        statement = f"SELECT {', '.join(sql for _, sql in some)} FROM (SELECT {columns} FROM {rows})"
        answers += tuple(work.con.execute(statement).fetchone())
    return answers


def _expression(name: str, kind: str | None, scale: int | None) -> str:
    column = sql_name(name)
    if kind is None:
        return column
    value = _CELL_TYPES[kind].value.replace("$type", f"DECIMAL(18, {scale})")
    return _on(value, f"nullif({column}, '')")
