"""What is to be planned: one activation of a project against one state of the ledger, on one day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from tui_app.core.activation import Activation, Campaign
from tui_app.core.digest import digest_of
from tui_app.core.happenings import Happenings
from tui_app.core.mapping import Template
from tui_app.core.plan import LedgerView, Plan
from tui_app.core.project import Destination, Project


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that decides a plan, apart from the data."""

    project: Project
    activation: Activation
    view: LedgerView
    today: date
    """UTC; what relative dates count from."""
    logs: Mapping[str, LedgerView] = field(default_factory=dict)
    """Campaign → the ledger that holds the log of its recipients, of campaigns that its segments ask for."""
    resends_doubt: bool = False
    """Whether purchases and events that may have arrived are sent again: a person has seen that they did not."""

    @property
    def template(self) -> Template:
        """The activation's mapping."""
        return self.project.templates[self.activation.template]

    @property
    def destination(self) -> Destination:
        """Where it goes."""
        return self.project.destination_of(self.template)

    @property
    def happenings(self) -> Happenings | None:
        """What its rows are; None: customers."""
        return None if isinstance(self.activation, Campaign) else self.activation.happenings

    @property
    def table(self) -> str:
        """The profile table: a table or a query."""
        return table_of(self.activation)


@dataclass(frozen=True, slots=True)
class UndoJob:
    """What is to be undone: one run, against a state of the ledger that holds it."""

    run: str
    undone: Plan
    """The plan that the run applied."""
    destination: Destination
    view: LedgerView
    acknowledged: Path
    """Parquet file of what Braze acknowledged of the run: id string unique · payload string · before string, as of
    `core.plan.DiffOutcome`."""
    later: tuple[tuple[str, Path], ...] = ()
    """Runs that came after it, oldest first, each with the changes.parquet of its plan."""


@dataclass(frozen=True, slots=True)
class RepairJob:
    """What an audit found that is not at Braze as the ledger says."""

    activation: str
    destination: Destination
    view: LedgerView
    attributes: tuple[str, ...]
    """That may be among them, in the order of payloads."""
    audience_attribute: str | None
    drift: Path
    """Parquet file, one row per value: id string · attribute string · value string, JSON text that the ledger knows."""


def table_of(activation: Activation) -> str:
    """The profile table of an activation."""
    return activation.table if isinstance(activation, Campaign) else activation.query


def mapping_digest(project: Project, activation: Activation) -> str:
    """Of what decides the values of attributes; while it is the same, many updates are suspicious."""
    template = project.templates[activation.template]
    identity = (template.identifier_column, template.alias_name_column, template.alias_label_column)
    if not isinstance(activation, Campaign):
        happenings = (activation.happenings,) if activation.happenings else ()
        return digest_of(template.attributes, identity, *happenings)
    groups = (activation.attributes, activation.audiences, activation.first_match_only, activation.assignment_key)
    return digest_of(template.attributes, identity, groups)


def definition_digest(project: Project, activation: Activation) -> str:
    """Of everything in the project file that decides a plan, so that a plan of an older file is known as stale."""
    template = project.templates[activation.template]
    destination = project.destination_of(template)
    return digest_of(
        # When it runs decides nothing of what it sends.
        replace(activation, schedule=None),
        template,
        project.source.tables,
        project.queries,
        project.segments,
        destination.endpoint,
        destination.identifier,
        destination.update_existing_only,
        destination.objects_per_request,
        destination.send_consent,
    )
