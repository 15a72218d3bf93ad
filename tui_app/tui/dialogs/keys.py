"""All keys that hold now. Made from the same commands as the footer and the palette."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui_app.tui.command import Command
from tui_app.tui.text import line, lines


class Keys(ModalScreen[None]):
    """A list of commands, grouped.

    Args:
        groups: Heading → commands.
    """

    DEFAULT_CSS = """
    Keys .dialog { width: 90; }
    Keys VerticalScroll { height: auto; max-height: 1fr; }
    Keys .foot { color: $text-muted; margin-top: 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,question_mark,f1,q", "dismiss", "Close", show=False)]

    def __init__(self, groups: Sequence[tuple[str, Sequence[Command]]]) -> None:
        super().__init__()
        self._groups = groups

    def compose(self) -> ComposeResult:
        """The groups, under each other."""
        width = max((cell_len(command.keys) for _, commands in self._groups for command in commands), default=0)
        with Vertical(classes="dialog"), VerticalScroll(can_focus=True):
            for heading, commands in self._groups:
                yield Static(line((heading, "bold $primary")))
                yield Static(lines(*(_row(command, width) for command in commands)), classes="group")
            yield Static("esc closes · every command is in the palette too: ^p", classes="foot", markup=False)

    def on_mount(self) -> None:
        """Arrows scroll at once."""
        self.query_one(VerticalScroll).focus()


def _row(command: Command, width: int) -> Content:
    pad = " " * (width - cell_len(command.keys))
    return line(f"  {pad}", (command.keys, "bold $accent"), "  ", (command.title, "bold"), f"  {command.help}")
