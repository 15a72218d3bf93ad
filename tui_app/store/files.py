"""Durable, private files: whatever has its final name is complete, on disk, and only the owner reads it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui_app import failpoints
from tui_app.core.errors import Damaged

_CHECKSUM = "checksum"


def write_all(descriptor: int, content: bytes) -> None:
    """Write every byte; a short write goes on where it ended.

    Raises:
        OSError: The disk is full or gone; part of `content` may be written.
    """
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` by `content` atomically and durably, mode 0600."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        if failpoints.is_next("file.half_written"):
            write_all(descriptor, content[: len(content) // 2])
        failpoints.reach("file.half_written")
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    failpoints.reach("file.not_renamed")
    temporary.replace(path)
    failpoints.reach("file.renamed")
    sync_folder(path.parent)


def settle(path: Path) -> None:
    """Make a file that another library wrote private and durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        os.fchmod(descriptor, 0o600)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def private_folder(folder: Path) -> Path:
    """Create `folder` and its missing parents, mode 0700 whatever the umask; their names are durable."""
    missing = [folder, *folder.parents]
    for part in reversed([each for each in missing if not each.exists()]):
        part.mkdir(mode=0o700, exist_ok=True)
        part.chmod(0o700)
        sync_folder(part.parent)
    return folder


def sha256_of(path: Path) -> str:
    """Hex digest of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def to_json_bytes(document: Mapping[str, Any]) -> bytes:
    """The one canonical text of a JSON document: sorted keys, no spaces that vary."""
    return (json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()


def sealed(document: Mapping[str, Any]) -> bytes:
    """The document with a checksum over everything else in it."""
    checksum = hashlib.sha256(to_json_bytes(document)).hexdigest()
    return to_json_bytes({**document, _CHECKSUM: checksum})


def unsealed(path: Path, what: str) -> dict[str, Any]:
    """Read a document that `sealed` wrote.

    Args:
        path: The file.
        what: What it is, for the error: "ledger manifest".

    Raises:
        Damaged: It is missing, cut, or not what was written.
    """
    try:
        document = json.loads(path.read_bytes())
        checksum = document.pop(_CHECKSUM)
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise Damaged(f"{what} {path}: it cannot be read. Nothing of it was used. Restore it from a backup.") from error
    if hashlib.sha256(to_json_bytes(document)).hexdigest() != checksum:
        raise Damaged(
            f"{what} {path}: it is not what Stoker wrote (checksum differs). Nothing of it was used. "
            "Restore it from a backup."
        )
    return dict(document)


def file_safe(name: str) -> str:
    """A name as a part of a file's name: what could mean something to a file system becomes _."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "_" for letter in name)[:60]
