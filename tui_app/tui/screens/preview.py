"""Preview: the plan of an activation. What would be sent, to whom, at what cost, and what stands against it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from textual import work
from textual.app import ComposeResult
from textual.worker import Worker, WorkerState

from tui_app.backstage.questions.plan import ChangeFilter, FindPlan, LatestPlan, MakePlan, PlanSummary
from tui_app.backstage.questions.run import BeginRun
from tui_app.core.errors import LedgerHeld, Refused, StokerError
from tui_app.core.plan import Plan
from tui_app.core.project import Destination
from tui_app.core.run import State
from tui_app.tui.command import Command
from tui_app.tui.dialogs.exports import copy_of_plan, export_of_changes
from tui_app.tui.dialogs.find_customer import FindCustomer
from tui_app.tui.dialogs.pick_attribute import PickAttribute, PickedAttribute
from tui_app.tui.dialogs.send_plan import SendOrder, SendPlan
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.text import content
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.preview_head import PlanHead
from tui_app.tui.widgets.preview_overview import PlanOverview, PlanPrice
from tui_app.tui.widgets.preview_panes import Pane, PlanPanes
from tui_app.tui.widgets.preview_quiet import quiet_words

_TELL_AGE_SECONDS: Final = 20.0
_HELD_REMEDY: Final = "The ledger is in use: 7 shows the run, and p plans once it has ended"
_RESUME_REMEDY: Final = "Press 8, then R to resume it; or p to plan what is left"
_NEEDS_PLAN: Final = frozenset({"send", "find", "kind", "attribute", "export", "exact_json", "pane", "save_plan"})


class Preview(StageScreen):
    """The dry run, made and looked into. Nothing is sent from here without the dialog of `action_send`."""

    STAGE = "preview"
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (140, "-spacious")]  # noqa: RUF012 - as Textual has it
    COMMANDS_HERE: ClassVar = (
        Command("plan", "p", "Plan now", "Read the source and compare it with the ledger. Sends nothing."),
        Command("send", "s", "Send…", "Look at the numbers again, type one of them, and send the plan."),
        Command("find", "slash", "Find", "Find one customer by the whole identifier."),
        Command("kind", "f", "Kind", "Only joins, only updates, and so on; then all again."),
        Command("attribute", "a", "Attribute", "Only customers of whom one attribute changes.", in_footer=False),
        Command("export", "e", "Export", "Write the customers that are shown to a file, as JSON or CSV."),
        Command("exact_json", "x", "Exact JSON", "What is sent for the customer under the cursor, and back.",
                in_footer=False),
        Command("pane('overview')", "o", "Overview", "The plan in figures, with guards and warnings.",
                in_footer=False),
        Command("pane('attributes')", "t", "Attributes", "What happens to each attribute.", in_footer=False),
        Command("pane('customers')", "c", "Customers", "Every customer, before and after.", in_footer=False),
        Command("choose_activation", "A", "Activation", "Choose what is planned.", in_footer=False),
        Command("save_plan", "S", "Save plan", "Copy the plan to a folder; there it can be applied as well.",
                in_footer=False),
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self._summary: PlanSummary | None = None
        self._seen: tuple[str | None, str | None] = (None, None)
        """Activation and plan that were chosen when the stage was painted last."""
        self._planning: Worker[None] | None = None
        self._planned = ""
        """The activation that is being planned, or was last."""

    def compose_stage(self) -> ComposeResult:
        """Which plan, and its three panes."""
        yield PlanHead()
        yield PlanPanes()

    def on_mount(self) -> None:
        """Times are told again as they pass."""
        self.query_one(PlanPanes).display = False
        self.set_interval(_TELL_AGE_SECONDS, self._show_head)

    # Which plan

    def refresh_stage(self) -> None:
        """Show the plan that is chosen, or the newest of the chosen activation."""
        choice = self.session.choice
        seen_activation, seen_plan = self._seen
        if choice.plan is not None and choice.plan == seen_plan and choice.activation != seen_activation:
            # Somebody chose another activation: the plan that was chosen before is not meant any more.
            self.session.choose(plan=None)
        self._seen = (self.session.choice.activation, self.session.choice.plan)
        activation = self.session.activation()
        names = [each.name for each in self.session.activations()]
        self.query_one(PlanHead).show_activations(names, activation.name if activation else None)
        if self._is_planning and (activation is None or activation.name != self._planned):
            self._give_up_planning()
        if activation is None and self.session.choice.plan is None:
            self._show_plan(None)
        elif not self._is_planning:
            self._look_for_plan(self.session.choice.plan, activation.name if activation else "")

    @work(exclusive=True, group="look")
    async def _look_for_plan(self, plan: str | None, activation: str) -> None:
        if plan is None:
            newest = await self.ask(LatestPlan(activation))
            self._show_plan(newest)
        else:
            found = await self.ask(FindPlan(plan))
            self._show_plan(found)

    def _show_plan(self, summary: PlanSummary | None) -> None:
        """Show a plan, or that there is none. One that is shown already keeps cursor and filter."""
        before, self._summary = self._summary, summary
        self._show_head()
        self.show_frame()
        self.refresh_bindings()
        if summary is None or before is None or (before.folder, before.plan) != (summary.folder, summary.plan):
            panes = self.query_one(PlanPanes)
            panes.show_plan(summary, self._price_of(summary))
            if summary is not None and self.focused is None:
                panes.enter(panes.pane)

    def _show_head(self) -> None:
        head, activation = self.query_one(PlanHead), self.session.activation()
        if self._summary is not None:
            now = self.session.now()
            head.show_plan(self._summary, self.session.file, now)
            is_open = self._summary.run is None
            self.query_one(PlanOverview).show_wait(quiet_words(self._summary, now) if is_open else "")
        else:
            head.show_no_plan(activation.name if activation else None)

    def shown_destination(self) -> Destination | None:
        """Where the plan goes, or the one that would be made."""
        project, activation = self.session.project, self.session.activation()
        if self._summary is not None:
            return self._destination_of(self._summary.plan)
        if project is None or activation is None:
            return super().shown_destination()
        return project.destination_of(project.templates[activation.template])

    def on_runs_heard(self) -> None:
        """The run of the plan may be further than it was."""
        summary = self._summary
        news = next((each for each in self.stoker.runs if summary is not None and each.record.run == summary.run), None)
        if summary is not None and news is not None:
            self._summary = replace(summary, run_state=news.progress.state)
            self._show_head()

    def _destination_of(self, plan: Plan) -> Destination | None:
        return self.session.project.destinations.get(plan.destination) if self.session.project else None

    def _price_of(self, summary: PlanSummary | None) -> PlanPrice:
        destination = self._destination_of(summary.plan) if summary else None
        if destination is None:
            return PlanPrice()
        return PlanPrice(destination.cost_per_1000_data_points, destination.rate.requests_per_second)

    def on_plan_head_activation_chosen(self, message: PlanHead.ActivationChosen) -> None:
        """Look at the plan of another activation."""
        message.stop()
        self.session.choose(activation=message.name, plan=None)
        self.set_focus(None)
        self.refresh_stage()

    async def on_notice_chosen(self, event: Notice.Chosen) -> None:
        """The keys of notices can be clicked."""
        event.stop()
        await self.run_action({"p": "screen.plan", "5": "app.go('segment')"}.get(event.key, "screen.leave_field"))

    def action_choose_activation(self) -> None:
        """Open the list at the top."""
        self.query_one(PlanHead).open_choice()

    # Planning

    @property
    def _is_planning(self) -> bool:
        return self._planning is not None and not self._planning.is_finished

    def action_plan(self) -> None:
        """Make a plan."""
        activation = self.session.activation()
        if activation is None:
            self.notify("There is nothing to plan yet: make a campaign first.", markup=False)
        elif not self._is_planning:
            self.clear_explanation()
            # What is being looked for would take the place of the new plan.
            self.workers.cancel_group(self, "look")
            self._planned = activation.name
            self._planning = self._plan(activation.name)

    @work(exclusive=True, group="plan")
    async def _plan(self, activation: str) -> None:
        self.query_one(PlanHead).show_planning(activation)
        try:
            summary = await self.session.ask(MakePlan(activation))
        except StokerError as error:
            self.explain(error, _HELD_REMEDY if isinstance(error, LedgerHeld) else "")
            summary = None
        finally:
            self.query_one(PlanHead).show_planning(None)
        if summary is None:
            self._show_head()
            return
        self.session.choose(plan=summary.folder)
        self._seen = (self.session.choice.activation, summary.folder)
        self._show_plan(summary)

    def _give_up_planning(self) -> None:
        if self._planning is not None:
            self._planning.cancel()
        self.notify("Planning was given up.", markup=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A plan that was given up leaves what was shown before."""
        if event.worker is self._planning and event.state == WorkerState.CANCELLED:
            self._show_head()

    # Looking into it

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a plan is dark without one."""
        if action in _NEEDS_PLAN and self._summary is None:
            return None
        return super().check_action(action, parameters)

    def action_leave_field(self) -> None:
        """Escape: hide an explanation, give up planning, leave the record, show everybody; one after the other."""
        panes = self.query_one(PlanPanes)
        customers = panes.customers
        if not self.query_one("#explanation", Notice).has_class("-hidden"):
            super().action_leave_field()
        elif self._is_planning:
            self._give_up_planning()
        elif self.focused is not None and customers.record in self.focused.ancestors:
            customers.table.focus()
        elif panes.pane == "customers" and customers.filter != ChangeFilter():
            customers.show_filter(ChangeFilter())
        else:
            super().action_leave_field()

    def action_pane(self, name: Pane) -> None:
        """Go to a pane."""
        self.query_one(PlanPanes).enter(name)

    def action_kind(self) -> None:
        """The next kind."""
        panes = self.query_one(PlanPanes)
        panes.customers.cycle_kind()
        panes.enter("customers")

    def action_attribute(self) -> None:
        """Pick an attribute."""
        assert self._summary is not None
        attributes = [(each.name, f"{each.changed + each.cleared:>9,}") for each in self._summary.plan.attributes]

        def picked(attribute: PickedAttribute | None) -> None:
            if attribute is not None:
                self.query_one(PlanPanes).narrow(attribute=attribute.name)

        self.app.push_screen(PickAttribute(attributes), picked)

    def action_find(self) -> None:
        """Ask for a customer."""
        assert self._summary is not None

        def named(user: str | None) -> None:
            if user is not None:
                self.query_one(PlanPanes).narrow(user=user, kind=None, attribute=None)

        self.app.push_screen(FindCustomer(self._summary.plan.identifier), named)

    def action_exact_json(self) -> None:
        """Before and after, or the JSON."""
        panes = self.query_one(PlanPanes)
        panes.customers.record.toggle_json()
        if panes.pane != "customers":
            panes.enter("customers")

    # Taking it further

    def action_export(self) -> None:
        """Ask where to."""
        assert self._summary is not None
        wanted = self.query_one(PlanPanes).customers.filter
        self.app.push_screen(export_of_changes(self.session, self._summary, wanted), self._tell_written)

    def action_save_plan(self) -> None:
        """Ask where to."""
        assert self._summary is not None
        self.app.push_screen(copy_of_plan(self.session, self._summary), self._tell_written)

    def _tell_written(self, written: str | None) -> None:
        if written is not None:
            self.notify(content(written).plain, title="Written", markup=False)

    def action_send(self) -> None:
        """The second step: the numbers again, and one of them to type."""
        summary = self._summary
        assert summary is not None
        destination = self._destination_of(summary.plan)
        if self._is_planning:
            self.notify("A new plan is being made. Send that one.", markup=False)
        elif self.session.project is None:
            self.notify("stoker.toml cannot be used now, so nothing can be sent.", markup=False)
        elif not summary.plan.counts.changes:
            self.notify("There is nothing to send.", markup=False)
        elif summary.run is not None:
            self._explain_fate(summary.id, summary.run, summary.run_state)
        elif destination is None:
            fact = f"The project has no destination {summary.plan.destination} any more."
            self.explain(Refused(f"{fact} Nothing was sent."), "Press p to plan again")
        else:
            wait = quiet_words(summary, self.session.now())
            dialog = SendPlan(summary.plan, destination, self._price_of(summary), wait)
            self.app.push_screen(dialog, self._send_if_confirmed)

    def _explain_fate(self, plan: str, run: str, state: State) -> None:
        """Why a plan that has a run is not sent again, and what helps."""
        match state:
            case "done" | "refused":
                fate, remedy = f"was applied by run {run}", "Press p to plan again"
            case "stopped" | "crashed":
                fate, remedy = f"was begun by run {run}, which did not come to its end", _RESUME_REMEDY
            case _:
                fate, remedy = f"is being sent by run {run}", "Press 7 to watch it"
        fact = f"Plan {plan} {fate}, and a plan is applied at most once."
        self.explain(Refused(f"{fact} Nothing was sent now."), remedy)

    def _send_if_confirmed(self, order: SendOrder | None) -> None:
        if order is not None and self._summary is not None:
            self._begin(self._summary, order)

    @work(exclusive=True, group="begin")
    async def _begin(self, summary: PlanSummary, order: SendOrder) -> None:
        self.clear_explanation()
        try:
            run = await self.session.ask(BeginRun(summary.folder, order.allowed, order.sample))
        except Refused as error:
            self.explain(error, "Press p to plan again" if "stale" in error.guards else "Refused: nothing was sent")
        except StokerError as error:
            self.explain(error, "Nothing was sent")
        else:
            self._summary = replace(summary, run=run, run_state="starting")
            await self.stoker.refresh_runs()
            await self.stoker.go("sync", run=run)
