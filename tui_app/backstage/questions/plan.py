"""Questions about plans: make one, look into it page by page, export it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_app.backstage.questions.question import Question
from tui_app.core.change import Kind
from tui_app.core.plan import Plan
from tui_app.core.run import State


@dataclass(frozen=True, slots=True)
class PlanSummary:
    """A plan on disk."""

    id: str
    folder: str
    plan: Plan
    seconds: float | None = None
    """How long it took to make; None for one that was found."""
    run: str | None = None
    """The newest run that applies it, or did; None: there is none."""
    run_state: State = "done"
    """Of that run, when this was asked."""
    newest_send: int | None = None
    """Of a customer of whom a value changes, in epoch seconds: the quiet period counts from it. None: nothing waits."""


@dataclass(frozen=True, slots=True)
class MakePlan(Question[PlanSummary]):
    """The dry run. FixInput, LedgerHeld or Damaged: no plan was made."""

    activation: str


@dataclass(frozen=True, slots=True)
class FindPlan(Question[PlanSummary]):
    """A plan by its id or path. Usage: there is none; Damaged: it is not what was written."""

    plan: str


@dataclass(frozen=True, slots=True)
class LatestPlan(Question["PlanSummary | None"]):
    """The newest plan of an activation that may still be applied or looked at; None if there is none."""

    activation: str


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which rows of a plan are wanted; None wants all."""

    kind: Kind | Literal["withheld"] | None = None
    attribute: str | None = None
    user: str | None = None
    """An identifier, whole; for user_alias also the alias name alone."""


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Rows of a plan that match a filter, ready to be paged."""

    key: int
    rows: int


@dataclass(frozen=True, slots=True)
class OpenChanges(Question[ChangeView]):
    """Find the rows that match. Its `key` is good until backstage ends; 16 views are kept, the oldest goes first."""

    plan: str
    filter: ChangeFilter


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One customer of a plan."""

    id: str
    kind: Kind | Literal["withheld"]
    before: str
    """JSON object of the changed attributes' last acknowledged values; null where nothing is known."""
    after: str
    """JSON object of what they become; null clears. Empty for `withheld`."""
    payload: str
    """The exact JSON object that is sent; "" for `withheld`."""
    reasons: tuple[tuple[str | None, str, str | None], ...] = ()
    """For `withheld`: attribute (None: the whole customer), the reason in words, the source value."""


@dataclass(frozen=True, slots=True)
class ReadChanges(Question[tuple[ChangeRow, ...]]):
    """A page of a view, in sending order. Usage: the view is not open any more."""

    view: int
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written, mode 0600."""

    path: str
    rows: int


@dataclass(frozen=True, slots=True)
class ExportPlan(Question[Exported]):
    """Write the rows that match to a new file, as `stoker show --format` does. FixInput: it cannot be written."""

    plan: str
    path: str
    format: Literal["json", "csv"]
    filter: ChangeFilter = ChangeFilter()


@dataclass(frozen=True, slots=True)
class SavePlan(Question[str]):
    """Copy a plan, which stays a plan, to a new or empty folder. Gives its path. FixInput: it cannot be written."""

    plan: str
    folder: str
