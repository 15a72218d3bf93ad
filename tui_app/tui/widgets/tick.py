"""Boxes to tick, and choices of which one holds, that show by a sign, not by colour alone, whether they are on."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Checkbox, RadioButton
from textual.widgets._toggle_button import ToggleButton


class _Signed(ToggleButton):
    """Textual's own shows the same sign in two colours. Named as the second base: styles follow the first alone."""

    SIGN: ClassVar[str]

    def on_mount(self) -> None:
        """As it was made."""
        self._show_sign()

    def watch_value(self) -> None:
        """Another sign."""
        self._show_sign()
        super().watch_value()

    def _show_sign(self) -> None:
        self.BUTTON_INNER = self.SIGN if self.value else " "
        self.refresh()


class Tick(Checkbox, _Signed, inherit_bindings=False):
    """A box. Space ticks it; enter is left to the form around it, whose answer it goes with."""

    SIGN: ClassVar[str] = "✓"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "toggle_button", "Tick", show=False)]

    DEFAULT_CSS: ClassVar[str] = """
    Tick { background: transparent; & > .toggle--button { color: $text-success; } }
    """


class Radio(RadioButton, _Signed):
    """One of the choices in a RadioSet."""

    SIGN: ClassVar[str] = "●"
