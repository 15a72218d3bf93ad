"""The columns that the files of a table must agree on.

Engines rename a second `id` to `id_1` and fill a column that one file lacks with NULL. Both would send wrong values
without a word, so both are errors here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui_app.core.errors import FixInput, Problem
from tui_app.core.project import SourceTable
from tui_app.engine.files import SourceFile, fault
from tui_app.engine.nearest import nearest_sentence

MAX_COLUMNS = 2_000
"""Of one table. Snowflake's and Postgres' tables are narrower; planning a statement takes the square of its columns."""
MAX_NESTING = 64
"""Of lists and structs in each other. Parsers of types and of JSON call themselves once per level."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table and the SQL that reads it."""

    name: str
    expression: str
    """Typed, over the table's own files."""
    text_expression: str
    """The exact cell of a CSV file; the same as `expression` for other files."""


def require_distinct_names(table: SourceTable, file: SourceFile, names: Sequence[str]) -> None:
    """Refuse countless columns, columns without a name and names that are equal or differ by case only.

    Raises:
        FixInput: Lists the names.
    """
    if not names:
        raise fault(table, f"{file.shown} has no columns. Nothing was read.", "no_columns")
    if len(names) > MAX_COLUMNS:
        raise too_many_columns(table, file)
    blank = [position for position, name in enumerate(names, start=1) if not name.strip()]
    if blank:
        raise fault(
            table,
            f"{file.shown}: column {', '.join(map(str, blank))} has no name. Nothing was read. Name every column.",
            "unnamed_column",
        )
    clashes = clashing_names(names)
    if clashes:
        raise fault(
            table,
            f"{file.shown} has columns whose names are equal or differ only by case: {', '.join(clashes)}."
            " Which one is meant cannot be known, so nothing was read. Rename them.",
            "duplicate_columns",
        )


def too_many_columns(table: SourceTable, file: SourceFile) -> FixInput:
    """The refusal of a table that is too wide."""
    return fault(
        table,
        f"{file.shown} has more than {MAX_COLUMNS:,} columns. Nothing was read. Write a file with the columns that are"
        " wanted.",
        "too_many_columns",
    )


def nests_too_deep(table: SourceTable, where: str) -> FixInput:
    """The refusal of lists and structs that go on and on.

    Args:
        table: That the file belongs to.
        where: The file, with a line if it has lines.
    """
    return fault(
        table,
        f"{where} nests lists and objects deeper than {MAX_NESTING} levels. Nothing was read. Flatten it.",
        "nesting",
    )


def clashing_names(names: Sequence[str]) -> list[str]:
    """Names that an engine cannot tell apart, quoted, in the order of the columns."""
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in names:
        spellings[name.lower()].append(f'"{name}"')
    return [name for group in spellings.values() if len(group) > 1 for name in group]


def require_same_columns(table: SourceTable, columns: Mapping[SourceFile, Mapping[str, str]]) -> None:
    """Refuse files that lack a column of the first file, have another one, or another type in it.

    Args:
        table: That the files belong to.
        columns: Name → type in words of every file; names are compared exactly, their order may differ.

    Raises:
        FixInput: One problem per file and column.
    """
    (first, expected), *others = columns.items()
    problems = [
        Problem(f"Table {table.name}: {fact}", table.place, "different_columns")
        for file, found in others
        for fact in _differences(first, expected, file, found)
    ]
    if problems:
        raise FixInput(*problems)


def _differences(
    first: SourceFile, expected: Mapping[str, str], file: SourceFile, found: Mapping[str, str]
) -> list[str]:
    missing = [
        f'{file.shown} has no column "{name}"; {first.shown} has one.{nearest_sentence(name, found.keys() - expected)}'
        " A missing column is not the same as NULL, so nothing was read. Give all files the same columns."
        for name in expected
        if name not in found
    ]
    extra = [
        f'{file.shown} has a column "{name}" that {first.shown} lacks. Nothing was read.'
        " Give all files the same columns."
        for name in found
        if name not in expected
    ]
    retyped = [
        f'{file.shown}: column "{name}" is {found[name]} and in {first.shown} it is {expected[name]}.'
        " Nothing was read. Give the column one type in all files."
        for name in expected
        if name in found and found[name] != expected[name]
    ]
    return missing + (extra if not missing else []) + retyped
