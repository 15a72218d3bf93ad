"""What the user wrote in `stoker.toml`, read and checked: the whole project as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from tui_app.core.activation import Activation, ActivationGroup, Campaign, Orchestration
from tui_app.core.alert import Alerts
from tui_app.core.errors import Place
from tui_app.core.mapping import Template
from tui_app.core.segment import Segment

Identifier = Literal["external_id", "braze_id", "user_alias", "email", "phone"]
IDENTIFIERS: tuple[Identifier, ...] = ("external_id", "braze_id", "user_alias", "email", "phone")


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table of the source: a file, a glob of files, or the name of a table in a database."""

    name: str
    location: str
    """As written in the project file; a relative path is relative to that file's folder."""
    place: Place


@dataclass(frozen=True, slots=True)
class Source:
    """Where the customer tables are. Read only."""

    tables: Mapping[str, SourceTable]
    engine: str | None = None
    """An Ibis connection URL; None is the embedded engine over files."""
    memory_limit: str = "4GB"
    """What the embedded engine may use before it spills to disk, in DuckDB's notation."""
    threads: int | None = None
    """Threads of the embedded engine; None uses every core."""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """A named SQL query over tables of the source."""

    name: str
    sql: str
    """One SELECT statement. Read from its own file where the project says `file = …`."""
    place: Place
    """Of the query's section."""
    sql_place: Place | None = None
    """Of the first line of `sql`; None: the section's."""

    @property
    def first_line(self) -> Place:
        """Where errors of the statement are counted from."""
        return self.sql_place or self.place


@dataclass(frozen=True, slots=True)
class KeyReference:
    """Where an API key is kept. Never the key itself."""

    kind: Literal["env", "file", "keyring"]
    name: str
    """Variable name, path (relative to the project file) or keyring entry."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How fast requests may leave, for both kinds of Braze contract.

    Source: braze.com/docs/api/endpoints/user_data/post_user_track, "Rate limit": 3,000 requests per 3 seconds for
    data-point contracts; an hourly limit with a burst per 3 seconds, shown only in the customer's dashboard, for
    monthly-active-user contracts.
    """

    requests_per_second: float = 1000.0
    """Averaged over any 3 seconds."""
    requests_per_hour: int | None = None
    """Counted by the clock hour; None for data-point contracts."""


@dataclass(frozen=True, slots=True)
class Destination:
    """One Braze workspace and how customers are addressed in it."""

    name: str
    endpoint: str
    """Scheme and host, without a trailing slash, such as `https://rest.iad-03.braze.com`."""
    api_key: KeyReference
    place: Place
    instance: str | None = None
    """`US-03` and so on; None when only an endpoint is known."""
    identifier: Identifier = "external_id"
    update_existing_only: bool = False
    """True: unknown customers are skipped by Braze instead of created."""
    rate: RateLimit = field(default_factory=RateLimit)
    objects_per_request: int = 75
    """1..75. Source: braze.com/docs/api/api_limits."""
    quiet_period_seconds: float = 300.0
    send_consent: bool = False
    custom_attributes: Literal["warn", "off"] = "warn"
    cost_per_1000_data_points: float = 0.0


SETTINGS_OF_TEMPLATES: tuple[str, ...] = ("update_existing_only", "send_consent", "objects_per_request")
"""What a template may say where its destination leaves it open."""


@dataclass(frozen=True, slots=True)
class Project:
    """Everything in one `stoker.toml`. All names that it refers to exist; columns are checked later, by the engine."""

    file: str
    """Absolute path of stoker.toml."""
    source: Source
    state: str | None = None
    """Where ledger, plans and runs live, as written; None uses the platform's folder."""
    queries: Mapping[str, Query] = field(default_factory=dict)
    destinations: Mapping[str, Destination] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    segments: Mapping[str, Segment] = field(default_factory=dict)
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    orchestrations: Mapping[str, Orchestration] = field(default_factory=dict)
    groups: Mapping[str, ActivationGroup] = field(default_factory=dict)
    alerts: Alerts | None = None

    def destination_of(self, template: Template) -> Destination:
        """Where a template sends to, with what the template says of it."""
        said = {name: getattr(template, name) for name in SETTINGS_OF_TEMPLATES}
        given = {name: value for name, value in said.items() if value is not None}
        return replace(self.destinations[template.destination], **given)

    @property
    def activations(self) -> tuple[Activation, ...]:
        """Campaigns, then orchestrations, in the order of the file. Each has a name of its own."""
        return (*self.campaigns.values(), *self.orchestrations.values())
