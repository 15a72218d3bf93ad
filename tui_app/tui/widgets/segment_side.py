"""The segments of the project, and those that are not in it yet: a list, or one line where there is no room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Select
from textual.widgets.option_list import Option

from tui_app.core.segment_draft import SegmentDraft
from tui_app.tui.text import content, cut, line, lines
from tui_app.tui.widgets.cursor_list import UP_AND_DOWN, CursorList
from tui_app.tui.widgets.fitted import FittedVisual

UNSAVED: Final = "● not saved"
_LONGEST_NAME: Final = 22
"""Cells; two of them and what is said beside them have room in 80."""


@dataclass
class SegmentChosen(Message):
    """Another segment is wanted."""

    name: str


class SegmentSide(CursorList, inherit_bindings=False):
    """One above the other.

    Args:
        id: As usual.
    """

    # Without g and G: on this stage g adds a group.
    BINDINGS: ClassVar[list[BindingType]] = [*OptionList.BINDINGS, *UP_AND_DOWN]

    DEFAULT_CSS: ClassVar[str] = "SegmentSide { height: 1fr; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._names: tuple[str, ...] = ()

    def show(self, drafts: Sequence[SegmentDraft], name: str) -> None:
        """Show them all, with the cursor on one."""
        self._names = tuple(each.segment.name for each in drafts)
        options = (Option(FittedVisual(partial(_entry, each))) for each in drafts)
        self.show_options(options, self._names.index(name))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The cursor chooses."""
        event.stop()
        self.post_message(SegmentChosen(self._names[event.option_index]))


class SegmentSelect(Select[str]):
    """One line.

    Args:
        id: As usual.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__((), id=id, compact=True, prompt="no segment")

    def show(self, drafts: Sequence[SegmentDraft], name: str) -> None:
        """Offer them all, with one chosen."""
        with self.prevent(Select.Changed):
            self.set_options((_one_line(each), each.segment.name) for each in drafts)
            self.value = name

    def on_select_changed(self, event: Select.Changed) -> None:
        """The choice chooses."""
        event.stop()
        if isinstance(event.value, str):
            self.post_message(SegmentChosen(event.value))


def _one_line(draft: SegmentDraft) -> Content:
    name, table = cut(draft.segment.name, _LONGEST_NAME), cut(draft.segment.table, _LONGEST_NAME)
    mark = "" if draft.is_saved else f"   {UNSAVED}"
    return line((name, "bold"), (f"  customers of {table}", "$foreground-muted"), (mark, "$text-warning"))


def _entry(draft: SegmentDraft, width: int) -> Content:
    name = content(cut(draft.segment.name, max(width - 2, 4)), "bold")
    mark = line("" if draft.is_saved else (" ●", "$text-warning"))
    return lines(name + mark, content(cut(draft.segment.table, width), "$foreground-muted"))
