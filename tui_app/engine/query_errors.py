"""DuckDB's errors about a query, in one sentence: at their line, without paths and without values of customers."""

from __future__ import annotations

import re

import duckdb

from tui_app.core.errors import FixInput, Place
from tui_app.core.project import Query

_ABOUT_TEXT = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException, duckdb.SyntaxException)
"""Errors that quote the query itself. Others are about values and may quote those."""

_PATH = re.compile(r"\"?'?(?:[A-Za-z]+://|/)[^\s\"']*/[^\s\"']*\"?'?")
_KIND = re.compile(r"^(?:[A-Z][A-Za-z]*(?: [A-Za-z]+)* Error: )+")
_READER = re.compile(r"^.*get_next failed\(\): (?:IOError: )*", re.DOTALL)
_CANDIDATES = re.compile(r"Candidate (?:bindings|tables): (\"[^\"]*\")|Did you mean (\"[^\"]*\")")


def explain_query_error(query: Query, error: duckdb.Error) -> FixInput:
    """What DuckDB said about a query, as a problem at the line that it names.

    Args:
        query: That was parsed, bound or run.
        error: DuckDB's own, or from the stream that carried its rows.
    """
    message = _READER.sub("", str(error))
    numbered = re.search(r"^LINE (\d+):", message, re.MULTILINE)
    line = query.first_line.line + (int(numbered[1]) - 1 if numbered else 0)
    return FixInput.at(
        f"Query {query.name}: {_reason(message, is_about_text=isinstance(error, _ABOUT_TEXT))} No row of it was used.",
        Place(query.first_line.file, line),
        "query",
    )


def memory_error(query: Query, limit_bytes: int) -> FixInput:
    """The query needs more memory than it may use."""
    return FixInput.at(
        f"Query {query.name}: needs more than the {limit_bytes // 1_000_000:,} MB that queries may use. No row of it"
        " was used. Raise memory_limit under [source], or let the query do less at once.",
        query.first_line,
        "query_memory",
    )


def time_error(query: Query, limit_seconds: float) -> FixInput:
    """The query took longer than it may."""
    return FixInput.at(
        f"Query {query.name}: was stopped after {limit_seconds:g} s. No row of it was used."
        " Look for a join without a condition, or let the query do less.",
        query.first_line,
        "query_time",
    )


def _reason(message: str, *, is_about_text: bool) -> str:
    first_line = message.split("\n", 1)[0]
    reason = _PATH.sub("a file", _KIND.sub("", first_line)).strip().rstrip(".!")
    if not is_about_text:
        reason = re.sub(r"'[^']*'|\"[^\"]*\"|\([^)]*\)", "…", reason)
    candidate = _CANDIDATES.search(message)
    nearest = f" Nearest: {candidate[1] or candidate[2]}." if candidate else ""
    return f"{reason}.{nearest}"
