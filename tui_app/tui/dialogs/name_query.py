"""Names a new query."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Input, Static

from tui_app.config.table import problem_of_name
from tui_app.tui.dialogs.dialog import Form
from tui_app.tui.widgets.segment_field import Field


class NameQuery(Form[str]):
    """Gives a name that is free, or None.

    Args:
        taken: Names of tables and queries.
    """

    DEFAULT_CSS: ClassVar[str] = "NameQuery > .dialog { width: 64; }"

    HEADING: ClassVar[str] = "New query"
    ACCEPT: ClassVar[str] = "Add"
    HINT: ClassVar[str] = "enter adds it, esc cancels"
    SAYS: ClassVar[bool] = True

    def __init__(self, taken: Collection[str]) -> None:
        super().__init__()
        self._taken = frozenset(taken)

    def compose_body(self) -> ComposeResult:
        """The name, and what is wrong with it."""
        yield Static("Name; segments, campaigns and other queries call it so", classes="label", markup=False)
        yield Field(placeholder="customer_attributes", id="name")

    def on_mount(self) -> None:
        """Typing begins at once."""
        self.query_one(Input).focus()

    def action_accept(self) -> None:
        """Go with the name, if it can be one."""
        name = self.query_one(Input).value.strip()
        reason = problem_of_name(name)
        if name in self._taken:
            self.refuse(f"There is a table or a query {name} already.", "#name")
        elif reason is not None:
            self.refuse(f"The name {reason}.", "#name")
        else:
            self.dismiss(name)
