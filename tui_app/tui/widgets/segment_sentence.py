"""A sentence that changes while somebody types: it is laid out anew only where it needs more or fewer lines."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual.content import Content

from tui_app.tui.text import lines
from tui_app.tui.widgets.fitted import FittedText


class Sentence(FittedText):
    """Text that wraps to the width.

    Args:
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = "Sentence { height: auto; }"

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        self._said = Content()
        super().__init__(partial(_wrapped, self._said), id=id)

    def say(self, said: Content) -> None:
        """Say something else."""
        if said != self._said or said.spans != self._said.spans:
            self._said = said
            self.fit(partial(_wrapped, said))


def _wrapped(said: Content, width: int) -> Content:
    return lines(*said.wrap(width)) if said else said
