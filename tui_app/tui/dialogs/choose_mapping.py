"""Which template the stage Mapping shows, and the table that it is looked at with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import OptionList, Static

from tui_app.core.project import Project
from tui_app.tui.dialogs.dialog import Form, button
from tui_app.tui.text import counted, line
from tui_app.tui.widgets.cursor_list import CursorList
from tui_app.tui.widgets.tones import TEXT_STYLES

_MUTED = TEXT_STYLES["muted"]


@dataclass(frozen=True, slots=True)
class ChosenMapping:
    """What was chosen."""

    template: str | None
    """None: a new one is to be made."""
    table: str


class ChooseMapping(Form[ChosenMapping]):
    """Two lists side by side. None: all stays as it is.

    Args:
        project: With at least one template and one table.
        template: Shown now.
        table: Looked at now.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ChooseMapping {
        & > .dialog { width: 84; }
        & #lists { height: auto; }
        & #lists > Vertical { width: 1fr; height: auto; }
        & CursorList { height: auto; max-height: 14; background: $panel 60%; }
        & #tables { margin-left: 2; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("n", "new", "New template", show=False)]

    HEADING: ClassVar[str] = "What is mapped"
    ACCEPT: ClassVar[str] = "Show"
    HINT: ClassVar[str] = "tab other list, enter shows"

    def __init__(self, project: Project, template: str, table: str) -> None:
        super().__init__()
        self._templates = tuple(project.templates)
        self._tables = (*project.queries, *project.source.tables)
        self._template, self._table, self._project = template, table, project

    def compose_body(self) -> ComposeResult:
        """Templates and tables."""
        with Horizontal(id="lists"):
            with Vertical():
                yield Static("template", classes="label", markup=False)
                yield CursorList(*self._template_words(), id="templates-list")
            with Vertical(id="tables"):
                yield Static("looked at with", classes="label", markup=False)
                yield CursorList(*self._table_words(), id="tables-list")

    def compose_buttons(self) -> ComposeResult:
        """A template that there is, or a new one."""
        yield button(self.ACCEPT, "accept", variant="primary")
        yield button("New template", "new")
        yield button("Cancel", "cancel")

    def on_mount(self) -> None:
        """The lists stand on what is shown now."""
        self._stand_on("#templates-list", self._templates, self._template)
        self._stand_on("#tables-list", self._tables, self._table)
        self.query_one("#templates-list").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter takes what both lists stand on."""
        event.stop()
        self.action_accept()

    def action_new(self) -> None:
        """A new template, looked at with the table."""
        self.dismiss(ChosenMapping(None, self._standing_on("#tables-list", self._tables)))

    def action_accept(self) -> None:
        """What both lists stand on."""
        template = self._standing_on("#templates-list", self._templates)
        self.dismiss(ChosenMapping(template, self._standing_on("#tables-list", self._tables)))

    def _stand_on(self, list_: str, names: Sequence[str], name: str) -> None:
        self.query_one(list_, CursorList).highlighted = names.index(name) if name in names else 0

    def _standing_on(self, list_: str, names: Sequence[str]) -> str:
        return names[self.query_one(list_, CursorList).highlighted or 0]

    def _template_words(self) -> list[Content]:
        return [
            line(each.name, (f"  {counted(len(each.attributes), 'attribute')} to {each.destination}", _MUTED))
            for each in self._project.templates.values()
        ]

    def _table_words(self) -> list[Content]:
        return [
            line(name, ("  query" if name in self._project.queries else "  table", _MUTED)) for name in self._tables
        ]
