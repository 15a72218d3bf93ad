"""Home: what waits for attention, what can be run, and what was run. For somebody with nothing: two ways to begin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from tui_app.backstage.questions.run import RunNews
from tui_app.core.activation import Activation
from tui_app.core.project import Project
from tui_app.tui.command import Command
from tui_app.tui.moments import ago
from tui_app.tui.run_words import STATE_WORDS
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.text import content, line, lines
from tui_app.tui.widgets.activation_table import ActivationTable, ListedActivation
from tui_app.tui.widgets.attention import Attention, attention_of
from tui_app.tui.widgets.item_row import ItemRow
from tui_app.tui.widgets.run_history import RunHistory
from tui_app.tui.widgets.table_view import TableView
from tui_app.tui.widgets.welcome import Welcome

_RUNS_SHOWN = 6


class LastRuns(RunHistory):
    """The newest of them; enter shows one."""

    DEFAULT_CSS: ClassVar[str] = "LastRuns { min-height: 0; max-height: 12; max-width: 120; }"
    LEFT_TO_SCREEN = frozenset()


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
            yield ActivationTable(id="activations")
            yield Static("There is none yet.", id="no-activations", classes="empty")
            yield Static("Destinations", classes="heading")
            yield Static(id="destinations")
            yield Static("Last runs", classes="heading")
            yield LastRuns(id="runs")
            yield Static("Nothing was sent yet.", id="no-runs", classes="empty")

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
        # The welcome had the focus while nobody knew yet that there is a project, and is hidden now.
        if self.focused not in self.focus_chain and self.session.activations():
            self.query_one(ActivationTable).focus()

    def _demo_words(self) -> Iterator[tuple[str, str]]:
        if self.stoker.is_demo:
            yield ("  invented customers, a sandbox Braze on this machine", "$foreground-muted")

    def _show_activations(self) -> None:
        table, project = self.query_one(ActivationTable), self.session.project
        listed = [self._listed(each, project) for each in project.activations] if project else []
        table.show_items(listed, table.cursor)
        table.display = bool(listed)
        self.query_one("#no-activations").display = not listed

    def _listed(self, activation: Activation, project: Project) -> ListedActivation:
        last = next((news for news in self.stoker.runs if news.record.activation == activation.name), None)
        return ListedActivation(activation, project.templates[activation.template].destination, self._run_words(last))

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
        table, shown = self.query_one(LastRuns), self.stoker.runs[:_RUNS_SHOWN]
        table.show_runs(shown, self.session.now(), None)
        table.display = bool(shown)
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

    async def on_table_view_row_selected(self, event: TableView.RowSelected) -> None:
        """Enter on an activation plans it; on a run, shows it."""
        event.stop()
        item = event.row.item if isinstance(event.row, ItemRow) else None
        if isinstance(item, ListedActivation):
            await self.stoker.go("preview", activation=item.activation.name, plan=None)
        elif isinstance(item, RunNews):
            await self._show_run(item.record.run)

    async def on_attention_chosen(self, event: Attention.Chosen) -> None:
        """Go where it can be mended."""
        await self.stoker.go(event.stage, **dict(event.choice))

    async def _show_run(self, run: str) -> None:
        news = next((each for each in self.stoker.runs if each.record.run == run), None)
        is_over = news is not None and news.progress.state in ("done", "refused")
        await self.stoker.go("runs" if is_over else "sync", run=run)

    async def action_preview(self) -> None:
        """Plan the activation under the cursor."""
        if (chosen := self.query_one(ActivationTable).chosen) is not None:
            await self.stoker.go("preview", activation=chosen.activation.name, plan=None)

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
