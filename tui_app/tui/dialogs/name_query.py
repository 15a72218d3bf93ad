"""Names a new query."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui_app.config.table import problem_of_name
from tui_app.tui.text import line


class NameQuery(ModalScreen[str | None]):
    """Gives a name that is free, or None.

    Args:
        taken: Names of tables and queries.
    """

    DEFAULT_CSS: ClassVar[str] = """
    NameQuery {
        & .dialog { width: 60; }
        & .label { color: $text-muted; margin-top: 1; }
        & Input.-textual-compact { padding: 0 1; }
        & #problem { height: auto; min-height: 1; margin-top: 1; }
        & #buttons { height: 1; margin-top: 1; }
        & #buttons Button { margin-right: 2; min-width: 10; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", show=False),
        Binding("ctrl+s", "accept", "Add", show=False),
    ]

    def __init__(self, taken: Collection[str]) -> None:
        super().__init__()
        self._taken = frozenset(taken)

    def compose(self) -> ComposeResult:
        """The name, and what is wrong with it."""
        with Vertical(classes="dialog"):
            yield Static("New query", classes="title", markup=False)
            yield Static("Name; segments, campaigns and other queries call it so", classes="label", markup=False)
            yield Input(placeholder="customer_attributes", compact=True, id="name")
            yield Static(id="problem")
            with Horizontal(id="buttons"):
                yield Button("Add", action="screen.accept", variant="primary", compact=True, id="add")
                yield Button("Cancel", action="screen.dismiss(None)", compact=True, id="cancel")

    def on_mount(self) -> None:
        """Typing begins at once."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    def action_accept(self) -> None:
        """Go with the name, if it can be one."""
        name = self.query_one(Input).value.strip()
        reason = problem_of_name(name)
        if name in self._taken:
            self._refuse(f"There is a table or a query {name} already.")
        elif reason is not None:
            self._refuse(f"The name {reason}.")
        else:
            self.dismiss(name)

    def _refuse(self, fact: str) -> None:
        self.query_one("#problem", Static).update(line(("! ", "bold $text-warning"), fact))
        self.query_one(Input).focus()
