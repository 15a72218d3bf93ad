"""The customer tables and queries of a project, as relations that can be composed and counted. Read only.

Nothing is read before it is asked for, and a mistake in one table does not hide the others. Start with
`Sources.relation`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import duckdb
import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from tui_app.core.disk import FULL_DISK
from tui_app.core.errors import FixInput, Problem
from tui_app.core.project import Project, Query
from tui_app.engine.columns import clashing_names
from tui_app.engine.connections import EngineLimits, memory_bytes, open_engine
from tui_app.engine.files import SourceFile, changed_files, locate
from tui_app.engine.named_queries import NamedQueries
from tui_app.engine.nearest import nearest_sentence
from tui_app.engine.queries import DEFAULT_TIME_LIMIT_SECONDS, QueryEngine, QueryRows
from tui_app.engine.sql_quoting import sql_name
from tui_app.engine.tables import ReadableTable, read_table

_EMBEDDED = (None, "duckdb", "duckdb://")
_SCHEMA = "source"
"""Of the views in the work engine, so that no name of a table meets a name that other code gives."""

_ViewKey: TypeAlias = "tuple[str, frozenset[str] | frozenset[tuple[str, str]]]"
"""A table or query, and which of its columns are wanted as text."""


class Sources:
    """The tables and queries of one project on the embedded engine. For one thread at a time.

    Args:
        project: Whose tables and queries these are.
        scratch: A private folder (mode 0700) for converted files and what does not fit into memory: customer data.
        writable: Folders that the work engine may read and write besides.
        query_seconds: How long one query may run.

    Raises:
        FixInput: The source is not of files, its memory limit makes no sense, or names clash. A mistake in one table or
            query is raised when that one is asked for.
    """

    def __init__(
        self,
        project: Project,
        *,
        scratch: Path,
        writable: tuple[Path, ...] = (),
        query_seconds: float = DEFAULT_TIME_LIMIT_SECONDS,
    ) -> None:
        _require_files(project)
        _require_distinct_names(project)
        share = memory_bytes(project.source) // (2 if project.queries else 1)
        self._project = project
        self._query_seconds = query_seconds
        self._folder = scratch.resolve() / "sources"
        self._limits = EngineLimits(share, project.source.threads, self._folder)
        self._files, self._mistakes = _locate_all(project)
        self._stored_paths = {name: self._folder / f"{i:04}.parquet" for i, name in enumerate(self.names())}
        self._tables: dict[str, ReadableTable] = {}
        self._views: dict[_ViewKey, str] = {}
        self._row_counts: dict[str, int] = {}
        self._queries: NamedQueries | None = None
        self._query_engine: QueryEngine | None = None
        self._cleanup = ExitStack()
        self._folder.mkdir(mode=0o700)
        self._cleanup.callback(shutil.rmtree, self._folder, ignore_errors=True)
        folders = [self._folder, *(each for path in writable for each in dict.fromkeys((path, path.resolve())))]
        self.work: Backend = open_engine(self._limits, [file.path for file in self._all_files()], folders)
        self._cleanup.callback(self.work.disconnect)
        self.work.con.execute(f"CREATE SCHEMA {_SCHEMA}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the memory back and remove every stored row from the scratch folder."""
        self._cleanup.close()

    def interrupt(self) -> None:
        """Stop the statement that is running now, if one is; whoever runs it meets an error. From any thread."""
        self.work.con.interrupt()
        if self._query_engine is not None:
            self._query_engine.interrupt()

    def names(self) -> tuple[str, ...]:
        """Tables, then queries, in the order of the project file."""
        return (*self._project.source.tables, *self._project.queries)

    def is_query(self, name: str) -> bool:
        """Whether a name is that of a query; otherwise it is a table."""
        return name in self._project.queries

    def schema(self, name: str) -> ibis.Schema:
        """Columns and types of a table or a query. A query is not run for it; a text file is read.

        Raises:
            FixInput: The table or query has a mistake.
        """
        self._require_known(name)
        if self.is_query(name) and (name, frozenset()) not in self._views:
            return self._named_queries().schema(name)
        return self.relation(name).schema()

    def relation(self, name: str, as_text: frozenset[str] = frozenset()) -> ir.Table:
        """The rows of a table or a query on the work engine, in the order of their file.

        Parquet is read in place, whenever the relation is used. Text and Arrow files are converted once, and a query is
        run once.

        Args:
            name: Of a table or a query.
            as_text: Columns wanted as the exact text of their CSV cells; without effect on other sources.

        Raises:
            FixInput: The table or query has a mistake, or the query fails.
        """
        self._require_known(name)
        return self._view((name, as_text), lambda: self._readable(name).select(as_text))

    def relation_with_texts(self, name: str, texts: Mapping[str, str]) -> ir.Table:
        """As `relation`, with the exact source text of some columns beside them.

        Args:
            name: Of a table or a query.
            texts: Column → the name under which its text stands; no column has such a name. Columns that are missing
                are left out.
        """
        self._require_known(name)
        return self._view((name, frozenset(texts.items())), lambda: self._readable(name).select_with_texts(texts))

    def row_count(self, name: str) -> int:
        """How many rows a table or a query has.

        Raises:
            FixInput: As for `relation`.
        """
        if name not in self._row_counts:
            relation = self.relation(name)
            with self.reading():
                self._row_counts[name] = relation.count().to_pyarrow().as_py()
        return self._row_counts[name]

    def preview(self, query: Query, count: int) -> QueryRows:
        """The first rows of a query that need not be one of the project; one of its name is left as it is.

        Args:
            query: To be tried. It may read every table and query.
            count: At most so many rows.

        Raises:
            FixInput: The query is not allowed, does not fit its tables or fails, or its name is not its own.
        """
        _require_distinct_names(replace(self._project, queries={**self._project.queries, query.name: query}))
        with self.reading():
            return self._named_queries().preview(query, count)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with tables and queries, as far as it shows without running queries."""
        found: dict[Problem, None] = {}
        for name in self.names():
            try:
                self.schema(name)
            except FixInput as error:
                found.update(dict.fromkeys(error.problems))
        return tuple(found)

    def confirm_unchanged(self) -> None:
        """Make sure that what was read is what the files held when the source was opened.

        Raises:
            FixInput: A file was written to, replaced or removed meanwhile.
        """
        changed = [
            Problem(
                f"Table {name}: {file.shown} changed while being read. What was read of it cannot be used, and nothing"
                " was sent. Try again when the file is complete.",
                self._project.source.tables[name].place,
                "changed_file",
            )
            for name in self._tables
            for file in changed_files(self._files[name])
        ]
        if changed:
            raise FixInput(*changed)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Explain what goes wrong when relations are run, such as a Parquet page that is damaged.

        Raises:
            FixInput: The engine could not read or hold the rows.
        """
        try:
            yield
        except duckdb.OutOfMemoryException as error:
            limit = f"{self._limits.memory_bytes // 1_000_000:,} MB"
            raise FixInput.at(
                f"The source needs more memory or temporary disk space than there is ({limit} of memory). Nothing was"
                " sent. Raise memory_limit under [source] or make room on the disk.",
                self._project.source.place,
                "memory",
            ) from error
        except duckdb.Error as error:
            if FULL_DISK in str(error):
                raise FixInput.at(
                    "The state folder has no room for the rows of the source: its disk is full. Nothing was sent. Make"
                    " room on it, then do the same again.",
                    code="disk",
                ) from error
            names = ", ".join(file.shown for file in self._all_files() if str(file.path) in str(error))
            # DuckDB's readers raise the bare class, without the file's name, for some kinds of damage.
            if not names and not isinstance(error, duckdb.IOException) and type(error) is not duckdb.Error:
                raise
            raise FixInput.at(
                f"The source cannot be read to its end{': ' + names if names else ''}. A file is damaged, or the disk"
                " failed. Nothing was sent. Write or fetch the file again.",
                self._project.source.place,
                "damaged_file",
            ) from error

    def _all_files(self) -> list[SourceFile]:
        return [file for files in self._files.values() for file in files]

    def _require_known(self, name: str) -> None:
        if name not in self.names():
            raise FixInput.at(
                f'There is no table or query "{name}". Nothing was read.{nearest_sentence(name, self.names())}',
                code="unknown_table",
            )

    def _view(self, key: _ViewKey, select: Callable[[], str]) -> ir.Table:
        """The relation of a view that is made when it is first asked for."""
        if key not in self._views:
            rows, view = select(), f"{key[0]} {len(self._views)}"
            with self.reading():
                self.work.con.execute(f"CREATE VIEW {_SCHEMA}.{sql_name(view)} AS {rows}")
            self._views[key] = view
        with self.reading():
            return self.work.table(self._views[key], database=_SCHEMA)

    def _readable(self, name: str) -> ReadableTable:
        if self.is_query(name):
            return self._named_queries().freeze(name, self.work, self._stored_paths)
        return self._read_table(name)

    def _read_table(self, name: str) -> ReadableTable:
        if name in self._mistakes:
            raise self._mistakes[name]
        if name not in self._tables:
            table = self._project.source.tables[name]
            with self.reading():
                self._tables[name] = read_table(self.work, table, self._files[name], self._stored_paths[name])
        return self._tables[name]

    def _named_queries(self) -> NamedQueries:
        """Opened late: most tables are sent without a query."""
        if self._queries is None:
            in_place = [file.path for file in self._all_files() if file.kind == "parquet"]
            engine = QueryEngine(self._limits, [*in_place, *self._stored_paths.values()], self._query_seconds)
            self._cleanup.callback(engine.close)
            self._query_engine = engine
            self._queries = NamedQueries(self._project, engine, self._read_table)
            self._cleanup.callback(self._queries.close)
        return self._queries


def _require_files(project: Project) -> None:
    if project.source.engine not in _EMBEDDED:
        raise FixInput.at(
            f'The source has engine = "{project.source.engine}". This build reads files with the embedded engine only;'
            " other engines come as extras later. Nothing was read. Remove `engine` and name files as tables.",
            project.source.place,
            "unknown_engine",
        )


def _require_distinct_names(project: Project) -> None:
    clashes = clashing_names([*project.source.tables, *project.queries])
    if clashes:
        raise FixInput.at(
            f"Tables and queries have names that are equal or differ only by case: {', '.join(clashes)}. Nothing was"
            " read. SQL cannot tell them apart; rename them.",
            project.source.place,
            "duplicate_names",
        )


def _locate_all(project: Project) -> tuple[Mapping[str, tuple[SourceFile, ...]], Mapping[str, FixInput]]:
    """The files of each table, and the mistakes of those tables that have one."""
    folder = Path(project.file).parent
    located: dict[str, tuple[SourceFile, ...]] = {}
    mistakes: dict[str, FixInput] = {}
    for name, table in project.source.tables.items():
        try:
            located[name] = locate(table, folder)
        except FixInput as mistake:
            mistakes[name] = mistake
    return located, mistakes
