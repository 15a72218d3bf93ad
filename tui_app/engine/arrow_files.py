"""Arrow and Feather files as one stream of record batches, memory-mapped and checked before an engine sees them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from tui_app.core.errors import FixInput
from tui_app.core.project import SourceTable
from tui_app.engine.columns import require_distinct_names, require_same_columns
from tui_app.engine.files import SourceFile, fault

_FILE_MAGIC = b"ARROW1"
_FEATHER_1_MAGIC = b"FEA1"
_STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"
"""Without it, a stream that was cut off between two batches would pass for a smaller table.

Source: arrow.apache.org/docs/format/Columnar.html, "IPC Streaming Format".
"""
_Reader: TypeAlias = "pa.RecordBatchFileReader | pa.RecordBatchStreamReader"

_ARROW_ERRORS = (pa.ArrowException, OSError, EOFError)


def arrow_batches(table: SourceTable, files: Sequence[SourceFile]) -> pa.RecordBatchReader:
    """All rows of all files, once, columns as in the first file.

    Args:
        table: That the files belong to.
        files: At least one; in Arrow's file or stream format.

    Raises:
        FixInput: A file is not Arrow, or the columns of the files clash or differ.
    """
    schemas = {file: _schema(table, file) for file in files}
    require_same_columns(
        table, {file: {field.name: str(field.type) for field in schema} for file, schema in schemas.items()}
    )
    schema = schemas[files[0]].remove_metadata()
    return pa.RecordBatchReader.from_batches(schema, _all_batches(files, schema))


def explain_arrow_error(table: SourceTable) -> FixInput:
    """What to say when the rows of Arrow files cannot be read to the end."""
    return fault(
        table,
        f"{table.location} is damaged, cut off, or has a column of a type that the engine does not know. Nothing was"
        " read. Write the file again, or save it as Parquet.",
        "arrow",
    )


def _schema(table: SourceTable, file: SourceFile) -> pa.Schema:
    if _starts_with(file.path, _FEATHER_1_MAGIC):
        raise fault(table, f"{file.shown} is Feather version 1. Nothing was read. Save it as version 2.", "arrow")
    try:
        with _opened(file.path) as (reader, source):
            schema: pa.Schema = reader.schema
            if isinstance(reader, pa.RecordBatchStreamReader):
                _require_stream_end(source)
    except _ARROW_ERRORS as error:
        raise fault(
            table,
            f"{file.shown} is not a readable Arrow file: it is cut off, damaged or of another kind. Nothing was read."
            " Write or fetch it again.",
            "arrow",
        ) from error
    require_distinct_names(table, file, schema.names)
    return schema


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as handle:
        return handle.read(len(magic)) == magic


def _require_stream_end(source: pa.MemoryMappedFile) -> None:
    source.seek(max(source.size() - len(_STREAM_END), 0))
    if source.read() != _STREAM_END:
        raise pa.ArrowInvalid("the stream has no end mark")


@contextmanager
def _opened(path: Path) -> Iterator[tuple[_Reader, pa.MemoryMappedFile]]:
    opener = pa.ipc.open_file if _starts_with(path, _FILE_MAGIC) else pa.ipc.open_stream
    with pa.memory_map(str(path)) as source, opener(source) as reader:
        yield reader, source


def _all_batches(files: Sequence[SourceFile], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for file in files:
        with _opened(file.path) as (reader, source):
            for batch in _batches(reader, source):
                # Offsets of a damaged file would let the engine read outside the map.
                batch.validate(full=True)
                yield pa.RecordBatch.from_arrays([batch.column(name) for name in schema.names], schema=schema)


def _batches(reader: _Reader, source: pa.MemoryMappedFile) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.RecordBatchFileReader):
        yield from (reader.get_batch(i) for i in range(reader.num_record_batches))
        return
    yield from reader
    if source.tell() != source.size():
        raise pa.ArrowInvalid("more follows the end of the stream")
