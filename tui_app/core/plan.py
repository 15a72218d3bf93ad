"""What a plan says about itself, and what the engine needs to compute one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tui_app.core.clock_reading import ClockReading
from tui_app.core.delivery import InputArray


@dataclass(frozen=True, slots=True)
class LedgerView:
    """What the ledger knows about one workspace at one serial, as files that an engine can read.

    snapshot: id string not null unique · sent_at int64 epoch seconds of the last send · one string column per
    attribute, canonical JSON text of the last acknowledged value or NULL.
    delta: as snapshot; a customer's row in it stands in the place of his row in the snapshot. `known_rows` reads both.
    doubt: id string · attribute string (its name) · value string, JSON text that may have reached Braze · since int64
    epoch seconds · not_before int64 NULL, epoch seconds of the send before it, from which it had to keep its distance;
    one row per customer and attribute. `known_rows` reads it.
    refused: id string unique · payload string, the exact object that Braze rejected · reason string · run string.
    recipients and recent_recipients, one row per customer of a campaign and run that changed something: campaign string
    · id string · position int64, growing from run to run · event string (entered, moved, left) · places string, JSON
    array of [sub-audience, group or null if he was held out]; of left, those that he left · run string · began int64,
    epoch seconds when the run began.
    sent_rows and recent_sent_rows, one row per object of a purchase or an event that was sent or may have been:
    remembered_as string · row_key string · part int32 · parts int32 · digest uint64, as of `DiffOutcome` · state string
    (sent, in_doubt, refused) · run string · sent_at int64 epoch seconds.
    """

    lineage: str
    """Identifies this ledger for ever; a new one starts when a workspace is first used."""
    serial: int
    """Counts the folds; 0 is the empty ledger."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Attribute name → column of the snapshot."""
    snapshot: str | None = None
    """Path of a Parquet file; None while nothing was acknowledged."""
    delta: str | None = None
    """None: there is nothing newer than the snapshot."""
    customers: int = 0
    """How many are known."""
    known: Mapping[str, int] = field(default_factory=dict)
    """Attribute → customers of whom a value is known. Empty: not counted; the rows tell."""
    doubt: str | None = None
    refused: str | None = None
    recipients: str | None = None
    recent_recipients: str | None = None
    """What came after `recipients`."""
    sent_rows: str | None = None
    recent_sent_rows: str | None = None
    """What stands in the place of rows of `sent_rows`."""
    mappings: Mapping[str, str] = field(default_factory=dict)
    """Activation → digest of the mapping that it was last applied with."""


@dataclass(frozen=True, slots=True)
class LedgerState:
    """Which state of which ledger this is."""

    lineage: str
    serial: int
    key_fingerprint: str | None
    """Of the API key that was last used with it; None before the first run."""
    last_run: str | None
    """The run whose answers were folded last."""
    last_run_bytes: int
    """How much of its journal was folded."""
    clock: ClockReading
    """By which it keeps the times of sends."""


@dataclass(frozen=True, slots=True)
class AttributeCounts:
    """What a plan does to one attribute."""

    name: str
    kind: Literal["standard", "custom", "audience"]
    changed: int
    """Values that are set, first-time ones included."""
    cleared: int
    """Values that are removed from profiles."""
    backfill: int
    """Of `changed`: customers of whom the ledger knows no value of this attribute."""
    known: int
    """Customers of whom the ledger knows a value."""
    data_points: int
    """What Braze will count for it."""
    withheld: int = 0
    """Values that are not sent, for a reason."""


@dataclass(frozen=True, slots=True)
class PlanCounts:
    """Every customer of the source or the audience, once."""

    join: int = 0
    update: int = 0
    leave: int = 0
    happenings: int = 0
    """Objects of purchases or events; such plans have neither joins nor updates nor leaves."""
    unchanged: int = 0
    outside: int = 0
    """In the table, not in the segments, and nothing to send."""
    withheld: int = 0
    """In the segments, but not sent at all, for a reason."""

    @property
    def changes(self) -> int:
        """Customers that are sent, or objects of purchases or events."""
        return self.join + self.update + self.leave + self.happenings


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """One group of a campaign's sub-audience, or its held-out part."""

    audience: str
    group: str | None
    """None: held out."""
    share: float
    """0..1. Of a group: of the customers who are not held out."""
    customers: int
    join: int
    update: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How often one reason withheld something."""

    code: str
    sentence: str
    attribute: str | None
    """None: the whole customer."""
    count: int
    example: str | None = None
    """The source value of one of them, as text."""


@dataclass(frozen=True, slots=True)
class DiffOutcome:
    """What a diff found. Its files lie in the folder that the engine was given.

    changes.parquet, one row per customer that is sent, in sending order (least recently sent first, then by id):
    id string · kind string (join, update, leave) · not_before int64 NULL, epoch seconds of the last send that a
    changed value must keep its distance from · payload string, the exact JSON object · before string, JSON object
    of the changed attributes' last acknowledged values, as far as they are known · data_points int32.
    withheld.parquet, ordered by id: id string NULL · attribute string NULL (NULL: the whole customer) · code string ·
    sentence string · value string NULL, the source value.
    Of purchases and events, changes.parquet has one row per object, in the order of customers, with four more columns:
    row_key string · part int32, from 0 · parts int32, of which that row of the source is made · digest uint64, of the
    whole row. Neither id nor row_key is unique then; row_key with part is.
    recipients.parquet, of a campaign, ordered by id: what the log of recipients lacks, as its id · event · places ·
    is_sent bool: whether he is among the changes, so that it counts only once they are acknowledged.
    """

    counts: PlanCounts
    members: int
    known: int
    """Members that had joined before."""
    known_audience: int
    """Customers that the ledger knows as members of the audience; 0 for orchestrations."""
    bad_ids: int
    """Customers withheld for their identifier."""
    with_withheld: int
    """Customers of whom something or everything is withheld."""
    in_doubt: int
    """Customers of whom a value may or may not have reached Braze."""
    attributes: tuple[AttributeCounts, ...]
    reasons: tuple[ReasonCount, ...]
    requests: int = 0
    places: tuple[PlaceCounts, ...] = ()
    """Empty where there are no groups."""
    recipients: int = 0
    """Rows of recipients.parquet."""
    sent_differently: int = 0
    """Purchases or events that were sent before, with other values than they have now."""
    resent: int = 0
    """Objects of purchases or events that are sent again although they may have arrived: somebody has asked for it."""

    @property
    def data_points(self) -> int:
        """What Braze will count."""
        return sum(each.data_points for each in self.attributes)


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A file of a plan."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """Something that a person should look at; it refuses nothing."""

    code: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """A guard that refuses a plan."""

    guard: str
    message: str


def noun_of(array: InputArray) -> str:
    """What one object of a request is, to be counted."""
    return "customer" if array == "attributes" else array.removesuffix("s")


@dataclass(frozen=True, slots=True)
class Plan:
    """The manifest of a plan: an immutable set of changes against one state of the ledger."""

    activation: str
    destination: str
    endpoint: str
    identifier: str
    key_fingerprint: str | None
    """None: planned without a key."""
    lineage: str
    ledger_serial: int
    definition_digest: str
    """Of everything in the project that decides the plan; differs: stale."""
    mapping_digest: str
    """Of what decides the values of attributes; "": it is no diff of a source, such as an undo."""
    members: int
    counts: PlanCounts
    attributes: tuple[AttributeCounts, ...]
    requests: int
    data_points: int
    in_doubt: int
    with_withheld: int
    reasons: tuple[ReasonCount, ...]
    warnings: tuple[PlanWarning, ...]
    refusals: tuple[Refusal, ...]
    max_rejected_share: float
    quiet_period_seconds: float
    files: tuple[PlanFile, ...]
    evaluated_on: str | None = None
    """The UTC date that relative dates were counted from; None if there are none."""
    places: tuple[PlaceCounts, ...] = ()
    """The delivery summary of a campaign with groups."""
    recipients: int = 0
    """What a run of it adds to the log of recipients."""
    source_digest: str | None = None
    """Of every byte that its source had; None: nobody asked."""
    definition: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What it was made of, as lines; see `core.definition`. Empty: it is no diff of a source."""
    array: InputArray = "attributes"
    """What its requests are made of. Of anything but attributes a plan sends again what may have arrived only where
    somebody asks for it."""
    resent: int = 0
    """See `DiffOutcome`."""
    remembered_as: str = ""
    """Of purchases and events: the name under which the ledger keeps their keys."""
    undoes: str | None = None
    """The run that it undoes."""

    @property
    def noun(self) -> str:
        """What one row of its changes is, to be counted."""
        return noun_of(self.array)

    @property
    def nouns(self) -> str:
        """Several of them."""
        return f"{self.noun}s"

    @property
    def refused_by(self) -> tuple[str, ...]:
        """Names of the guards that refuse it."""
        return tuple(dict.fromkeys(refusal.guard for refusal in self.refusals))
