"""All keys that hold now. Made from the same commands as the footer and the palette."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui_app.tui.command import Command
from tui_app.tui.dialogs.dialog import Dialog
from tui_app.tui.text import content, line


class Keys(Dialog[None]):
    """A list of commands, grouped.

    Args:
        groups: Heading and commands.
    """

    DEFAULT_CSS = """
    Keys {
        & > .dialog { width: 106; }
        & .command { height: auto; }
        & .key { width: 12; text-align: right; padding-right: 2; color: $accent; text-style: bold; }
        & .name { width: 16; }
        & .help { width: 1fr; color: $text-muted; }
        & .group { text-style: bold; color: $primary; }
        & .group.-later { margin-top: 1; }
    }
    """

    HEADING: ClassVar[str] = "Keys"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,f1,q", "cancel", "Close", show=False)]

    def __init__(self, groups: Sequence[tuple[str, Sequence[Command]]]) -> None:
        super().__init__()
        self._groups = groups

    def compose_body(self) -> ComposeResult:
        """The groups, under each other."""
        for number, (heading, commands) in enumerate(self._groups):
            yield Static(content(heading), classes="group -later" if number else "group")
            for command in commands:
                with Horizontal(classes="command"):
                    yield Static(content(command.keys), classes="key")
                    yield Static(content(command.title), classes="name")
                    yield Static(content(command.help), classes="help")

    def compose_buttons(self) -> ComposeResult:
        """None: there is nothing to answer."""
        yield from ()

    def hint(self) -> Content:
        """How it closes."""
        return line(("esc", "bold"), " closes. Every command is in the palette too: ", ("^p", "bold"))
