"""What every question is: a frozen value that names the type of its answer."""

from __future__ import annotations

from typing import Generic, TypeVar

AnswerT = TypeVar("AnswerT")


class Question(Generic[AnswerT]):
    """Something that a screen asks, answered with an `AnswerT` or with a `StokerError`."""

    __slots__ = ()


class UnknownQuestion(TypeError):
    """A question that its file of answers does not know: a mistake in this program."""

    def __init__(self, question: Question[object]) -> None:
        super().__init__(f"{type(question).__name__} has no answer")
