"""Picks one of the attributes of a plan, with a search for long lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, OptionList

from tui_app.tui.dialogs.dialog import Form
from tui_app.tui.text import cut, line, plain
from tui_app.tui.widgets.cursor_list import CursorList
from tui_app.tui.widgets.segment_field import Field

_MOST_NAME_CELLS: Final = 48


@dataclass(frozen=True, slots=True)
class PickedAttribute:
    """What was picked."""

    name: str | None
    """None: every attribute."""


class PickAttribute(Form[PickedAttribute]):
    """A list that typing narrows. None: nothing was picked, so all stays as it was.

    Args:
        attributes: Names, each with what is said beside it, such as how many customers.
    """

    DEFAULT_CSS: ClassVar[str] = """
    PickAttribute {
        & CursorList { height: auto; max-height: 14; background: $panel 60%; }
        & Input { margin-bottom: 1; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    HEADING: ClassVar[str] = "Customers of whom this attribute changes"
    ACCEPT: ClassVar[str] = "Take"
    HINT: ClassVar[str] = "↑↓ move, enter takes it, esc cancels"

    def __init__(self, attributes: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._attributes = tuple(attributes)
        self._listed: list[str | None] = []

    def compose_body(self) -> ComposeResult:
        """Search and list."""
        yield Field(placeholder="search", id="search")
        yield CursorList(id="attributes")

    def on_mount(self) -> None:
        """Type to search, arrows to move."""
        self.query_one(CursorList).can_focus = False
        self._list("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow."""
        event.stop()
        self._list(event.value)

    def action_accept(self) -> None:
        """Take the one that is lit up."""
        highlighted = self.query_one(CursorList).highlighted
        if highlighted is not None:
            self.dismiss(PickedAttribute(self._listed[highlighted]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes it."""
        event.stop()
        self.dismiss(PickedAttribute(self._listed[event.option_index]))

    def action_move(self, step: int) -> None:
        """Move in the list while the field has the focus."""
        options = self.query_one(CursorList)
        options.action_cursor_down() if step > 0 else options.action_cursor_up()

    def _list(self, searched: str) -> None:
        wanted = searched.strip().casefold()
        found = [(name, facts) for name, facts in self._attributes if wanted in name.casefold()]
        self._listed = [*([] if wanted else [None]), *(name for name, _ in found)]
        options = [] if wanted else [line(("every attribute", "$foreground-muted"))]
        cells = min(max((cell_len(plain(name)) for name, _ in found), default=0), _MOST_NAME_CELLS)
        options += [
            line((set_cell_size(cut(name, cells), cells), "bold"), (f"  {facts}", "$foreground-muted"))
            for name, facts in found
        ]
        self.query_one(CursorList).show_options(options, 0 if self._listed else None)
