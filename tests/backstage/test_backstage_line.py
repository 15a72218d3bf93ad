"""An error comes out of the line as the class that went in, with the same facts."""

from __future__ import annotations

import io

import pytest

from tui_app.backstage.line import Answer, Ask, BackstageError, failure, framed, read_message
from tui_app.backstage.questions import connection
from tui_app.core.errors import (
    Damaged,
    FixInput,
    LedgerHeld,
    Place,
    Problem,
    Refused,
    StokerError,
    StoppedEarly,
    Usage,
)
from tui_app.core.project import Destination, KeyReference

KEY = "00000000-1111-2222-3333-444444444444"
PROBLEMS = (Problem("no column", Place("stoker.toml", 14), "unknown_column"), Problem("no table"))


@pytest.mark.parametrize(
    "error",
    [
        FixInput(*PROBLEMS),
        Usage("there is none"),
        Refused("too many leave", ("max_leave_share", "min_members")),
        LedgerHeld("another run"),
        Damaged("not what was written"),
        StoppedEarly("the disk is full"),
        BackstageError("an error of its own"),
        StokerError("something else"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_keeps_its_class_and_its_facts(error):
    """Screens show a guard's name and a problem's line; neither is parsed out of a text."""
    message = read_message(io.BytesIO(framed(failure(7, error))))
    again = message.error()

    assert message.number == 7
    assert (type(again), again.message, str(again)) == (type(error), error.message, str(error))
    assert vars(again) == vars(error)


def test_messages_follow_each_other_and_a_cut_one_ends_the_line():
    """A process that is killed in the middle of a message has said nothing by it."""
    first, second = framed(Answer(1, ("Ä", None, 1.5))), framed(Answer(2, b"x" * 100_000))
    line = io.BytesIO(first + second[:-1])

    assert read_message(line) == Answer(1, ("Ä", None, 1.5))
    assert read_message(line) is None
    assert read_message(io.BytesIO(b"\0\0")) is None


def test_a_typed_key_is_in_no_repr_of_a_question():
    """Textual's tracebacks and every log show reprs."""
    destination = Destination("braze", "https://rest.example.com", KeyReference("file", "key"), Place("stoker.toml", 1))
    questions = (connection.TryConnection(destination, KEY), connection.StoreKey(destination.api_key, KEY))

    assert KEY not in repr([Ask(number, question) for number, question in enumerate(questions)])
