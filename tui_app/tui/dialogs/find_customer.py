"""Asks for the identifier of one customer."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Input, Static

from tui_app.tui.dialogs.dialog import Form
from tui_app.tui.text import content
from tui_app.tui.widgets.segment_field import Field


class FindCustomer(Form[str]):
    """One line. Gives the identifier as typed; None: nobody is looked for.

    Args:
        identifier: What customers are addressed by, such as `external_id`.
    """

    DEFAULT_CSS: ClassVar[str] = """
    FindCustomer {
        & > .dialog { width: 64; }
        & .note { margin-top: 1; }
    }
    """

    HEADING: ClassVar[str] = "Find one customer"
    ACCEPT: ClassVar[str] = "Find"
    HINT: ClassVar[str] = "enter finds, esc cancels"

    def __init__(self, identifier: str) -> None:
        super().__init__()
        self._identifier = identifier

    def compose_body(self) -> ComposeResult:
        """The field."""
        yield Field(placeholder=f"{self._identifier}, whole", id="identifier")
        alias = " For an alias, its name is enough." if self._identifier == "user_alias" else ""
        yield Static(content(f"Also finds a customer who is withheld, with the reason.{alias}"), classes="note")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Input).focus()

    def action_accept(self) -> None:
        """Look."""
        self.dismiss(self.query_one(Input).value.strip() or None)
