"""JSON lines with types from every line: a text stays a text, even if it looks like a date or a number.

DuckDB's detection samples, and turns texts into dates and UUIDs. Here the structure of the whole file is taken first
and the lines are then read as exactly that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import accumulate
from pathlib import Path
from typing import TypeAlias

import duckdb
from ibis.backends.duckdb import Backend

from tui_app.core.errors import FixInput
from tui_app.core.project import SourceTable
from tui_app.engine.columns import (
    MAX_COLUMNS,
    MAX_NESTING,
    clashing_names,
    nests_too_deep,
    require_distinct_names,
    require_same_columns,
    too_many_columns,
)
from tui_app.engine.files import SourceFile, fault
from tui_app.engine.sql_quoting import sql_list, sql_literal, sql_name

_Structure: TypeAlias = "str | list[_Structure] | dict[str, _Structure]"
_Object: TypeAlias = "dict[str, _Structure]"

_NUMBERS = ("BIGINT", "UBIGINT", "HUGEINT", "DOUBLE")
_MAXIMUM_OBJECT_BYTES = 16 << 20
_BATCH_LINES = 1_000
_CHUNK_BYTES = 1 << 20
_NO_OPENERS = bytes(set(range(256)) - set(b"[{\n"))
_MANY_OPENERS = re.compile(rb"[\[{]{%d}" % (MAX_NESTING + 1))
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*+"?')
_STEPS = bytes.maketrans(b"[{]}", b"++--")
_NO_STEPS = bytes(set(range(256)) - set(b"[{]}"))

_SIGNED = {"NULL": "VARCHAR", "UBIGINT": "BIGINT", "HUGEINT": "BIGINT"}
"""DuckDB finds UBIGINT where no number is negative and HUGEINT where some are: nearly always small numbers."""
_EXACT = {"NULL": "VARCHAR", "HUGEINT": "DECIMAL(20, 0)"}
"""For numbers beyond 63 bits. Parquet would hold a HUGEINT as a double."""


def lines_sql(work: Backend, table: SourceTable, files: Mapping[Path, SourceFile]) -> tuple[str, str]:
    """SQL for one row per line, columns in the order of first mention, in two forms.

    A key that a line lacks is NULL; a key that a whole file lacks, and another file has, is an error.

    Args:
        work: May read the files.
        table: That the files belong to.
        files: By the path of their plain UTF-8 text.

    Returns:
        SQL that holds if all whole numbers have at most 63 bits, as nearly always, and SQL that holds for all numbers.

    Raises:
        FixInput: A line is not an object or nests too deep, the files' keys differ, or there are too many.
        duckdb.Error: A line is not JSON; see `explain_json_error`.
    """
    for path, file in files.items():
        _require_shallow(table, path, file)
    structures = {file: _structure(work, table, path, file) for path, file in files.items()}
    # Types may differ: they widen within a file as well, and what cannot be joined becomes JSON, visibly.
    require_same_columns(table, {file: dict.fromkeys(found, "JSON") for file, found in structures.items()})
    merged = reduce(_merge_objects, structures.values())
    return _read_json(list(files), merged, _SIGNED), _read_json(list(files), merged, _EXACT)


def _require_shallow(table: SourceTable, path: Path, file: SourceFile) -> None:
    """Refuse a line that nests so deep that DuckDB's parser would leave its stack, and end the process."""
    if not _has_many_openers(path):
        return
    with path.open("rb") as lines:
        number = 0
        # A line that is longer is refused by DuckDB, which does not parse it then.
        while line := lines.readline(_MAXIMUM_OBJECT_BYTES):
            number += 1
            if line.count(b"[") + line.count(b"{") > MAX_NESTING and _deepest(line) > MAX_NESTING:
                raise nests_too_deep(table, f"{file.shown}, line {number}")


def _has_many_openers(path: Path) -> bool:
    """Whether a line opens more brackets than may be open at the same time; hardly any file has one."""
    carried = b""
    with path.open("rb") as text:
        while chunk := text.read(_CHUNK_BYTES):
            openers = carried + chunk.translate(None, _NO_OPENERS)
            if _MANY_OPENERS.search(openers):
                return True
            carried = openers[-MAX_NESTING:]
    return False


def _deepest(line: bytes) -> int:
    """How many brackets are open at the same time, those in texts left out."""
    steps = _QUOTED.sub(b"", line).translate(_STEPS, _NO_STEPS)
    return max(accumulate(1 if step == ord("+") else -1 for step in steps), default=0)


def _structure(work: Backend, table: SourceTable, path: Path, file: SourceFile) -> _Object:
    """What the lines of a file hold together.

    DuckDB's own `json_group_structure` would gather all lines in memory; lines have few different structures.
    """
    lines = work.con.execute(
        "SELECT structure FROM (SELECT CAST(json_structure(json) AS VARCHAR) AS structure, row_number() OVER () AS line"
        f" FROM read_ndjson_objects({sql_list([str(path)])}, compression = 'uncompressed',"
        f" maximum_object_size = {_MAXIMUM_OBJECT_BYTES}, hive_partitioning = false))"
        " GROUP BY structure ORDER BY min(line)"
    )
    structure: _Object = {}
    while batch := lines.fetchmany(_BATCH_LINES):
        for (text,) in batch:
            found = json.loads(text)
            # The structure of `{}` is "JSON", like that of anything.
            if not isinstance(found, dict):
                raise _no_objects(table, file)
            structure = _merge_objects(structure, found)
            if len(structure) > MAX_COLUMNS:
                raise too_many_columns(table, file)
    if not structure:
        raise _no_objects(table, file)
    require_distinct_names(table, file, list(structure))
    return structure


def _no_objects(table: SourceTable, file: SourceFile) -> FixInput:
    return fault(
        table,
        f"{file.shown} is not JSON lines: every line must be one object with at least one key. Nothing was read.",
        "json",
    )


def _merge_objects(left: _Object, right: _Object) -> _Object:
    names = dict.fromkeys([*left, *right])
    return {name: _merge(left.get(name, "NULL"), right.get(name, "NULL")) for name in names}


def _merge(left: _Structure, right: _Structure) -> _Structure:
    """The type that holds both, as DuckDB merges types within one file."""
    if right in (left, "NULL"):
        return left
    if left == "NULL":
        return right
    match left, right:
        case dict(), dict():
            merged = _merge_objects(left, right)
            return merged if len(merged) <= MAX_COLUMNS else "JSON"
        case [one], [other]:
            return [_merge(one, other)]
        case str(), str() if left in _NUMBERS and right in _NUMBERS:
            return "DOUBLE" if "DOUBLE" in (left, right) else "HUGEINT"
        case _:
            return "JSON"


def _read_json(paths: Sequence[Path], structure: _Object, types: Mapping[str, str]) -> str:
    columns = ", ".join(f"{sql_literal(name)}: {sql_literal(_type(each, types))}" for name, each in structure.items())
    return (
        f"SELECT * FROM read_json({sql_list(map(str, paths))}, columns = {{{columns}}}, auto_detect = false,"
        " format = 'newline_delimited', records = true, ignore_errors = false, compression = 'uncompressed',"
        f" maximum_object_size = {_MAXIMUM_OBJECT_BYTES}, hive_partitioning = false)"
    )


def _type(structure: _Structure, types: Mapping[str, str]) -> str:
    match structure:
        case str():
            return types.get(structure, structure)
        case [element]:
            return _type(element, types) + "[]"
        case dict() if structure and all(structure) and not clashing_names(list(structure)):
            members = ", ".join(f"{sql_name(name)} {_type(each, types)}" for name, each in structure.items())
            return f"STRUCT({members})"
        case _:
            return "JSON"


def explain_json_error(table: SourceTable, files: Mapping[Path, SourceFile], error: duckdb.Error) -> FixInput:
    """DuckDB's refusal of a JSON file in one sentence with file and line.

    Args:
        table: That the files belong to.
        files: By the path that DuckDB read.
        error: From reading the files.
    """
    message = str(error)
    named = re.search(r'in file "(.*?)",', message)
    path = Path(named[1]) if named else next(iter(files))
    shown = files[path].shown if path in files else table.location
    malformed = re.search(r"in line (\d+): (.*)", message)
    if malformed is None:
        return fault(table, f"{shown} is not readable as JSON lines. Nothing was read. Mend the file.", "json")
    # DuckDB counts the line after the malformed one, but names the right one when a value does not fit its type.
    line = int(malformed[1]) - (1 if message.startswith("Invalid Input Error: Malformed") else 0)
    reason = "one key stands twice in an object" if "duplicate key" in message else "the line is not one JSON object"
    return fault(table, f"{shown}, line {line}: {reason}. Nothing was read. Mend the file.", "json")
