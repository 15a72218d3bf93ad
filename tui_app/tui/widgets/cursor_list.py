"""A list with a cursor: how all lists of choices look, and the keys that move in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.visual import VisualType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

UP_AND_DOWN: Final[tuple[BindingType, ...]] = (
    Binding("j", "cursor_down", "Down", show=False),
    Binding("k", "cursor_up", "Up", show=False),
)
TO_THE_ENDS: Final[tuple[BindingType, ...]] = (
    Binding("g", "first", "First", show=False),
    Binding("G", "last", "Last", show=False),
)


class CursorList(OptionList):
    """Options, each a line or a few; arrows, home and end move the cursor, and so do j, k, g and G.

    Args:
        options: At first.
        id: As usual.
        classes: As usual.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*UP_AND_DOWN, *TO_THE_ENDS]

    DEFAULT_CSS: ClassVar[str] = """
    CursorList {
        border: none; padding: 0; background: transparent; overflow-x: hidden;
        &:focus { border: none; background-tint: $foreground 0%; }
        & > .option-list--option { padding: 0 1; }
        & > .option-list--option-disabled { color: $text-muted; text-style: none; }
        & > .option-list--option-highlighted { background: $panel; color: $foreground; text-style: none; }
        &:focus > .option-list--option-highlighted { background: $primary 25%; color: $foreground; text-style: none; }
    }
    """

    def __init__(
        self,
        *options: VisualType | Option,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(*options, id=id, classes=classes, markup=False)
        self._made_of: object = None

    def show_options(self, options: Iterable[Content | Option], cursor: int | None, *, made_of: object = None) -> None:
        """Show other options. Nobody is told of the cursor: it was not moved by a person.

        Args:
            options: All of them.
            cursor: Index of the option that it goes to; None if it goes nowhere.
            made_of: What the options are made of. If it equals what the last ones were made of, those stay, and the
                list is not scrolled back to its start.
        """
        with self.prevent(OptionList.OptionHighlighted):
            if made_of is None or made_of != self._made_of:
                self.set_options(options)
            self._made_of = made_of
            self.highlighted = cursor

    def option_clicked(self, index: int) -> None:
        """What a click on an option does: it takes it, as enter does."""
        self.highlighted = index
        self.action_select()

    async def _on_click(self, event: events.Click) -> None:
        event.prevent_default()
        clicked = event.style.meta.get("option")
        if isinstance(clicked, int) and not self.options[clicked].disabled:
            self.option_clicked(clicked)
