"""Backstage's end of the line: reads questions, answers each in a thread, and ends when the screen does."""

from __future__ import annotations

import importlib
import pickle
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, BinaryIO, Final, TypeAlias, assert_never

from tui_app.backstage.cancellation import Cancellation, Cancelled
from tui_app.backstage.desk import Desk, Office
from tui_app.backstage.line import (
    Answer,
    Ask,
    BackstageError,
    Cancel,
    Failed,
    ToBackstage,
    ToScreen,
    failure,
    framed,
    read_message,
)
from tui_app.backstage.questions.question import Question
from tui_app.config.error_log import explain_unforeseen
from tui_app.core.disk import explain_disk
from tui_app.core.errors import StokerError

_QUESTIONS: Final = "tui_app.backstage.questions."
_ANSWERS: Final = "tui_app.backstage.answers."
_THREADS: Final = 8
"""Per module of questions, so that slow counts never hold up the steering of a run."""
_IDLE_SECONDS: Final = 0.2
_LOOK_SECONDS: Final = 0.01
_LEAVE_SECONDS: Final = 1.5
"""At most, between the end of the screen and that of this process."""

_AnswerFunction: TypeAlias = "Callable[[Question[Any], Desk], object]"


class Server:
    """Answers questions until the line ends.

    Args:
        questions: Where they come from.
        answers: Where answers go; nothing else may write there.
        office: The project.
    """

    def __init__(self, questions: BinaryIO, answers: BinaryIO, office: Office) -> None:
        self._questions = questions
        self._answers = answers
        self._office = office
        self._writing = threading.Lock()
        self._importing = threading.Lock()
        self._open: dict[int, Cancellation] = {}
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._functions: dict[str, _AnswerFunction] = {}

    def serve(self) -> None:
        """Read and answer, until the screen is gone. What was still open then has ended or been given up afterwards.

        Raises:
            UnreadableMessage: The screen is another version of Stoker.
            SystemExit: The process was asked to end.
        """
        threading.Thread(target=self._prepare_when_idle, name="prepare", daemon=True).start()
        try:
            while (message := read_message(self._questions)) is not None:
                self._take(message)
        finally:
            self._leave()

    def _take(self, message: ToBackstage) -> None:
        match message:
            case Ask(number, question):
                cancellation = self._open[number] = Cancellation()
                self._pool_for(question).submit(self._answer, number, question, cancellation)
            case Cancel(number):
                if (open_question := self._open.get(number)) is not None:
                    open_question.cancel()
            case _:
                assert_never(message)

    def _pool_for(self, question: Question[Any]) -> ThreadPoolExecutor:
        module = type(question).__module__
        if module not in self._pools:
            self._pools[module] = ThreadPoolExecutor(_THREADS, module.removeprefix(_QUESTIONS))
        return self._pools[module]

    def _answer(self, number: int, question: Question[Any], cancellation: Cancellation) -> None:
        try:
            message = self._message_for(number, question, cancellation)
            cancellation.finish()
            if message is not None and not cancellation.is_cancelled:
                self._send(message)
        finally:
            del self._open[number]

    def _message_for(self, number: int, question: Question[Any], cancellation: Cancellation) -> ToScreen | None:
        try:
            cancellation.raise_if_cancelled()
            answer = self._answer_function(question)
            return Answer(number, answer(question, Desk(self._office, cancellation)))
        except Cancelled:
            return None
        except StokerError as error:
            return failure(number, error)
        except Exception as error:  # noqa: BLE001 - the top of a thread: what nobody foresaw becomes one sentence and a log
            # What was interrupted ends in whatever its library makes of that.
            return None if cancellation.is_cancelled else _unforeseen(number, error)

    def _answer_function(self, question: Question[Any]) -> _AnswerFunction:
        module = type(question).__module__
        if module not in self._functions:
            # One import at a time: large libraries do not all bear to be imported by two threads at once.
            with self._importing:
                answers = importlib.import_module(_ANSWERS + module.removeprefix(_QUESTIONS))
            self._functions[module] = answers.answer
        return self._functions[module]

    def _send(self, message: ToScreen) -> None:
        try:
            frame = framed(message)
        except (pickle.PicklingError, TypeError, AttributeError) as error:
            frame = framed(_unforeseen(message.number, error))
        # A screen that has just gone reads no more; that it has is for `serve` to find.
        with self._writing, suppress(BrokenPipeError):
            self._answers.write(frame)
            self._answers.flush()

    def _prepare_when_idle(self) -> None:
        """Load what the first count needs while nobody waits for anything."""
        pause = threading.Event()
        while self._open or not self._pools:
            pause.wait(_IDLE_SECONDS)
        with self._importing:
            self._office.load_engine()
        self._office.open_source()

    def _leave(self) -> None:
        """Interrupt what is open. What must not be torn, such as the start of a worker, is quick enough to end."""
        for cancellation in tuple(self._open.values()):
            cancellation.cancel()
        pause = threading.Event()
        until = time.monotonic() + _LEAVE_SECONDS
        while self._open and time.monotonic() < until:
            pause.wait(_LOOK_SECONDS)


def _unforeseen(number: int, error: Exception) -> Failed:
    if isinstance(error, OSError) and (explained := explain_disk(error)):
        return failure(number, explained)
    return failure(number, BackstageError(explain_unforeseen(error)))
