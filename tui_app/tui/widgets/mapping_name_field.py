"""A field for a name, with the known names that fit as one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, OptionList

from tui_app.core.synonyms import near_form
from tui_app.tui.text import line, plain
from tui_app.tui.widgets.cursor_list import CursorList
from tui_app.tui.widgets.tones import TEXT_STYLES

_MOST_OFFERED: Final = 60
_MUTED: Final = TEXT_STYLES["muted"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that can be taken."""

    name: str
    facts: str = ""
    """A few words beside it."""


def fitting(candidates: Sequence[Candidate], typed: str, meant: str | None = None) -> tuple[Candidate, ...]:
    """The candidates that hold what was typed, however its words are joined: those that begin with it come first.

    Args:
        candidates: In the order in which they are offered.
        typed: "" fits every name.
        meant: The name that the typed one means; comes before all.
    """
    wanted = near_form(typed)
    forms = [(candidate, near_form(candidate.name)) for candidate in candidates]
    found = [(candidate, form) for candidate, form in forms if wanted in form or candidate.name == meant]
    found.sort(key=lambda each: (each[0].name != meant, not each[1].startswith(wanted)))
    return tuple(candidate for candidate, _form in found[:_MOST_OFFERED])


class NameField(Vertical):
    """A line to type into; arrow down goes into the names beneath it, enter takes one.

    Args:
        candidates: Names that are offered.
        value: What stands there first.
        meant: Tells which of the candidates a typed name means, if it means one.
        placeholder: Shown while nothing is typed.
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = """
    NameField {
        height: auto;
        & CursorList { height: auto; max-height: 5; background: $panel 60%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "into_names", "Names", show=False)]

    @dataclass
    class Changed(Message):
        """Another name stands there."""

        field: NameField

        @property
        def control(self) -> NameField:
            """The field, for selectors of `on`."""
            return self.field

    def __init__(
        self,
        candidates: Sequence[Candidate],
        *,
        value: str = "",
        meant: Callable[[str], str | None] = lambda _typed: None,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002 - Textual's name
    ) -> None:
        super().__init__(id=id)
        self._candidates = tuple(candidates)
        self._first = value
        self._meant = meant
        self._input = Input(plain(value), placeholder=placeholder, compact=True)
        self._names = CursorList(classes="-hidden")
        self._offered: tuple[Candidate, ...] = ()
        self._taken: str | None = value
        """What was taken from the names, or stood there first; typing is something new."""

    def compose(self) -> ComposeResult:
        """The line and the names."""
        yield self._input
        yield self._names

    @property
    def value(self) -> str:
        """The name. What the screen can only show changed, because it hides characters, is given as it is."""
        typed = self._input.value
        names = (self._first, *(candidate.name for candidate in self._candidates))
        return next((name for name in names if plain(name) == typed), typed)

    def offer(self, candidates: Sequence[Candidate], value: str) -> None:
        """Offer other names, with one of them in the line."""
        self._candidates, self._first = tuple(candidates), value
        self._take(value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Offer what fits."""
        event.stop()
        if self.value != self._taken:
            self._taken = None
        self._show_fitting()
        self.post_message(self.Changed(self))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take a name and go back to the line."""
        event.stop()
        self._take(self._offered[event.option_index].name)
        self._input.focus()

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Put the names away once neither line nor names have the focus."""
        del event
        self.call_after_refresh(self._show_fitting)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Offer names to who comes back."""
        del event
        self._show_fitting()

    def action_into_names(self) -> None:
        """Choose from the names; all of them, if what stands there was not typed."""
        if not self._offered:
            self._offer_all()
        if self._offered:
            self._names.remove_class("-hidden")
            self._names.focus()
            self._names.highlighted = 0

    def _take(self, name: str) -> None:
        self._taken = name
        self._input.value = plain(name)
        self._show_fitting()

    def _offer_all(self) -> None:
        self._list(self._candidates[:_MOST_OFFERED])

    def _show_fitting(self) -> None:
        if not self.is_attached:
            # The form was left.
            return
        typed = self.value
        is_used = self.has_focus_within and (typed != self._taken or not typed)
        offered = fitting(self._candidates, typed, self._meant(typed)) if is_used else ()
        is_settled = [candidate.name for candidate in offered] == [typed]
        self._list(() if is_settled else offered)

    def _list(self, offered: tuple[Candidate, ...]) -> None:
        if offered == self._offered:
            return
        self._offered = offered
        self._names.show_options((line(each.name, (f"  {each.facts}", _MUTED)) for each in offered), None)
        self._names.set_class(not offered, "-hidden")
