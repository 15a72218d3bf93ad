"""Embedded DuckDB instances behind DuckDB's own locks, seen through Ibis.

Two run in one process: the *query engine* runs the user's SQL and can read the named tables only; the *work engine*
never sees user SQL and may also write to the folders that it is given.
Source: duckdb.org/docs/stable/operations_manual/securing_duckdb/overview.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import ibis
from ibis.backends.duckdb import Backend

from tui_app.core.errors import FixInput
from tui_app.core.project import Source
from tui_app.engine.sql_quoting import sql_list, sql_literal

_MEBIBYTE = 1 << 20
_UNITS = {
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}
_LEAST_BYTES = 128 * _MEBIBYTE

_LOCKS = (
    # It would be drawn on stdout, in the middle of a product.
    "SET enable_progress_bar = false",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
    "SET allow_persistent_secrets = false",
    "SET python_enable_replacements = false",
    "SET TimeZone = 'UTC'",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)
"""The last two are in force at once, so they stay last."""


@dataclass(frozen=True, slots=True)
class EngineLimits:
    """What one engine may use."""

    memory_bytes: int
    threads: int | None
    """None: every core."""
    spill: Path
    """Folder for what does not fit into memory; holds customer data while a query runs. Each engine makes a folder of
    its own in it, since two engines give their files the same names and would write over each other's rows."""


def memory_bytes(source: Source) -> int:
    """The memory limit of a source in bytes.

    Raises:
        FixInput: It is not a number with a unit, or too small to work with.
    """
    written = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?i?B)\s*", source.memory_limit, re.IGNORECASE)
    size = int(float(written[1]) * _UNITS[written[2].upper()]) if written else 0
    if size < _LEAST_BYTES:
        raise FixInput.at(
            f'memory_limit "{source.memory_limit}" is not a size of at least 128MiB. Nothing was read.'
            ' Write a number and a unit, such as "4GB".',
            source.place,
            "memory_limit",
        )
    return size


def open_engine(limits: EngineLimits, readable: Sequence[Path], folders: Sequence[Path] = ()) -> Backend:
    """An embedded engine in memory that reaches nothing but what it is given.

    Args:
        limits: Memory, threads and where to spill.
        readable: Exactly these files can be read.
        folders: Everything below them can be read and written.
    """
    # DuckDB fuses them itself, and Ibis would take a third of its time for it.
    ibis.options.sql.fuse_selects = False
    engine = ibis.duckdb.connect()
    spill = limits.spill / f"spill-{secrets.token_hex(8)}"
    for statement in (
        f"SET allowed_paths = {sql_list(map(str, readable))}",
        f"SET allowed_directories = {sql_list(map(str, folders))}",
        f"SET memory_limit = '{limits.memory_bytes // _MEBIBYTE}MiB'",
        f"SET temp_directory = {sql_literal(str(spill))}",
        *([f"SET threads = {limits.threads}"] if limits.threads else []),
        *_LOCKS,
    ):
        engine.con.execute(statement)
    return engine
