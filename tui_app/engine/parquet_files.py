"""Parquet files, read in place: their columns must be sound before an engine reads them by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
from ibis.backends.duckdb import Backend

from tui_app.core.project import SourceTable
from tui_app.engine.columns import (
    MAX_NESTING,
    Column,
    nests_too_deep,
    require_distinct_names,
    require_same_columns,
)
from tui_app.engine.files import SourceFile, fault
from tui_app.engine.sql_quoting import sql_list, sql_literal, sql_name

AS_TEXT = ("UUID", "GEOMETRY", "BIT", "BIGNUM", "UHUGEINT")
"""Engine types that are taken as text: Ibis does not know them, or Braze has nothing like them."""


def parquet_sql(paths: Sequence[str]) -> str:
    """SQL of the rows of all files, columns by name and nothing taken from folder names."""
    return f"read_parquet({sql_list(paths)}, union_by_name = false, hive_partitioning = false)"


def parquet_columns(work: Backend, table: SourceTable, files: Sequence[SourceFile]) -> tuple[Column, ...]:
    """The columns of a table of Parquet files.

    Args:
        work: May read the files.
        table: That the files belong to.
        files: At least one.

    Raises:
        FixInput: A file is not Parquet, is cut off, or the columns of the files clash or differ.
    """
    types = {file: _types(work, table, file) for file in files}
    require_same_columns(table, types)
    return columns_of(types[files[0]])


def columns_of(types: Mapping[str, str]) -> tuple[Column, ...]:
    """Columns as they are stored, but types that nothing downstream knows as text.

    Args:
        types: Name → engine type.
    """
    expressions = {
        name: f"CAST({sql_name(name)} AS VARCHAR)" if engine_type.partition("(")[0] in AS_TEXT else sql_name(name)
        for name, engine_type in types.items()
    }
    return tuple(Column(name, expression, expression) for name, expression in expressions.items())


def _types(work: Backend, table: SourceTable, file: SourceFile) -> dict[str, str]:
    path = str(file.path)
    try:
        nodes = work.con.execute(f"SELECT name, num_children FROM parquet_schema({sql_literal(path)})").fetchall()
        if _depth(nodes) > MAX_NESTING:
            raise nests_too_deep(table, file.shown)
        names = _top_level(nodes)
        require_distinct_names(table, file, names)
        described = work.con.execute(f"DESCRIBE SELECT * FROM {parquet_sql([path])}").fetchall()
    except duckdb.Error as error:
        raise fault(
            table,
            f"{file.shown} is not a readable Parquet file: it is cut off, damaged or of another kind. Nothing was read."
            " Write or fetch it again.",
            "parquet",
        ) from error
    return dict(zip(names, (row[1] for row in described), strict=True))


def _top_level(nodes: Sequence[tuple[str, int | None]]) -> list[str]:
    """Names of the root's children, in a schema that is listed depth first."""
    names: list[str] = []
    open_nodes = 0
    for name, child_count in nodes[1:]:
        if open_nodes == 0:
            names.append(name)
        open_nodes += (child_count or 0) - (1 if open_nodes else 0)
    return names


def _depth(nodes: Sequence[tuple[str, int | None]]) -> int:
    """How many levels a schema has below its root, listed depth first; a list takes two."""
    deepest = 0
    open_children: list[int] = []
    for _, child_count in nodes:
        while open_children and not open_children[-1]:
            open_children.pop()
        if open_children:
            open_children[-1] -= 1
        open_children.append(child_count or 0)
        deepest = max(deepest, len(open_children) - 1)
    return deepest
