"""Mapping: which column feeds which Braze attribute, with warnings beside each row and the key that mends them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.widgets import Input, Static

from tui_app.core.errors import Problem
from tui_app.core.project import Project
from tui_app.tui.command import Command
from tui_app.tui.screens.mapping_editor import MappingEditor
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.widgets.mapping_detail import FIX_KEY, MappingDetail
from tui_app.tui.widgets.mapping_head import MappingHead, Shown
from tui_app.tui.widgets.mapping_list import MappingList
from tui_app.tui.widgets.mapping_rows import MappingRow, Sheet, sheet_of
from tui_app.tui.widgets.mapping_scout import MappingScout, Subject
from tui_app.tui.widgets.mapping_view import RowFilter, after, shown_rows
from tui_app.tui.widgets.notice import Notice

_MOST_PROBLEMS_SHOWN: Final = 4


class Mapping(StageScreen):
    """The columns of a table, what each feeds, and what should be looked at."""

    STAGE = "mapping"
    AUTO_FOCUS = "MappingList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (160, "-broad")]  # noqa: RUF012 - declared by Screen
    COMMANDS_HERE: ClassVar = (
        Command("edit", "enter,e", "Edit", "Edit what the column feeds: name, type, transforms, NULL."),
        Command("map", "m", "Map", "Map the column, or all marked ones, to what is suggested."),
        Command("map_all", "M", "Map all", "Map every column whose suggestion is sure; shows them first.",
                in_footer=False),
        Command("fix", FIX_KEY, "Fix", "Mend the row's first warning, as said beside it."),
        Command("fix_all", "F", "Fix all", "Make all fixes that only rename; shows them first.", in_footer=False),
        Command("unmap", "x,delete,backspace", "Unmap", "Remove the attribute, or all marked ones, from the template."),
        Command("toggle_on_null", "n", "On NULL", "Clear or keep Braze's value where the column turns NULL.",
                in_footer=False),
        Command("search", "slash", "Search", "Show the columns and attributes that hold what is typed; esc shows all."),
        Command("filter", "w", "Filter", "Show all rows, those with warnings, the unmapped, the mapped.",
                in_footer=False),
        Command("mark", "space", "Mark", "Mark the row: m, x and n then hold for all marked rows.", in_footer=False),
        Command("mark_all", "a", "Mark all", "Mark every row that is shown; once more marks none.", in_footer=False),
        Command("choose", "t", "Template", "Choose template and table, or make a new template."),
        Command("ask_again", "r", "Ask again", "Read the table and ask the workspace again.", in_footer=False),
    )  # fmt: skip

    DEFAULT_CSS = """
    Mapping {
        & #work { height: 1fr; margin-top: 1; }
        & MappingDetail { height: 11; margin-top: 1; }
        & #search-line { height: 1; }
        & #search-line Static { width: 2; color: $accent; }
        & #search { background: $panel; &:focus { background: $primary-muted; } }
        & #nothing { margin: 1 0; }
    }
    Mapping.-low #work { margin-top: 0; }
    Mapping.-low MappingDetail { height: 8; margin-top: 0; }
    Mapping.-broad {
        & #work { layout: horizontal; }
        & MappingDetail { width: 54; height: 1fr; margin: 0 0 0 2; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._scout = MappingScout(self, self._show_sheet)
        self._editor = MappingEditor(self, self._scout)
        self._sheet: Sheet | None = None
        self._looked_at = ("", "")
        """Template and table."""
        self._filter: RowFilter = "all"

    def compose_stage(self) -> ComposeResult:
        """Either what is missing, or head, list and detail."""
        yield Notice(id="nothing", classes="-hidden")
        with Vertical(id="mapping"):
            yield MappingHead(id="head")
            with Horizontal(id="search-line", classes="-hidden"):
                yield Static("/", markup=False)
                yield Input(id="search", compact=True, placeholder="column or attribute")
            with Container(id="work"):
                yield MappingList(id="columns")
                yield MappingDetail(id="detail")

    def refresh_stage(self) -> None:
        """Show the project as it is, at once; what only backstage knows is asked beside."""
        subject = self._subject()
        self.query_one("#mapping").set_class(subject is None, "-hidden")
        nothing = self.query_one("#nothing", Notice)
        nothing.set_class(subject is not None, "-hidden")
        if subject is None:
            self._sheet = None
            _say_what_is_missing(nothing, self.session.project, self.session.problems)
        else:
            looked_at = (subject.template.name, subject.table)
            if looked_at != self._looked_at:
                # Marks were made on other rows.
                self.query_one(MappingList).keep_marks(())
            self._looked_at = looked_at
            self._scout.look_at(subject)
            self._show_sheet()
            if self.focused is None:
                self.query_one(MappingList).focus()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a template there is nothing to edit."""
        del parameters
        if action == "choose":
            return _may_map(self.session.project)
        return self._sheet is not None or not any(command.name == action for command in self.COMMANDS_HERE)

    # What is shown

    def _show_sheet(self) -> None:
        """All that is known now."""
        subject = self._subject()
        if subject is not None:
            self._sheet = sheet_of(subject.template, subject.project, self._scout.knowledge)
            self.query_one(MappingList).keep_marks([row.key for row in self._sheet.rows])
            self._show_rows()

    def _show_rows(self) -> None:
        """The rows that filter and search leave, and the head."""
        if self._sheet is not None:
            searched = self.query_one("#search", Input).value
            rows = shown_rows(self._sheet.rows, self._filter, searched)
            self.query_one(MappingList).show(rows, _nothing_found(self._filter, searched))
            if not rows:
                self._show_detail()
            self._show_head()

    def _show_head(self) -> None:
        if self._sheet is not None:
            columns = self.query_one(MappingList)
            shown = Shown(
                self._sheet,
                self._looked_at[1],
                rows=len(columns.items),
                filter=self._filter,
                marked=len(columns.marks),
                waiting=self._scout.waiting,
                known=self._scout.knowledge,
            )
            self.query_one(MappingHead).show(shown)

    def on_table_view_row_highlighted(self) -> None:
        """Another row has the cursor, or more is known of it."""
        self._show_detail()

    def _show_detail(self) -> None:
        if self._sheet is not None:
            self.query_one(MappingDetail).show(self.query_one(MappingList).chosen, self._sheet.destination.name)

    def on_table_view_marks_changed(self) -> None:
        """The head counts the marks."""
        self._show_head()

    def on_table_view_row_selected(self) -> None:
        """A second click on a row edits it."""
        self.action_edit()

    def on_notice_chosen(self, event: Notice.Chosen) -> None:
        """The key of a notice was clicked."""
        match event.key:
            case "f":
                self.action_fix()
            case "t":
                self.action_choose()
            case "1" | "2" | "3":
                self.call_later(self.stoker.go, {"1": "home", "2": "connect", "3": "source"}[event.key])

    # Search, filter and marks

    def action_search(self) -> None:
        """Type into the search."""
        self.query_one("#search-line").remove_class("-hidden")
        self.query_one("#search", Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter as one types."""
        event.stop()
        self._show_rows()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the list; the search stays."""
        event.stop()
        self.query_one(MappingList).focus()

    def action_leave_field(self) -> None:
        """Escape ends a search before anything else."""
        search = self.query_one("#search", Input)
        line_ = self.query_one("#search-line")
        if line_.has_class("-hidden"):
            super().action_leave_field()
            return
        search.value = ""
        line_.add_class("-hidden")
        self.query_one(MappingList).focus()

    def action_filter(self) -> None:
        """The next filter."""
        self._filter = after(self._filter)
        self._show_rows()

    def action_mark(self) -> None:
        """Mark, and go on."""
        self.query_one(MappingList).toggle_mark()

    def action_mark_all(self) -> None:
        """Mark what is shown."""
        self.query_one(MappingList).toggle_all_marks()

    def action_ask_again(self) -> None:
        """Ask everything again."""
        subject = self._subject()
        if subject is not None:
            self._scout.look_at(subject, ask_again=True)
            self._show_head()

    # Edits

    def action_edit(self) -> None:
        """Open the row."""
        row = self.query_one(MappingList).chosen
        if self._sheet is not None and row is not None:
            self._editor.edit(self._sheet, row)

    def action_map(self) -> None:
        """Take suggestions."""
        if self._sheet is not None:
            self._editor.map(self._sheet, self._targets(self._sheet))

    def action_map_all(self) -> None:
        """Take those of marked rows, else all that are sure."""
        if self._sheet is not None:
            marks = self.query_one(MappingList).marks
            sure = [row for row in self._sheet.rows if row.suggestion is not None and row.suggestion.is_sure]
            self._editor.map_all(self._sheet, self._targets(self._sheet) if marks else sure)

    def action_unmap(self) -> None:
        """Remove attributes."""
        if self._sheet is not None:
            self._editor.unmap(self._sheet, self._targets(self._sheet))

    def action_toggle_on_null(self) -> None:
        """Clear or keep."""
        if self._sheet is not None:
            self._editor.toggle_on_null(self._sheet, self._targets(self._sheet))

    def action_fix(self) -> None:
        """Mend the row's first warning."""
        row = self.query_one(MappingList).chosen
        if self._sheet is not None and row is not None:
            self._editor.fix(self._sheet, row, self._looked_at[1])

    def action_fix_all(self) -> None:
        """Rename what only needs another name."""
        if self._sheet is not None:
            self._editor.fix_all(self._sheet)

    def action_choose(self) -> None:
        """Another template or table, or a new template."""
        project, subject = self.session.project, self._subject()
        if subject is not None:
            self._editor.choose(subject)
        elif project is not None and _may_map(project):
            self._editor.add_template(_tables(project)[0])

    def _targets(self, sheet: Sheet) -> list[MappingRow]:
        """The marked rows, shown or not; without marks, the row with the cursor."""
        columns = self.query_one(MappingList)
        marked = [row for row in sheet.rows if row.key in columns.marks]
        return marked or ([columns.chosen] if columns.chosen else [])

    def _subject(self) -> Subject | None:
        """What is chosen, as far as the project has it; None if there is nothing to map."""
        project, choice = self.session.project, self.session.choice
        if project is None or not project.templates or not _tables(project):
            return None
        template = project.templates.get(choice.template or "") or next(iter(project.templates.values()))
        return Subject(project, template, choice.mapped_table or _table_of(project, template.name, choice.table))


def _tables(project: Project) -> tuple[str, ...]:
    return (*project.queries, *project.source.tables)


def _may_map(project: Project | None) -> bool:
    """Whether there is something to map and somewhere to send it."""
    return project is not None and bool(project.destinations and _tables(project))


def _table_of(project: Project, template: str, looked_at: str | None) -> str:
    """The table of an activation that uses the template, else the one that was looked at last, else the first."""
    campaigns = [each.table for each in project.campaigns.values() if each.template == template]
    orchestrations = [each.query for each in project.orchestrations.values() if each.template == template]
    return next(iter((*campaigns, *orchestrations, *([looked_at] if looked_at else []), *_tables(project))))


def _say_what_is_missing(notice: Notice, project: Project | None, problems: Sequence[Problem]) -> None:
    """The first thing that mapping needs and that is not there."""
    if problems:
        notice.show(
            "bad",
            "stoker.toml cannot be used",
            "What is wrong is said below. Mend it in an editor: it is read again by itself.",
        )
    elif project is None:
        notice.show("info", "Nothing to map yet", "There is no project here. Home says how to begin.", key="1",
                    action="goes home")  # fmt: skip
    elif not project.destinations:
        text = "A template maps columns to the attributes of one Braze workspace, and none is connected."
        notice.show("info", "Connect a workspace first", text, key="2", action="connects one")
    elif not _tables(project):
        text = "A template maps the columns of a table or a query, and the project names none."
        notice.show("info", "Name a source first", text, key="3", action="names one")
    else:
        text = "A template says which column feeds which Braze attribute, and which one identifies a customer."
        notice.show("info", "No template yet", text, key="t", action="makes one")


def _nothing_found(shown: RowFilter, searched: str) -> str:
    if searched:
        return "No column or attribute holds that. esc shows all."
    return "Nothing to look at: no row has a warning. w goes on." if shown == "with warnings" else "No row. w goes on."
