"""One table of the source, made readable: Parquet in place, every other kind once converted to Parquet.

After this, both engines read every table in the same way, no file of text is parsed twice, and memory holds only what a
statement works on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from ibis.backends.duckdb import Backend

from tui_app.core.errors import FixInput
from tui_app.core.project import SourceTable
from tui_app.engine.arrow_files import arrow_batches, explain_arrow_error
from tui_app.engine.columns import Column, require_same_columns
from tui_app.engine.csv_files import cells_sql, explain_csv_error, read_layout
from tui_app.engine.csv_types import typed_columns
from tui_app.engine.files import SourceFile
from tui_app.engine.json_lines import explain_json_error, lines_sql
from tui_app.engine.parquet_files import columns_of, parquet_columns, parquet_sql
from tui_app.engine.plain_text import plain_text
from tui_app.engine.queries import FROZEN_FORMAT
from tui_app.engine.sql_quoting import sql_literal, sql_name

_INCOMING = "incoming rows of a file"


@dataclass(frozen=True, slots=True)
class ReadableTable:
    """Columns and the Parquet that holds them."""

    columns: tuple[Column, ...]
    parquet: str
    """SQL of the stored rows."""

    def select(self, as_text: frozenset[str] = frozenset()) -> str:
        """SQL of the rows, the columns in `as_text` as their exact source text where the source is text."""
        parts = [
            f"{column.text_expression if column.name in as_text else column.expression} AS {sql_name(column.name)}"
            for column in self.columns
        ]
        return f"SELECT {', '.join(parts)} FROM {self.parquet}"

    def select_with_texts(self, texts: Mapping[str, str]) -> str:
        """SQL of the rows, with the exact source text of some columns beside them.

        Args:
            texts: Column → the name under which its text stands.
        """
        parts = [f"{column.expression} AS {sql_name(column.name)}" for column in self.columns]
        parts += [
            f"{column.text_expression} AS {sql_name(texts[column.name])}"
            for column in self.columns
            if column.name in texts
        ]
        return f"SELECT {', '.join(parts)} FROM {self.parquet}"


def read_table(work: Backend, table: SourceTable, files: Sequence[SourceFile], converted: Path) -> ReadableTable:
    """Make a table readable.

    Args:
        work: May read the files and write `converted`.
        table: As in the project file.
        files: Its files, all of one kind.
        converted: A Parquet file that does not exist yet; stays absent if the files are Parquet themselves.

    Raises:
        FixInput: A file is damaged, badly encoded or malformed, or columns clash or differ.
        duckdb.Error: Memory or disk did not suffice.
    """
    match files[0].kind:
        case "parquet":
            paths = [str(file.path) for file in files]
            return ReadableTable(parquet_columns(work, table, files), parquet_sql(paths))
        case "csv":
            return _read_csv(work, table, files, converted)
        case "json":
            return _read_json(work, table, files, converted)
        case "arrow":
            return _read_arrow(work, table, files, converted)


def _read_csv(work: Backend, table: SourceTable, files: Sequence[SourceFile], converted: Path) -> ReadableTable:
    with _plain_texts(table, files, converted) as texts:
        layouts = {path: read_layout(table, file, path) for path, file in texts.items()}
        headers = {file: dict.fromkeys(layouts[path].header, "text") for path, file in texts.items()}
        require_same_columns(table, headers)
        with _explained(lambda error: explain_csv_error(table, texts, error)):
            _convert(work, cells_sql(layouts), converted)
    parquet = parquet_sql([str(converted)])
    return ReadableTable(typed_columns(work, parquet, list(headers[files[0]])), parquet)


def _read_json(work: Backend, table: SourceTable, files: Sequence[SourceFile], converted: Path) -> ReadableTable:
    with (
        _plain_texts(table, files, converted) as texts,
        _explained(lambda error: explain_json_error(table, texts, error)),
    ):
        usual, exact = lines_sql(work, table, texts)
        try:
            _convert(work, usual, converted)
        except duckdb.InvalidInputException:
            # Perhaps a number is beyond 63 bits. Any other fault of a line shows again.
            _convert(work, exact, converted)
    return stored_table(work, converted)


def _read_arrow(work: Backend, table: SourceTable, files: Sequence[SourceFile], converted: Path) -> ReadableTable:
    work.con.register(_INCOMING, arrow_batches(table, files))
    try:
        with _explained(lambda _: explain_arrow_error(table)):
            _convert(work, f"FROM {sql_name(_INCOMING)}", converted)
    finally:
        work.con.unregister(_INCOMING)
    return stored_table(work, converted)


@contextmanager
def _explained(explain: Callable[[duckdb.Error], FixInput]) -> Iterator[None]:
    """Put the engine's refusal of a file in the user's terms; memory and disk are no fault of the file."""
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise
    except duckdb.Error as error:
        raise explain(error) from error


def _convert(work: Backend, rows: str, converted: Path) -> None:
    work.con.execute(f"COPY ({rows}) TO {sql_literal(str(converted))} {FROZEN_FORMAT}")


def stored_table(work: Backend, path: Path) -> ReadableTable:
    """A table of one Parquet file that we wrote ourselves."""
    parquet = parquet_sql([str(path)])
    described = work.con.execute(f"DESCRIBE SELECT * FROM {parquet}").fetchall()
    return ReadableTable(columns_of({name: engine_type for name, engine_type, *_ in described}), parquet)


@contextmanager
def _plain_texts(table: SourceTable, files: Sequence[SourceFile], converted: Path) -> Iterator[dict[Path, SourceFile]]:
    """The files by the path of their plain text; texts that had to be unpacked are removed in the end."""
    unpacked = [converted.with_suffix(f".{position}.txt") for position in range(len(files))]
    try:
        yield {plain_text(table, file, path): file for file, path in zip(files, unpacked, strict=True)}
    finally:
        for path in unpacked:
            path.unlink(missing_ok=True)
