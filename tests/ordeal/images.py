"""What a disk may hold after a power cut: recorded calls, played back with what was not fsynced dropped or torn.

Two kinds of file system are modelled. On an `ordered` one, as ext4, the changes of names are one sequence, and any
fsync makes all before it durable. A `strict` one promises no more than POSIX: a name is durable once its folder was
fsynced, the names of each folder keep their order, and those of several folders do not. On both, bytes are durable once
their file was fsynced, and of others any 4 KiB page may be there or not.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

PAGE_BYTES = 4096
FileSystem = Literal["ordered", "strict"]
Unsynced = Literal["dropped", "torn", "zeroed", "kept"]
"""What becomes of bytes that were not fsynced: none is there, some pages are, zeros are in their place, or all are."""
_HEAD = struct.Struct("<dcIIIq")


@dataclass(frozen=True, slots=True)
class Call:
    """One call that changed a file, or made it durable."""

    time: float
    """Epoch seconds, when it had returned."""
    kind: str
    """c create, m make folder, r rename, u unlink, w write, t cut to `offset` bytes, s fsync."""
    path: Path
    target: Path
    """Of a rename."""
    offset: int
    content: bytes


def read_calls(log: Path) -> list[Call]:
    """What the recorder wrote (see recorder.c), by time: several processes append to one file."""
    return sorted(_calls(log.read_bytes()), key=lambda call: call.time)


def _calls(content: bytes) -> Iterator[Call]:
    position = 0
    while position < len(content):
        time, kind, *lengths, offset = _HEAD.unpack_from(content, position)
        position += _HEAD.size
        parts = []
        for length in lengths:
            parts.append(content[position : position + length])
            position += length
        yield Call(time, kind.decode(), Path(parts[0].decode()), Path(parts[1].decode()), offset, parts[2])


@dataclass(slots=True)
class _Node:
    """A file or a folder, whatever its name is."""

    is_folder: bool
    changes: list[tuple[int, Call]] = field(default_factory=list)
    """Writes and cuts of a file, with the numbers of the calls."""
    synced: int = 0
    """Calls below this number are durable."""


@dataclass(frozen=True, slots=True)
class _Naming:
    """A change of a name."""

    number: int
    call: Call
    folder: _Node | None
    """Whose names it changes; None: the one above all that was recorded, which is durable."""
    node: _Node


class Disk:
    """What the first calls of a recording did, and what of it is durable.

    Args:
        calls: All up to the power cut.
        obeys_fsync: False is a disk that lies: nothing is ever durable.
    """

    def __init__(self, calls: Sequence[Call], *, obeys_fsync: bool = True) -> None:
        self._calls = calls
        self._names: dict[Path, _Node] = {}
        self._namings: list[_Naming] = []
        self._synced_at = 0
        for number, call in enumerate(calls):
            self._take(number, call, obeys_fsync=obeys_fsync)

    def _take(self, number: int, call: Call, *, obeys_fsync: bool) -> None:
        match call.kind:
            case "s":
                if obeys_fsync:
                    self._names[call.path].synced = self._synced_at = number
            case "w" | "t":
                self._names[call.path].changes.append((number, call))
            case "c" | "m":
                self._name(number, call, call.path, _Node(call.kind == "m"))
            case "u":
                self._name(number, call, call.path, self._names.pop(call.path))
            case "r":
                node = self._names[call.path]
                self._name(number, call, call.target, node)
                _move(self._names, call.path, call.target)

    def _name(self, number: int, call: Call, path: Path, node: _Node) -> None:
        self._namings.append(_Naming(number, call, self._names.get(path.parent), node))
        if call.kind in "cm":
            self._names[path] = node

    def durable_content(self, path: Path) -> bytes:
        """What of a file, by its name at the power cut, is durable; empty if there is none."""
        node = self._names.get(path)
        return _content(node, "dropped", random.Random(0)) if node else b""

    def image(self, files: FileSystem, unsynced: Unsynced, chance: random.Random) -> dict[Path, bytes | None]:
        """One state that the disk may have: path → content; None is a folder."""
        names: dict[Path, _Node] = {}
        for naming in self._kept_namings(files, unsynced, chance):
            _apply(names, naming)
        return {path: None if node.is_folder else _content(node, unsynced, chance) for path, node in names.items()}

    def _kept_namings(self, files: FileSystem, unsynced: Unsynced, chance: random.Random) -> list[_Naming]:
        limits: dict[int, int] = {}
        kept = []
        for naming in self._namings:
            group = id(naming.folder) if files == "strict" else 0
            if group not in limits:
                synced = naming.folder.synced if files == "strict" and naming.folder else self._synced_at
                limits[group] = _limit(synced, len(self._calls), unsynced, chance)
            if naming.folder is None or naming.number < limits[group]:
                kept.append(naming)
        return kept


def _limit(synced: int, calls: int, unsynced: Unsynced, chance: random.Random) -> int:
    """Changes of names below this number are there."""
    if unsynced == "dropped":
        return synced
    return calls if unsynced == "kept" else chance.randint(synced, calls)


def _apply(names: dict[Path, _Node], naming: _Naming) -> None:
    """Change a name, unless what it stands on is not there."""
    call = naming.call
    match call.kind:
        case "c" | "m":
            if naming.folder is None or call.path.parent in names:
                names[call.path] = naming.node
        case "u":
            for path in [each for each in names if each == call.path or call.path in each.parents]:
                del names[path]
        case "r":
            if call.path in names and call.target.parent in names:
                _move(names, call.path, call.target)


def _move(names: dict[Path, _Node], source: Path, target: Path) -> None:
    for path in [each for each in names if each == source or source in each.parents]:
        names[target / path.relative_to(source) if path != source else target] = names.pop(path)


def _content(node: _Node, unsynced: Unsynced, chance: random.Random) -> bytes:
    content = bytearray()
    for number, call in node.changes:
        is_durable = number < node.synced
        if call.kind == "t":
            if is_durable or unsynced in ("kept", "zeroed") or (unsynced == "torn" and chance.random() < 0.5):
                _resize(content, call.offset)
        elif is_durable or unsynced == "kept":
            _put(content, call.offset, call.content)
        elif unsynced == "zeroed":
            _resize(content, max(len(content), call.offset + len(call.content)))
        elif unsynced == "torn":
            for offset, page in _pages(call):
                if chance.random() < 0.5:
                    _put(content, offset, page)
    return bytes(content)


def _pages(call: Call) -> Iterator[tuple[int, bytes]]:
    """The parts of a write that lie in different pages of the file."""
    position = call.offset
    end = call.offset + len(call.content)
    while position < end:
        page_end = min(end, (position // PAGE_BYTES + 1) * PAGE_BYTES)
        yield position, call.content[position - call.offset : page_end - call.offset]
        position = page_end


def _put(content: bytearray, offset: int, part: bytes) -> None:
    _resize(content, max(len(content), offset + len(part)))
    content[offset : offset + len(part)] = part


def _resize(content: bytearray, size: int) -> None:
    del content[size:]
    content.extend(bytes(size - len(content)))
