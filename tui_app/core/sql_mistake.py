"""Where in a statement a mistake is: its line is known, and the word that the message quotes is looked for in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui_app.core.errors import Problem

_QUOTED: Final = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Mistake:
    """A problem and its place in the statement."""

    message: str
    line: int
    """From 0."""
    first: int
    """Character in the line, from 0."""
    end: int
    """Behind the last character."""

    @property
    def place(self) -> str:
        """As people and editors count: from 1."""
        return f"line {self.line + 1}, column {self.first + 1}"


def mistake_of(problems: Sequence[Problem], sql: str, name: str) -> Mistake:
    """The first problem of a statement.

    Args:
        problems: At least one; lines of their places count from 1 at the statement's first line.
        sql: The statement.
        name: Of its query, which need not be repeated.
    """
    problem = problems[0]
    lines = sql.split("\n")
    line = min(max((problem.place.line if problem.place else 1) - 1, 0), len(lines) - 1)
    message = problem.message.removeprefix(f"Query {name}: ")
    first, end = _word_in(lines[line], message)
    return Mistake(message[:1].upper() + message[1:], line, first, end)


def _word_in(line: str, message: str) -> tuple[int, int]:
    """The quoted word in the line, else all of it but its indentation."""
    for word in _QUOTED.findall(message):
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", line, re.IGNORECASE)
        if found is not None:
            return found.span()
    return len(line) - len(line.lstrip()), len(line.rstrip())
