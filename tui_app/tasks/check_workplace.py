"""Everything that can be known before a plan is made. Sends no customer data."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tui_app.braze.probe import probe
from tui_app.config.source_section import NO_TABLE
from tui_app.core.activation import Activation
from tui_app.core.connection import Probe
from tui_app.core.duplicates import MappingWarning
from tui_app.core.errors import FixInput, Problem
from tui_app.core.job import Job
from tui_app.core.plan import PlanWarning
from tui_app.core.project import Destination
from tui_app.sync.find_warnings import name_warnings
from tui_app.sync.rooms import destination_of, logs_of
from tui_app.tasks.narrator import SILENCE, Narrator
from tui_app.wiring import SystemClock, Workplace


@dataclass(slots=True)
class Findings:
    """What a check has found so far."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[MappingWarning | PlanWarning] = field(default_factory=list)
    probes: dict[str, Probe] = field(default_factory=dict)
    """Destination → what Braze said."""
    rows: dict[str, int] = field(default_factory=dict)
    """Table or query → its number of rows."""


def check_workplace(workplace: Workplace, narrator: Narrator = SILENCE) -> Findings:
    """Look at everything that a plan will need. Not for a thread whose event loop runs."""
    findings = Findings()
    for destination in workplace.project.destinations.values():
        _check_destination(workplace, destination, findings, narrator)
    with narrator.working("Reading the source"):
        _check_source(workplace, findings)
    for activation in workplace.project.activations:
        _check_names(workplace, activation, findings)
    return findings


def _check_destination(workplace: Workplace, destination: Destination, findings: Findings, narrator: Narrator) -> None:
    try:
        key = workplace.key_of(destination)
    except FixInput as error:
        findings.problems += error.problems
        return

    async def ask() -> Probe:
        braze = workplace.braze(destination, key)
        try:
            return await probe(braze, SystemClock(), read_names=destination.custom_attributes == "warn")
        finally:
            await braze.close()

    with narrator.working(f"Asking {destination.endpoint}"):
        found = asyncio.run(ask())
    findings.probes[destination.name] = found
    if not found.may_send:
        findings.problems.append(Problem(found.message, destination.place, found.outcome))
    if found.custom_attributes_message:
        message = f"Near-duplicates of the workspace's names are not found: {found.custom_attributes_message}"
        findings.warnings.append(PlanWarning("workspace_not_read", destination.name, message))


def _check_source(workplace: Workplace, findings: Findings) -> None:
    if not workplace.project.source.tables:
        findings.problems.append(Problem(f"source: {NO_TABLE}", workplace.project.source.place, "missing_key"))
        return
    try:
        with workplace.engine().sources() as sources:
            problems = sources.problems()
            findings.problems += problems
            if problems:
                return
            for name in sources.names():
                findings.rows[name] = sources.row_count(name)
            for activation in workplace.project.activations:
                view = workplace.ledger_of(destination_of(workplace.project, activation)).view()
                logs = logs_of(workplace.project, activation, workplace.rooms())
                job = Job(workplace.project, activation, view, datetime.now(UTC).date(), logs)
                findings.problems += workplace.engine().problems(job, sources)
    except FixInput as error:
        findings.problems += error.problems


def _check_names(workplace: Workplace, activation: Activation, findings: Findings) -> None:
    destination = destination_of(workplace.project, activation)
    found = findings.probes.get(destination.name)
    workspace_names = (found.custom_attributes if found else None) or ()
    ledger_names = workplace.ledger_of(destination).view().columns
    warnings = name_warnings(workplace.project, activation, ledger_names, workspace_names)
    # Activations that share a template share its warnings.
    findings.warnings += [warning for warning in warnings if warning not in findings.warnings]
