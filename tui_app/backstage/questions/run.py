"""Questions about runs: begin, watch, steer, resume, report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_app.backstage.questions.plan import Exported
from tui_app.backstage.questions.question import Question
from tui_app.core.run import Progress, RejectionReason, RunRecord, RunTotals, Wish


@dataclass(frozen=True, slots=True)
class RunNews:
    """A run, as it is now."""

    record: RunRecord
    progress: Progress
    """`crashed` for a worker that died without a word."""
    wish: Wish
    """What was asked of the worker last."""


@dataclass(frozen=True, slots=True)
class BeginRun(Question[str]):
    """Apply a plan: write the record and start the worker. Gives the run's id.

    Refused: a guard, or the plan is stale. LedgerHeld: another run goes on. FixInput: the key. Nothing was sent.
    """

    plan: str
    allowed: tuple[str, ...] = ()
    """Guards that a person allowed."""
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class ResumeRun(Question[str]):
    """Go on with a run that stopped or died. Gives its id. Refused, LedgerHeld: why not."""

    run: str


@dataclass(frozen=True, slots=True)
class SteerRun(Question[None]):
    """Leave a wish for the worker."""

    run: str
    wish: Wish


@dataclass(frozen=True, slots=True)
class WatchRun(Question[RunNews]):
    """How a run is doing. `last` is the newest. Usage: there is none."""

    run: str


@dataclass(frozen=True, slots=True)
class ListRuns(Question[tuple[RunNews, ...]]):
    """Runs of the project, newest first."""

    limit: int = 200


@dataclass(frozen=True, slots=True)
class RunReport:
    """A run, read from its journal."""

    news: RunNews
    totals: RunTotals
    reasons: tuple[RejectionReason, ...]
    """Most frequent first."""


@dataclass(frozen=True, slots=True)
class ReportRun(Question[RunReport]):
    """What became of every customer. Damaged: journal or plan are not what was written."""

    run: str


@dataclass(frozen=True, slots=True)
class RejectedPage:
    """Some rejected customers, in sending order."""

    rows: tuple[tuple[str, str], ...]
    """Customer, reason."""
    first: int
    total: int


@dataclass(frozen=True, slots=True)
class ReadRejected(Question[RejectedPage]):
    """A page of the rejected customers of a run."""

    run: str
    first: int = 0
    count: int = 200


@dataclass(frozen=True, slots=True)
class ExportRun(Question[Exported]):
    """Write a run's report with every rejected customer to a new file of mode 0600. FixInput: it cannot be written."""

    run: str
    path: str
    format: Literal["json", "csv"]
