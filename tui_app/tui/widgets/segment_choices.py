"""A search field above a list: what is typed narrows the list, and arrows move in it without leaving the field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from tui_app.tui.text import cut, line
from tui_app.tui.widgets.cursor_list import CursorList
from tui_app.tui.widgets.fitted import FittedVisual
from tui_app.tui.widgets.segment_field import Field

_GAP: Final = 2
_WIDEST_NAME: Final = 40
_NARROWEST_NOTE: Final = 28


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list."""

    name: str
    """What is searched, and what is chosen."""
    note: str = ""
    """Muted, beside it."""


class ChoiceList(CursorList):
    """The list; letters that mean nothing in it go on to the screen."""

    DEFAULT_CSS: ClassVar[str] = """
    ChoiceList {
        height: 1fr; background: $panel 60%;
        & > .option-list--option-highlighted, &:focus > .option-list--option-highlighted { text-style: bold; }
    }
    """

    @dataclass
    class Highlighted(Message):
        """The cursor came to another choice."""

        list: ChoiceList
        name: str

        @property
        def control(self) -> ChoiceList:
            """The list, for selectors of `on`."""
            return self.list

    @dataclass
    class Chosen(Message):
        """Enter or a click."""

        list: ChoiceList
        name: str

        @property
        def control(self) -> ChoiceList:
            """The list, for selectors of `on`."""
            return self.list

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._choices: tuple[Choice, ...] = ()

    @property
    def name_here(self) -> str | None:
        """The choice under the cursor; None if the list is empty."""
        return None if self.highlighted is None else self._choices[self.highlighted].name

    def show(self, choices: Sequence[Choice], name: str | None) -> None:
        """Show other choices, with the cursor on one of them, else on the first."""
        if self._choices != tuple(choices):
            self._choices = tuple(choices)
            names = min(max((cell_len(each.name) for each in choices), default=0), _WIDEST_NAME)
            notes = max((cell_len(each.note) for each in choices), default=0)
            self.set_options(Option(FittedVisual(partial(_shown, each, names, notes))) for each in choices)
        names_here = [each.name for each in choices]
        place = names_here.index(name) if name in names_here else 0
        self.highlighted = place if choices else None

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """By name."""
        event.stop()
        if event.option_index < len(self._choices):
            self.post_message(self.Highlighted(self, self._choices[event.option_index].name))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """By name."""
        event.stop()
        self.post_message(self.Chosen(self, self._choices[event.option_index].name))


class SearchedChoices(Vertical):
    """A search field and its list.

    Args:
        id: Also the beginning of the ids of its parts: `ID-search` and `ID-list`.
        placeholder: Of the search field.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    def __init__(self, *, id: str, placeholder: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._placeholder = placeholder
        self._all: tuple[Choice, ...] = ()

    def compose(self) -> ComposeResult:
        """One above the other."""
        yield Field(id=f"{self.id}-search", placeholder=self._placeholder)
        yield ChoiceList(id=f"{self.id}-list")

    @property
    def choices(self) -> ChoiceList:
        """The list."""
        return self.query_one(ChoiceList)

    def show(self, choices: Sequence[Choice], name: str | None) -> None:
        """Offer these."""
        self._all = tuple(choices)
        self._narrow(name)

    def focus_search(self) -> None:
        """Where typing begins."""
        self.query_one(Input).focus()

    def action_move(self, step: int) -> None:
        """Arrows in the search field move in the list."""
        self.choices.action_cursor_down() if step > 0 else self.choices.action_cursor_up()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list."""
        event.stop()
        self._narrow(self.choices.name_here)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter takes what the cursor is on."""
        event.stop()
        self.choices.action_select()

    def _narrow(self, name: str | None) -> None:
        found = matching(self._all, self.query_one(Input).value)
        best = name if not self.query_one(Input).value or not found else found[0].name
        self.choices.show(found, best)


def matching(choices: Sequence[Choice], text: str) -> list[Choice]:
    """The choices whose names hold every word of `text`, in any case; those that begin with it come first."""
    words = text.casefold().split()
    found = [each for each in choices if all(word in each.name.casefold() for word in words)]
    start = text.strip().casefold()
    return sorted(found, key=lambda each: not each.name.casefold().startswith(start))


def _shown(choice: Choice, names: int, notes: int, width: int) -> Content:
    """Name and note in two columns; all notes or, where there is no room, none of them."""
    note_cells = width - names - _GAP
    if note_cells < min(_NARROWEST_NOTE, notes):
        return line(cut(choice.name, width))
    name = cut(choice.name, names)
    pad = " " * (names - cell_len(name) + _GAP)
    return line(name, (f"{pad}{cut(choice.note, note_cells)}", "$foreground-muted"))
