"""Asks for the identifier of one customer."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui_app.tui.text import content


class FindCustomer(ModalScreen[str | None]):
    """One line. Gives the identifier as typed; None: nobody is looked for.

    Args:
        identifier: What customers are addressed by, such as `external_id`.
    """

    DEFAULT_CSS: ClassVar[str] = """
    FindCustomer {
        & Input { margin-top: 1; }
        & .why { color: $text-muted; margin-top: 1; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", show=False)]

    def __init__(self, identifier: str) -> None:
        super().__init__()
        self._identifier = identifier

    def compose(self) -> ComposeResult:
        """The field."""
        with Vertical(classes="dialog"):
            yield Static("Find one customer", classes="title", markup=False)
            yield Input(placeholder=f"{self._identifier}, whole", id="identifier")
            alias = " For an alias, its name is enough." if self._identifier == "user_alias" else ""
            yield Static(content(f"Also finds a customer who is withheld, with the reason.{alias}"), classes="why")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter looks."""
        event.stop()
        self.dismiss(event.value.strip() or None)

    def action_cancel(self) -> None:
        """Look for nobody."""
        self.dismiss(None)
