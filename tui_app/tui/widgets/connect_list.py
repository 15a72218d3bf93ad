"""The destinations of the project, with what was found out about each since Stoker was opened; and a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from tui_app.core.connection_words import Remark
from tui_app.core.project import Destination
from tui_app.tui.text import cut, line, lines
from tui_app.tui.widgets.connect_field import remark_lines
from tui_app.tui.widgets.cursor_list import CursorList

_NAME_CELLS: Final = 26


@dataclass(frozen=True, slots=True)
class Listed:
    """One destination in the list."""

    destination: Destination
    state: Remark
    """What is known about its connection."""
    has_unsaved: bool

    @property
    def name(self) -> str:
        """Of the destination."""
        return self.destination.name

    @property
    def where(self) -> str:
        """Its instance, or the host of its endpoint."""
        return self.destination.instance or self.destination.endpoint.partition("://")[2]


class DestinationList(CursorList):
    """A list whose cursor says which destination is shown."""

    @dataclass
    class Chosen(Message):
        """The cursor came to a destination; None: to the place for a new one."""

        name: str | None

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._names: tuple[str | None, ...] = ()

    def show(self, listed: Sequence[Listed], here: str | None, *, is_narrow: bool) -> None:
        """Show these, and after them the place for a new one; the cursor goes to `here`."""
        self._names = (*(each.name for each in listed), None)
        shown = [_one_line(each) if is_narrow else _three_lines(each) for each in listed]
        options = (*shown, line(("+ new destination", "$text-accent")))
        cursor = self._names.index(here) if here in self._names else None
        self.show_options(options, cursor, made_of=(tuple(listed), is_narrow))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Show what the cursor is on."""
        event.stop()
        self.post_message(self.Chosen(self._names[event.option_index]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter and click too."""
        event.stop()
        self.post_message(self.Chosen(self._names[event.option_index]))


def _one_line(listed: Listed) -> Content:
    return line((cut(listed.name, _NAME_CELLS), "bold"), f"  {listed.where}  ") + remark_lines([listed.state])


def _three_lines(listed: Listed) -> Content:
    unsaved = " • unsaved" if listed.has_unsaved else ""
    name = line((cut(listed.name, _NAME_CELLS - len(unsaved)), "bold"), (unsaved, "$text-warning"))
    return lines(name, line((cut(listed.where, _NAME_CELLS), "$foreground-muted")), remark_lines([listed.state]))
