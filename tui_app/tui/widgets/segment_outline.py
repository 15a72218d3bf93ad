"""The conditions of a segment as an outline with a cursor; what is wrong with a condition stands beneath it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_app.core.segment import Group
from tui_app.core.segment_editing import OutlineRow, Path, nearest_path, outline
from tui_app.tui.text import content, line, lines
from tui_app.tui.widgets.cursor_list import UP_AND_DOWN, CursorList
from tui_app.tui.widgets.fitted import FittedVisual
from tui_app.tui.widgets.segment_words import words_of


class SegmentOutline(CursorList, inherit_bindings=False):
    """Groups and conditions, one line each where there is room. Enter or a second click edits.

    Args:
        id: As usual.
    """

    # Without g and G: on this stage g adds a group.
    BINDINGS: ClassVar[list[BindingType]] = [*OptionList.BINDINGS, *UP_AND_DOWN]

    DEFAULT_CSS: ClassVar[str] = "SegmentOutline { height: 1fr; }"

    @dataclass
    class Edited(Message):
        """Somebody wants to edit what the cursor is on."""

        path: Path

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._rows: tuple[OutlineRow, ...] = ()

    @property
    def path(self) -> Path:
        """Where the cursor is; the outermost group if it is nowhere."""
        return self._rows[self.highlighted or 0].path if self._rows else ()

    def show(self, group: Group, problems: Mapping[int, Sequence[str]], today: date, path: Path | None = None) -> None:
        """Show conditions.

        Args:
            group: The outermost one.
            problems: Line of the outline, from 1 → what is wrong there.
            today: In UTC, for relative dates.
            path: Where the cursor goes; None leaves it where it is, as far as that is possible.
        """
        target = nearest_path(group, self.path if path is None else path)
        self._rows = outline(group)
        options = (
            Option(FittedVisual(partial(_row, row, tuple(problems.get(number, ())), today)))
            for number, row in enumerate(self._rows, 1)
        )
        cursor = next(index for index, row in enumerate(self._rows) if row.path == target)
        self.show_options(options, cursor, made_of=(group, dict(problems), today))

    def option_clicked(self, index: int) -> None:
        """A first click moves the cursor, a second one edits."""
        if index == self.highlighted:
            self.action_select()
        else:
            self.highlighted = index

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say what is to be edited."""
        event.stop()
        self.post_message(self.Edited(self._rows[event.option_index].path))


def _row(row: OutlineRow, problems: Sequence[str], today: date, width: int) -> Content:
    """A condition behind its guides, wrapped to `width`."""
    around = "".join("  " if is_last else "│ " for is_last in row.closes[:-1])
    is_last = row.closes[-1:] == (True,)
    own = ("└ " if is_last else "├ ") if row.closes else ""
    has_members = isinstance(row.condition, Group) and bool(row.condition.members)
    below = around + (("  " if is_last else "│ ") if row.closes else "") + ("│ " if has_members else "  ")
    shown = words_of(row.condition, today).wrap(max(width - len(below), 8))
    first = line((around + own, "$foreground-muted")) + shown[0]
    rest = [line((below, "$foreground-muted")) + each for each in shown[1:]]
    for problem in problems:
        wrapped = content(problem, "$text-error").wrap(max(width - len(below) - 2, 8))
        rest += [
            line((below, "$foreground-muted"), ("  " if position else "! ", "bold $text-error")) + each
            for position, each in enumerate(wrapped)
        ]
    return lines(first, *rest)
