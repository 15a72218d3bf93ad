"""Errors, sorted by what the caller can do about them. Each text says thing, fact, consequence, remedy.

StokerError
├── FixInput         the user must change a file, a key or a flag; nothing was sent
├── Usage            the command line asks for something that does not exist
├── Refused          a guard or a stale plan: a person must decide
├── LedgerHeld       another run holds the ledger
├── Damaged          a file of the state is not what was written
└── StoppedEarly     a run ended before its plan did; `stoker resume` goes on
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line returns. Scripts rely on these numbers."""

    DONE = 0
    USAGE = 2
    FIX_INPUT = 3
    REFUSED = 4
    DONE_WITH_REJECTED = 5
    STOPPED = 6
    LEDGER_HELD = 7


_MILDEST_FIRST = (
    ExitCode.DONE,
    ExitCode.DONE_WITH_REJECTED,
    ExitCode.STOPPED,
    ExitCode.REFUSED,
    ExitCode.LEDGER_HELD,
    ExitCode.FIX_INPUT,
    ExitCode.USAGE,
)


def worst(codes: Iterable[int]) -> ExitCode:
    """What several ends together mean for a script; of none: done."""
    return max((ExitCode(code) for code in codes), key=_MILDEST_FIRST.index, default=ExitCode.DONE)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something was written."""

    file: str
    line: int
    """Counts from 1."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that must be mended before Stoker can go on."""

    message: str
    """Thing, fact, consequence, remedy; without the place."""
    place: Place | None = None
    code: str = "input"
    """A stable word for scripts, such as `unknown_column`."""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class StokerError(Exception):
    """Something that Stoker explains in one message; never shown as a traceback."""

    exit_code = ExitCode.FIX_INPUT

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FixInput(StokerError):
    """The project, the source or the key must be fixed. Carries every problem that was found, not just the first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems

    @classmethod
    def at(cls, message: str, place: Place | None = None, code: str = "input") -> FixInput:
        """One problem, as an error."""
        return cls(Problem(message, place, code))


class Usage(StokerError):
    """The command line names something that does not exist or cannot be combined."""

    exit_code = ExitCode.USAGE


class Refused(StokerError):
    """A guard or a stale plan. Nothing was sent."""

    exit_code = ExitCode.REFUSED

    def __init__(self, message: str, guards: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.guards = guards


class LedgerHeld(StokerError):
    """Another run holds the ledger; the message says who, where and since when."""

    exit_code = ExitCode.LEDGER_HELD


class Damaged(StokerError):
    """A file of ledger, journal or plan is not what was written. Nothing of it was used."""


class StoppedEarly(StokerError):
    """A run ended before its plan did."""

    exit_code = ExitCode.STOPPED
