"""Asks before something that is not done lightly; says what will be, and what stays."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from tui_app.tui.text import content


class Confirm(ModalScreen[bool]):
    """A question with two answers. The focus is on the one that changes nothing.

    Args:
        title: What is asked.
        text: What will be, and what stays.
        verb: What the button that does it says, such as `Remove`; its first letter is its key.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Confirm {
        & .dialog { width: 68; border: round $warning; }
        & VerticalScroll { height: auto; max-height: 1fr; margin-top: 1; }
        & #buttons { height: auto; margin-top: 1; }
        & #buttons Button { margin-right: 2; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,n", "answer(False)", "No", show=False)]

    def __init__(self, title: str, text: Content, verb: str) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._verb = verb
        self._bindings.bind(verb[0].lower(), "answer(True)", show=False)

    def compose(self) -> ComposeResult:
        """Question, consequences, answers."""
        with Vertical(classes="dialog"):
            yield Static(content(self._title), classes="title")
            with VerticalScroll(can_focus=False):
                yield Static(self._text)
            with Horizontal(id="buttons"):
                yield Button(content(self._verb), action="screen.answer(True)", variant="warning", id="yes")
                yield Button("Keep", action="screen.answer(False)", id="no")

    def on_mount(self) -> None:
        """Enter keeps."""
        self.query_one("#no").focus()

    def action_answer(self, is_yes: bool) -> None:  # noqa: FBT001 - actions take their parameters by position
        """Go with the answer."""
        self.dismiss(is_yes)
