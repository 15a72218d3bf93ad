"""A box to tick that shows by its sign, not by its colour alone, whether it is ticked."""

from __future__ import annotations

from typing import ClassVar

from textual.widgets import Checkbox


class Tick(Checkbox):
    """Textual's own shows the same X in two colours."""

    DEFAULT_CSS: ClassVar[str] = """
    Tick { background: transparent; & > .toggle--button { color: $text-success; } }
    """

    def on_mount(self) -> None:
        """As it was made."""
        self._show_sign()

    def watch_value(self) -> None:
        """Another sign."""
        self._show_sign()
        super().watch_value()

    def _show_sign(self) -> None:
        self.BUTTON_INNER = "✓" if self.value else " "
        self.refresh()
