"""Backstage's end of the line leaves nothing behind: no thread that calls for ever, no question that stays open."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

import pytest

from tui_app.backstage.desk import Office
from tui_app.backstage.line import Answer, Ask, Cancel, framed, read_message
from tui_app.backstage.questions.connection import FindKey, TryConnection
from tui_app.backstage.questions.question import Question
from tui_app.backstage.questions.run import ListRuns
from tui_app.backstage.server import Server
from tui_app.core.errors import Place
from tui_app.core.project import Destination, KeyReference


class Line:
    """A server in this process, as its screen sees it."""

    def __init__(self, office: Office) -> None:
        questions, self._questions = _pipe()
        self._answers, answers = _pipe()
        self.server = Server(questions, answers, office)
        self._serving = threading.Thread(target=self.server.serve)
        self._serving.start()
        self._ends = [questions, answers, self._answers]

    def send(self, message: Ask | Cancel) -> None:
        self._questions.write(framed(message))
        self._questions.flush()

    def read(self) -> Any:
        return read_message(self._answers)

    def hang_up(self) -> None:
        self._questions.close()
        self._serving.join(10)
        for each in self._ends:
            each.close()


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


@pytest.fixture
def line(shop) -> Iterator[Line]:
    office = Office(shop.folder)
    line = Line(office)
    yield line
    line.hang_up()
    office.close()


@pytest.fixture
def silent_endpoint() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def callers() -> set[threading.Thread]:
    """Threads that call what interrupts the work on a question."""
    return {each for each in threading.enumerate() if each.name == "cancel"}


def test_nobody_is_called_any_more_once_a_cancelled_question_has_ended(line, silent_endpoint, eventually):
    """A person who types cancels a question with every key; each thread that stays would call 20 times a second."""
    destination = Destination("braze", silent_endpoint, KeyReference("file", "key"), Place("stoker.toml", 1))
    line.send(Ask(1, TryConnection(destination, "00000000-1111-2222-3333-444444444444")))
    line.send(Ask(2, ListRuns()))
    assert line.read() == Answer(2, ())

    of_others = callers()
    line.send(Cancel(1))

    eventually(lambda: not line.server._open)
    eventually(lambda: callers() <= of_others)
    line.send(Ask(3, ListRuns()))
    assert line.read() == Answer(3, ())


def test_a_cancel_that_comes_after_its_answer_is_for_nobody(line):
    line.send(Ask(1, ListRuns()))
    assert line.read() == Answer(1, ())

    line.send(Cancel(1))
    line.send(Cancel(99))
    line.send(Ask(2, ListRuns()))

    assert line.read() == Answer(2, ())


def test_the_source_is_opened_before_anybody_asks_for_it(line, shop, eventually):
    """Most of a second, at the moment when a person first wants to see something."""
    line.send(Ask(1, ListRuns()))
    assert line.read() == Answer(1, ())

    eventually(lambda: list(shop.state.glob("scratch/*/*/sources")))


class Unanswerable(Question[None]):
    """A question that no file of answers knows."""


def test_a_question_that_nobody_can_answer_is_an_error_and_not_a_silence(line):
    """A question without an answer would leave its screen waiting for ever."""
    line.send(Ask(1, Unanswerable()))
    failed = line.read()

    assert (failed.number, failed.kind) == (1, "BackstageError")
    line.send(Ask(2, FindKey(KeyReference("env", "STOKER_NOBODY_SETS_THIS"))))
    assert line.read().kind == "FixInput"
