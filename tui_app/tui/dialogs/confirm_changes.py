"""Shows what a command would change, and asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tui_app.tui.text import content, lines


class ConfirmChanges(ModalScreen[bool]):
    """Whether it is to be done.

    Args:
        heading: What would be done, such as `Rename 3 attributes`.
        rows: Each change, or sentences.
        action: What the button is called.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ConfirmChanges {
        & .dialog { width: 72; }
        & #rows { height: auto; max-height: 1fr; margin-top: 1; }
        & #rows Static { height: auto; }
        & #buttons { height: auto; margin-top: 1; }
        & #buttons Button { margin-right: 2; }
        & #buttons Static { width: auto; color: $text-muted; padding: 1 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", "No", show=False),
        Binding("enter,y", "answer(True)", "Yes", show=False),
    ]

    def __init__(self, heading: str, rows: Sequence[Content | str], action: str) -> None:
        super().__init__()
        self._heading, self._rows, self._action = heading, tuple(rows), action

    def compose(self) -> ComposeResult:
        """What would be done, and two buttons."""
        with Vertical(classes="dialog"):
            yield Static(content(self._heading), classes="title")
            with VerticalScroll(id="rows"):
                yield Static(lines(*self._rows))
            with Horizontal(id="buttons"):
                yield Button(content(self._action), id="yes", variant="primary")
                yield Button("Cancel", id="no")
                yield Static("u takes it back afterwards", markup=False)

    def on_mount(self) -> None:
        """Enter agrees; arrows scroll."""
        self.query_one("#rows").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """As the keys do."""
        event.stop()
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:  # noqa: FBT001 - Textual hands it over so
        """Yes or no."""
        self.dismiss(answer)
