"""Which files can be tables: their endings name their kind, and nothing else decides it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Final, Literal

FileKind = Literal["parquet", "csv", "json", "arrow"]
Compression = Literal["gzip", "zstd"]

KIND_OF_ENDING: Final[Mapping[str, FileKind]] = {
    ".parquet": "parquet", ".pq": "parquet",
    ".csv": "csv", ".tsv": "csv", ".txt": "csv",
    ".jsonl": "json", ".ndjson": "json", ".json": "json",
    ".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow",
}  # fmt: skip
"""Endings in lower case; files may write them in any."""

_COMPRESSIONS: Final[Mapping[str, Compression]] = {".gz": "gzip", ".zst": "zstd"}
_TEXT_KINDS: Final[tuple[FileKind, ...]] = ("csv", "json")


def kind_of(name: str) -> tuple[FileKind, Compression | None] | None:
    """The kind of a file and how it is packed, by its name; None if it cannot be a table. Only text may be packed."""
    endings = [ending.lower() for ending in PurePath(name).suffixes]
    compression = _COMPRESSIONS.get(endings[-1]) if endings else None
    if compression is not None:
        endings.pop()
    kind = KIND_OF_ENDING.get(endings[-1]) if endings else None
    if kind is None or (compression is not None and kind not in _TEXT_KINDS):
        return None
    return kind, compression
