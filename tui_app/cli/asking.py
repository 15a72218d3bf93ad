"""Questions that the app asks the process beside it, asked by a command in its own process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

from tui_app.backstage.desk import Desk, Office
from tui_app.backstage.questions.question import Question

AnswerT = TypeVar("AnswerT")


class Ask(Protocol):
    """Answers a question."""

    def __call__(self, question: Question[AnswerT]) -> AnswerT:
        """The answer.

        Raises:
            FixInput: What is asked about cannot be used.
        """


@contextmanager
def asking(project: Path, answer: Callable[[Any, Desk], object]) -> Iterator[Ask]:
    """Ask about a project while the block runs.

    Args:
        project: Its folder or file.
        answer: Of `backstage.answers`, the one for these questions.
    """
    office = Office(project)

    def ask(question: Question[AnswerT]) -> AnswerT:
        return cast("AnswerT", answer(question, Desk(office)))

    try:
        yield ask
    finally:
        office.close()
