"""Text files as what the engine can trust: complete, uncompressed UTF-8 without a byte order mark.

DuckDB accepts a gzip file whose checksum is wrong and notices bad UTF-8 only in some cells. Therefore every text file
is read here once, from its first to its last byte, before its rows are read.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from tui_app.core.project import SourceTable
from tui_app.engine.files import SourceFile, fault

_CHUNK_BYTES = 1 << 20
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """How much a compressed file may grow. Tables shrink to a tenth; a file beyond this was made to fill the disk."""

    ratio: int = 200
    """Unpacked bytes per packed byte, once `ratio_floor_bytes` are out."""
    ratio_floor_bytes: int = 64 << 20
    total_bytes: int = 64 << 30


DEFAULT_LIMITS = UnpackLimits()


def plain_text(table: SourceTable, file: SourceFile, unpacked: Path, limits: UnpackLimits = DEFAULT_LIMITS) -> Path:
    """The path of the file's text: the file itself, or `unpacked` if it was compressed or began with a mark.

    Args:
        table: That the file belongs to.
        file: A CSV or JSON file.
        unpacked: Does not exist yet; is written only if needed.
        limits: How much the file may grow.

    Raises:
        FixInput: The file is not UTF-8 (with byte offset and line), its compression is damaged, or it grows too much.
    """
    chunks = _unpacked_chunks(table, file, limits)
    first = next(chunks, b"")
    if not first:
        raise fault(table, f"{file.shown} holds no text. Nothing was read. Write the file again.", "empty_file")
    if _looks_like_utf16(first):
        raise fault(
            table, f"{file.shown} is UTF-16. Nothing was read. Save it as UTF-8: iconv -f UTF-16 -t UTF-8.", "encoding"
        )
    has_mark = first.startswith(codecs.BOM_UTF8)
    is_rewritten = has_mark or file.compression is not None
    checker = _Utf8Checker(table, file)
    with ExitStack() as stack:
        copy = stack.enter_context(unpacked.open("xb")) if is_rewritten else None
        checker.feed(first)
        _write(table, copy, first.removeprefix(codecs.BOM_UTF8))
        for chunk in chunks:
            checker.feed(chunk)
            _write(table, copy, chunk)
    checker.finish()
    return unpacked if is_rewritten else file.path


def _write(table: SourceTable, copy: BinaryIO | None, chunk: bytes) -> None:
    if copy is None:
        return
    try:
        copy.write(chunk)
    except OSError as error:
        raise fault(
            table,
            f"the temporary folder cannot hold the unpacked file ({error.strerror}). Make room on its disk.",
            "disk",
        ) from error


def _unpacked_chunks(table: SourceTable, file: SourceFile, limits: UnpackLimits) -> Iterator[bytes]:
    total = 0
    try:
        with _open_unpacked(file) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                total += len(chunk)
                _require_modest_growth(table, file, total, limits)
                yield chunk
    except (EOFError, zlib.error, OSError) as error:
        # gzip: CRC or length differ (BadGzipFile), cut off (EOFError). Arrow's zstd: OSError for both.
        raise fault(
            table,
            f"{file.shown} is damaged or cut off ({error}). Nothing was read. Fetch or write the file again.",
            "damaged_file",
        ) from error


def _open_unpacked(file: SourceFile) -> BinaryIO:
    if file.compression == "gzip":
        return cast("BinaryIO", gzip.open(file.path, "rb"))
    if file.compression == "zstd":
        return cast("BinaryIO", pa.input_stream(str(file.path), compression="zstd"))
    return file.path.open("rb")


def _require_modest_growth(table: SourceTable, file: SourceFile, total: int, limits: UnpackLimits) -> None:
    if file.compression is None:
        return
    size = file.fingerprint.size
    is_bomb = total > limits.ratio_floor_bytes and total > limits.ratio * size
    if is_bomb or total > limits.total_bytes:
        raise fault(
            table,
            f"{file.shown} has {size:,} bytes and unpacks to more than {total:,}; at most {limits.ratio} to 1 and"
            f" {limits.total_bytes:,} bytes are read. Nothing was read. Unpack it yourself if it is meant.",
            "too_large",
        )


def _looks_like_utf16(first: bytes) -> bool:
    if first.startswith(_UTF16_MARKS):
        return True
    head = first[:400]
    # Without a mark, every other byte of mostly Latin text is NUL.
    return len(head) >= 4 and max(head[0::2].count(0), head[1::2].count(0)) > len(head) * 0.4


class _Utf8Checker:
    """Follows a text chunk by chunk and knows the place of the first byte that is not UTF-8."""

    def __init__(self, table: SourceTable, file: SourceFile) -> None:
        self._table = table
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._offset = 0
        self._newlines = 0

    def feed(self, chunk: bytes, *, is_last: bool = False) -> None:
        pending = self._decoder.getstate()[0]
        try:
            self._decoder.decode(chunk, is_last)
        except UnicodeDecodeError as error:
            text = pending + chunk
            offset = self._offset - len(pending) + error.start
            line = self._newlines + text.count(b"\n", 0, error.start) + 1
            raise fault(self._table, self._explanation(text[error.start], offset, line), "encoding") from error
        self._offset += len(chunk)
        self._newlines += chunk.count(b"\n")

    def finish(self) -> None:
        self.feed(b"", is_last=True)

    def _explanation(self, byte: int, offset: int, line: int) -> str:
        return (
            f"{self._file.shown}, line {line}: byte 0x{byte:02X} at offset {offset:,} is not UTF-8; the file may be"
            " Latin-1 or Windows-1252, or cut off. Nothing was read. Save it as UTF-8: iconv -f WINDOWS-1252 -t UTF-8."
        )
