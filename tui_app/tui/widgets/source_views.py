"""What is in a table or a query: its columns, its rows, its SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static, TabbedContent, TabPane

from tui_app.core.errors import Problem
from tui_app.core.project import Query, SourceTable
from tui_app.tui.source_facts import TableFacts
from tui_app.tui.text import counted, line, lines
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.source_columns import ColumnsPane
from tui_app.tui.widgets.source_rows import RowsTable
from tui_app.tui.widgets.source_sql import SqlPane

_COLUMNS: Final = "columns-view"
_ROWS: Final = "rows-view"
_SQL: Final = "sql-view"


class SourceViews(Vertical):
    """A headline above three views; the SQL is there for queries alone."""

    DEFAULT_CSS: ClassVar[str] = """
    SourceViews {
        & #headline { height: 1; margin-bottom: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & TabbedContent, & ContentSwitcher { height: 1fr; }
        & TabPane { height: 1fr; padding: 0; }
        & ColumnsPane, & SqlPane { height: 1fr; }
        & SqlPane { padding-top: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """Headline and views."""
        yield Static(id="headline")
        with TabbedContent(id="views"):
            with TabPane("Columns", id=_COLUMNS):
                yield ColumnsPane(id="columns-pane")
                yield Notice(id="broken", classes="-hidden")
            with TabPane("Rows", id=_ROWS):
                yield RowsTable(id="rows", empty_message="There are no rows.")
            with TabPane("SQL", id=_SQL):
                yield SqlPane(id="sql")

    @property
    def shows_sql(self) -> bool:
        """Whether the SQL is in view."""
        return self._tabs.active == _SQL

    @property
    def shows_rows(self) -> bool:
        """Whether the rows are in view."""
        return self._tabs.active == _ROWS

    @property
    def rows(self) -> RowsTable:
        """The table of rows."""
        return self.query_one("#rows", RowsTable)

    @property
    def sql(self) -> SqlPane:
        """The editor."""
        return self.query_one(SqlPane)

    @property
    def _tabs(self) -> TabbedContent:
        return self.query_one(TabbedContent)

    def offer_sql(self, *, is_query: bool) -> None:
        """Whether there is SQL to show."""
        if is_query:
            self._tabs.show_tab(_SQL)
            return
        if self.shows_sql:
            self._tabs.active = _COLUMNS
        self._tabs.hide_tab(_SQL)

    def next_view(self, *, is_query: bool) -> None:
        """Go on from one view to the next, and from the last to the first."""
        views = [_COLUMNS, _ROWS, *([_SQL] if is_query else [])]
        self._tabs.active = views[(views.index(self._tabs.active) + 1) % len(views)]

    def open_sql(self) -> None:
        """Go to the editor."""
        self._tabs.active = _SQL
        self.sql.focus_editor()

    def show_headline(self, definition: SourceTable | Query, facts: TableFacts, *, is_unsaved: bool) -> None:
        """Say what it is and how large."""
        where = definition.location if isinstance(definition, SourceTable) else "query"
        figures = "" if facts.error else "reading …"
        if facts.report is not None:
            figures = f"{counted(facts.report.rows, 'row')}, {counted(len(facts.report.columns), 'column')}"
        unsaved = ("   • not saved", "$text-warning") if is_unsaved else ""
        shown = line((definition.name, "bold"), unsaved, (f"   {where}   ", "$foreground-muted"), figures)
        self.query_one("#headline", Static).update(shown, layout=False)

    def show_facts(self, facts: TableFacts, words_of: Callable[[Problem], str]) -> None:
        """The columns, or why there are none, each problem in the words that `words_of` has for it."""
        broken = self.query_one("#broken", Notice)
        broken.set_class(facts.error is None, "-hidden")
        self.query_one(ColumnsPane).display = facts.error is None
        if facts.error is not None:
            broken.show("bad", "It cannot be read", lines(*map(words_of, facts.error.problems)))
        elif facts.report is not None:
            self.query_one(ColumnsPane).show(facts.report)
