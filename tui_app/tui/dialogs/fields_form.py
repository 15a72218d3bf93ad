"""A form whose fields have their labels in a column."""

from __future__ import annotations

from typing import ClassVar

from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui_app.tui.dialogs.dialog import Form, ResultT


class FieldsForm(Form[ResultT]):
    """Its body is made of `field`s."""

    DEFAULT_CSS: ClassVar[str] = """
    FieldsForm {
        & .field { height: auto; }
        & .field.-apart { margin-top: 1; }
        & .field > .label { width: 13; }
        & .field > Vertical { height: auto; width: 1fr; }
        & Select { width: 1fr; }
        & SelectCurrent { background: $panel; }
        & Select.-textual-compact > SelectCurrent { padding: 0 1; }
        & Select:focus > SelectCurrent { background: $primary-muted; }
        & Checkbox { width: auto; margin-right: 3; background: transparent; }
    }
    FieldsForm.-low > .dialog { padding: 0 2; }
    """


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
