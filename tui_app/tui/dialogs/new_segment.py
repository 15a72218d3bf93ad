"""A dialog that names a new segment and its table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from tui_app.config.table import problem_of_name
from tui_app.core.project import Project
from tui_app.tui.dialogs.dialog import Form
from tui_app.tui.widgets.segment_choices import Choice, ChoiceList
from tui_app.tui.widgets.segment_field import Field


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A table or a query that segments can be of."""

    name: str
    note: str
    """`query` or where the table is."""


def tables_of(project: Project) -> list[NamedTable]:
    """Queries first: the profile table is one, where there is one."""
    queries = [NamedTable(name, "query") for name in project.queries]
    return [*queries, *(NamedTable(name, each.location) for name, each in project.source.tables.items())]


class NewSegment(Form[tuple[str, str]]):
    """Gives name and table, or None.

    Args:
        tables: That can be chosen from, at least one.
        table: Where the cursor begins.
        taken: Names of segments that exist.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    DEFAULT_CSS: ClassVar[str] = """
    NewSegment {
        & .label.-apart { margin-top: 1; }
        & ChoiceList { height: auto; max-height: 10; }
    }
    NewSegment.-low ChoiceList { max-height: 6; }
    """

    HEADING: ClassVar[str] = "New segment"
    ACCEPT: ClassVar[str] = "Begin"
    HINT: ClassVar[str] = "enter begins, ↑↓ table, esc cancels"
    SAYS: ClassVar[bool] = True

    def __init__(self, tables: Sequence[NamedTable], table: str | None, taken: Collection[str]) -> None:
        super().__init__()
        self._tables = tuple(tables)
        self._table = table
        self._taken = frozenset(taken)

    def compose_body(self) -> ComposeResult:
        """Name, table, and what is wrong with them."""
        yield Static("Name", classes="label", markup=False)
        yield Field(id="name", placeholder="lapsed_gold")
        yield Static("Its customers are rows of", classes="label -apart", markup=False)
        yield ChoiceList(id="table")

    def on_mount(self) -> None:
        """Typing begins with the name."""
        self.query_one(ChoiceList).show([Choice(each.name, each.note) for each in self._tables], self._table)
        self.query_one(Input).focus()

    def action_move(self, step: int) -> None:
        """Arrows choose the table, also from the name."""
        tables = self.query_one(ChoiceList)
        tables.action_cursor_down() if step > 0 else tables.action_cursor_up()

    def action_accept(self) -> None:
        """Give what is chosen, once it is a name."""
        name, table = self.query_one(Input).value.strip(), self.query_one(ChoiceList).name_here
        fault = self._fault(name)
        if fault or table is None:
            self.refuse(fault, "#name")
        else:
            self.dismiss((name, table))

    @on(Input.Changed)
    def _judge(self, event: Input.Changed) -> None:
        event.stop()
        fault = self._fault(event.value.strip()) if event.value.strip() else ""
        if fault:
            self.refuse(fault)
        else:
            self.say("")

    @on(ChoiceList.Chosen)
    def _take(self, event: ChoiceList.Chosen) -> None:
        event.stop()
        self.action_accept()

    def _fault(self, name: str) -> str:
        if not name:
            return "It needs a name."
        if name in self._taken:
            return f"There is a segment {name} already."
        reason = problem_of_name(name)
        return f"This name {reason}." if reason else ""
