"""Source: the tables and queries that customers come from, what is in them, and the SQL of queries."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widgets import TabbedContent

from tui_app.backstage.questions.source import ReadRows, Rows, TryQuery
from tui_app.config.edit import AddTable as AddSection
from tui_app.config.edit import Edit, RemoveKey, SetValue, written_keys
from tui_app.config.query_file import write_query_file
from tui_app.core.errors import FixInput, StokerError
from tui_app.core.project import Query, SourceTable
from tui_app.tui.command import Command
from tui_app.tui.dialogs.add_table import AddTable, NewTable
from tui_app.tui.dialogs.confirm import Confirm
from tui_app.tui.dialogs.name_query import NameQuery
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.source_facts import TableFacts, changed_names, count_of, definitions, first_sql, mentions, report_of
from tui_app.tui.text import content, lines
from tui_app.tui.typed_sql import TypedSql
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.source_list import SourceList
from tui_app.tui.widgets.source_rows import PAGE_ROWS
from tui_app.tui.widgets.source_sql import SqlPane, harmless_sql
from tui_app.tui.widgets.source_views import SourceViews

_NO_FACTS: Final = TableFacts()


class Source(StageScreen):
    """A list of tables and queries beside what is in the chosen one."""

    STAGE = "source"
    AUTO_FOCUS = ""
    COMMANDS_HERE: ClassVar = (
        Command("add_table", "a", "Add table", "Name files as a table of the source; they are only read."),
        Command("new_query", "n", "New query", "Begin a SQL query over tables and other queries."),
        Command("view", "v", "View", "Go on from columns to rows, and from rows to the SQL of a query."),
        Command("run", "ctrl+r,f5", "Run", "Run the SQL as it stands and show its first 100 rows; writes nothing.",
                shown_key="^r"),
        Command("save", "ctrl+s", "Save", "Write the SQL into the project, or into the query's own file."),
        Command("remove", "x", "Remove", "Take the table or query out of the project; files stay.", in_footer=False),
        Command("reload", "r", "Read again", "Read everything again: files may have changed.", in_footer=False),
    )  # fmt: skip

    DEFAULT_CSS = """
    Source {
        & #source { height: 1fr; layout: horizontal; }
        & #list { width: 31; height: 1fr; margin-right: 2; border-right: vkey $border-blurred; }
        & #tables, & SourceViews { height: 1fr; }
    }
    Source.-narrow {
        & #source { layout: vertical; }
        & #list { width: 1fr; height: auto; margin: 0 0 1 0; border-right: none; }
        & #tables { height: auto; max-height: 5; }
        & #headline { margin-bottom: 0; }
    }
    Source.-low #detail { display: none; }
    Source.-low #outcome { margin: 0; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._here: str | None = None
        """The table or query that is shown; None: there is none."""
        self._definitions: dict[str, SourceTable | Query] = {}
        self._facts: dict[str, TableFacts] = {}
        self._typed = TypedSql()
        self._rows_of: str | None = None
        """Whose rows are in the table of rows."""
        self._last_choice: str | None = None

    def compose_stage(self) -> ComposeResult:
        """The list beside, or above, three views; or what to begin with."""
        yield Notice(id="nothing", classes="-hidden")
        with Container(id="source"):
            with Vertical(id="list"):
                yield SourceList(id="tables")
            yield SourceViews()

    # What is shown

    @property
    def _views(self) -> SourceViews:
        return self.query_one(SourceViews)

    @property
    def _query(self) -> Query | None:
        """The query that is shown; None for a table."""
        definition = self._definitions.get(self._here or "")
        return definition if isinstance(definition, Query) else None

    def refresh_stage(self) -> None:
        """Follow the project and the choice; SQL that somebody is typing stays."""
        self._keep_typed()
        now = definitions(self.session.project)
        changed = changed_names(self._definitions, now)
        self._definitions = now
        self._typed.follow(now)
        for name in changed:
            self._facts.pop(name, None)
        wanted = self._here
        if self.session.choice.table != self._last_choice or wanted not in now:
            self._last_choice = self.session.choice.table
            wanted = self._last_choice if self._last_choice in now else next(iter(now), None)
        self._show_nothing(is_shown=not now)
        if wanted != self._here or wanted in changed:
            self._show(wanted)
        self._show_surroundings()
        if self.focused is None and now:
            self.query_one(SourceList).focus()

    def _show_nothing(self, *, is_shown: bool) -> None:
        """What to begin with; why a project file cannot be used is explained below every stage."""
        self.query_one("#source").display = not is_shown
        notice = self.query_one("#nothing", Notice)
        notice.set_class(not is_shown or bool(self.session.problems), "-hidden")
        text = "A row for each customer, order or consent: Parquet, CSV, JSON lines or Arrow. Files are only read."
        notice.show("info", "There is no table yet", text, key="a", action="names files as a table")

    def _show(self, name: str | None) -> None:
        """Show a table or a query, with the SQL that was typed and left."""
        self._here, self._rows_of = name, None
        self._views.offer_sql(is_query=self._query is not None)
        if self._query is not None:
            self._views.sql.show(self._typed.shown(self._query))
        self._read()

    def _keep_typed(self) -> None:
        """Remember SQL that is not saved, before something else is shown or it is read again."""
        if self._query is not None:
            self._typed.keep(self._query, self._views.sql.sql)

    @property
    def _is_changed(self) -> bool:
        return self._query is not None and self._views.sql.sql != harmless_sql(self._query.sql)

    @property
    def _unsaved(self) -> frozenset[str]:
        """Queries whose SQL was changed here alone."""
        here = {self._here or ""}
        return self._typed.names | here if self._is_changed else self._typed.names - here

    def _show_surroundings(self) -> None:
        """List and headline, as far as things are known."""
        self.query_one(SourceList).show(self._definitions, self._facts, self._here, self._unsaved)
        if (definition := self._definitions.get(self._here or "")) is not None:
            facts = self._facts.get(definition.name, _NO_FACTS)
            self._views.show_headline(definition, facts, is_unsaved=self._is_changed)

    # Reading

    @work(exclusive=True, group="source")
    async def _read(self) -> None:
        """What is chosen first, then how many rows the others have."""
        if (name := self._here) is None:
            return
        if self._facts.get(name, _NO_FACTS).report is None:
            self._facts[name] = await report_of(self.session, name)
        self._views.show_facts(self._facts[name], self.session.words_of)
        self._show_surroundings()
        if self._views.shows_rows:
            await self._show_rows(name)
        for other in self._definitions:
            if other not in self._facts:
                self._facts[other] = await count_of(self.session, other)
                self._show_surroundings()

    async def _show_rows(self, name: str) -> None:
        facts, table = self._facts[name], self._views.rows
        if self._rows_of == name:
            return
        if facts.report is None or (first_page := await self.ask(ReadRows(name, 0, PAGE_ROWS))) is None:
            table.set_empty_message("It cannot be read; its columns say why.")
            table.clear()
            return

        async def read(first: int, count: int) -> Rows:
            return await self.session.ask(ReadRows(name, first, count))

        table.set_empty_message("There are no rows.")
        table.show_rows(first_page, {each.name: each.type for each in facts.report.columns}, read)
        self._rows_of = name

    # What is done in the list and in the views

    @on(SourceList.Chosen)
    def _table_chosen(self, event: SourceList.Chosen) -> None:
        if event.name != self._here:
            self._go_to(event.name)

    def _go_to(self, name: str) -> None:
        self._keep_typed()
        self.session.choose(table=name)
        self._last_choice = name
        self._show(name)
        self._show_surroundings()

    @on(TabbedContent.TabActivated)
    def _view_changed(self) -> None:
        self.refresh_bindings()
        if self._views.shows_rows:
            self._read()

    @on(SqlPane.Changed)
    def _sql_typed(self) -> None:
        self._show_surroundings()

    @on(Notice.Chosen, "#nothing")
    def _remedy_clicked(self) -> None:
        self.action_add_table()

    # Commands

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """SQL is run and saved where it is seen."""
        del parameters
        if action in ("run", "save"):
            return self._query is not None and self._views.shows_sql
        return self._here is not None if action in ("remove", "reload", "view") else True

    def unsaved(self) -> tuple[str, ...]:
        """Queries whose SQL was changed here alone."""
        return tuple(f"SQL of {name}" for name in sorted(self._unsaved))

    def action_view(self) -> None:
        """The next view."""
        self._views.next_view(is_query=self._query is not None)

    def action_reload(self) -> None:
        """Forget what is known, and read again."""
        self._facts.clear()
        self._rows_of = None
        self._read()
        self._show_surroundings()

    def action_add_table(self) -> None:
        """Name files as a table."""
        self.app.push_screen(AddTable(self.session.folder, self._definitions), self._add_table)

    def _add_table(self, new: NewTable | None) -> None:
        if new is not None and self._begin_project():
            edit = SetValue(("source", "tables", new.name), new.location)
            self._edit_and_show(f"Add table {new.name}", new.name, edit)

    def action_new_query(self) -> None:
        """Name a query, and go on in its SQL."""
        if not self._definitions:
            self.explain(FixInput.at("A query reads tables, and there is none yet. Add a table first: a."))
        else:
            self.app.push_screen(NameQuery(self._definitions), self._add_query)

    def _add_query(self, name: str | None) -> None:
        if name is None:
            return
        edit = AddSection(("queries", name), {"sql": first_sql(next(iter(self._definitions)))})
        if self._edit_and_show(f"Add query {name}", name, edit):
            self._views.open_sql()

    def action_remove(self) -> None:
        """Take a table or a query out of the project."""
        if (name := self._here) is None:
            return
        kind, path = ("query", ("queries", name)) if self._query else ("table", ("source", "tables", name))
        facts = ["Files are not touched; u takes it back."]
        readers = [
            each.name
            for each in self._definitions.values()
            if isinstance(each, Query) and each.name != name and mentions(each, name)
        ]
        if readers:
            facts.insert(0, f"The SQL of {', '.join(readers)} names it, and could not be run any more.")

        def answered(is_yes: bool | None) -> None:  # noqa: FBT001 - Textual hands it over
            if is_yes:
                self._typed.forget(name)
                self.edit(f"Remove {kind} {name}", RemoveKey(path))

        self.app.push_screen(Confirm(f"Remove {kind} {name} from stoker.toml?", lines(*facts), "Remove"), answered)

    @work(exclusive=True, group="try")
    async def action_run(self) -> None:
        """Show what the SQL gives, or where its mistake is."""
        if (query := self._query) is None:
            return
        pane, sql = self._views.sql, self._views.sql.sql
        pane.wait()
        try:
            preview = await self.session.ask(TryQuery(query.name, sql))
        except FixInput as error:
            pane.show_mistake(error.problems, query.name)
        except StokerError as error:
            pane.say(error.message)
        else:
            pane.show_result(preview)

    def action_save(self) -> None:
        """Write the SQL where it was read from, then run it."""
        query = self._query
        if query is None:
            return
        if not self._is_changed:
            self.notify("It is saved as it stands there.", markup=False)
        elif self._save(query, self._views.sql.sql):
            self.notify(content(f"Query {query.name} is saved.").plain, markup=False)
        else:
            return
        self.action_run()

    def _save(self, query: Query, sql: str) -> bool:
        """Into the query's own file, if it has one; else into the project."""
        path = ("queries", query.name)
        try:
            if self._typed.would_overwrite(query):
                fact = "it was changed by something else while this was typed. Nothing was written"
                raise FixInput.at(f"Query {query.name}: {fact}. Save again to write over that change.")
            if "file" not in written_keys(self.session.file, path):
                return self.edit(f"Change query {query.name}", SetValue((*path, "sql"), sql))
            newline = "\r\n" if "\r\n" in query.sql else "\n"
            write_query_file(self.session.folder, query.first_line.file, query.sql, sql.replace("\n", newline))
        except FixInput as error:
            self.explain(error, "Not saved")
            return False
        self.session.read()
        self.stoker.tell_project_changed(from_outside=False)
        return True

    def _begin_project(self) -> bool:
        """See to it that there is a project file."""
        try:
            self.session.begin()
        except FixInput as error:
            self.explain(error, "Not added")
            return False
        return True

    def _edit_and_show(self, title: str, name: str, edit: Edit) -> bool:
        """Change the project and show what was added to it."""
        if not self.edit(title, edit):
            return False
        self._keep_typed()
        self._definitions = definitions(self.session.project)
        self._go_to(name)
        return True
