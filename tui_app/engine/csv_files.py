"""CSV files cell by cell: which delimiter, which columns, and DuckDB's reader told to guess nothing.

DuckDB's own detection looks at a sample: it turns ragged rows into one column and renames double columns. Here the
header is read in Python, every option is given, and a row that does not fit is an error with its line.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tui_app.core.errors import FixInput
from tui_app.core.project import SourceTable
from tui_app.engine.columns import require_distinct_names
from tui_app.engine.files import SourceFile, fault
from tui_app.engine.sql_quoting import sql_list, sql_literal

DELIMITERS = (",", ";", "\t", "|")
_HEAD_CHARACTERS = 1 << 20
_SAMPLED_RECORDS = 100


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """How one file is written."""

    delimiter: str
    header: tuple[str, ...]


def read_layout(table: SourceTable, file: SourceFile, text: Path) -> CsvLayout:
    """Find delimiter and columns in the first records.

    Args:
        table: That the file belongs to.
        file: As the user named it.
        text: Where its plain UTF-8 text is.

    Raises:
        FixInput: The first line is blank, or columns have no name, clashing names or a name of several lines.
    """
    with text.open(encoding="utf-8", newline="") as handle:
        head = handle.read(_HEAD_CHARACTERS)
    layouts = [(delimiter, _records(head, delimiter)) for delimiter in DELIMITERS]
    delimiter, records = max(layouts, key=lambda layout: _plausibility(layout[1]))
    if not records or not records[0]:
        raise fault(
            table,
            f"{file.shown}: the first line, which names the columns, is blank, has an open quote or is too long."
            " Nothing was read.",
            "csv",
        )
    _require_names_of_one_line(table, file, records[0])
    require_distinct_names(table, file, records[0])
    return CsvLayout(delimiter, tuple(records[0]))


def _require_names_of_one_line(table: SourceTable, file: SourceFile, names: Sequence[str]) -> None:
    """DuckDB takes the first line break for that of all lines, quoted or not, and then finds no row at all."""
    broken = [str(position) for position, name in enumerate(names, start=1) if "\r" in name or "\n" in name]
    if broken:
        raise fault(
            table,
            f"{file.shown}: the name of column {', '.join(broken)} holds a line break. Nothing was read. Rename it.",
            "csv",
        )


def _records(head: str, delimiter: str) -> list[list[str]]:
    records: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter, strict=True):
            records.append(record)
            if len(records) == _SAMPLED_RECORDS:
                break
    except csv.Error:
        # The head may end inside a quoted cell; a quote that is really unclosed is found by the full read.
        return records
    return records


def _plausibility(records: list[list[str]]) -> tuple[float, int]:
    """Ranks delimiters that split the header by how many records have its width; the others are equal and last."""
    width = len(records[0]) if records else 0
    if width < 2:
        return (0.0, 0)
    filled = [record for record in records if record]
    return (sum(len(record) == width for record in filled) / len(filled), width)


def cells_sql(layouts: Mapping[Path, CsvLayout]) -> str:
    """SQL for all cells of all files as text, one row per record, in file order, columns as in the first file.

    A bare empty cell is NULL and a quoted one is an empty string.
    """
    reads: list[tuple[CsvLayout, list[Path]]] = []
    for path, layout in layouts.items():
        if reads and reads[-1][0] == layout:
            reads[-1][1].append(path)
        else:
            reads.append((layout, [path]))
    return " UNION ALL BY NAME ".join(f"SELECT * FROM {_read_csv(layout, paths)}" for layout, paths in reads)


def _read_csv(layout: CsvLayout, paths: Sequence[Path]) -> str:
    columns = ", ".join(f"{sql_literal(name)}: 'VARCHAR'" for name in layout.header)
    return (
        f"read_csv({sql_list(map(str, paths))}, columns = {{{columns}}}, auto_detect = false, header = true,"
        f" delim = {sql_literal(layout.delimiter)}, quote = '\"', escape = '\"', nullstr = '',"
        " allow_quoted_nulls = false, strict_mode = true, null_padding = false, ignore_errors = false,"
        " compression = 'none', hive_partitioning = false)"
    )


def explain_csv_error(table: SourceTable, files: Mapping[Path, SourceFile], error: duckdb.Error) -> FixInput:
    """DuckDB's refusal of a CSV file in one sentence with file and line.

    Args:
        table: That the files belong to.
        files: By the path that DuckDB read.
        error: From reading `cells_sql`.
    """
    message = str(error)
    named = re.search(r"^\s*file = (.*)$", message, re.MULTILINE)
    path = Path(named[1]) if named else next(iter(files))
    shown = files[path].shown if path in files else table.location
    numbered = re.search(r"CSV Error on Line: (\d+)", message)
    line = int(numbered[1]) if numbered else _first_odd_line_end(path)
    place = shown if line is None else f"{shown}, line {line}"
    return fault(table, f"{place}: {_csv_reason(message)} Nothing was read. Mend the file.", "csv")


def _csv_reason(message: str) -> str:
    widths = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if widths:
        return f"the row has {widths[2]} cells and the header has {widths[1]}."
    if "unterminated quote" in message:
        return "a quote is not closed, or text follows a closing quote."
    if "aximum line size" in message:
        return "a row is longer than 2,097,152 bytes; perhaps a quote is not closed."
    if "invalid state" in message:
        return "line ends are mixed (CRLF, LF or CR), or a carriage return stands outside quotes."
    return "the row is not well-formed CSV."


def _first_odd_line_end(path: Path) -> int | None:
    """The first line, counted from 1, that does not end as the first line does; None if all do."""
    usual: bytes | None = None
    is_quoted = False
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            is_quoted ^= line.count(b'"') % 2 == 1
            if is_quoted or not line.endswith(b"\n"):
                continue
            body = line.removesuffix(b"\n")
            end = b"\r\n" if body.endswith(b"\r") else b"\n"
            usual = usual or end
            if end != usual or b"\r" in body.removesuffix(b"\r"):
                return number
    return None
