"""Which files a table is made of, and whether they can be read at all: decided before any engine opens them.

An engine would wait for ever on a named pipe, read a device without end and take a file that is still being written for
a smaller table. So only regular, readable, non-empty files pass, and each is remembered as it was.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_app.core.errors import FixInput, Problem
from tui_app.core.file_kinds import KIND_OF_ENDING, Compression, FileKind, kind_of
from tui_app.core.project import SourceTable
from tui_app.core.secret import without_secrets
from tui_app.engine.nearest import nearest_sentence

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_WILDCARDS = re.compile(r"[*?\[]")

_SPECIAL_FILES = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What changes when a file is written to or replaced."""

    size: int
    """Bytes."""
    modified_ns: int
    """Nanoseconds since 1970."""
    device: int
    inode: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a table, as it was when the source was opened."""

    path: Path
    """Absolute."""
    shown: str
    """The path in messages: relative to the project's folder if it lies in it."""
    kind: FileKind
    compression: Compression | None
    fingerprint: Fingerprint


def fault(table: SourceTable, fact: str, code: str) -> FixInput:
    """An error of one table, at its line in the project file."""
    return FixInput.at(f"Table {table.name}: {fact}", table.place, code)


def locate(table: SourceTable, folder: Path) -> tuple[SourceFile, ...]:
    """The files of a table, in the order of their paths; each file once, even if two names lead to it.

    Args:
        table: Its location is a path or a pattern with `*`, `?`, `[…]` or `**`.
        folder: Of the project file; relative locations start here.

    Raises:
        FixInput: The location is not on this machine, nothing matches, or a file is missing, unreadable, empty, not a
            regular file, of an unknown kind or of another kind than the first.
    """
    if _URL.match(table.location):
        raise fault(
            table,
            f"{without_secrets(table.location)} is not a file of this machine. This build reads local files with the"
            " embedded engine; other sources come as extras later. Copy the data to a file and name that.",
            "remote_source",
        )
    files: dict[tuple[int, int], SourceFile] = {}
    for path in _matching_paths(table, folder):
        file = _inspect(table, path, folder)
        files.setdefault((file.fingerprint.device, file.fingerprint.inode), file)
    located = tuple(files.values())
    _require_one_kind(table, located)
    return located


def changed_files(files: Iterable[SourceFile]) -> tuple[SourceFile, ...]:
    """Those files that are not as they were when they were located."""
    return tuple(file for file in files if _current_fingerprint(file.path) != file.fingerprint)


def _current_fingerprint(path: Path) -> Fingerprint | None:
    try:
        return _fingerprint(path.stat())
    except OSError:
        return None


def _fingerprint(status: os.stat_result) -> Fingerprint:
    return Fingerprint(status.st_size, status.st_mtime_ns, status.st_dev, status.st_ino)


def _matching_paths(table: SourceTable, folder: Path) -> Sequence[Path]:
    try:
        location = Path(os.path.abspath(folder / Path(table.location).expanduser()))  # noqa: PTH100  (`resolve` would follow links, and messages would name other files than the user did)
        is_pattern = _WILDCARDS.search(table.location) is not None and not location.exists()
    except (OSError, RuntimeError, ValueError) as error:
        raise fault(
            table, f"{table.location!r} is not a usable path ({error}). Nothing was read.", "bad_path"
        ) from error
    if not is_pattern:
        return [location]
    paths = _expand(location)
    if not paths:
        raise fault(
            table,
            f"no file matches {table.location}. Nothing was read. Correct the pattern; it is relative to {folder}.",
            "missing_file",
        )
    return paths


def _expand(pattern: Path) -> list[Path]:
    first = next(i for i, part in enumerate(pattern.parts) if _WILDCARDS.search(part))
    root, wild = Path(*pattern.parts[:first]), list(pattern.parts[first:])
    if wild[-1] == "**":
        wild.append("*")
    wants_hidden = any(part.startswith(".") for part in wild)
    # `Path.glob` does not follow links to folders below `**`, so a loop of links cannot trap it.
    return sorted(
        path
        for path in root.glob("/".join(wild))
        if not path.is_dir()
        and (wants_hidden or not any(part.startswith(".") for part in path.relative_to(root).parts))
    )


def _inspect(table: SourceTable, path: Path, folder: Path) -> SourceFile:
    shown = str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)
    kind, compression = _kind(table, path, shown)
    try:
        status = path.stat()
        for is_special, what in _SPECIAL_FILES:
            if is_special(status.st_mode):
                raise fault(
                    table, f"{shown} is {what}, not a file. Nothing was read. Name a regular file.", "not_a_file"
                )
        # O_NONBLOCK: should the file have become a pipe since, opening it must not wait for a writer.
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        raise fault(table, _why_not_opened(path, shown, error), "unreadable_file") from error
    if status.st_size == 0:
        raise fault(
            table,
            f"{shown} is empty (0 bytes). An empty file never means that everybody left, so nothing was read."
            " Write the file again; a table without rows still has its header or schema.",
            "empty_file",
        )
    return SourceFile(path, shown, kind, compression, _fingerprint(status))


def _kind(table: SourceTable, path: Path, shown: str) -> tuple[FileKind, Compression | None]:
    found = kind_of(path.name)
    if found is None and path.is_dir():
        raise fault(
            table,
            f"{shown} is a folder, not a file. Nothing was read. Name its files, such as {shown}/*.csv.",
            "not_a_file",
        )
    if found is None:
        raise fault(
            table,
            f"{shown} has no ending that names its kind. Nothing was read. Known endings: {', '.join(KIND_OF_ENDING)};"
            " text files also with .gz or .zst after it.",
            "unknown_kind",
        )
    return found


def _why_not_opened(path: Path, shown: str, error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"{shown} may not be read by this user. Nothing was read. Give read permission to it and its folders."
    if error.errno == errno.ELOOP:
        return f"{shown} is a loop of symbolic links. Nothing was read. Name the file itself."
    if path.is_symlink():
        return f"{shown} is a symbolic link to a file that does not exist. Nothing was read. Mend the link."
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        names = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        return f"{shown} does not exist. Nothing was read.{nearest_sentence(path.name, names)}"
    return f"{shown} cannot be opened ({error.strerror}). Nothing was read."


def _require_one_kind(table: SourceTable, files: Sequence[SourceFile]) -> None:
    first = files[0]
    problems = [
        Problem(
            f"Table {table.name}: {file.shown} is {file.kind} and {first.shown} is {first.kind}. Nothing was read."
            " All files of a pattern must be of one kind; narrow the pattern.",
            table.place,
            "mixed_kinds",
        )
        for file in files
        if file.kind != first.kind
    ]
    if problems:
        raise FixInput(*problems)
