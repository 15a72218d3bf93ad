"""A plan in figures: what refuses it first, then every customer once, what sending costs, and what is withheld."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_app.core.guards import WORKSPACE
from tui_app.core.plan import Plan, PlanCounts, PlanWarning
from tui_app.tui.moments import lasting
from tui_app.tui.text import content, counted, line, lines
from tui_app.tui.widgets.figures import Figure, Figures
from tui_app.tui.widgets.notice import Notice
from tui_app.tui.widgets.preview_groups import GroupTable
from tui_app.tui.widgets.reason_list import CountedReason, ReasonList
from tui_app.tui.widgets.share_bar import Part, ShareBar

_MOST_WARNINGS: Final = 8


@dataclass(frozen=True, slots=True)
class PlanPrice:
    """What the destination says about sending."""

    cost_per_1000_data_points: float = 0.0
    """0: not known."""
    requests_per_second: float = 1000.0
    """Its limit."""

    def of(self, plan: Plan) -> str | None:
        """The cost of a plan, in the currency that the project file thinks in; None if it is not known."""
        if not self.cost_per_1000_data_points:
            return None
        return f"{plan.data_points * self.cost_per_1000_data_points / 1000:,.2f}"


class PlanOverview(VerticalScroll):
    """The first look at a plan."""

    DEFAULT_CSS: ClassVar[str] = """
    PlanOverview {
        background: $background;
        & > Notice { margin-bottom: 1; }
        & > .heading { margin-top: 1; }
        & > .heading.-first { margin-top: 0; }
        & > Figures, & > ShareBar { padding: 0 1; }
        & > ShareBar { margin-top: 1; }
        & > #quiet { padding: 0 1; margin-top: 1; }
    }
    """

    def compose(self) -> ComposeResult:
        """Everything; what does not apply is hidden."""
        yield Notice(id="refusals")
        yield Notice(id="nothing-to-send")
        yield Notice(id="plan-warnings")
        yield Static("Customers", classes="heading -first", id="customers-heading", markup=False)
        yield Figures(id="customer-figures")
        yield ShareBar(id="customer-shares")
        yield Static("Groups", classes="heading", id="groups-heading", markup=False)
        yield GroupTable(id="groups")
        yield Static("Sending", classes="heading", markup=False)
        yield Figures(id="sending-figures")
        yield Static(id="quiet", classes="-hidden")
        yield Static("Withheld: not sent, for a reason", classes="heading", id="withheld-heading", markup=False)
        yield ReasonList(id="withheld-reasons")

    def show(self, plan: Plan, price: PlanPrice) -> None:
        """Show a plan."""
        self._show_refusals(plan)
        self._show_nothing_to_send(plan)
        self._show_warnings(plan.warnings)
        self.query_one("#customers-heading", Static).update(plan.nouns.capitalize())
        self.query_one("#customer-figures", Figures).show(tuple(_customer_figures(plan)))
        self.query_one("#customer-shares", ShareBar).show(_shares(plan.counts))
        for name in ("#groups-heading", "#groups"):
            self.query_one(name).display = bool(plan.places)
        self.query_one(GroupTable).show_items(plan.places)
        self.query_one("#sending-figures", Figures).show(tuple(_sending_figures(plan, price)))
        reasons = sorted(plan.reasons, key=lambda each: (each.attribute is not None, -each.count))
        self.query_one("#withheld-heading").display = bool(reasons)
        self.query_one("#withheld-reasons", ReasonList).show(
            [
                CountedReason(each.count, each.attribute or "whole customer", each.sentence, each.example or "")
                for each in reasons
            ]
        )
        self.query_one("#withheld-reasons").display = bool(reasons)
        self.scroll_home(animate=False)

    def show_wait(self, words: str) -> None:
        """Say what sending would wait for; "" for nothing."""
        told = self.query_one("#quiet", Static)
        told.set_class(not words, "-hidden")
        told.update(content(words, "$text-warning"))

    def _show_refusals(self, plan: Plan) -> None:
        notice = self.query_one("#refusals", Notice)
        notice.display = bool(plan.refusals)
        if not plan.refusals:
            return
        rows = [line((each.guard, "bold $text-error"), f"  {each.message}") for each in plan.refusals]
        guards = "A guard refuses" if len(plan.refused_by) == 1 else f"{len(plan.refused_by)} guards refuse"
        notice.show("bad", f"{guards} this plan", lines(*rows, _remedy(plan)))

    def _show_nothing_to_send(self, plan: Plan) -> None:
        notice = self.query_one("#nothing-to-send", Notice)
        notice.display = not plan.counts.changes
        if plan.counts.changes:
            return
        known = counted(plan.counts.unchanged, plan.noun)
        text = f"{known} of the source: Braze acknowledged every value that they have now."
        notice.show("good", "There is nothing to send.", text if plan.counts.unchanged else "")

    def _show_warnings(self, warnings: tuple[PlanWarning, ...]) -> None:
        notice = self.query_one("#plan-warnings", Notice)
        notice.display = bool(warnings)
        if not warnings:
            return
        rows: list[str | Content] = [each.message for each in warnings[:_MOST_WARNINGS]]
        if len(warnings) > len(rows):
            rows.append(line((f"… and {len(warnings) - len(rows)} more", "$foreground-muted")))
        notice.show("warning", counted(len(warnings), "warning"), lines(*rows))


def _remedy(plan: Plan) -> Content:
    """What would allow a plan that is refused."""
    if plan.refused_by == (WORKSPACE,):
        return line(("If it is the key of the same workspace, allow it when sending.", "$foreground-muted"))
    return line(("If this is meant, allow it when sending, or set another limit in stoker.toml.", "$foreground-muted"))


def change_figures(counts: PlanCounts) -> Iterator[Figure]:
    """Who is sent, by kind, each with its sign."""
    if counts.happenings:
        yield Figure("to be sent once", f"+{counts.happenings:,}", "good")
        return
    yield Figure("joins", f"+{counts.join:,}" if counts.join else "0", "good" if counts.join else "muted")
    yield Figure("updates", f"~{counts.update:,}" if counts.update else "0", "accent" if counts.update else "muted")
    yield Figure("leaves", f"-{counts.leave:,}" if counts.leave else "0", "normal" if counts.leave else "muted")


def _customer_figures(plan: Plan) -> Iterator[Figure]:
    counts = plan.counts
    yield from change_figures(counts)
    yield Figure("unchanged", f"{counts.unchanged:,}", "normal" if counts.unchanged else "muted")
    yield Figure("outside", f"{counts.outside:,}", "normal" if counts.outside else "muted")
    yield Figure("withheld", f"{counts.withheld:,}", "warning" if counts.withheld else "muted")
    yield Figure("in doubt", f"{plan.in_doubt:,}", "warning" if plan.in_doubt else "muted")


def _shares(counts: PlanCounts) -> tuple[Part, ...]:
    parts = (
        Part("purchases and events", counts.happenings, "good"),
        Part("joins", counts.join, "good"),
        Part("updates", counts.update, "accent"),
        Part("leaves", counts.leave, "bad"),
        Part("unchanged", counts.unchanged, "normal"),
        Part("outside", counts.outside, "muted"),
        Part("withheld", counts.withheld, "warning"),
    )
    return tuple(part for part in parts if part.count)


def _sending_figures(plan: Plan, price: PlanPrice) -> Iterator[Figure]:
    yield Figure(plan.nouns, f"{plan.counts.changes:,}")
    yield Figure("requests", f"{plan.requests:,}")
    yield Figure("data points", f"{plan.data_points:,}")
    if (cost := price.of(plan)) is not None:
        yield Figure("cost", cost)
    seconds = plan.requests / price.requests_per_second
    yield Figure("at the rate limit", lasting(seconds) if seconds >= 1 else "<1 s")
