"""A run: what it applies, what its journal records, what its worker says, and what others want of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tui_app.core.clock_reading import ClockReading
from tui_app.core.delivery import InputArray

MAX_ANNOUNCED = 256
"""Requests that one `Dispatched` record may announce beyond the one before it."""
NEWEST_RECORD_SECONDS = 1.0
"""How old the newest record may be when a request leaves: a quiet period is counted from it if no answer comes."""

Outcome = Literal["acknowledged", "rejected", "in_doubt", "not_sent"]


@dataclass(frozen=True, slots=True)
class Opened:
    """A worker begins: the first record, and one more for every worker that goes on with the run."""

    plan: str
    """Fingerprint of the plan that the journal belongs to."""
    time: float
    boot: str = ""
    booted_at: float = 0.0
    """With `boot`: the clock of all times up to the next record of this kind."""

    @property
    def clock(self) -> ClockReading:
        """How the worker's clock was set."""
        return ClockReading(self.boot, self.booted_at)


@dataclass(frozen=True, slots=True)
class Dispatched:
    """Every request below `below` may have left, now or later, and may leave again."""

    below: int
    """Not above the one before it: nothing new is announced, but requests still leave."""
    time: float
    """Epoch seconds."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The verdict for rows `first` up to but not including `end` of the plan; a later one replaces it."""

    first: int
    end: int
    outcome: Outcome
    time: float
    reasons: Mapping[int, str]
    """Row → Braze's reason, for the rows in this range that were rejected although the others were acknowledged."""
    was_in_doubt: bool = False
    """An earlier attempt had an unknown outcome, so a rejection settles nothing."""


@dataclass(frozen=True, slots=True)
class Finished:
    """Nothing more will be recorded unless the run is resumed."""

    status: str
    time: float


Record: TypeAlias = Opened | Dispatched | Answered | Finished


@dataclass(frozen=True, slots=True)
class RunTotals:
    """Every customer of a run's plan, once."""

    acknowledged: int
    rejected: int
    in_doubt: int
    not_sent: int
    data_points: int
    """Of the acknowledged ones."""


@dataclass(frozen=True, slots=True)
class RejectionReason:
    """One of Braze's reasons."""

    reason: str
    customers: int
    examples: tuple[str, ...]
    """Up to five customers."""


Wish = Literal["go_on", "pause", "stop"]
State = Literal["starting", "waiting", "sending", "paused", "folding", "done", "stopped", "refused", "crashed"]
ENDED: tuple[State, ...] = ("done", "stopped", "refused", "crashed")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run applies; written once, before anything is sent."""

    run: str
    activation: str
    destination: str
    plan: str
    """Path of the plan's folder."""
    fingerprint: str
    ledger: str
    """Name of the ledger's folder."""
    lineage: str
    ledger_serial: int
    started: float
    """Epoch seconds."""
    rows: int
    requests: int
    sample: int | None = None
    """Only the first this many customers of the plan."""
    allowed: tuple[str, ...] = ()
    """Guards that a person allowed."""
    recipients: int = 0
    """What it adds to the log of recipients."""
    array: InputArray = "attributes"
    """What its requests are made of."""

    @property
    def noun(self) -> str:
        """What one row of its plan is, to be counted."""
        return "customer" if self.array == "attributes" else self.array.removesuffix("s")

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send and nothing to log."""
        return not self.rows and not self.recipients


@dataclass(frozen=True, slots=True)
class Progress:
    """What the worker says about itself."""

    state: State = "starting"
    process: int = 0
    process_started: float = 0.0
    """Tells a process from a later one with the same number."""
    acknowledged: int = 0
    """Customers."""
    rejected: int = 0
    in_doubt: int = 0
    not_sent: int = 0
    requests: int = 0
    """Sent, repeats included."""
    retries: int = 0
    data_points: int = 0
    """Of acknowledged customers."""
    seconds: float = 0.0
    """Since the worker started."""
    requests_per_second: float = 0.0
    """Over the last seconds."""
    wait_seconds: float = 0.0
    """Until something can be sent again; 0 when nothing waits."""
    note: str = ""
    """What it waits for, or why it ended."""
    nothing_gets_through: bool = False
    """Every request fails now, for the reason in `note`; after `wait_seconds` one is sent again."""
    held_by: str = ""
    """The guard that paused it and wants a person to look."""
    recent_rejections: tuple[tuple[str, str], ...] = field(default=())
    """The newest rejected customers with their reasons."""
    folded: bool = False
    """What was acknowledged is in the ledger."""

    @property
    def has_ended(self) -> bool:
        """Whether the worker says that it is through."""
        return self.state in ENDED
