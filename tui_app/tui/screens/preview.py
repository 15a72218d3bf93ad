"""Preview: the plan of an activation. What would be sent, to whom, at what cost, and what stands against it."""

from __future__ import annotations

import time
from typing import ClassVar, Final, Literal

from textual import work
from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.timer import Timer
from textual.widgets import Label, Select, Static, Tab, Tabs

from tui_app.backstage.questions.plan import (
    ChangeFilter,
    ExportPlan,
    FindPlan,
    LatestPlan,
    MakePlan,
    PlanSummary,
    SavePlan,
)
from tui_app.backstage.questions.run import BeginRun
from tui_app.core.errors import Refused, StokerError
from tui_app.core.plan import AttributeCounts
from tui_app.core.project import RateLimit
from tui_app.tui.command import Command
from tui_app.tui.dialogs.find_customer import FindCustomer
from tui_app.tui.dialogs.pick_attribute import PickAttribute, PickedAttribute
from tui_app.tui.dialogs.save_file import SaveFile
from tui_app.tui.dialogs.send_plan import SendOrder, SendPlan
from tui_app.tui.moments import lasting
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.text import content, counted, line
from tui_app.tui.widgets.item_row import ItemRow
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.preview_attributes import AttributeTable
from tui_app.tui.widgets.preview_customers import PlanCustomers
from tui_app.tui.widgets.preview_head import age_and_fate, where_it_goes
from tui_app.tui.widgets.preview_overview import PlanOverview, PlanPrice

Pane = Literal["overview", "attributes", "customers"]
_TELL_AGE_SECONDS: Final = 20.0
_TELL_PLANNING_SECONDS: Final = 0.5


class Preview(StageScreen):
    """The dry run, made and looked into. Nothing is sent from here without the dialog of `action_send`."""

    STAGE = "preview"
    COMMANDS_HERE: ClassVar = (
        Command("plan", "p", "Plan now", "Read the source and compare it with the ledger. Sends nothing."),
        Command("send", "s", "Send…", "Look at the numbers again, type one of them, and send the plan."),
        Command("find", "slash", "Find", "Find one customer by the whole identifier."),
        Command("kind", "f", "Kind", "Only joins, only updates, and so on; then all again."),
        Command("attribute", "a", "Attribute", "Only customers of whom one attribute changes."),
        Command("export", "e", "Export", "Write the customers that are shown to a file, as JSON or CSV."),
        Command("exact_json", "x", "JSON", "The exact JSON of the customer under the cursor, and back.",
                in_footer=False),
        Command("pane('overview')", "o", "Overview", "The plan in figures, with guards and warnings.",
                in_footer=False),
        Command("pane('attributes')", "t", "Attributes", "What happens to each attribute.", in_footer=False),
        Command("pane('customers')", "c", "Customers", "Every customer, before and after.", in_footer=False),
        Command("choose_activation", "A", "Activation", "Choose what is planned.", in_footer=False),
        Command("save_plan", "S", "Save plan", "Copy the plan to a folder; there it can be applied as well.",
                in_footer=False),
    )  # fmt: skip

    DEFAULT_CSS = """
    Preview {
        & #which { height: 1; & Label { color: $text-muted; margin-right: 1; } }
        & #which Select { width: 34; margin-right: 2; & > SelectOverlay { width: 50; } }
        & #which SelectCurrent { background: $panel; padding: 0 1; }
        & #age { width: 1fr; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & #where { height: 1; text-wrap: nowrap; text-overflow: ellipsis; margin-top: 1; }
        & #planning { height: 1; color: $accent; }
        & #no-plan { margin-top: 1; }
        & Tabs { height: 2; margin-top: 1; }
        & #panes { height: 1fr; padding-top: 1; }
        & #panes > * { display: none; height: 1fr; }
        & #panes.-overview > #overview, & #panes.-attributes > #attributes, & #panes.-customers > #customers {
            display: block;
        }
    }
    Preview.-narrow {
        & #where, & Tabs { margin-top: 0; }
        & #which Select { width: 24; margin-right: 1; }
        & #panes { padding-top: 0; }
    }
    Preview.-wide.-high #panes.-overview {
        & > #overview { height: auto; max-height: 65%; }
        & > #attributes { display: block; margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._summary: PlanSummary | None = None
        self._seen: tuple[str | None, str | None] = (None, None)
        """Activation and plan that were chosen when the stage was painted last."""
        self._planned: str | None = None
        """The activation that is being planned."""
        self._planning_since = 0.0
        self._planning_timer: Timer | None = None

    def compose_stage(self) -> ComposeResult:
        """Which plan, and its three panes."""
        with Horizontal(id="which"):
            yield Label("Activation", markup=False)
            yield Select[str]((), prompt="none yet", id="activation", compact=True)
            yield Static(id="age")
        yield Static(id="planning", classes="-hidden")
        yield Notice(id="no-plan", classes="-hidden")
        yield Static(id="where")
        yield Tabs(
            Tab("Overview", id="overview-tab"),
            Tab("Attributes", id="attributes-tab"),
            Tab("Customers", id="customers-tab"),
        )
        with Container(id="panes", classes="-overview"):
            yield PlanOverview(id="overview")
            yield AttributeTable(id="attributes")
            yield PlanCustomers(id="customers")

    def on_mount(self) -> None:
        """Times are told again as they pass."""
        self._show_plan(None)
        self.set_interval(_TELL_AGE_SECONDS, self._show_head)
        self._planning_timer = self.set_interval(_TELL_PLANNING_SECONDS, self._tell_planning, pause=True)

    def refresh_stage(self) -> None:
        """Show the plan that is chosen, or the newest of the chosen activation."""
        choice = self.session.choice
        seen_activation, seen_plan = self._seen
        if choice.plan is not None and choice.plan == seen_plan and choice.activation != seen_activation:
            # Somebody chose another activation: the plan that was chosen before is not meant any more.
            self.session.choose(plan=None)
        self._fill_select()
        activation = self.session.activation()
        self._seen = (self.session.choice.activation, self.session.choice.plan)
        if self._planned is not None and (activation is None or activation.name != self._planned):
            self.workers.cancel_group(self, "plan")
        if activation is None and self.session.choice.plan is None:
            self._show_plan(None)
        elif self._planned is None:
            self._look_for_plan(self.session.choice.plan, activation.name if activation else "")

    def _fill_select(self) -> None:
        select: Select[str] = self.query_one("#activation", Select)
        names = [each.name for each in self.session.activations()]
        activation = self.session.activation()
        with self.prevent(Select.Changed):
            if names != getattr(select, "names_shown", None):
                select.set_options((content(name), name) for name in names)
                select.names_shown = names
            select.value = activation.name if activation else Select.NULL
        select.disabled = not names

    @work(exclusive=True, group="look", exit_on_error=False)
    async def _look_for_plan(self, plan: str | None, activation: str) -> None:
        summary = await self.ask(FindPlan(plan) if plan is not None else LatestPlan(activation))
        self._show_plan(summary)

    def _show_plan(self, summary: PlanSummary | None) -> None:
        """Show a plan, or that there is none. One that is shown already keeps cursor and filter."""
        is_same = (
            self._summary is not None and summary is not None and self._summary.folder == summary.folder
            and self._summary.plan == summary.plan
        )  # fmt: skip
        self._summary = summary
        self._show_head()
        for part in ("#where", "#panes", Tabs):
            self.query_one(part).display = summary is not None
        if is_same:
            return
        self.query_one(PlanCustomers).show_plan(summary)
        self._label_tabs()
        if summary is not None:
            self.query_one(PlanOverview).show(summary.plan, self._price_of(summary))
            self.query_one(AttributeTable).show_attributes(summary.plan.attributes)
            self._enter_pane(self._pane)

    def _show_head(self) -> None:
        summary = self._summary
        age = age_and_fate(summary, self.session.file, self.session.now()) if summary else content("")
        self.query_one("#age", Static).update(age)
        self.query_one("#where", Static).update(where_it_goes(summary) if summary else "")
        notice = self.query_one("#no-plan", Notice)
        notice.set_class(summary is not None or self._planned is not None, "-hidden")
        activation = self.session.activation()
        if activation is None:
            notice.show("info", "There is nothing to plan yet", "Pick customers with a segment, and make a campaign.",
                        key="5", action="goes to Segment")  # fmt: skip
        else:
            text = "A plan reads the source and compares it with what Braze acknowledged before. It sends nothing."
            notice.show("info", f"No plan of {activation.name} yet", text, key="p", action="plans now")

    def _label_tabs(self) -> None:
        plan = self._summary.plan if self._summary else None
        numbers = {"attributes": len(plan.attributes), "customers": plan.counts.changes} if plan else {}
        for pane, title in (("overview", "Overview"), ("attributes", "Attributes"), ("customers", "Customers")):
            number = numbers.get(pane)
            label = line(title, (f" {number:,}" if number is not None else "", "$text-muted"))
            self.query_one(f"#{pane}-tab", Tab).label = label

    def _price_of(self, summary: PlanSummary) -> PlanPrice:
        destination = self.session.project.destinations.get(summary.plan.destination) if self.session.project else None
        if destination is None:
            return PlanPrice(0.0, RateLimit().requests_per_second)
        return PlanPrice(destination.cost_per_1000_data_points, destination.rate.requests_per_second)
