"""Files near a project that could be its tables. Nothing is opened; a large folder is looked at only in part."""

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath
from typing import Final

from tui_app.core.file_kinds import kind_of

_DEEPEST: Final = 4
"""Folders below the project's."""
_MOST_ENTRIES: Final = 5_000
_MOST_FOUND: Final = 500
_ELSEWHERE: Final = frozenset(("node_modules", "__pycache__", "site-packages", "state", "target"))
"""Folders that hold no customer tables but many files."""
_SIZE_UNITS: Final = ("kB", "MB", "GB", "TB")

_BETWEEN_WORDS: Final = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file, or several that one pattern names."""

    location: str
    """Relative to the project's folder, as the project file writes it: a name with `*` in it is escaped."""
    files: int
    """1, or how many the pattern matches."""
    size_bytes: int
    """Of all of them."""

    @property
    def name(self) -> str:
        """A fitting name for its table: of the file, or of the folder of a pattern."""
        path = PurePath(self.location)
        stem = path.parent.name if self.files > 1 else path.name.partition(".")[0]
        return _BETWEEN_WORDS.sub("_", stem).strip("_").lower() or "customers"

    @property
    def note(self) -> str:
        """How many and how large: `12 files, 3.4 GB`."""
        count = f"{self.files:,} files, " if self.files > 1 else ""
        return count + size_words(self.size_bytes)


def find_files(folder: Path) -> tuple[FoundFile, ...]:
    """What could be a table: patterns for folders with several files of one kind, then files; by their paths."""
    files = tuple(islice(_files(folder), _MOST_FOUND))
    groups: dict[tuple[PurePath, str], list[FoundFile]] = {}
    for each in files:
        path = PurePath(each.location)
        groups.setdefault((path.parent, "".join(path.suffixes).lower()), []).append(each)
    patterns = (
        FoundFile(str(parent / f"*{ending}"), len(members), sum(each.size_bytes for each in members))
        for (parent, ending), members in groups.items()
        if len(members) > 1 and parent != PurePath()
    )
    return (*sorted(patterns, key=_location), *sorted(files, key=_location))


def size_words(size: int) -> str:
    """`812 bytes`, `1.2 MB`; powers of 1,000, as file managers show them."""
    if size < 1000:
        return f"{size} bytes"
    scaled = float(size)
    for unit in _SIZE_UNITS:
        scaled /= 1000
        if scaled < 999.5 or unit == _SIZE_UNITS[-1]:
            return f"{scaled:.1f} {unit}" if scaled < 9.95 else f"{scaled:,.0f} {unit}"
    raise AssertionError


def _location(found: FoundFile) -> str:
    return found.location


def _files(folder: Path) -> Iterator[FoundFile]:
    """Breadth first, so that a large folder hides none beside it."""
    entries = 0
    waiting = [(folder, 0)]
    for parent, depth in waiting:
        for entry in _entries(parent):
            entries += 1
            if entries > _MOST_ENTRIES:
                return
            if entry.is_dir(follow_symlinks=False):
                if depth < _DEEPEST and entry.name not in _ELSEWHERE:
                    waiting.append((Path(entry), depth + 1))
            elif kind_of(entry.name) is not None and (size_bytes := _size(entry)) is not None:
                yield FoundFile(glob.escape(str(Path(entry).relative_to(folder))), 1, size_bytes)


def _size(entry: os.DirEntry[str]) -> int | None:
    """Bytes of a regular file; None for anything else, and for one that has just gone."""
    try:
        status = entry.stat()
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What a folder holds, without what is hidden; nothing if it may not be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted((each for each in entries if not each.name.startswith(".")), key=lambda entry: entry.name)
    except OSError:
        return []
