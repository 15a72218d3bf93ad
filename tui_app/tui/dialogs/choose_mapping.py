"""Which template the stage Mapping shows, and the table that it is looked at with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList, Static
from textual.widgets.option_list import Option

from tui_app.core.project import Project
from tui_app.tui.text import counted, line
from tui_app.tui.widgets.tones import TEXT_STYLES

_MUTED = TEXT_STYLES["muted"]


@dataclass(frozen=True, slots=True)
class ChosenMapping:
    """What was chosen."""

    template: str | None
    """None: a new one is to be made."""
    table: str


class ChooseMapping(ModalScreen[ChosenMapping | None]):
    """Two lists side by side. None: all stays as it is.

    Args:
        project: With at least one template and one table.
        template: Shown now.
        table: Looked at now.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ChooseMapping {
        & .dialog { width: 84; }
        & #lists { height: auto; max-height: 1fr; margin-top: 1; }
        & #lists > Vertical { width: 1fr; height: auto; }
        & .label { color: $text-muted; }
        & OptionList {
            height: auto; max-height: 14; border: none; padding: 0; background: $surface;
            &:focus { border: none; }
            & > .option-list--option-highlighted { background: $panel; color: $foreground; }
            &:focus > .option-list--option-highlighted { background: $primary-muted; color: $foreground; }
        }
        & #tables { margin-left: 2; }
        & #buttons { height: auto; margin-top: 1; }
        & #buttons Button { margin-right: 2; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False),
        Binding("n", "new", "New template", show=False),
    ]

    def __init__(self, project: Project, template: str, table: str) -> None:
        super().__init__()
        self._templates = tuple(project.templates)
        self._tables = (*project.queries, *project.source.tables)
        self._template, self._table, self._project = template, table, project

    def compose(self) -> ComposeResult:
        """Templates and tables."""
        with Vertical(classes="dialog"):
            yield Static("What is mapped", classes="title", markup=False)
            with Horizontal(id="lists"):
                with Vertical():
                    yield Static("template", classes="label", markup=False)
                    yield OptionList(*map(Option, self._template_words()), id="templates-list")
                with Vertical(id="tables"):
                    yield Static("looked at with", classes="label", markup=False)
                    yield OptionList(*map(Option, self._table_words()), id="tables-list")
            with Horizontal(id="buttons"):
                yield Button("Show", id="show", variant="primary")
                yield Button("New template", id="new")
                yield Button("Cancel", id="cancel")

    def on_mount(self) -> None:
        """The lists stand on what is shown now."""
        self._stand_on("#templates-list", self._templates, self._template)
        self._stand_on("#tables-list", self._tables, self._table)
        self.query_one("#templates-list").focus()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter takes what both lists stand on."""
        event.stop()
        self._show()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """As the keys do."""
        event.stop()
        match event.button.id:
            case "show":
                self._show()
            case "new":
                self.action_new()
            case _:
                self.action_cancel()

    def action_new(self) -> None:
        """A new template, looked at with the table."""
        self.dismiss(ChosenMapping(None, self._standing_on("#tables-list", self._tables)))

    def action_cancel(self) -> None:
        """All stays as it is."""
        self.dismiss(None)

    def _show(self) -> None:
        template = self._standing_on("#templates-list", self._templates)
        self.dismiss(ChosenMapping(template, self._standing_on("#tables-list", self._tables)))

    def _stand_on(self, list_: str, names: Sequence[str], name: str) -> None:
        self.query_one(list_, OptionList).highlighted = names.index(name) if name in names else 0

    def _standing_on(self, list_: str, names: Sequence[str]) -> str:
        return names[self.query_one(list_, OptionList).highlighted or 0]

    def _template_words(self) -> list[Content]:
        return [
            line(each.name, (f"  {counted(len(each.attributes), 'attribute')} to {each.destination}", _MUTED))
            for each in self._project.templates.values()
        ]

    def _table_words(self) -> list[Content]:
        return [
            line(name, ("  query" if name in self._project.queries else "  table", _MUTED)) for name in self._tables
        ]
