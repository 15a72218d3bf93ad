"""A dialog that names a new segment and its table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui_app.config.table import problem_of_name
from tui_app.core.project import Project
from tui_app.tui.text import line
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


class NewSegment(ModalScreen[tuple[str, str] | None]):
    """Gives name and table, or None.

    Args:
        tables: That can be chosen from, at least one.
        table: Where the cursor begins.
        taken: Names of segments that exist.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel", show=False),
        Binding("ctrl+s", "accept", "Begin", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
    ]

    DEFAULT_CSS: ClassVar[str] = """
    NewSegment {
        & .label { color: $text-muted; height: 1; margin-top: 1; }
        & ChoiceList { height: auto; max-height: 10; }
        & #fault { height: auto; min-height: 1; color: $text-muted; margin-top: 1; }
        & #buttons { height: 1; margin-top: 1; }
        & Input.-textual-compact { padding: 0 1; }
        & #buttons Button { margin-right: 2; min-width: 10; }
        & #buttons Static { color: $text-muted; width: 1fr; }
    }
    NewSegment.-low ChoiceList { max-height: 6; }
    """

    def __init__(self, tables: Sequence[NamedTable], table: str | None, taken: Collection[str]) -> None:
        super().__init__()
        self._tables = tuple(tables)
        self._table = table
        self._taken = frozenset(taken)

    def compose(self) -> ComposeResult:
        """Name, table, and what is wrong with them."""
        with Vertical(classes="dialog"):
            yield Static("New segment", classes="title", markup=False)
            yield Static("Name", classes="label", markup=False)
            yield Field(id="name", placeholder="lapsed_gold")
            yield Static("Its customers are rows of", classes="label", markup=False)
            yield ChoiceList(id="table")
            yield Static(id="fault")
            with Horizontal(id="buttons"):
                yield Button("Begin", id="begin", variant="primary", compact=True)
                yield Button("Cancel", id="cancel", compact=True)
                yield Static("enter begins · ↑↓ table · esc cancels", markup=False)

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
            self.query_one("#fault", Static).update(line(("! ", "bold $text-warning"), fault))
            self.query_one(Input).focus()
        else:
            self.dismiss((name, table))

    @on(Input.Changed)
    def _judge(self, event: Input.Changed) -> None:
        event.stop()
        fault = self._fault(event.value.strip()) if event.value.strip() else ""
        self.query_one("#fault", Static).update(line(("! ", "bold $text-warning"), fault) if fault else "")

    @on(Input.Submitted)
    @on(ChoiceList.Chosen)
    def _take(self, event: Input.Submitted | ChoiceList.Chosen) -> None:
        event.stop()
        self.action_accept()

    @on(Button.Pressed)
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "begin":
            self.action_accept()
        else:
            self.dismiss(None)

    def _fault(self, name: str) -> str:
        if not name:
            return "It needs a name."
        if name in self._taken:
            return f"There is a segment {name} already."
        reason = problem_of_name(name)
        return f"This name {reason}." if reason else ""
