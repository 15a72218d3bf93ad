"""`[source]` and `[queries]`: where the customer tables are."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl

from tui_app.config.document import read_text
from tui_app.config.table import Range, TableReader, problem_of_sql
from tui_app.config.wording import quoted, quoted_path
from tui_app.core.errors import FixInput, Place
from tui_app.core.project import Query, Source, SourceTable

NO_TABLE: Final = 'no table is named. Add [source.tables] with lines like customers = "data/*.csv".'

_THREADS: Final = Range(1, 1024)
_MEMORY = re.compile(r"\d{1,9}(\.\d{1,3})? ?([KMGT]i?)B", re.IGNORECASE)
"""Source: duckdb.org/docs, "Configuration", memory_limit: KB, MB, GB, TB are powers of 1000, KiB … of 1024."""
_ENGINE_URL = re.compile(r"[a-z][a-z0-9+.-]*://(?P<authority>[^/?#]*)[^?#]*(?:\?(?P<query>[^#]*))?(?:#.*)?")
_SECRET_PARAMETER = re.compile(r"password|passwd|pwd|token|secret|credential|key", re.IGNORECASE)
_READERS: Final = ("queries", "segments", "campaigns", "orchestrations")
"""Sections that need a source. A project that only names its destinations has just been begun."""


def read_source(top: TableReader) -> Source:
    """The tables of the source and how the embedded engine may run."""
    reader = top.table("source", "source")
    source = Source(
        tables=_read_tables(reader, is_needed=any(section in top for section in _READERS)),
        engine=_engine(reader),
        memory_limit=_memory_limit(reader),
        threads=reader.whole("threads", _THREADS, None),
        place=reader.place(),
    )
    reader.close()
    return source


def _read_tables(source: TableReader, *, is_needed: bool) -> dict[str, SourceTable]:
    reader = source.table("tables", "source")
    tables = {}
    for name in reader.names("table"):
        location = reader.text(name)
        if location is not None:
            tables[name] = SourceTable(name, location, reader.place(name))
    if is_needed and not reader:
        source.problem(NO_TABLE, "missing_key")
    return tables


def _engine(reader: TableReader) -> str | None:
    """The URL of another engine. It is never shown: it may hold what it must not."""
    url = reader.text("engine")
    if url is None:
        return None
    parts = _ENGINE_URL.fullmatch(url)
    if parts is None:
        reader.problem("engine is not a URL such as postgres://reader@host/database.", "bad_url", "engine")
        return None
    user = parts["authority"].rpartition("@")[0]
    parameters = parse_qsl(parts["query"] or "", keep_blank_values=True)
    if ":" in user or any(_SECRET_PARAMETER.search(name) for name, _ in parameters):
        fact = "engine holds a password or a token, and the project file is no place for secrets"
        remedy = "Use what your database reads by itself, such as ~/.pgpass or an environment variable"
        reader.problem(f"{fact}. {remedy}.", "secret_in_file", "engine")
        return None
    return url


def _memory_limit(reader: TableReader) -> str:
    default = Source({}).memory_limit
    text = reader.text("memory_limit")
    if text is None:
        return default
    if _MEMORY.fullmatch(text) is None:
        fact = f'memory_limit is {quoted(text)}; it must be a number with a unit, such as "4GB" or "512MiB".'
        reader.problem(fact, "out_of_range", "memory_limit")
        return default
    return text


def read_queries(top: TableReader, folder: Path) -> dict[str, Query]:
    """Every query with its SQL; a query file is read here.

    Args:
        top: The whole file.
        folder: The project file's; query files are relative to it and stay inside.
    """
    queries = {}
    for name, reader in top.named_tables("queries", "query"):
        sql, file = reader.sql("sql"), reader.text("file")
        written = [key for key in ("sql", "file") if key in reader]
        if len(written) != 1:
            fact = "has both sql and file. Keep one" if written else 'has neither. Add sql = "…" or file = "….sql"'
            reader.problem(f"it {fact}.", "missing_key" if not written else "both_keys")
        elif file is not None:
            sql = _read_query_file(reader, folder, file)
        sql_place = Place(file, 1) if file is not None else _first_line_of_sql(reader)
        queries[name] = Query(name, sql or "", reader.place(), sql_place)
        reader.close()
    return queries


def _first_line_of_sql(reader: TableReader) -> Place:
    """Where the SQL itself begins: behind opening quotes that a line break follows, it is the next line."""
    outline = reader.report.document.outline
    entry = outline.entries.get((*reader.path, "sql"))
    if entry is None:
        return reader.place("sql")
    opening = outline.text[entry.value.start : entry.value.start + 5].replace("\r\n", "\n")
    is_below = opening[:4] in ('"""\n', "'''\n")
    return Place(reader.report.document.file, outline.line_at(entry.value.start) + is_below)


def _read_query_file(reader: TableReader, folder: Path, file: str) -> str | None:
    path = folder / file
    # realpath does not raise; what cannot be opened is for read_text to say.
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        fact = f"file {quoted_path(file)} is outside of the project's folder and was not read. Move it inside."
        reader.problem(fact, "outside_folder", "file")
        return None
    try:
        sql = read_text(path, file, "query file", "Write the query there or correct the path.")
    except FixInput as error:
        for problem in error.problems:
            reader.report.add(
                f"{reader.subject}: {problem.message}", problem.place or reader.place("file"), problem.code
            )
        return None
    if (problem_found := problem_of_sql(sql)) is not None:
        fact, code = problem_found
        reader.problem(f"file {quoted_path(file)} {fact}", code, "file")
        return None
    return sql
