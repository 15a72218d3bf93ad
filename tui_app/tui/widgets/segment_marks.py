"""A list of segments, each included, excluded, or neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from tui_app.tui.text import line
from tui_app.tui.widgets.cursor_list import CursorList

_SIGNS: Final = (" ", "+", "-")
_WORDS: Final = ("", "included", "excluded")
_STYLES: Final = ("$foreground-muted", "bold $text-success", "bold $text-error")


class SegmentMarks(CursorList):
    """Space or a click goes on to the next mark.

    Args:
        segments: Names, in the order in which they are shown.
        included: The one that is included at first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter", "mark", "Mark", show=False),
        Binding("plus", "set_mark(1)", "Include", show=False),
        Binding("minus", "set_mark(2)", "Exclude", show=False),
    ]

    DEFAULT_CSS: ClassVar[str] = "SegmentMarks { height: auto; max-height: 7; background: $panel 60%; }"

    @dataclass
    class Changed(Message):
        """A mark is another one."""

    def __init__(self, segments: Sequence[str], included: str) -> None:
        self._segments = tuple(segments)
        self._marks = [1 if each == included else 0 for each in segments]
        super().__init__(*(self._shown(index) for index in range(len(segments))))

    @property
    def included(self) -> tuple[str, ...]:
        """Names."""
        return self._marked(1)

    @property
    def excluded(self) -> tuple[str, ...]:
        """Names."""
        return self._marked(2)

    def action_mark(self) -> None:
        """Included, excluded, neither."""
        if self.highlighted is not None:
            self.action_set_mark((self._marks[self.highlighted] + 1) % len(_SIGNS))

    def action_set_mark(self, mark: int) -> None:
        """Give the segment under the cursor a mark."""
        if self.highlighted is not None:
            self._marks[self.highlighted] = mark
            self.replace_option_prompt_at_index(self.highlighted, self._shown(self.highlighted))
            self.post_message(self.Changed())

    def option_clicked(self, index: int) -> None:
        """A click goes on to the next mark."""
        self.highlighted = index
        self.action_mark()

    def _marked(self, mark: int) -> tuple[str, ...]:
        return tuple(name for name, each in zip(self._segments, self._marks, strict=True) if each == mark)

    def _shown(self, index: int) -> Content:
        mark = self._marks[index]
        return line(
            (f"{_SIGNS[mark]} ", _STYLES[mark]), self._segments[index], (f"  {_WORDS[mark]}", "$foreground-muted")
        )
