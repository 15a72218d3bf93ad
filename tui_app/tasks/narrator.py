"""How a face may tell what a task is doing while it takes its time."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Narrator(Protocol):
    """Told by a task what it does."""

    def working(self, text: str) -> AbstractContextManager[object]:
        """What goes on while the block runs."""

    def remark(self, text: str) -> None:
        """Something that is worth a line, and that the task goes on after."""


class Silence:
    """Tells nobody. Implements `Narrator`."""

    def working(self, text: str) -> AbstractContextManager[object]:
        """Nothing is said."""
        return nullcontext(text)

    def remark(self, text: str) -> None:
        """Nothing is said."""
        del text


SILENCE = Silence()
