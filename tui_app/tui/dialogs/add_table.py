"""Names a new table of the source: files near the project are offered, any other path or pattern can be typed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from tui_app.config.table import problem_of_name
from tui_app.tui.dialogs.dialog import Form
from tui_app.tui.found_files import FoundFile, find_files
from tui_app.tui.text import line, plain
from tui_app.tui.widgets.cursor_list import CursorList
from tui_app.tui.widgets.segment_field import Field

_MOST_OFFERED = 200


@dataclass(frozen=True, slots=True)
class NewTable:
    """What was chosen."""

    name: str
    location: str
    """A path or a pattern, as the project file writes it."""


class AddTable(Form[NewTable]):
    """Asks for files and for the name of the table that they are. None: no table.

    Args:
        folder: Of the project.
        taken: Names of tables and queries.
    """

    DEFAULT_CSS: ClassVar[str] = """
    AddTable {
        & > .dialog { width: 84; }
        & .label.-apart { margin-top: 1; }
        & CursorList { height: auto; max-height: 12; background: $panel 60%; }
    }
    AddTable.-low CursorList { max-height: 6; }
    """

    HEADING: ClassVar[str] = "New table"
    ACCEPT: ClassVar[str] = "Add"
    HINT: ClassVar[str] = "enter goes on, ^s adds it, esc cancels"
    SAYS: ClassVar[bool] = True

    def __init__(self, folder: Path, taken: Collection[str]) -> None:
        super().__init__()
        self._folder = folder
        self._taken = frozenset(taken)
        self._found: tuple[FoundFile, ...] = ()
        self._offered: tuple[FoundFile, ...] = ()
        self._suggested_name = ""

    def compose_body(self) -> ComposeResult:
        """Files, name, and what is wrong with them."""
        yield Static("Files: Parquet, CSV, JSON lines, Arrow; * reads several as one table", classes="label")
        yield Field(placeholder="data/customers.parquet, data/orders/*.csv …", id="location")
        yield CursorList(id="offered")
        yield Static("Name, as queries call it", classes="label -apart", markup=False)
        yield Field(placeholder="customers", id="name")

    def on_mount(self) -> None:
        """Typing begins with the path; what lies near is looked for meanwhile."""
        self.query_one("#location").focus()
        self._look_for_files()

    @work
    async def _look_for_files(self) -> None:
        self.say("looking for files …")
        self._found = await asyncio.to_thread(find_files, self._folder)
        self.say("" if self._found else "No such file lies near the project; type where it is.")
        self._offer()

    def _offer(self) -> None:
        """The files whose path holds what is typed."""
        typed = self._location.casefold()
        self._offered = tuple(each for each in self._found if typed in each.location.casefold())[:_MOST_OFFERED]
        offered = self.query_one(CursorList)
        offered.show_options(map(_shown, self._offered), 0 if self._offered else None)
        offered.display = bool(self._offered)

    @property
    def _location(self) -> str:
        return self.query_one("#location", Input).value.strip()

    @on(Input.Changed, "#location")
    def _location_typed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer()
        exact = next((each for each in self._found if each.location == self._location), None)
        if exact is not None:
            self._suggest(exact.name)

    def _suggest(self, name: str) -> None:
        """Name the table after its file, until a person gives it a name."""
        field = self.query_one("#name", Input)
        if field.value in ("", self._suggested_name):
            self._suggested_name = plain(name)
            field.value = self._suggested_name

    @on(OptionList.OptionSelected)
    def _file_chosen(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._take(self._offered[event.option_index])

    def _take(self, found: FoundFile) -> None:
        field = self.query_one("#location", Input)
        with self.prevent(Input.Changed):
            field.value = plain(found.location)
        self._suggest(found.name)
        self.query_one(CursorList).display = False
        self.query_one("#name").focus()

    def line_entered(self, line_: Input) -> None:
        """Enter in the path takes what the list offers; what is a pattern or a file already is taken as it is."""
        if line_.id == "name":
            self.action_accept()
            return
        offered = self.query_one(CursorList)
        is_known = any(each.location == self._location for each in self._found)
        if self._offered and not is_known and offered.highlighted is not None:
            self._take(self._offered[offered.highlighted])
        else:
            self._suggest(FoundFile(self._location, 1, 0).name)
            self.query_one("#name").focus()

    def key_down(self) -> None:
        """Arrows in the path go on in the list."""
        if self.focused is self.query_one("#location") and self._offered:
            self.query_one(CursorList).focus()

    def action_accept(self) -> None:
        """Go with it, once it is complete."""
        name, location = self.query_one("#name", Input).value.strip(), self._location
        if not location:
            self.refuse("Name a file or a pattern.", "#location")
        elif name in self._taken:
            self.refuse(f"There is a table or a query {name} already.", "#name")
        elif (reason := problem_of_name(name)) is not None:
            self.refuse(f"The name {reason}.", "#name")
        else:
            self.dismiss(NewTable(name, location))


def _shown(found: FoundFile) -> Content:
    return line(found.location, (f"  {found.note}", "$foreground-muted"))
