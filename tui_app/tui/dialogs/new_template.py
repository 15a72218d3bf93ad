"""A new template: its name, where it sends to, and the column of the identifier."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.widgets import Input, Select

from tui_app.config.wording import has_invisible
from tui_app.core.project import Destination, Project
from tui_app.core.suggestions import suggest_identifier_columns
from tui_app.core.table_report import ColumnType
from tui_app.tui.dialogs.fields_form import FieldsForm, field
from tui_app.tui.text import content
from tui_app.tui.widgets.mapping_name_field import Candidate, NameField

_FIRST_NAME = "profile"


@dataclass(frozen=True, slots=True)
class NewTemplateOrder:
    """What was decided."""

    name: str
    destination: Destination
    table: str
    columns: tuple[str, ...]
    """Of the identifier; for user_alias of its name and of its label."""


class NewTemplate(FieldsForm[NewTemplateOrder]):
    """A form for a template that maps nothing yet.

    Args:
        project: With at least one destination and one table.
        table: The one that is chosen at first.
        read_types: Asks for the columns of a table; None if it cannot be read.
    """

    HEADING: ClassVar[str] = "New template"
    ACCEPT: ClassVar[str] = "Add"
    HINT: ClassVar[str] = "enter adds it, esc cancels"
    SAYS: ClassVar[bool] = True

    def __init__(
        self, project: Project, table: str, read_types: Callable[[str], Awaitable[Mapping[str, ColumnType] | None]]
    ) -> None:
        super().__init__()
        self._project, self._table, self._read_types = project, table, read_types
        self._types: Mapping[str, ColumnType] = {}

    def compose_body(self) -> ComposeResult:
        """Name, destination, table, identifier."""
        project = self._project
        number = next(n for n in range(1, len(project.templates) + 2) if _numbered(n) not in project.templates)
        yield field("name", Input(_numbered(number), compact=True, id="name"))
        yield field("destination", _select(tuple(project.destinations), None, "destination"), is_apart=True)
        yield field("table", _select((*project.queries, *project.source.tables), self._table, "table"))
        yield field("identifier", NameField((), placeholder="column", id="first"), is_apart=True)
        yield field("", NameField((), placeholder="column of the label", id="second")).add_class("for-alias")

    def on_mount(self) -> None:
        """Read the columns of the table."""
        self.query_one("#name", Input).focus()
        self._read()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Other columns, or another identifier."""
        event.stop()
        self._read()

    @work(exclusive=True)
    async def _read(self) -> None:
        destination = self._destination
        is_alias = destination.identifier == "user_alias"
        self.query_one(".for-alias").display = is_alias
        self._types = await self._read_types(str(self.query_one("#table", Select).value)) or {}
        candidates = [Candidate(name, type_) for name, type_ in self._types.items()]
        suggested = suggest_identifier_columns(self._types, destination.identifier)
        for name_field, column in zip(self._fields(), suggested, strict=False):
            name_field.offer(candidates, column or "")
        self.say(
            f"{destination.name} addresses customers by {destination.identifier}. ↓ in the field shows all columns."
        )

    def action_accept(self) -> None:
        """Give it, unless something is missing."""
        name = self.query_one("#name", Input).value.strip()
        columns = tuple(name_field.value for name_field in self._fields())
        reason = self._against(name, columns)
        if reason:
            self.refuse(reason)
        else:
            table = str(self.query_one("#table", Select).value)
            self.dismiss(NewTemplateOrder(name, self._destination, table, columns))

    @property
    def _destination(self) -> Destination:
        return self._project.destinations[str(self.query_one("#destination", Select).value)]

    def _fields(self) -> Sequence[NameField]:
        fields = ("#first", "#second") if self._destination.identifier == "user_alias" else ("#first",)
        return [self.query_one(each, NameField) for each in fields]

    def _against(self, name: str, columns: Sequence[str]) -> str:
        if not name or has_invisible(name):
            return "Type a name for the template."
        if name in self._project.templates:
            return "There is a template of this name. Type another one."
        missing = next((column for column in columns if column not in self._types), None)
        if missing is None or (missing and not self._types):
            return ""
        return f"The table has no column {missing!r}." if missing else "Choose the column that identifies a customer."


def _numbered(number: int) -> str:
    return _FIRST_NAME if number == 1 else f"{_FIRST_NAME}_{number}"


def _select(names: Sequence[str], chosen: str | None, name: str) -> Select[str]:
    options = [(content(each), each) for each in names]
    return cast("Select[str]", Select(options, value=chosen or names[0], allow_blank=False, compact=True, id=name))
