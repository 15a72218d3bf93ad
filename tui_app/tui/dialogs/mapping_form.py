"""What the forms of the stage Mapping share: labels in a column, two buttons, Escape and ^s."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from tui_app.tui.text import content

ResultT = TypeVar("ResultT")


class MappingForm(ModalScreen[ResultT | None]):
    """A form. None: nothing is to be changed."""

    DEFAULT_CSS: ClassVar[str] = """
    MappingForm {
        & #form { height: auto; max-height: 1fr; margin-top: 1; }
        & .field { height: auto; }
        & .field.-apart { margin-top: 1; }
        & .label { width: 13; color: $text-muted; }
        & .field > Vertical { height: auto; width: 1fr; }
        & Input { background: $panel; }
        & Input:focus { background: $primary-muted; }
        & Select { width: 1fr; }
        & SelectCurrent { background: $panel; }
        & Select:focus > SelectCurrent { background: $primary-muted; }
        & Checkbox { width: auto; margin-right: 3; background: transparent; }
        & .note { color: $text-muted; height: auto; }
        & #buttons { height: auto; margin-top: 1; }
        & #buttons Button { margin-right: 2; }
        & #buttons Static { width: auto; color: $text-muted; padding: 1 0; }
    }
    MappingForm.-low {
        & .dialog { padding: 0 2 !important; }
        & #buttons Button { height: 1; border: none; }
        & #buttons Static { padding: 0; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("ctrl+s", "save", "Save", show=False, priority=True),
    ]

    HEADING: ClassVar[str] = ""
    SAVE: ClassVar[str] = "Save"
    """What the button is called."""
    HINT: ClassVar[str] = "enter saves, esc cancels"

    def compose(self) -> ComposeResult:
        """Heading, fields, buttons."""
        with Vertical(classes="dialog"):
            yield Static(self.heading(), classes="title")
            with VerticalScroll(id="form", can_focus=False):
                yield from self.compose_fields()
            with Horizontal(id="buttons"):
                yield Button(self.SAVE, id="save", variant="primary")
                yield Button("Cancel", id="cancel")
                yield Static(self.HINT, markup=False)

    def heading(self) -> Content:
        """What the form is about."""
        return content(self.HEADING)

    def compose_fields(self) -> ComposeResult:
        """The fields; see `field`."""
        yield from ()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """As the keys do."""
        event.stop()
        if event.button.id == "save":
            self.action_save()
        else:
            self.action_cancel()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter saves from any line."""
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Give what the fields say, if it makes sense."""

    def action_cancel(self) -> None:
        """Change nothing."""
        self.dismiss(None)


def field(label: str, *widgets: Widget, are_beside: bool = False, is_apart: bool = False) -> Horizontal:
    """A label with what belongs to it.

    Args:
        label: A word or two.
        widgets: What stands right of it.
        are_beside: Whether they stand side by side; else one under the other.
        is_apart: Whether an empty line comes before.
    """
    body = widgets if are_beside else (Vertical(*widgets),)
    classes = "field -apart" if is_apart else "field"
    return Horizontal(Static(label, classes="label", markup=False), *body, classes=classes)
