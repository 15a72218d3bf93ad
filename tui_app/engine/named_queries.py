"""The queries of a project by name: what each reads, in which order they run, and their frozen rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import ibis
from ibis.backends.duckdb import Backend

from tui_app.core.errors import FixInput
from tui_app.core.project import Project, Query
from tui_app.engine.queries import QueryEngine, QueryRows
from tui_app.engine.query_rules import Statement, StatementParser
from tui_app.engine.tables import ReadableTable, stored_table


class NamedQueries:
    """Checks, orders and freezes queries. A mistake in one is raised when it, or one that reads it, is asked for.

    Args:
        project: Whose queries these are.
        engine: Where user SQL runs; its owner closes it.
        read_table: Gives a table of the project by name, for the query engine to read.
    """

    def __init__(self, project: Project, engine: QueryEngine, read_table: Callable[[str], ReadableTable]) -> None:
        self._queries = project.queries
        self._engine = engine
        self._read_table = read_table
        self._parser = StatementParser([*project.source.tables, *project.queries])
        self._statements: dict[str, Statement] = {}
        self._selects: dict[str, str] = {}
        self._frozen: dict[str, ReadableTable] = {}

    def close(self) -> None:
        """Give the parser's memory back."""
        self._parser.close()

    def schema(self, name: str) -> ibis.Schema:
        """Columns and types of a query, without running it.

        Raises:
            FixInput: The query, or one that it reads, is not allowed or does not fit its tables.
        """
        self._define(name)
        return self._engine.schema(name)

    def freeze(self, name: str, work: Backend, paths: Mapping[str, Path]) -> ReadableTable:
        """The rows of a query, which is run once; queries that it reads are frozen before it.

        Args:
            name: Of the query.
            work: Writes the rows.
            paths: Where the rows of each query belong.

        Raises:
            FixInput: As for `schema`, or the query fails while it runs.
        """
        self._define(name)
        if name not in self._frozen:
            statement = self._statements[name]
            for read in statement.reads:
                if read in self._queries:
                    self.freeze(read, work, paths)
            self._engine.freeze(statement, self._selects[name], work, paths[name])
            self._frozen[name] = stored_table(work, paths[name])
            self._engine.define(name, self._frozen[name].select(), statement.query)
        return self._frozen[name]

    def preview(self, query: Query, count: int) -> QueryRows:
        """The first rows of a query that need not be one of the project; one of its name is left as it is.

        Queries that it reads are not frozen for it.

        Args:
            query: To be tried.
            count: At most so many rows.

        Raises:
            FixInput: The query is not allowed, does not fit its tables or fails.
        """
        statement = self._parser.parse(query)
        self._refuse_circle(statement)
        self._define_what_it_reads(statement)
        return self._engine.preview(statement, count)

    def _refuse_circle(self, trial: Statement) -> None:
        """Whatever a trial reads may itself read the query in whose place the trial is to stand."""
        name = trial.query.name
        ways: dict[str, tuple[str, ...]] = {read: (name, read) for read in trial.reads}
        unfollowed = list(ways)
        while unfollowed:
            reader = unfollowed.pop()
            if reader == name:
                raise _circle(trial.query, ways[reader])
            for read in self._statement(reader).reads if reader in self._queries else ():
                if read not in ways:
                    ways[read] = (*ways[reader], read)
                    unfollowed.append(read)

    def _statement(self, name: str) -> Statement:
        if name not in self._statements:
            self._statements[name] = self._parser.parse(self._queries[name])
        return self._statements[name]

    def _define(self, name: str, readers: tuple[str, ...] = ()) -> None:
        """Make a query readable by name, after everything that it reads.

        Args:
            name: Of the query.
            readers: The queries on the way to it, the outermost first.
        """
        query = self._queries[name]
        if name in readers:
            raise _circle(query, (*readers[readers.index(name) :], name))
        if name in self._selects:
            return
        statement = self._statement(name)
        self._define_what_it_reads(statement, (*readers, name))
        self._selects[name] = self._engine.select(statement)
        self._engine.define(name, self._selects[name], query)

    def _define_what_it_reads(self, statement: Statement, readers: tuple[str, ...] = ()) -> None:
        for read in statement.reads:
            if read in self._queries:
                self._define(read, readers)
            else:
                self._engine.define(read, self._read_table(read).select(), statement.query)


def _circle(query: Query, names: tuple[str, ...]) -> FixInput:
    return FixInput.at(
        f"Query {query.name}: reads itself: {' → '.join(names)}. It was not run. Let one of them read tables only.",
        query.place,
        "query_circle",
    )
