"""Home: what waits for attention, what can be run, and what was run. For somebody with nothing: two ways to begin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Static

from tui_app.backstage.questions.run import RunNews
from tui_app.core.activation import Activation, Campaign
from tui_app.core.project import Project
from tui_app.tui.command import Command
from tui_app.tui.moments import ago
from tui_app.tui.run_words import STATE_WORDS
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.text import cell, content, line, lines
from tui_app.tui.widgets.attention import Attention, attention_of
from tui_app.tui.widgets.welcome import Welcome

_RUNS_SHOWN = 6
_MOST_LINES = 12
"""Of a table, with its header."""
_COLUMNS = ("name", "picks", "from", "goes to", "last run")


class Home(StageScreen):
    """Where Stoker opens."""

    STAGE = "home"
    SHOWS_PROBLEMS = True
    COMMANDS_HERE: ClassVar = (
        Command("try_sandbox", "t", "Try sandbox", "Invented customers and a Braze on this machine: nothing real."),
        Command("connect", "c", "Connect", "Connect a Braze workspace."),
        Command("preview", "p", "Preview", "Plan the chosen activation and look at every change; sends nothing."),
        Command("watch", "w", "Watch run", "Watch the newest run, or see how it ended.", in_footer=False),
    )

    DEFAULT_CSS = """
    Home DataTable { background: $background; }
    Home .heading.-first { margin-top: 0; }
    Home .empty { color: $text-muted; padding-left: 1; }
    """

    def compose_stage(self) -> ComposeResult:
        """A welcome, or the overview."""
        yield Welcome(classes="-hidden")
        with VerticalScroll(id="overview", can_focus=False):
            yield Static(id="project")
            yield Attention(id="attention")
            yield Static("Activations", classes="heading")
            yield DataTable(id="activations", cursor_type="row", cursor_foreground_priority="renderable")
            yield Static("There is none yet.", id="no-activations", classes="empty")
            yield Static("Destinations", classes="heading")
            yield Static(id="destinations")
            yield Static("Last runs", classes="heading")
            yield DataTable(id="runs", cursor_type="row", cursor_foreground_priority="renderable")
            yield Static("Nothing was sent yet.", id="no-runs", classes="empty")

    def on_mount(self) -> None:
        """Columns of the runs never change."""
        self.query_one("#runs", DataTable).add_columns("when", "activation", "state", "acknowledged", "rejected")

    def on_screen_resume(self) -> None:
        """Runs may have gone on meanwhile."""
        self.call_after_refresh(self.stoker.refresh_runs)

    def refresh_stage(self) -> None:
        """Show the project as it is."""
        self.refresh_bindings()
        is_new = not self.session.has_file
        self.query_one(Welcome).set_class(not is_new, "-hidden")
        self.query_one("#overview").set_class(is_new, "-hidden")
        if is_new:
            self.query_one(Welcome).focus_first()
            return
        project = self.session.project
        self.query_one("#project", Static).update(
            line(("Project ", "$foreground-muted"), (self.session.shown_folder, "bold"), *self._demo_words())
        )
        self.query_one(Attention).show(tuple(attention_of(self.session, self.stoker.runs)))
        self._show_activations()
        self._show_destinations(project)
        self._show_runs()
        if self.focused is None and self.session.activations():
            self.query_one("#activations", DataTable).focus()

    def _demo_words(self) -> Iterator[tuple[str, str]]:
        if self.stoker.is_demo:
            yield ("  invented customers, a sandbox Braze on this machine", "$foreground-muted")

    def _show_activations(self) -> None:
        table = self.query_one("#activations", DataTable)
        row = table.cursor_row
        table.clear(columns=True)
        # Narrow screens have no room for the table that a campaign picks from.
        shown = [number for number, title in enumerate(_COLUMNS) if not (self.has_class("-narrow") and title == "from")]
        table.add_columns(*(_COLUMNS[number] for number in shown))
        activations = self.session.activations()
        for activation in activations:
            texts = self._activation_row(activation)
            table.add_row(*(cell(texts[number]) for number in shown), key=activation.name)
        _fit(table)
        self.query_one("#no-activations").display = not activations
        if activations:
            table.move_cursor(row=min(row, len(activations) - 1))

    def _activation_row(self, activation: Activation) -> tuple[str, ...]:
        project = self.session.project
        assert project is not None
        destination = project.templates[activation.template].destination
        last = next((news for news in self.stoker.runs if news.record.activation == activation.name), None)
        if isinstance(activation, Campaign):
            picks = ", ".join(activation.include) or "everybody"
            if activation.exclude:
                picks += f" but not {', '.join(activation.exclude)}"
            source = activation.table
        else:
            picks, source = "everybody", activation.query
        return (activation.name, picks, source, destination, self._run_words(last))

    def _run_words(self, news: RunNews | None) -> str:
        if news is None:
            return "never"
        return f"{STATE_WORDS[news.progress.state]}, {ago(news.record.started, self.session.now())}"

    def _show_destinations(self, project: Project | None) -> None:
        rows = [
            line(
                "  ",
                (each.name, "bold"),
                f"  {each.instance or each.endpoint}",
                (f"  by {each.identifier}, ", "$foreground-muted"),
                ("known customers only" if each.update_existing_only else "makes new customers", "$foreground-muted"),
                (f", key in {each.api_key}", "$foreground-muted"),
            )
            for each in (project.destinations.values() if project else ())
        ]
        none = content("  There is none yet: c connects a workspace.", "$foreground-muted")
        self.query_one("#destinations", Static).update(lines(*rows) if rows else none)

    def _show_runs(self) -> None:
        table = self.query_one("#runs", DataTable)
        table.clear()
        shown = self.stoker.runs[:_RUNS_SHOWN]
        for news in shown:
            progress = news.progress
            cells = (
                ago(news.record.started, self.session.now()),
                news.record.activation,
                STATE_WORDS[progress.state],
                f"{progress.acknowledged:,}",
                f"{progress.rejected:,}",
            )
            table.add_row(*(cell(text) for text in cells), key=news.record.run)
        _fit(table)
        self.query_one("#no-runs").display = not shown

    def on_runs_heard(self) -> None:
        """The overview tells of them."""
        self.refresh_stage()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now is in the footer."""
        del parameters
        if action == "try_sandbox":
            return not self.session.has_file
        if action == "preview":
            return bool(self.session.activations())
        return True

    def on_resize(self) -> None:
        """Another width has other columns."""
        self.call_after_refresh(self.refresh_stage)

    async def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter on an activation plans it; on a run, shows it."""
        name = str(event.row_key.value)
        if event.data_table.id == "activations":
            await self.stoker.go("preview", activation=name, plan=None)
        else:
            await self._show_run(name)

    async def on_attention_chosen(self, event: Attention.Chosen) -> None:
        """Go where it can be mended."""
        await self.stoker.go(event.stage, **dict(event.choice))

    async def _show_run(self, run: str) -> None:
        news = next((each for each in self.stoker.runs if each.record.run == run), None)
        is_over = news is not None and news.progress.state in ("done", "refused")
        await self.stoker.go("runs" if is_over else "sync", run=run)

    async def action_preview(self) -> None:
        """Plan the activation under the cursor."""
        names = [each.name for each in self.session.activations()]
        if names:
            row = self.query_one("#activations", DataTable).cursor_row
            await self.stoker.go("preview", activation=names[min(max(row, 0), len(names) - 1)], plan=None)

    async def action_connect(self) -> None:
        """Go to the workspaces."""
        await self.stoker.go("connect")

    async def action_watch(self) -> None:
        """The newest run."""
        if self.stoker.runs:
            await self._show_run(self.stoker.runs[0].record.run)

    def action_try_sandbox(self) -> None:
        """Leave this project for invented data; the command line opens the app again on it."""
        self.stoker.exit("try_sandbox")


def _fit(table: DataTable[Text]) -> None:
    """As high as its rows and no higher than a part of the screen; not there without rows.

    Textual's own `height: auto` sometimes keeps the height that a table had before its rows came.
    """
    table.display = bool(table.row_count)
    table.styles.height = min(table.row_count + 1, _MOST_LINES)
