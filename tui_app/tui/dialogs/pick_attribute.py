"""Picks one of the attributes of a plan, with a search for long lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from rich.cells import cell_len, set_cell_size
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_app.tui.text import cut, line, plain

_MOST_NAME_CELLS: Final = 48


@dataclass(frozen=True, slots=True)
class PickedAttribute:
    """What was picked."""

    name: str | None
    """None: every attribute."""


class PickAttribute(ModalScreen[PickedAttribute | None]):
    """A list that typing narrows. None: nothing was picked, so all stays as it was.

    Args:
        attributes: Names, each with what is said beside it, such as how many customers.
    """

    DEFAULT_CSS: ClassVar[str] = """
    PickAttribute {
        & OptionList { height: auto; max-height: 14; border: none; background: $surface; padding: 0; }
        & Input { margin-top: 1; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    def __init__(self, attributes: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._attributes = tuple(attributes)
        self._listed: list[str | None] = []

    def compose(self) -> ComposeResult:
        """Search and list."""
        with Vertical(classes="dialog"):
            yield Static("Customers of whom this attribute changes", classes="title", markup=False)
            yield Input(placeholder="search", id="search")
            yield OptionList(id="attributes")

    def on_mount(self) -> None:
        """Type to search, arrows to move."""
        self.query_one(OptionList).can_focus = False
        self._list("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow."""
        event.stop()
        self._list(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes the one that is lit up."""
        event.stop()
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self.dismiss(PickedAttribute(self._listed[highlighted]))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click takes it."""
        event.stop()
        self.dismiss(PickedAttribute(self._listed[event.option_index]))

    def action_move(self, step: int) -> None:
        """Move in the list while the field has the focus."""
        options = self.query_one(OptionList)
        if step > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def action_cancel(self) -> None:
        """Leave the filter as it is."""
        self.dismiss(None)

    def _list(self, searched: str) -> None:
        wanted = searched.strip().casefold()
        found = [(name, facts) for name, facts in self._attributes if wanted in name.casefold()]
        options = self.query_one(OptionList)
        options.clear_options()
        self._listed = [*([] if wanted else [None]), *(name for name, _ in found)]
        if not wanted:
            options.add_option(Option(line(("every attribute", "$foreground-muted"))))
        cells = min(max((cell_len(plain(name)) for name, _ in found), default=0), _MOST_NAME_CELLS)
        options.add_options(
            Option(line((set_cell_size(cut(name, cells), cells), "bold"), (f"  {facts}", "$foreground-muted")))
            for name, facts in found
        )
        options.highlighted = 0 if self._listed else None
