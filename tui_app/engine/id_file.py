"""Lists of customer ids in files, as conditions: read strictly, compared in the engine as a table of its own.

A list is a text file with one id per line, or a CSV (by its ending `.csv`) with a header, whose ids stand in the column
of the same name as the condition's, else in the first. Ids are exact text: nothing is trimmed or folded.
"""

from __future__ import annotations

import csv
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from tui_app.core.errors import FixInput, Place
from tui_app.core.segment import InFile

MAX_FILE_BYTES = 256 * 1024 * 1024
_IDS_PER_BATCH = 65_536


@dataclass(frozen=True, slots=True)
class IdList:
    """The ids of one file."""

    ids: pa.ChunkedArray
    """string, not null, not empty; in the order of the file, repetitions included."""
    digest: str
    """SHA-256 of the ids as hexadecimal text."""


def read_ids(condition: InFile, folder: Path) -> IdList:
    """Read the list that a condition names.

    Args:
        condition: Its `path` is relative to `folder`.
        folder: The folder of the project file.

    Raises:
        FixInput: There is no such regular file, it is too large, or a line of it is not an id; names file and line.
    """
    with _open_regular(condition, folder) as file:
        ids = _csv_ids(condition, file) if condition.path.lower().endswith(".csv") else _line_ids(condition, file)
        digest = hashlib.sha256()
        chunks: list[pa.Array] = []
        while batch := list(islice(ids, _IDS_PER_BATCH)):
            # A line feed cannot be part of an id, so it keeps "a", "bc" apart from "ab", "c".
            digest.update("\n".join([*batch, ""]).encode())
            chunks.append(pa.array(batch, type=pa.string()))
    if not chunks:
        message = f'the list "{condition.path}" has no ids. If nobody is meant, remove the condition.'
        raise FixInput.at(message, condition.place, "empty_id_list")
    return IdList(pa.chunked_array(chunks), digest.hexdigest())


def load_ids(backend: Backend, id_list: IdList) -> ir.Table:
    """The ids as a table with one column `id` (string), which lives as long as the connection of `backend`.

    The table is named by its content: the same list is loaded once, and SQL that uses it is the same on every run.
    """
    name = f"stoker_ids_{id_list.digest[:32]}"
    arriving = f"{name}_arriving"
    connection = backend.con
    connection.register(arriving, pa.table({"id": id_list.ids}))
    try:
        connection.execute(f'CREATE TEMP TABLE IF NOT EXISTS "{name}" AS SELECT id FROM "{arriving}"')
    finally:
        connection.unregister(arriving)
    return backend.table(name, database=("temp", "main"))


def _open_regular(condition: InFile, folder: Path) -> BinaryIO:
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for ever for somebody who writes.
        descriptor = os.open(folder / condition.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        message = f'the list "{condition.path}" cannot be read: {reason}. Paths are relative to the project file.'
        raise FixInput.at(message, condition.place, "id_list_unreadable") from error
    status = os.fstat(descriptor)
    fault = None
    if not stat.S_ISREG(status.st_mode):
        fault = "is not a regular file. Name a text or CSV file."
    elif status.st_size > MAX_FILE_BYTES:
        fault = (
            f"has {status.st_size:,} bytes; at most {MAX_FILE_BYTES:,} are read. "
            "Put the ids in a table of the source and use a segment of it."
        )
    if fault:
        os.close(descriptor)
        raise FixInput.at(f'the list "{condition.path}" {fault}', condition.place, "id_list_unreadable")
    return os.fdopen(descriptor, "rb")


def _decoded(condition: InFile, file: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(file, start=1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            message = "this line is not UTF-8 text. Save the list as UTF-8."
            raise _line_fault(condition, number, message) from error


def _line_ids(condition: InFile, file: BinaryIO) -> Iterator[str]:
    for number, line in enumerate(_decoded(condition, file), start=1):
        if customer_id := line.removesuffix("\n").removesuffix("\r"):
            yield _checked(customer_id, condition, number)


def _csv_ids(condition: InFile, file: BinaryIO) -> Iterator[str]:
    rows = csv.reader(_decoded(condition, file), strict=True)
    try:
        header = next(rows, None)
        if header is None:
            raise _line_fault(condition, 1, "the file is empty. A CSV starts with a header that names its columns.")
        if len(header) == 1 and (separator := next((other for other in ";\t|" if other in header[0]), None)):
            message = f"the header is separated by {separator!r}. Separate cells by commas."
            raise _line_fault(condition, 1, message)
        position = header.index(condition.column) if condition.column in header else 0
        for row in rows:
            if row and len(row) != len(header):
                message = f"this row has {len(row):,} cells and the header {len(header):,}. Separate cells by commas."
                raise _line_fault(condition, rows.line_num, message)
            if row and row[position]:
                yield _checked(row[position], condition, rows.line_num)
    except csv.Error as error:
        raise _line_fault(condition, rows.line_num, f"this is not CSV: {error}. Mend the line.") from error


def _checked(customer_id: str, condition: InFile, number: int) -> str:
    if "\0" in customer_id or "\r" in customer_id or "\n" in customer_id:
        message = "the id has a line break or a NUL character in it. Save the list as text with one id per line."
        raise _line_fault(condition, number, message)
    return customer_id


def _line_fault(condition: InFile, number: int, message: str) -> FixInput:
    return FixInput.at(message, Place(condition.path, number), "bad_id_list")
