"""The second, explicit step before anything is sent: the numbers and the workspace again, and a number to type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Checkbox, Input, Label, Static

from tui_app.core.plan import Plan
from tui_app.core.project import Destination
from tui_app.tui.dialogs.dialog import Form
from tui_app.tui.text import content, counted, line, lines
from tui_app.tui.widgets.figures import Figure, Figures
from tui_app.tui.widgets.preview_overview import PlanPrice, change_figures
from tui_app.tui.widgets.tick import Tick

_NUMBER: Final = r"[0-9,._ ]*"
"""What can be typed for a number; whoever groups digits may."""


@dataclass(frozen=True, slots=True)
class SendOrder:
    """What a person confirmed."""

    allowed: tuple[str, ...] = ()
    """Guards that refuse and are to let this plan through."""
    sample: int | None = None
    """Only the first this many customers; None: all."""


class SendPlan(Form[SendOrder]):
    """Asks whether a plan is to be sent. None: it is not.

    Args:
        plan: With at least one change.
        destination: Where it goes, as the project says.
        price: For the cost.
        wait: A sentence about what sending would wait for; "" for nothing.
    """

    DEFAULT_CSS: ClassVar[str] = """
    SendPlan {
        & Figures { margin-top: 1; }
        & .wait { margin-top: 1; color: $text-warning; }
        & .row { height: 1; margin-top: 1; }
        & .row Label { margin-right: 1; }
        & .row Input { width: 12; margin-right: 1; }
        & .guards { margin-top: 1; height: auto; }
        & Checkbox { width: 1fr; background: transparent; }
        & .why { padding-left: 4; color: $text-muted; }
        & #confirm { border-left: outer $primary; padding-left: 1; }
        & .said { color: $text-warning; padding-left: 2; }
    }
    SendPlan.-low .said { margin-top: 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "accept", "Send", show=False)]

    ACCEPT: ClassVar[str] = "Send"
    HINT: ClassVar[str] = "esc cancels, and nothing is sent"
    SAYS: ClassVar[bool] = True

    def __init__(self, plan: Plan, destination: Destination, price: PlanPrice, wait: str = "") -> None:
        super().__init__()
        self._plan = plan
        self._destination = destination
        self._price = price
        self._wait = wait

    def heading(self) -> Content:
        """What is sent where."""
        return line(f"Send {self._plan.activation} to ", (self._plan.destination, "$primary"))

    def compose_body(self) -> ComposeResult:
        """What it comes to, and what must be allowed."""
        plan = self._plan
        yield Static(_workspace(self._destination))
        yield Figures(tuple(_figures(plan, self._price)))
        if self._wait:
            yield Static(content(self._wait), classes="wait")
        with Horizontal(classes="row"):
            yield Label("Only the first", markup=False)
            yield Input(id="sample", compact=True, restrict=_NUMBER)
            yield Label("customers. Empty sends all of them.", markup=False)
        if plan.refusals:
            yield from self._compose_guards()

    def compose_foot(self) -> ComposeResult:
        """The number to type, and what keeps it from being sent."""
        with Horizontal(classes="row", id="confirm"):
            yield Label(id="what-to-type")
            yield Input(id="typed", compact=True, restrict=_NUMBER)
        yield from super().compose_foot()

    def _compose_guards(self) -> ComposeResult:
        with Vertical(classes="guards"):
            for index, guard in enumerate(self._plan.refused_by):
                yield Tick(content(f"allow {guard}"), id=f"guard-{index}", compact=True)
                facts = [each.message for each in self._plan.refusals if each.guard == guard]
                yield Static(lines(*facts), classes="why")

    def on_mount(self) -> None:
        """Whoever agrees with the numbers types one of them."""
        self._judge()
        self.query_one("#typed").focus()

    @property
    def _sample(self) -> int | None:
        """None: everybody."""
        digits = _digits(self.query_one("#sample", Input).value)
        sample = int(digits) if digits else None
        return sample if sample is not None and sample < self._plan.counts.changes else None

    @property
    def _customers(self) -> int:
        sample = self._sample
        return self._plan.counts.changes if sample is None else sample

    @property
    def _allowed(self) -> tuple[str, ...]:
        return tuple(
            guard
            for index, guard in enumerate(self._plan.refused_by)
            if self.query_one(f"#guard-{index}", Checkbox).value
        )

    def on_input_changed(self, event: Input.Changed) -> None:
        """Judge again."""
        event.stop()
        self._judge()

    def on_checkbox_changed(self, event: Checkbox.Changed) -> None:
        """Judge again."""
        event.stop()
        self._judge()

    def action_accept(self) -> None:
        """Send only what was confirmed."""
        if not any(self._missing()):
            self.dismiss(SendOrder(self._allowed, self._sample))

    def _judge(self) -> None:
        customers = self._customers
        label = line("Type ", (f"{customers:,}", "bold $primary"), f" to send {counted(customers, self._plan.noun)}:")
        self.query_one("#what-to-type", Label).update(label)
        missing = tuple(self._missing())
        self.query_one("#accept", Button).disabled = bool(missing)
        ready = line(("✓ enter sends it", "$text-success"))
        self.say(lines(*missing) if missing else ready)

    def _missing(self) -> Iterator[str]:
        """What keeps it from being sent."""
        if not self._customers:
            yield f"A sample has at least 1 {self._plan.noun}."
        not_allowed = [guard for guard in self._plan.refused_by if guard not in self._allowed]
        if not_allowed:
            yield f"Allow {', '.join(not_allowed)}, or cancel."
        typed = _digits(self.query_one("#typed", Input).value)
        if typed != str(self._customers):
            yield f"That is not {self._customers:,}." if typed else "The number is not typed yet."


def _digits(text: str) -> str:
    """A number without its grouping and leading zeros; "" if there is none."""
    digits = "".join(each for each in text if each.isdigit())
    return str(int(digits)) if digits else ""


def _workspace(destination: Destination) -> Content:
    instance = f"{destination.instance}  " if destination.instance else ""
    scope = "known customers only" if destination.update_existing_only else "makes new customers"
    return lines(
        line((f"{destination.name}  ", "bold"), f"{instance}{destination.endpoint}"),
        line((f"by {destination.identifier}, {scope}", "$foreground-muted")),
    )


def _figures(plan: Plan, price: PlanPrice) -> Iterator[Figure]:
    yield from change_figures(plan.counts)
    yield Figure("requests", f"{plan.requests:,}")
    yield Figure("data points", f"{plan.data_points:,}")
    if (cost := price.of(plan)) is not None:
        yield Figure("cost", cost)
