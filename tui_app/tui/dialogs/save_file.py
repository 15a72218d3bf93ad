"""Asks where something is to be written, and stays until it is written or given up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import ClassVar, TypeAlias

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, RadioSet, Static

from tui_app.core.errors import StokerError
from tui_app.tui.dialogs.dialog import Form
from tui_app.tui.text import content, plain
from tui_app.tui.widgets.segment_field import Field
from tui_app.tui.widgets.tick import Radio
from tui_app.tui.widgets.tones import TEXT_STYLES

Save: TypeAlias = Callable[[str, str], Awaitable[str]]
"""Path as typed and format ("" if there is no choice) → what was written, in words. StokerError: why it was not."""


class SaveFile(Form[str]):
    """A path, with a format if there are several. Gives what was written, in words; None: nothing.

    Args:
        title: What is written.
        explanation: What is in it and who can read it.
        suggestion: A path that is free; without its ending if there are formats.
        save: Writes it.
        formats: Endings such as `csv`, the first is suggested; none for a folder.
    """

    DEFAULT_CSS: ClassVar[str] = """
    SaveFile {
        & .note { margin-bottom: 1; }
        & RadioSet { layout: horizontal; height: 1; border: none; padding: 0; background: transparent; width: 1fr; }
        & RadioSet:focus { border: none; }
        & RadioSet > Radio { width: auto; margin-right: 3; background: transparent; padding: 0; }
        & #path { margin-top: 1; }
    }
    """

    ACCEPT: ClassVar[str] = "Write"
    HINT: ClassVar[str] = "enter writes it, esc cancels"
    SAYS: ClassVar[bool] = True

    def __init__(
        self, title: str, explanation: str, suggestion: Path, save: Save, *, formats: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self._title = title
        self._explanation = explanation
        self._suggestion = suggestion
        self._save = save
        self._formats = tuple(formats)
        self._format = self._formats[0] if self._formats else ""

    def heading(self) -> Content:
        """What is written."""
        return content(self._title)

    def compose_body(self) -> ComposeResult:
        """Format, path, and what went wrong."""
        yield Static(content(self._explanation), classes="note")
        if self._formats:
            with RadioSet(id="formats"):
                for each in self._formats:
                    yield Radio(content(each), value=each == self._format)
        yield Field(plain(self._suggested()), id="path")

    def on_mount(self) -> None:
        """The suggestion is usually right: enter takes it."""
        self.query_one("#path", Input).focus()

    def _suggested(self) -> str:
        return str(free_path(self._suggestion, self._format))

    def on_radio_set_changed(self, event: RadioSet.Changed) -> None:
        """Another format gives the path another ending."""
        event.stop()
        ending, self._format = self._format, self._formats[event.index]
        path = self.query_one("#path", Input)
        if path.value.endswith(f".{ending}"):
            stem = path.value.removesuffix(f".{ending}")
            is_suggested = path.value == plain(str(free_path(self._suggestion, ending)))
            path.value = plain(self._suggested()) if is_suggested else f"{stem}.{self._format}"

    def action_accept(self) -> None:
        """Write it; Escape gives up what is being written."""
        self._write()

    @work(exclusive=True, group="save")
    async def _write(self) -> None:
        path = self.query_one("#path", Input).value.strip()
        if not path:
            self.refuse("Name a place.", "#path")
            return
        self.say("writing …")
        try:
            written = await self._save(path, self._format)
        except StokerError as error:
            self.say(content(error.message, TEXT_STYLES["bad"]))
            return
        self.dismiss(written)


def free_path(wanted: Path, ending: str) -> Path:
    """`wanted` with its ending, and with a number if that is taken.

    Args:
        wanted: Without its ending.
        ending: Without its dot; "" for none.
    """
    suffix = f".{ending}" if ending else ""
    number = 1
    path = wanted.with_name(wanted.name + suffix)
    while path.exists():
        number += 1
        path = wanted.with_name(f"{wanted.name}-{number}{suffix}")
    return path
