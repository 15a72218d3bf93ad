"""Which plan this is, in lines that always stay: what is planned, when, where it goes, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, assert_never

from textual.app import ComposeResult
from textual.containers import Container, Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Label, Select, Static

from tui_app.backstage.questions.plan import PlanSummary
from tui_app.core.run import State
from tui_app.tui.moments import ago, lasting
from tui_app.tui.text import Part, content, line
from tui_app.tui.widgets.notice import Notice

_TELL_SECONDS: Final = 0.5


class PlanHead(Container):
    """What can be planned, and what is known about its plan."""

    SCOPED_CSS = False  # it looks at the screen's width
    DEFAULT_CSS: ClassVar[str] = """
    PlanHead {
        height: auto;
        & > #which { height: 1; & Label { color: $text-muted; margin-right: 1; } }
        & Select { width: 34; margin-right: 2; & > SelectOverlay { width: 50; } }
        & SelectCurrent { background: $panel; padding: 0 1; }
        & #age { width: 1fr; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #where { height: 1; text-wrap: nowrap; text-overflow: ellipsis; margin-top: 1; }
        & > #planning { height: 1; margin-top: 1; }
        & > #no-plan { margin-top: 1; }
    }
    .-narrow PlanHead {
        & > #where, & > #planning { margin-top: 0; }
        & Select { width: 24; margin-right: 1; }
    }
    """

    @dataclass
    class ActivationChosen(Message):
        """Somebody wants to see the plan of another activation."""

        name: str

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._chosen: str | None = None
        self._planning: tuple[str, float] | None = None
        """Destination or activation in words, and when it began in monotonic seconds."""

    def compose(self) -> ComposeResult:
        """The choice, and what is said about it."""
        with Horizontal(id="which"):
            yield Label("Activation", markup=False)
            yield Select[str]((), prompt="none yet", id="activation", compact=True)
            yield Static(id="age")
        yield Static(id="where")
        yield Static(id="planning", classes="-hidden")
        yield Notice(id="no-plan", classes="-hidden")

    def on_mount(self) -> None:
        """The clock of planning stands still while nothing is planned."""
        self._clock = self.set_interval(_TELL_SECONDS, self._tell_planning, pause=True)

    def show_activations(self, names: Sequence[str], chosen: str | None) -> None:
        """Show what can be planned."""
        select: Select[str] = self.query_one("#activation", Select)
        with self.prevent(Select.Changed):
            if tuple(names) != self._names:
                self._names = tuple(names)
                select.set_options((content(name), name) for name in names)
            select.value = Select.NULL if chosen is None else chosen
        self._chosen = chosen
        select.disabled = not names

    def show_plan(self, summary: PlanSummary, project_file: Path, now: float) -> None:
        """Say which plan is shown.

        Args:
            summary: The plan.
            project_file: If it was changed later than the plan was made, that is said.
            now: Epoch seconds.
        """
        self.query_one("#age", Static).update(_age_and_fate(summary, project_file, now))
        self.query_one("#where", Static).update(_where_it_goes(summary))
        self.query_one("#where").display = True
        self.query_one("#no-plan").add_class("-hidden")

    def show_no_plan(self, activation: str | None) -> None:
        """Say that there is no plan, and what helps.

        Args:
            activation: None: there is nothing that could be planned.
        """
        self.query_one("#age", Static).update("")
        self.query_one("#where").display = False
        notice = self.query_one("#no-plan", Notice)
        notice.set_class(self._planning is not None, "-hidden")
        if activation is None:
            text = "A plan needs an activation: pick customers with a segment, and make a campaign of it."
            notice.show("info", "There is nothing to plan yet", text, key="5", action="goes to Segment")
        else:
            text = "A plan reads the source and compares it with what Braze acknowledged before. It sends nothing."
            notice.show("info", f"No plan of {activation} yet", text, key="p", action="plans now")

    def show_planning(self, activation: str | None) -> None:
        """Say that a plan is being made, and for how long; None: it is not any more."""
        self._planning = (activation, time.monotonic()) if activation is not None else None
        self.query_one("#planning").set_class(activation is None, "-hidden")
        if activation is None:
            self._clock.pause()
        else:
            self.query_one("#no-plan").add_class("-hidden")
            self._tell_planning()
            self._clock.resume()

    def open_choice(self) -> None:
        """Let somebody choose."""
        select = self.query_one("#activation", Select)
        if not select.disabled:
            select.focus()
            select.action_show_overlay()

    def on_select_changed(self, event: Select.Changed) -> None:
        """Hand it on."""
        event.stop()
        if isinstance(event.value, str):
            self._chosen = event.value
            self.post_message(self.ActivationChosen(event.value))
        elif self._chosen is not None:
            # The empty line of the list chooses nothing.
            self.show_activations(self._names, self._chosen)

    def _tell_planning(self) -> None:
        if self._planning is None:
            return
        activation, since = self._planning
        said = line(
            ("» planning ", "bold $text-accent"),
            (activation, "bold"),
            ": asking for names, reading the source and comparing … ",
            (lasting(time.monotonic() - since), "bold"),
            ("  esc cancels", "$foreground-muted"),
        )
        self.query_one("#planning", Static).update(said)


def _where_it_goes(summary: PlanSummary) -> Content:
    """Activation, destination, endpoint, and the state of the ledger that it was made against."""
    plan = summary.plan
    return line(
        (plan.activation, "bold"),
        (" → ", "$foreground-muted"),
        (plan.destination, "bold"),
        (f"  {plan.endpoint}  ledger serial {plan.ledger_serial}  {summary.id}", "$foreground-muted"),
    )


def _age_and_fate(summary: PlanSummary, project_file: Path, now: float) -> Content:
    """What became of it, and when it was made; first what matters, as the end may be cut off."""
    made, changed = _changed_at(Path(summary.folder)), _changed_at(project_file)
    parts: list[Part] = []
    if summary.run is not None:
        parts.append(_fate_of(summary.run, summary.run_state))
    elif made is not None and changed is not None and changed > made:
        parts.append(("! older than stoker.toml  ", "$text-warning"))
    elif summary.plan.counts.changes:
        parts.append("not sent  ")
    if made is not None:
        parts.append((f"made {ago(made, now)}", "$foreground-muted"))
    if summary.seconds is not None:
        seconds = f"{summary.seconds:.1f} s" if summary.seconds < 10 else lasting(summary.seconds)
        parts.append((f" in {seconds}", "$foreground-muted"))
    return line(*parts)


def _fate_of(run: str, state: State) -> Part:
    """How far the run of a plan is, and where it is watched or gone on with."""
    match state:
        case "done":
            return (f"✓ applied by run {run}  ", "$text-success")
        case "stopped":
            return (f"■ stopped, R in 8 Runs resumes it: run {run}  ", "$text-warning")
        case "crashed":
            return (f"! its worker died, R in 8 Runs resumes it: run {run}  ", "$text-error")
        case "refused":
            return (f"× refused, p plans again: run {run}  ", "$text-error")
        case "paused":
            return (f"‖ paused, 7 watches it: run {run}  ", "$text-warning")
        case "starting" | "waiting" | "sending" | "folding":
            return (f"» being sent, 7 watches it: run {run}  ", "$text-accent")
        case _:
            assert_never(state)


def _changed_at(path: Path) -> float | None:
    """Epoch seconds; None if it is not there. A plan's folder is never touched again."""
    try:
        return path.stat().st_mtime
    except OSError:
        return None
