"""Running the user's SQL: in an engine of its own, once, and from there as Parquet to whoever reads it.

A result is frozen: a query with `random()` or `now()` is evaluated once, and other queries and the plan read the same
rows. Nothing but the stream of rows leaves the query engine.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ibis
from ibis.backends.duckdb import Backend

from tui_app.core.errors import FixInput, Problem
from tui_app.core.project import Query
from tui_app.engine.columns import clashing_names
from tui_app.engine.connections import EngineLimits, open_engine
from tui_app.engine.parquet_files import AS_TEXT
from tui_app.engine.query_errors import explain_query_error, memory_error, time_error
from tui_app.engine.query_rules import Statement
from tui_app.engine.row_text import TextRows, text_rows
from tui_app.engine.sql_quoting import sql_literal, sql_name

DEFAULT_TIME_LIMIT_SECONDS = 3600.0

_BATCH_ROWS = 122_880
_INCOMING = "incoming rows of a query"
_TRIAL = "trial"
"""A schema of its own, so that a trial takes nobody's name."""
FROZEN_FORMAT = f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {_BATCH_ROWS})"


@dataclass(frozen=True, slots=True)
class QueryRows:
    """The first rows that a query gives."""

    schema: ibis.Schema
    rows: TextRows


class QueryEngine:
    """The engine that runs user SQL. Tables and earlier queries are views in it; nothing else is there.

    Args:
        limits: Memory and threads of queries, and where they spill.
        readable: The files under the views, and those that frozen results will have.
        time_limit_seconds: How long one query may run.
    """

    def __init__(self, limits: EngineLimits, readable: Sequence[Path], time_limit_seconds: float) -> None:
        self._limits = limits
        self._time_limit_seconds = time_limit_seconds
        self._engine = open_engine(limits, readable)

    def close(self) -> None:
        """Give its memory back."""
        self._engine.disconnect()

    def interrupt(self) -> None:
        """Stop what it runs now, if anything. From any thread."""
        self._engine.con.interrupt()

    def define(self, name: str, select: str, reader: Query) -> None:
        """Make a table or a query readable by its name.

        Args:
            name: As in the project file.
            select: Trusted SQL of its rows, or that of a checked statement.
            reader: The query that this is done for.

        Raises:
            FixInput: The files of the table are not what they were.
        """
        with self._explained(reader):
            self._engine.con.execute(f"CREATE OR REPLACE VIEW {sql_name(name)} AS {select}")

    def schema(self, name: str) -> ibis.Schema:
        """Columns and types of what was defined."""
        return self._engine.table(name).schema()

    def select(self, statement: Statement) -> str:
        """SQL of a statement's rows in types that survive the way to the work engine.

        Raises:
            FixInput: DuckDB cannot bind the statement, or its columns have no or clashing names.
        """
        with self._explained(statement.query):
            described = self._engine.con.execute(f"DESCRIBE {statement.sql}").fetchall()
        names = [name for name, *_ in described]
        _require_usable_names(statement.query, names)
        columns = ", ".join(_surviving(name, engine_type) for name, engine_type, *_ in described)
        # On one line up to the statement, so that the lines in DuckDB's errors stay those of the statement; the closing
        # bracket on a line of its own, because the statement may end in a comment.
        return f"SELECT {columns} FROM ({statement.sql}\n)"

    def freeze(self, statement: Statement, select: str, work: Backend, path: Path) -> None:
        """Run a statement and write its rows to a file.

        Args:
            statement: Checked.
            select: From `select`.
            work: Writes the file while the rows arrive, so that memory holds a few batches only.
            path: A Parquet file that does not exist yet.

        Raises:
            FixInput: The statement fails, takes too long or needs too much memory.
        """
        with self._explained(statement.query):
            rows = self._engine.con.execute(select).to_arrow_reader(_BATCH_ROWS)
            # An interruption may have kept an earlier statement from taking its rows away.
            work.con.execute(f"DROP VIEW IF EXISTS {sql_name(_INCOMING)}")
            work.con.register(_INCOMING, rows)
            try:
                work.con.execute(f"COPY (FROM {sql_name(_INCOMING)}) TO {sql_literal(str(path))} {FROZEN_FORMAT}")
            finally:
                work.con.unregister(_INCOMING)
                rows.close()

    def preview(self, statement: Statement, count: int) -> QueryRows:
        """The first rows that a statement gives. It is run no further than they need, and nothing is frozen.

        Args:
            statement: Checked; what it reads is defined.
            count: At most so many rows.

        Raises:
            FixInput: The statement fails, takes too long or needs too much memory.
        """
        select = self.select(statement)
        with self._explained(statement.query):
            self._engine.con.execute(f"CREATE SCHEMA IF NOT EXISTS {_TRIAL}")
            self._engine.con.execute(f"CREATE OR REPLACE VIEW {_TRIAL}.statement AS {select}")
            schema = self._engine.table("statement", database=_TRIAL).schema()
            # The statement itself and not the view: DuckDB's errors name lines of what is executed.
            return QueryRows(schema, text_rows(self._engine, select, schema, first=0, count=count))

    @contextmanager
    def _explained(self, query: Query) -> Iterator[None]:
        """Stop what runs too long, and say what went wrong in the user's terms."""
        is_late = threading.Event()

        def interrupt() -> None:
            is_late.set()
            self._engine.con.interrupt()

        timer = threading.Timer(self._time_limit_seconds, interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield
        except duckdb.Error as error:
            if is_late.is_set():
                raise time_error(query, self._time_limit_seconds) from error
            if "Out of Memory Error" in str(error):
                raise memory_error(query, self._limits.memory_bytes) from error
            raise explain_query_error(query, error) from error
        finally:
            timer.cancel()


def _require_usable_names(query: Query, names: Sequence[str]) -> None:
    clashes = clashing_names(names)
    if clashes:
        raise FixInput(
            Problem(
                f"Query {query.name}: gives columns whose names are equal or differ only by case: {', '.join(clashes)}."
                " No row of it was used. Name each column once, with AS where two tables share a name.",
                query.place,
                "duplicate_columns",
            )
        )


def _surviving(name: str, engine_type: str) -> str:
    column = sql_name(name)
    if engine_type.startswith("HUGEINT"):
        # sum() of integers is HUGEINT, which Parquet would hold as a double.
        return f"CAST({column} AS {engine_type.replace('HUGEINT', 'BIGINT')}) AS {column}"
    if engine_type.partition("(")[0] in AS_TEXT:
        return f"CAST({column} AS VARCHAR) AS {column}"
    return column
