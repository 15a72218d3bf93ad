"""One table of the project file, asked key by key; every answer that does not fit becomes a problem with its line.

A reader goes on after a problem with a stand-in, so that all problems of a file come out at once. Stand-ins never
leave the room: `read` raises if there was any problem.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tui_app.config.document import Document
from tui_app.config.outline import KeyPath
from tui_app.config.wording import has_invisible, kind_of, listed, nearest_hint, nearest_sentence, quoted, shown
from tui_app.core.errors import FixInput, Place, Problem

Choice = TypeVar("Choice", bound=str)
Default = TypeVar("Default")

_INTERPOLATION = re.compile(r"\$\{[^}]*\}")
_MAX_NAME_CHARACTERS = 100
MAX_PROBLEMS = 500
MAX_INTEGER = 2**63 - 1
"""TOML's own limit, which is also the engine's and Braze's."""


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers that a key may have."""

    low: float
    high: float
    excludes_low: bool = False
    remark: str = ""
    """Why, or what is often meant instead; a sentence."""

    def __contains__(self, number: float) -> bool:
        return (self.low < number if self.excludes_low else self.low <= number) and number <= self.high

    def __str__(self) -> str:
        if self.low <= -MAX_INTEGER:
            return "a finite number"
        if self.high >= MAX_INTEGER:
            return f"above {self.low:,}" if self.excludes_low else f"{self.low:,} or more"
        return f"above {self.low:,} and at most {self.high:,}" if self.excludes_low else f"{self.low:,}..{self.high:,}"


SHARE = Range(0, 1, remark="Shares are 0..1: write 0.30 for 30 %.")
COUNT = Range(0, MAX_INTEGER)


@dataclass(slots=True)
class Report:
    """The problems of one file, as they are found."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def place(self, path: KeyPath) -> Place:
        """Where `path` is written."""
        return Place(self.document.file, self.document.outline.line_of(path))

    def add(self, message: str, place: Place, code: str) -> None:
        """Take note of a problem.

        Raises:
            FixInput: There are `MAX_PROBLEMS`; nobody reads more, and looking for them could take long.
        """
        self.problems.append(Problem(message, place, code))
        if len(self.problems) == MAX_PROBLEMS:
            message = (
                f"the project: there are {MAX_PROBLEMS} problems or more; the rest is not shown. Mend these first."
            )
            self.problems.append(Problem(message, Place(self.document.file, 1), "too_many"))
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """End the reading with all problems in the order of their lines.

        Raises:
            FixInput: There is at least one.
        """
        if self.problems:
            raise FixInput(*sorted(self.problems, key=_line))


def _line(problem: Problem) -> int:
    return problem.place.line if problem.place is not None else 0


class TableReader:
    """One table, and which of its keys were asked for; the others are unknown.

    Methods that read a key return None or the default if it is absent or wrong.
    """

    def __init__(self, entries: Mapping[str, Any], path: KeyPath, subject: str, report: Report) -> None:
        self.path = path
        self.subject = subject
        self.report = report
        self._entries = entries
        self._asked: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def place(self, *key: str | int) -> Place:
        """Where the table, or one of its keys, is written."""
        return self.report.place((*self.path, *key))

    def problem(self, fact: str, code: str, *key: str | int) -> None:
        """Take note of a problem of this table, placed at one of its keys if one is named."""
        self.report.add(f"{self.subject}: {fact}", self.place(*key), code)

    def close(self) -> None:
        """Call every key that was not asked for unknown."""
        for key in self._entries:
            if key not in self._asked:
                hint = nearest_hint(key, tuple(self._asked))
                self.problem(f"key {quoted(key)} is not known.{hint}", "unknown_key", key)

    def raw(self, key: str) -> Any:
        """The value as TOML has it, or None; the caller checks it."""
        self._asked[key] = None
        return self._entries.get(key)

    def ignore(self, *keys: str) -> None:
        """Count keys as asked for, because a problem already speaks of them."""
        self._asked.update(dict.fromkeys(keys))

    def text(self, key: str) -> str | None:
        """A text of at least one character in one line."""
        value = self._typed(key, str, "text")
        if value is None or (problem := _problem_of_text(value)) is None:
            return value
        fact, code = problem
        self.problem(f"{key} {fact}", code, key)
        return None

    def needed_text(self, key: str) -> str:
        """Like `text`, but the key must be there."""
        return self.text(key) or self._missing(key)

    def sql(self, key: str) -> str | None:
        """A text of any number of lines."""
        value = self._typed(key, str, "text")
        if value is None or (problem := problem_of_sql(value)) is None:
            return value
        fact, code = problem
        self.problem(f"{key} {fact}", code, key)
        return None

    def choice(self, key: str, options: tuple[Choice, ...], default: Choice) -> Choice:
        """One of a few words."""
        value = self._typed(key, str, f"one of {listed(options)}")
        chosen = next((option for option in options if option == value), None)
        if value is not None and chosen is None:
            hint = nearest_sentence(value, options)
            self.problem(f"{key} is {quoted(value)}; it must be one of {listed(options)}.{hint}", "unknown_value", key)
        return chosen if chosen is not None else default

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._typed(key, bool, "true or false")
        return default if value is None else value

    def whole(self, key: str, allowed: Range, default: Default) -> int | Default:
        """A whole number."""
        value = self._typed(key, int, "a whole number")
        return default if value is None or not self._in_range(key, value, allowed) else value

    def number(self, key: str, allowed: Range, default: Default) -> float | Default:
        """A number with or without a decimal point."""
        if type(self._entries.get(key)) is int:
            whole = self.whole(key, allowed, None)
            return default if whole is None else float(whole)
        value = self._typed(key, float, "a number")
        return default if value is None or not self._in_range(key, value, allowed) else value

    def reference(self, key: str, known: Collection[str], what: str) -> str:
        """The name of something that must exist, such as a template; the key must be there."""
        name = self.needed_text(key)
        if name:
            self._check_known(name, known, f"{key} is {quoted(name)}, and there is no such {what}", key)
        return name

    def references(self, key: str, known: Collection[str], what: str) -> tuple[str, ...]:
        """Names of things that must exist, each once; none if the key is absent."""
        names: dict[str, None] = {}
        for position, name in enumerate(self._typed(key, list, f"a list of names, each a {what}") or ()):
            if not isinstance(name, str):
                fact = f"{key} holds {kind_of(name)}; it must hold names only, each a {what}."
                self.problem(fact, "wrong_type", key, position)
            elif name in names:
                self.problem(f"{key} names {quoted(name)} twice. Remove one.", "twice", key, position)
            else:
                self._check_known(
                    name, known, f"{key} names {quoted(name)}, and there is no such {what}", key, position
                )
                names[name] = None
        return tuple(names)

    def table(self, key: str, subject: str | None = None) -> TableReader:
        """A table inside this one; an empty one if it is absent or wrong."""
        return self.inner(self.entries(key) or {}, subject or f"{self.subject}, {key}", key)

    def entries(self, key: str) -> dict[str, Any] | None:
        """The entries of a table inside this one."""
        return self._typed(key, dict, "a table")

    def inner(self, entries: Mapping[str, Any], subject: str, *key: str | int) -> TableReader:
        """A reader for a table inside this one that is already at hand."""
        return TableReader(entries, (*self.path, *key), subject, self.report)

    def named_tables(self, key: str, what: str) -> Iterator[tuple[str, TableReader]]:
        """Every well-named table of `[key.NAME]`, in the order of the file."""
        section = self.table(key, key)
        for name in section.names(what):
            entries = section.entries(name)
            if entries is not None:
                yield name, section.inner(entries, f"{what} {quoted(name)}", name)

    def names(self, what: str) -> Iterator[str]:
        """Every key as a name of a `what`; a name that no command line or file could carry is a problem instead."""
        for name in self._entries:
            self._asked[name] = None
            reason = problem_of_name(name)
            if reason is None:
                yield name
            else:
                self.report.add(f"{what} {quoted(name)}: its name {reason}. Rename it.", self.place(name), "bad_name")

    def _missing(self, key: str) -> str:
        if key not in self._entries:
            self.problem(f"key {quoted(key)} is missing. Add it.", "missing_key")
        return ""

    def _typed(self, key: str, kind: type[Default], expected: str) -> Default | None:
        value = self.raw(key)
        if value is None:
            return None
        # isinstance would take a boolean for a whole number.
        if type(value) is kind:
            return value
        self.problem(f"{key} is {kind_of(value)}; it must be {expected}.", "wrong_type", key)
        return None

    def _in_range(self, key: str, value: float, allowed: Range) -> bool:
        is_allowed = value in allowed
        if not is_allowed:
            remark = f" {allowed.remark}" if allowed.remark else ""
            self.problem(f"{key} is {shown(value)}; it must be {allowed}.{remark}", "out_of_range", key)
        return is_allowed

    def _check_known(self, name: str, known: Collection[str], fact: str, *key: str | int) -> None:
        if name not in known:
            self.problem(f"{fact}.{nearest_hint(name, known)}", "unknown_name", *key)


def problem_of_sql(text: str) -> tuple[str, str] | None:
    """What is wrong with a SQL text before anything parses it, and the code of that."""
    if not text.strip():
        return "is empty. Give it a SELECT statement.", "empty"
    if "\0" in text:
        return "holds a NUL character. Write it without.", "control_character"
    return None


def _problem_of_text(text: str) -> tuple[str, str] | None:
    if not text.strip():
        return "is empty. Give it a value or remove the key.", "empty"
    if has_invisible(text):
        # The text is not shown: it may be a key with a slip of copy and paste in it.
        return "holds a control or invisible character. Write it without.", "control_character"
    if _INTERPOLATION.search(text):
        return "holds ${…}, and Stoker fills in no variables. Write the value itself.", "interpolation"
    return None


def problem_of_name(name: str) -> str | None:
    """Why something cannot be called this, or None. Names stand on command lines, in SQL and in paths of the state."""
    verdicts = (
        (not name.strip(), "is empty"),
        (name != name.strip(), "begins or ends with white space"),
        (has_invisible(name), "holds a control or invisible character"),
        (len(name) > _MAX_NAME_CHARACTERS, f"is longer than {_MAX_NAME_CHARACTERS} characters"),
        ("/" in name or "\\" in name, "holds a slash or a backslash, as only paths do"),
        (name[:1] in "-.", "begins with - or ., which command lines and file systems read in their own way"),
        (_INTERPOLATION.search(name) is not None, "holds ${…}, and Stoker fills in no variables"),
    )
    return next((reason for is_bad, reason in verdicts if is_bad), None)
