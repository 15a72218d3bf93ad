"""What the verbs need of plans, runs, journals and ledgers on disk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from tui_app.core.plan import LedgerState, LedgerView, Plan
from tui_app.core.run import Progress, Record, RunRecord, RunTotals, Wish


class RunJournal(Protocol):
    """The append-only record of one run."""

    def append(self, records: Sequence[Record]) -> None:
        """Write `records`; they are on disk when this returns.

        Raises:
            OSError: They are not, and nothing that they announce may be done.
        """


class OutgoingRequest(Protocol):
    """One request of a plan, as far as it is still unsettled."""

    @property
    def number(self) -> int:
        """Position in the plan, from 0."""

    @property
    def not_before(self) -> float | None:
        """Epoch seconds of the last send of a customer of whom a changed value is in it."""

    @property
    def customers(self) -> OutgoingCustomers:
        """At least one."""

    @property
    def may_be_applied(self) -> bool:
        """Whether an earlier attempt has an unknown outcome, for any of them."""

    @property
    def not_sent(self) -> Sequence[int]:
        """Rows of those of `customers` of whom nothing says that they may have left."""


class OutgoingCustomers(Protocol):
    """The objects of a request or of a part of it, in plan order, column by column."""

    def __len__(self) -> int:
        """How many."""

    @property
    def rows(self) -> Sequence[int]:
        """Rows of the plan, from 0, ascending."""

    @property
    def ids(self) -> Sequence[str]:
        """The customers' identifiers."""

    @property
    def payloads(self) -> Sequence[str]:
        """The exact JSON objects."""

    @property
    def data_points(self) -> Sequence[int]:
        """What Braze will count for each."""

    def part(self, begin: int, end: int) -> OutgoingCustomers:
        """Those from position `begin` up to but not including `end`."""


class PlanFiles(Protocol):
    """A plan on disk: immutable, named by the digest of its content."""

    @property
    def folder(self) -> Path:
        """Where it lies."""

    @property
    def id(self) -> str:
        """Its short name."""

    @property
    def fingerprint(self) -> str:
        """Digest of everything in it."""

    @property
    def plan(self) -> Plan:
        """What it says about itself."""

    @property
    def changes(self) -> Path:
        """One row per customer that is sent; see `core.plan.DiffOutcome`."""

    def verify(self) -> None:
        """Check every file.

        Raises:
            Damaged: A file is missing or not what was written.
        """


class PlanShelf(Protocol):
    """The plans of one project."""

    def draft(self) -> Path:
        """A new private folder for the files of a plan in the making."""

    def seal(self, drafted: Path, plan: Plan, out: Path | None = None) -> PlanFiles:
        """Make a drafted folder a plan, at `out` or among the others."""

    def discard(self, drafted: Path) -> None:
        """Remove a drafted folder that becomes no plan."""

    def require_free(self, out: Path) -> None:
        """Make sure that a plan may be written there.

        Raises:
            FixInput: Something else is there.
        """

    def find(self, name: str) -> PlanFiles:
        """A plan by path, id or the beginning of an id.

        Raises:
            Usage: There is none, or several.
        """


class RunAnswers(Protocol):
    """What a run's journal says so far."""

    @property
    def announced(self) -> int:
        """Requests below this number may have left."""

    def totals(self) -> RunTotals:
        """Customers by answer."""


class RunFiles(Protocol):
    """One run on disk."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def has_journal(self) -> bool:
        """Whether a worker has begun."""

    @property
    def journal_bytes(self) -> int:
        """How long its journal is; it only grows."""

    def record(self) -> RunRecord:
        """What it applies."""

    def progress(self) -> Progress:
        """What its worker said last; `crashed` if it died."""

    def say(self, progress: Progress) -> None:
        """Tell others how far it is."""

    def wish(self) -> Wish:
        """What others want of it."""

    def leave_wish(self, wish: Wish) -> None:
        """Steer it."""

    def plan(self) -> PlanFiles:
        """The plan that it applies.

        Raises:
            Damaged: It is missing, or not what the run began with.
        """

    def answers(self) -> RunAnswers:
        """Replay its journal."""

    def write_acknowledged(self, path: Path, *, updates_only: bool = False) -> None:
        """Write what Braze acknowledged of it as a Parquet file; see `core.job.UndoJob`.

        Args:
            path: Of the file.
            updates_only: Leave out customers of whom nothing was known before.
        """

    def rejected(self) -> Iterable[tuple[str, str]]:
        """Customers that Braze refused, with its reason, in sending order."""

    def open_journal(self) -> RunJournal:
        """Go on with its journal, or begin it."""

    def unsettled(self) -> Iterable[OutgoingRequest]:
        """Requests that still need an answer, ascending by number."""


class RunShelf(Protocol):
    """The runs of one project."""

    def create(self, record: RunRecord) -> RunFiles:
        """Begin a run."""

    def all(self) -> Sequence[RunFiles]:
        """Every run, oldest first."""


class HeldLedger(Protocol):
    """A ledger that only this process may change."""

    def fold(self, run: str, key_fingerprint: str | None) -> None:
        """Make what the run of this name got acknowledged the next serial.

        Args:
            run: Of the same project.
            key_fingerprint: Of the key that it was sent with; None keeps the one that is known.
        """


class KnownCustomer(Protocol):
    """What the ledger knows of one customer."""

    @property
    def id(self) -> str:
        """His identifier."""

    @property
    def sent_at(self) -> int:
        """Epoch seconds of the last send."""

    @property
    def values(self) -> Mapping[str, str]:
        """Attribute → JSON text; only what is known."""

    @property
    def in_doubt(self) -> Collection[str]:
        """Attributes of which another value may have reached Braze."""


class LedgerFiles(Protocol):
    """The ledger of one workspace."""

    @property
    def name(self) -> str:
        """Of its folder."""

    def state(self) -> LedgerState:
        """Lineage, serial and whom it was last written for."""

    def view(self) -> LedgerView:
        """What it knows, as verified files."""

    def held(self, purpose: str) -> AbstractContextManager[HeldLedger]:
        """Keep others from changing it.

        Raises:
            LedgerHeld: Somebody else does.
        """
