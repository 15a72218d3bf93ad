"""Names a new table of the source: files near the project are offered, any other path or pattern can be typed."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_app.config.table import problem_of_name
from tui_app.tui.found_files import FoundFile, find_files
from tui_app.tui.text import line, plain

_MOST_OFFERED = 200


@dataclass(frozen=True, slots=True)
class NewTable:
    """What was chosen."""

    name: str
    location: str
    """A path or a pattern, as the project file writes it."""


class AddTable(ModalScreen[NewTable | None]):
    """Asks for files and for the name of the table that they are. None: no table.

    Args:
        folder: Of the project.
        taken: Names of tables and queries.
    """

    DEFAULT_CSS: ClassVar[str] = """
    AddTable {
        & .dialog { width: 84; }
        & .label { color: $text-muted; margin-top: 1; }
        & Input.-textual-compact { padding: 0 1; }
        & OptionList {
            height: auto; max-height: 12; border: none; padding: 0; background: $panel 60%;
            &:focus { border: none; background-tint: $foreground 0%; }
            & > .option-list--option { padding: 0 1; }
            & > .option-list--option-highlighted { background: $panel; color: $foreground; text-style: none; }
            &:focus > .option-list--option-highlighted { background: $primary 25%; }
        }
        & #problem { height: auto; min-height: 1; margin-top: 1; color: $text-muted; }
        & #buttons { height: 1; margin-top: 1; }
        & #buttons Button { margin-right: 2; min-width: 10; }
    }
    AddTable.-low OptionList { max-height: 6; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", show=False),
        Binding("ctrl+s", "accept", "Add", show=False),
    ]

    def __init__(self, folder: Path, taken: Collection[str]) -> None:
        super().__init__()
        self._folder = folder
        self._taken = frozenset(taken)
        self._found: tuple[FoundFile, ...] = ()
        self._offered: tuple[FoundFile, ...] = ()
        self._suggested_name = ""

    def compose(self) -> ComposeResult:
        """Files, name, and what is wrong with them."""
        with Vertical(classes="dialog"):
            yield Static("New table", classes="title", markup=False)
            yield Static("Files: Parquet, CSV, JSON lines, Arrow; * reads several as one table", classes="label")
            yield Input(placeholder="data/customers.parquet, data/orders/*.csv …", compact=True, id="location")
            yield OptionList(id="offered")
            yield Static("Name, as queries call it", classes="label", markup=False)
            yield Input(placeholder="customers", compact=True, id="name")
            yield Static(id="problem")
            with Horizontal(id="buttons"):
                yield Button("Add", action="screen.accept", variant="primary", compact=True, id="add")
                yield Button("Cancel", action="screen.dismiss(None)", compact=True, id="cancel")

    def on_mount(self) -> None:
        """Typing begins with the path; what lies near is looked for meanwhile."""
        self.query_one("#location").focus()
        self._look_for_files()

    @work(exit_on_error=False)
    async def _look_for_files(self) -> None:
        problem = self.query_one("#problem", Static)
        problem.update("looking for files …")
        self._found = await asyncio.to_thread(find_files, self._folder)
        problem.update("" if self._found else "No such file lies near the project; type where it is.")
        self._offer()

    def _offer(self) -> None:
        """The files whose path holds what is typed."""
        typed = self._location.casefold()
        self._offered = tuple(each for each in self._found if typed in each.location.casefold())[:_MOST_OFFERED]
        offered = self.query_one(OptionList)
        offered.set_options([Option(_shown(each)) for each in self._offered])
        offered.highlighted = 0 if self._offered else None
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
        self.query_one(OptionList).display = False
        self.query_one("#name").focus()

    @on(Input.Submitted, "#location")
    def _location_entered(self, event: Input.Submitted) -> None:
        """Enter takes what the list offers; what is a pattern or a file already is taken as it is."""
        event.stop()
        offered = self.query_one(OptionList)
        is_known = any(each.location == self._location for each in self._found)
        if self._offered and not is_known and offered.highlighted is not None:
            self._take(self._offered[offered.highlighted])
        else:
            self._suggest(FoundFile(self._location, 1, 0).name)
            self.query_one("#name").focus()

    @on(Input.Submitted, "#name")
    def _name_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_accept()

    def key_down(self) -> None:
        """Arrows in the path go on in the list."""
        if self.focused is self.query_one("#location") and self._offered:
            self.query_one(OptionList).focus()

    def action_accept(self) -> None:
        """Go with it, once it is complete."""
        name, location = self.query_one("#name", Input).value.strip(), self._location
        if not location:
            self._refuse("Name a file or a pattern.", "#location")
        elif name in self._taken:
            self._refuse(f"There is a table or a query {name} already.", "#name")
        elif (reason := problem_of_name(name)) is not None:
            self._refuse(f"The name {reason}.", "#name")
        else:
            self.dismiss(NewTable(name, location))

    def _refuse(self, fact: str, field: str) -> None:
        self.query_one("#problem", Static).update(line(("! ", "bold $text-warning"), (fact, "$foreground")))
        self.query_one(field).focus()


def _shown(found: FoundFile) -> Content:
    return line(found.location, (f"  {found.note}", "$foreground-muted"))
