"""Asks before something is done; says what will be, and what stays."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from tui_app.tui.dialogs.dialog import Dialog, button
from tui_app.tui.text import content


class Confirm(Dialog[bool]):
    """A question with two answers: True, or None. Enter gives the one that can do no harm.

    Args:
        title: What is asked.
        text: What will be, and what stays.
        verb: What the button that does it says, such as `Remove`; its first letter is its key.
        can_be_undone: One key takes it back, so enter does it; else enter keeps things as they are.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Confirm.-grave > .dialog { border: round $warning; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "cancel", "No", show=False),
        Binding("y", "accept", "Yes", show=False),
    ]

    def __init__(self, title: str, text: Content, verb: str, *, can_be_undone: bool = False) -> None:
        super().__init__(classes="" if can_be_undone else "-grave")
        self._title = title
        self._text = text
        self._verb = verb
        self._can_be_undone = can_be_undone
        self._bindings.bind(verb[0].lower(), "accept", show=False)

    def heading(self) -> Content:
        """The question."""
        return content(self._title)

    def compose_body(self) -> ComposeResult:
        """Consequences."""
        yield Static(self._text)

    def compose_buttons(self) -> ComposeResult:
        """Do it, or keep things as they are."""
        yield button(self._verb, "accept", variant="primary" if self._can_be_undone else "warning")
        yield button("Keep", "cancel")

    def hint(self) -> Content:
        """How it is taken back."""
        return content("u takes it back afterwards" if self._can_be_undone else "")

    def on_mount(self) -> None:
        """Enter does no harm."""
        self.query_one("#accept" if self._can_be_undone else "#cancel").focus()

    def action_accept(self) -> None:
        """Do it."""
        self.dismiss(True)  # noqa: FBT003 - the answer
