"""Where everything stands in a TOML text: the span of each key and of each value, and so the line.

Values are never taken from here; `tomllib` alone says what a file holds and whether it is valid. Up to the first
mistake in a text the outline is exact, after it it ends.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys from the top of the file; a position in a list counts from 0."""

MAX_NESTING: Final = 80
"""Lists and inline tables inside each other, and parts of a dotted key. A segment nests 32 groups, two levels each;
parsers of TOML are recursive and must not be led deeper."""

_TOKEN = re.compile(
    r"""(?P<newline>\n)|(?P<space>[ \t\r]+)|(?P<comment>\#[^\n]*)"""
    r"""|(?P<text>\"{3}(?:[^\\]|\\.)*?\"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
    r"""|(?P<mark>[\[\]{}=,.])|(?P<bare>[^\s\#"'\[\]{}=,.]+)|(?P<other>.)""",
    re.DOTALL,
)
_BLANK = frozenset(("space", "comment"))
_BLANK_LINES = _BLANK | {"newline"}


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the text, `start` inclusive, `end` exclusive, in characters from 0."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the text defines."""

    path: KeyPath
    kind: Literal["header", "statement", "member", "element"]
    """`[a.b]`; `key = value` on its own line; `key = value` in an inline table; a value in a list."""
    header: KeyPath
    """The table whose header it stands under; () above the first header."""
    keys: tuple[Span, ...]
    """The parts of its key as written, with quotes: the last parts of the path. None for an element."""
    value: Span
    """Of a header: the header itself, with its brackets."""

    @property
    def start(self) -> int:
        """Where the name that it adds is written."""
        return self.keys[-1].start if self.keys else self.value.start


@dataclass(slots=True)
class Outline:
    """Everything that a TOML text defines, in its order."""

    text: str
    entries: dict[KeyPath, Entry] = field(default_factory=dict)
    repeats: list[tuple[Entry, Entry]] = field(default_factory=list)
    """Keys and headers that stand twice: the first and the later one."""
    too_deep_line: int | None = None
    """Line where nesting passes `MAX_NESTING`; the outline ends there."""
    _parents: dict[KeyPath, int] = field(default_factory=dict)
    _line_starts: list[int] = field(default_factory=list)

    def line_of(self, path: KeyPath) -> int:
        """Line, from 1, where `path` or else its nearest parent is written."""
        for length in range(len(path), 0, -1):
            prefix = path[:length]
            if (entry := self.entries.get(prefix)) is not None:
                return self.line_at(entry.start)
            if (start := self._parents.get(prefix)) is not None:
                return self.line_at(start)
        return 1

    def line_at(self, position: int) -> int:
        """Line, from 1, of a character."""
        if not self._line_starts:
            self._line_starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        return bisect_right(self._line_starts, position)

    def add(self, entry: Entry) -> None:
        """Take note of an entry and of the tables that its path implies."""
        first = self.entries.setdefault(entry.path, entry)
        if first is not entry:
            self.repeats.append((first, entry))
        for length in range(1, len(entry.path)):
            self._parents.setdefault(entry.path[:length], entry.start)


class _LostError(Exception):
    """The text is not TOML from here on."""


def outline_of(text: str) -> Outline:
    """Scan a TOML text once, from the start to its end or to its first mistake."""
    scanner = _Scanner(text)
    with contextlib.suppress(_LostError):
        scanner.scan()
    return scanner.outline


class _Scanner:
    """Walks over tokens with one of them in view."""

    def __init__(self, text: str) -> None:
        self.outline = Outline(text)
        self._tokens: Iterator[re.Match[str]] = _TOKEN.finditer(text)
        self._token = next(self._tokens, None)
        self._end = 0
        self._header: KeyPath = ()
        self._list_lengths: dict[KeyPath, int] = {}

    def scan(self) -> None:
        self._skip(_BLANK_LINES)
        while self._token is not None:
            if self._sees("["):
                self._scan_header()
            else:
                self._scan_pair(self._header, "statement", depth=0)
            self._skip(_BLANK)
            self._expect_line_end()
            self._skip(_BLANK_LINES)

    def _scan_header(self) -> None:
        start = self._advance().start()
        is_list = self._sees("[")
        if is_list:
            self._advance()
        names, keys = self._scan_key()
        for _ in range(1 + is_list):
            self._expect("]")
        path: KeyPath = ()
        for position, name in enumerate(names):
            path += (name,)
            is_last = position == len(names) - 1
            if is_last and is_list:
                self._list_lengths[path] = self._list_lengths.get(path, 0) + 1
            if path in self._list_lengths:
                path += (self._list_lengths[path] - 1,)
        self._header = path
        self.outline.add(Entry(path, "header", path, keys, Span(start, self._end)))

    def _scan_pair(self, table: KeyPath, kind: Literal["statement", "member"], depth: int) -> None:
        names, keys = self._scan_key()
        self._expect("=")
        path = (*table, *names)
        value = self._scan_value(path, depth)
        self.outline.add(Entry(path, kind, self._header, keys, value))

    def _scan_key(self) -> tuple[tuple[str, ...], tuple[Span, ...]]:
        names: list[str] = []
        keys: list[Span] = []
        while True:
            self._skip(_BLANK)
            token = self._advance()
            if token.lastgroup not in ("bare", "text"):
                raise _LostError
            names.append(_name_of(token[0]))
            keys.append(Span(token.start(), token.end()))
            self._limit(len(names), token.start())
            self._skip(_BLANK)
            if not self._sees("."):
                return tuple(names), tuple(keys)
            self._advance()

    def _scan_value(self, path: KeyPath, depth: int) -> Span:
        self._skip(_BLANK)
        if self._token is None:
            raise _LostError
        start = self._token.start()
        self._limit(depth + (self._sees("[") or self._sees("{")), start)
        if self._sees("["):
            self._scan_list(path, depth + 1)
        elif self._sees("{"):
            self._scan_inline_table(path, depth + 1)
        else:
            self._scan_scalar()
        return Span(start, self._end)

    def _scan_list(self, path: KeyPath, depth: int) -> None:
        self._expect("[")
        position = 0
        self._skip(_BLANK_LINES)
        while not self._sees("]"):
            element = (*path, position)
            value = self._scan_value(element, depth)
            self.outline.add(Entry(element, "element", self._header, (), value))
            position += 1
            self._skip(_BLANK_LINES)
            if not self._sees("]"):
                self._expect(",")
                self._skip(_BLANK_LINES)
        self._expect("]")

    def _scan_inline_table(self, path: KeyPath, depth: int) -> None:
        self._expect("{")
        # Newer TOML lets an inline table go over several lines; where tomllib does not, it says so.
        self._skip(_BLANK_LINES)
        while not self._sees("}"):
            self._scan_pair(path, "member", depth)
            self._skip(_BLANK_LINES)
            if not self._sees("}"):
                self._expect(",")
                self._skip(_BLANK_LINES)
        self._expect("}")

    def _scan_scalar(self) -> None:
        if self._token is not None and self._token.lastgroup == "text":
            self._advance()
            return
        # A number or a date may hold dots, and one space between day and time: it ends before a mark or the line's end.
        start = end = self._end
        while self._token is not None and (self._token.lastgroup in ("bare", "space") or self._sees(".")):
            token = self._advance()
            end = end if token.lastgroup == "space" else self._end
        if end == start:
            raise _LostError
        self._end = end

    def _sees(self, mark: str) -> bool:
        return self._token is not None and self._token.lastgroup == "mark" and self._token[0] == mark

    def _expect(self, mark: str) -> None:
        self._skip(_BLANK)
        if not self._sees(mark):
            raise _LostError
        self._advance()

    def _expect_line_end(self) -> None:
        if self._token is not None and self._token.lastgroup != "newline":
            raise _LostError

    def _skip(self, kinds: frozenset[str]) -> None:
        while self._token is not None and self._token.lastgroup in kinds:
            self._token = next(self._tokens, None)

    def _advance(self) -> re.Match[str]:
        token = self._token
        if token is None:
            raise _LostError
        self._end = token.end()
        self._token = next(self._tokens, None)
        return token

    def _limit(self, depth: int, position: int) -> None:
        if depth > MAX_NESTING:
            self.outline.too_deep_line = self.outline.line_at(position)
            raise _LostError


def _name_of(written: str) -> str:
    """The key that is written like this, with or without quotes."""
    if written[0] not in "\"'":
        return written
    try:
        return str(tomllib.loads(f"key = {written}")["key"])
    except ValueError as error:
        raise _LostError from error
