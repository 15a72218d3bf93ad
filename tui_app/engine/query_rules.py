"""What a query may say: one SELECT over named tables, other queries and its own parts. Judged before anything runs.

DuckDB's locks keep a query from files and network, but not from lists of settings, paths and views. So the statement is
parsed by DuckDB's own parser, in an engine without any data, and its tree is searched for what the locks let through.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from tui_app.core.errors import FixInput, Place, Problem
from tui_app.core.project import Query
from tui_app.engine.nearest import nearest_sentence
from tui_app.engine.query_errors import explain_query_error

TABLE_FUNCTIONS = frozenset({"unnest", "range", "generate_series"})
"""Functions that may stand where a table stands; all others can read files, settings or the catalog."""

_DISCLOSING_FUNCTIONS = frozenset({
    "current_setting", "current_query", "getvariable", "get_block_size", "format_type", "write_log",
    "nextval", "currval", "json_serialize_plan", "json_execute_serialized_sql",
    "col_description", "obj_description", "shobj_description", "setseed", "sleep_ms", "in_search_path",
})  # fmt: skip
_DISCLOSING_PREFIXES = ("pg_", "duckdb_", "pragma_", "has_", "inet_", "__internal")
"""Functions that read or change settings, the catalog or the session. Source: duckdb_functions() of DuckDB 1.5."""
_HARMLESS = frozenset({"pg_typeof", "pg_size_pretty"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A query that may run."""

    query: Query
    sql: str
    """One SELECT, without a semicolon at its end."""
    reads: tuple[str, ...]
    """The tables and queries that it reads, in the order of first mention."""


class StatementParser:
    """Judges queries by their text alone, with DuckDB's own parser in an engine that holds nothing.

    Args:
        known: The names of all tables and queries.
    """

    def __init__(self, known: Sequence[str]) -> None:
        self._known = {name.lower(): name for name in known}
        self._parser = duckdb.connect(config={"enable_external_access": False, "lock_configuration": True})

    def close(self) -> None:
        """Give its memory back."""
        self._parser.close()

    def parse(self, query: Query) -> Statement:
        """Check that a query only reads, and only what it may.

        Raises:
            FixInput: Everything that the query may not say, each with its line.
        """
        sql = self._one_select(query)
        inspector = _Inspector(query, sql, self._known)
        try:
            for statement in self._trees(query, sql):
                inspector.visit(statement["node"], frozenset())
        except RecursionError as error:
            raise _refusal(query, "is nested too deeply to be checked; split it into several queries") from error
        if inspector.problems:
            raise FixInput(*inspector.problems)
        return Statement(query, sql, tuple(inspector.reads))

    def _one_select(self, query: Query) -> str:
        try:
            statements = self._parser.extract_statements(query.sql)
        except duckdb.Error as error:
            raise explain_query_error(query, error) from error
        kinds = [statement.type.name for statement in statements]
        if kinds != ["SELECT"]:
            found = " and ".join(kinds) or "nothing"
            raise _refusal(
                query, f"must be exactly one SELECT and holds {found}; a query only reads, and only named tables"
            )
        return query.sql.rstrip().rstrip(";")

    def _trees(self, query: Query, sql: str) -> list[dict[str, Any]]:
        row = self._parser.execute("SELECT json_serialize_sql(CAST(? AS VARCHAR))", [sql]).fetchone()
        parsed: dict[str, Any] = json.loads(row[0]) if row else {}
        trees: list[dict[str, Any]] = parsed.get("statements", [])
        if not trees:
            raise _refusal(query, "is of a form that cannot be checked; write it as a plain SELECT")
        return trees


def _refusal(query: Query, fact: str) -> FixInput:
    return FixInput.at(f"Query {query.name}: {fact}. It was not run.", query.place, "query")


class _Inspector:
    """Walks a parsed statement; gathers what it reads and what it must not."""

    def __init__(self, query: Query, sql: str, known: Mapping[str, str]) -> None:
        self._query = query
        self._sql = sql.encode()
        self._known = known
        self.reads: dict[str, None] = {}
        self._problems: dict[int, Problem] = {}

    @property
    def problems(self) -> list[Problem]:
        """One for each place in the statement."""
        return list(self._problems.values())

    def visit(self, node: Any, parts: frozenset[str]) -> None:
        """Search a part of the tree; `parts` are the names of the statement's own WITH parts that it can see."""
        if isinstance(node, list):
            for each in node:
                self.visit(each, parts)
        elif isinstance(node, dict):
            self._judge(node, parts)
            visible = self._visit_own_parts(node, parts)
            for key, each in node.items():
                if key != "cte_map":
                    self.visit(each, visible)

    def _visit_own_parts(self, node: Mapping[str, Any], parts: frozenset[str]) -> frozenset[str]:
        """WITH parts: each is visible to those after it and, only if it is recursive, to itself."""
        for part in node.get("cte_map", {}).get("map", []):
            name, body = part["key"].lower(), part["value"]
            is_recursive = body["query"]["node"]["type"] == "RECURSIVE_CTE_NODE"
            self.visit(body, parts | {name} if is_recursive else parts)
            parts |= {name}
        return parts

    def _judge(self, node: Mapping[str, Any], parts: frozenset[str]) -> None:
        match node:
            case {"type": "BASE_TABLE"}:
                self._judge_name(node, parts)
            case {"type": "TABLE_FUNCTION", "function": {"function_name": name}} if name.lower() not in TABLE_FUNCTIONS:
                allowed = ", ".join(sorted(TABLE_FUNCTIONS))
                self._report(node, f"{name}() is not allowed where a table stands; only {allowed} are")
            case {"type": "SHOW_REF"}:
                self._report(node, "DESCRIBE, SHOW and SUMMARIZE are not allowed in a query; read a named table")
            case {"class": "PARAMETER"}:
                self._report(node, "a query has no parameters; write the value itself")
            case {"function_name": str(name)}:
                self._judge_function(node, name.lower())
            case _:
                return

    def _judge_name(self, node: Mapping[str, Any], parts: frozenset[str]) -> None:
        name = node["table_name"]
        qualifiers = [node[key] for key in ("catalog_name", "schema_name") if node.get(key)]
        if qualifiers:
            self._report(node, f"{'.'.join([*qualifiers, name])} is not a named table; name tables without a schema")
        elif name.lower() in parts:
            return
        elif name.lower() in self._known:
            self.reads[self._known[name.lower()]] = None
        else:
            names = self._known.values()
            self._report(node, f'there is no table or query "{name}".{nearest_sentence(name, names)}'.rstrip("."))

    def _judge_function(self, node: Mapping[str, Any], name: str) -> None:
        if name not in _HARMLESS and (name in _DISCLOSING_FUNCTIONS or name.startswith(_DISCLOSING_PREFIXES)):
            self._report(node, f"{name}() is not allowed: a query reads the named tables and no settings or catalog")

    def _report(self, node: Mapping[str, Any], fact: str) -> None:
        offset = node.get("query_location", 0)
        # DuckDB writes the largest 64-bit number where it knows no location.
        line = self._sql.count(b"\n", 0, offset) if offset <= len(self._sql) else 0
        place = Place(self._query.first_line.file, self._query.first_line.line + line)
        problem = Problem(f"Query {self._query.name}: {fact}. It was not run.", place, "query")
        # A table function is met twice, as a table and as a function, at one offset.
        self._problems.setdefault(offset, problem)
