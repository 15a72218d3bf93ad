"""All keys that hold now. Made from the same commands as the footer and the palette."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_app.tui.command import Command
from tui_app.tui.text import content, line


class Keys(ModalScreen[None]):
    """A list of commands, grouped.

    Args:
        groups: Heading and commands.
    """

    DEFAULT_CSS = """
    Keys VerticalScroll { height: auto; max-height: 1fr; }
    Keys Horizontal { height: auto; }
    Keys .key { width: 10; text-align: right; padding-right: 2; color: $accent; text-style: bold; }
    Keys .name { width: 16; }
    Keys .help { width: 1fr; color: $text-muted; }
    Keys .group { text-style: bold; color: $primary; }
    Keys .group.-later { margin-top: 1; }
    Keys .foot { color: $text-muted; margin-top: 1; }
    """

    # The app's style says how wide dialogs are, and only a style of the same rank can say otherwise.
    CSS = "Keys > #keys-dialog { width: 104; }"

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,f1,q", "dismiss", "Close", show=False)]

    def __init__(self, groups: Sequence[tuple[str, Sequence[Command]]]) -> None:
        super().__init__()
        self._groups = groups

    def compose(self) -> ComposeResult:
        """The groups, under each other."""
        with Vertical(classes="dialog", id="keys-dialog"):
            with VerticalScroll(can_focus=True):
                for number, (heading, commands) in enumerate(self._groups):
                    yield Static(content(heading), classes="group -later" if number else "group")
                    for command in commands:
                        with Horizontal():
                            yield Static(content(command.keys), classes="key")
                            yield Static(content(command.title), classes="name")
                            yield Static(content(command.help), classes="help")
            yield Static(
                line(("esc", "bold"), " closes. Every command is in the palette too: ", ("^p", "bold")), classes="foot"
            )

    def on_mount(self) -> None:
        """Arrows scroll at once."""
        self.query_one(VerticalScroll).focus()
