"""The run journal: an append-only record of what was dispatched and how Braze answered.

A plan is immutable and its requests are numbered, so a run records only *dispatched up to request k*, durably, before
a byte of request k leaves, and a verdict per request after its answer. Each record is framed as
`length uint32 · crc32c uint32 · JSON`, little endian. A last record that is cut or wrong (a crash in mid-write, or a
flipped bit: they look alike) is dropped, and the requests that it may have announced count as dispatched; any other
damage is `Damaged`.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import google_crc32c

from tui_app import failpoints
from tui_app.core.errors import Damaged
from tui_app.core.run import MAX_ANNOUNCED, Answered, Dispatched, Finished, Opened, Record
from tui_app.store.files import sync_folder, write_all, write_private

_FRAME = struct.Struct("<II")
_BODY_BEGINS = b'{"kind":"'
"""Of every record, and of nothing within one: quotes in a JSON text are escaped."""

_KINDS: Mapping[str, type[Any]] = {
    "opened": Opened,
    "dispatched": Dispatched,
    "answered": Answered,
    "finished": Finished,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class Journal:
    """Appends records to a file. One writer; `append` returns only when the records are on disk."""

    def __init__(self, path: Path) -> None:
        """Open or create `path`, and cut off a half-written last record.

        Raises:
            Damaged: A record before the last one is not what was written.
        """
        existed = path.exists()
        records, good_bytes = _scan(path) if existed else ([], 0)
        is_cut = existed and good_bytes < path.stat().st_size
        lost = b"".join(map(_framed, _announced_by_lost_tail(records))) if is_cut else b""
        if lost:
            # At once and as a whole: cut off, but not announced yet, the tail would be forgotten by a crash in between.
            write_private(path, path.read_bytes()[:good_bytes] + lost)
            good_bytes += len(lost)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        os.ftruncate(self._descriptor, good_bytes)
        os.lseek(self._descriptor, good_bytes, os.SEEK_SET)
        self._good_bytes = good_bytes
        if not existed:
            sync_folder(path.parent)

    def append(self, records: Sequence[Record]) -> None:
        """Write and fsync.

        Raises:
            OSError: The records are not durable; the file is cut back to the last good record.
        """
        content = b"".join(_framed(record) for record in records)
        try:
            if failpoints.is_next("journal.half_written"):
                write_all(self._descriptor, content[: len(content) // 2])
            failpoints.reach("journal.half_written")
            write_all(self._descriptor, content)
            failpoints.reach("journal.not_synced")
            os.fsync(self._descriptor)
            failpoints.reach("journal.synced")
        except OSError:
            os.ftruncate(self._descriptor, self._good_bytes)
            os.lseek(self._descriptor, self._good_bytes, os.SEEK_SET)
            raise
        self._good_bytes += len(content)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)


def read_journal(path: Path) -> list[Record]:
    """Every complete record, in order; after a lost tail, one more that announces what the tail may have announced.

    Raises:
        Damaged: The file is missing, or a record is not what was written.
    """
    records, good_bytes = _scan(path)
    if good_bytes < path.stat().st_size:
        return [*records, *_announced_by_lost_tail(records)]
    return records


def _announced_by_lost_tail(records: Sequence[Record]) -> list[Record]:
    """What a lost last record may have announced. The first record of a journal announces nothing."""
    if not records:
        return []
    below = max((record.below for record in records if isinstance(record, Dispatched)), default=0)
    return [Dispatched(below + MAX_ANNOUNCED, records[-1].time)]


def _framed(record: Record) -> bytes:
    fields = {name: getattr(record, name) for name in record.__slots__}
    body = json.dumps({"kind": _NAMES[type(record)], **fields}, separators=(",", ":"), ensure_ascii=False).encode()
    return _FRAME.pack(len(body), google_crc32c.value(body)) + body


def _scan(path: Path) -> tuple[list[Record], int]:
    """The records, and how many bytes of the file are good."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Damaged(
            f"Journal {path}: it cannot be read. Nothing of it was used. Restore it from a backup."
        ) from error
    records: list[Record] = []
    good_bytes = 0
    for body, end in _frames(content, path):
        records.append(_decoded(body, path))
        good_bytes = end
    return records, good_bytes


def _frames(content: bytes, path: Path) -> Iterator[tuple[bytes, int]]:
    position = 0
    while position + _FRAME.size <= len(content):
        length, checksum = _FRAME.unpack_from(content, position)
        end = position + _FRAME.size + length
        if end > len(content):
            if _holds_whole_record(content, position + 1):
                raise _damaged(path, position)
            return
        body = content[position + _FRAME.size : end]
        if not body or google_crc32c.value(body) != checksum:
            if not any(content[end:]):
                # The last record: its length reached the disk and its content, or a part of it, did not (a file system
                # may leave zeros there). It was never relied upon.
                return
            raise _damaged(path, position)
        yield body, end
        position = end


def _holds_whole_record(content: bytes, position: int) -> bool:
    """Whether a record that is as it was written begins at or behind `position`.

    A cut last record has none behind it; a length that a flipped bit made too long has.
    """
    begin = content.find(_BODY_BEGINS, position + _FRAME.size)
    while begin >= 0:
        length, checksum = _FRAME.unpack_from(content, begin - _FRAME.size)
        body = content[begin : begin + length]
        if len(body) == length and google_crc32c.value(body) == checksum:
            return True
        begin = content.find(_BODY_BEGINS, begin + 1)
    return False


def _decoded(body: bytes, path: Path) -> Record:
    try:
        fields = json.loads(body)
        kind = _KINDS[fields.pop("kind")]
        if kind is Answered:
            fields["reasons"] = {int(row): reason for row, reason in fields["reasons"].items()}
        record: Record = kind(**fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged(f"Journal {path}: a record cannot be understood. Nothing of it was used.") from error
    return record


def _damaged(path: Path, position: int) -> Damaged:
    return Damaged(
        f"Journal {path}: the record at byte {position} is not what was written. Nothing of it was used. "
        "Restore the file from a backup."
    )
