"""What a task does, told on stderr."""

from __future__ import annotations

from contextlib import AbstractContextManager

from tui_app.cli.output import narrate, working


class Narration:
    """Implements `tasks.narrator.Narrator`."""

    def working(self, text: str) -> AbstractContextManager[None]:
        """A spinner, or one plain line in a pipe."""
        return working(text)

    def remark(self, text: str) -> None:
        """A line of its own."""
        narrate(text)


NARRATION = Narration()
