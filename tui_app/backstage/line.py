"""What goes over the pipes between the screen and backstage: messages, each a length and a pickle.

An error that Stoker explains comes out of the line as the class that went in, with the same facts.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, TypeAlias

from tui_app.backstage.questions.question import Question
from tui_app.core.errors import (
    Damaged,
    FixInput,
    LedgerHeld,
    Problem,
    Refused,
    StokerError,
    StoppedEarly,
    Usage,
)

HEADER: Final = struct.Struct(">I")
"""Bytes of the pickle that follows."""


class BackstageError(StokerError):
    """Something that nobody foresaw happened backstage; the message says where its details are."""


class UnreadableMessage(Exception):
    """The other end is another version of Stoker: one was installed while this one runs."""


@dataclass(frozen=True, slots=True)
class Ask:
    """Answer this."""

    number: int
    """Chosen by the screen; its answer carries the same."""
    question: Question[Any]


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nobody waits for this answer any more."""

    number: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for."""

    number: int
    value: object


@dataclass(frozen=True, slots=True)
class Failed:
    """Why there is no answer."""

    number: int
    kind: str
    """Name of the error's class."""
    message: str
    problems: tuple[Problem, ...] = ()
    """Of `FixInput`."""
    guards: tuple[str, ...] = ()
    """Of `Refused`."""

    def error(self) -> StokerError:
        """The error, to be raised again."""
        if self.kind == FixInput.__name__:
            return FixInput(*self.problems)
        if self.kind == Refused.__name__:
            return Refused(self.message, self.guards)
        return _SIMPLE_KINDS.get(self.kind, StokerError)(self.message)


ToBackstage: TypeAlias = Ask | Cancel
ToScreen: TypeAlias = Answer | Failed

_SIMPLE_KINDS: Final[Mapping[str, type[StokerError]]] = {
    kind.__name__: kind for kind in (Usage, LedgerHeld, Damaged, StoppedEarly, BackstageError)
}
"""Those that carry a message and nothing else."""

_UNPICKLING_ERRORS: Final = (
    pickle.UnpicklingError,
    AttributeError,
    ImportError,
    EOFError,
    IndexError,
    TypeError,
    ValueError,
)
"""Source: docs.python.org/3/library/pickle.html, "exception pickle.UnpicklingError"."""


def failure(number: int, error: StokerError) -> Failed:
    """An error, as it goes over the line."""
    match error:
        case FixInput():
            return Failed(number, FixInput.__name__, error.message, problems=error.problems)
        case Refused():
            return Failed(number, Refused.__name__, error.message, guards=error.guards)
        case _:
            return Failed(number, type(error).__name__, error.message)


def framed(message: ToBackstage | ToScreen) -> bytes:
    """A message as bytes.

    Raises:
        TypeError, AttributeError, pickle.PicklingError: A part of it cannot be pickled.
    """
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(body)) + body


def message_of(body: bytes) -> Any:
    """The message of a frame, without its header.

    Raises:
        UnreadableMessage: This end does not know what it is made of.
    """
    try:
        return pickle.loads(body)  # noqa: S301 - both ends are Stoker, and nobody else holds the pipe
    except _UNPICKLING_ERRORS as error:
        raise UnreadableMessage from error


def read_message(stream: BinaryIO) -> Any | None:
    """Wait for the next message; None at the end of the line, also in the middle of a message.

    Raises:
        UnreadableMessage: See `message_of`.
    """
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (size_bytes,) = HEADER.unpack(header)
    body = stream.read(size_bytes)
    return message_of(body) if len(body) == size_bytes else None
