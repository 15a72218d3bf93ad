"""Picks a column of the table, with a search for wide tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content

from tui_app.core.nearest import nearest_name
from tui_app.core.table_report import ColumnType
from tui_app.tui.dialogs.fields_form import FieldsForm, field
from tui_app.tui.text import cut, line
from tui_app.tui.widgets.mapping_name_field import Candidate, NameField

_HEADING_CELLS = 40


class ChooseColumn(FieldsForm[str]):
    """Gives the column.

    Args:
        instead_of: The column that the table does not have; the nearest one stands in the field at first.
        types: Column → type.
    """

    ACCEPT: ClassVar[str] = "Take it"
    HINT: ClassVar[str] = "enter takes it, ↓ shows all, esc cancels"
    SAYS: ClassVar[bool] = True

    def __init__(self, instead_of: str, types: Mapping[str, ColumnType]) -> None:
        super().__init__()
        self._instead_of, self._types = instead_of, types

    def heading(self) -> Content:
        """What is missing."""
        return line("Which column instead of ", (cut(self._instead_of, _HEADING_CELLS), "$primary"))

    def compose_body(self) -> ComposeResult:
        """One field."""
        candidates = [Candidate(name, type_) for name, type_ in self._types.items()]
        nearest = nearest_name(self._instead_of, self._types) or ""
        yield field("column", NameField(candidates, value=nearest, placeholder="type, or ↓", id="name"))

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#name Input").focus()

    def action_accept(self) -> None:
        """Only a column that the table has."""
        name = self.query_one(NameField).value
        if name in self._types:
            self.dismiss(name)
        else:
            self.refuse("The table has no such column. ↓ shows all.", "#name Input")
