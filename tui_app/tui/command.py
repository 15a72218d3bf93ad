"""A command: what one key does, said once for the footer, the help and the palette."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Command:
    """One action of a screen."""

    action: str
    """Name of the method without `action_`; also how a person's settings give it another key."""
    key: str
    """As Textual names keys, several separated by commas. Letters, digits, F-keys and ctrl+letter arrive everywhere."""
    title: str
    """One to three words for the footer and the palette."""
    help: str
    """One sentence: what it does, and what it doesn't."""
    in_footer: bool = True
    shown_key: str | None = None
    """How the key is written; None: as Textual writes it."""

    @property
    def name(self) -> str:
        """The action's name without its parameters."""
        return self.action.partition("(")[0]

    @property
    def keys(self) -> str:
        """The keys as people read them."""
        return self.shown_key or " ".join(_shown(key) for key in self.key.split(","))

    def binding(self) -> Binding:
        """For Textual."""
        return Binding(
            self.key, self.action, self.title, show=self.in_footer, key_display=self.shown_key, id=self.action,
            tooltip=self.help,
        )  # fmt: skip


def bindings_of(commands: Iterable[Command]) -> list[BindingType]:
    """Bindings for a widget, a screen or the app."""
    return [command.binding() for command in commands]


_SPELLED = {
    "question_mark": "?", "slash": "/", "escape": "esc", "space": "space", "enter": "enter", "full_stop": ".",
    "comma": ",", "plus": "+", "minus": "-", "left_square_bracket": "[", "right_square_bracket": "]", "delete": "del",
}  # fmt: skip


def _shown(key: str) -> str:
    return _SPELLED.get(key, key.replace("ctrl+", "^"))
