"""`stoker check`: everything that can be known before a plan is made. Sends no customer data."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from tui_app.braze.probe import probe
from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import count, heading, paragraph, say, table, working, write_json
from tui_app.core.activation import Activation
from tui_app.core.connection import Probe
from tui_app.core.duplicates import MappingWarning
from tui_app.core.errors import ExitCode, FixInput, Problem
from tui_app.core.job import Job, table_of
from tui_app.core.plan import PlanWarning
from tui_app.core.project import Destination
from tui_app.sync.find_warnings import activation_warnings, name_warnings
from tui_app.sync.rooms import destination_of
from tui_app.wiring import SystemClock, Workplace, open_workplace


@dataclass(slots=True)
class Findings:
    """What a check has found so far."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[MappingWarning | PlanWarning] = field(default_factory=list)
    probes: dict[str, Probe] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)


@click.command("check")
@json_option
@project_option
@click.pass_context
def check(ctx: click.Context, as_json: bool, project: Path | None) -> int:
    """Check the project file, the source, the mapping and its names, the key and the endpoint."""
    workplace = open_workplace(project_folder(ctx, project))
    findings = check_workplace(workplace)
    if as_json:
        write_json(_document(workplace, findings))
    else:
        print_findings(workplace, findings)
    return ExitCode.FIX_INPUT if findings.problems else ExitCode.DONE


def check_workplace(workplace: Workplace) -> Findings:
    """Look at everything that a plan will need."""
    findings = Findings()
    for destination in workplace.project.destinations.values():
        _check_destination(workplace, destination, findings)
    with working("Reading the source"):
        _check_source(workplace, findings)
    for activation in _activations(workplace):
        _check_names(workplace, activation, findings)
    return findings


def _activations(workplace: Workplace) -> tuple[Activation, ...]:
    return (*workplace.project.campaigns.values(), *workplace.project.orchestrations.values())


def _check_destination(workplace: Workplace, destination: Destination, findings: Findings) -> None:
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

    with working(f"Asking {destination.endpoint}"):
        found = asyncio.run(ask())
    findings.probes[destination.name] = found
    if not found.may_send:
        findings.problems.append(Problem(found.message, destination.place, found.outcome))
    if found.custom_attributes_message:
        message = f"Near-duplicates of the workspace's names are not found: {found.custom_attributes_message}"
        findings.warnings.append(PlanWarning("workspace_not_read", destination.name, message))


def _check_source(workplace: Workplace, findings: Findings) -> None:
    from datetime import UTC, datetime

    try:
        with workplace.engine().sources() as sources:
            findings.problems += sources.problems()
            if findings.problems and sources.problems():
                return
            for name in sources.names():
                findings.rows[name] = sources.row_count(name)
            for activation in _activations(workplace):
                view = workplace.ledger_of(destination_of(workplace.project, activation)).view()
                job = Job(workplace.project, activation, view, datetime.now(UTC).date())
                findings.problems += workplace.engine().problems(job, sources)
    except FixInput as error:
        findings.problems += error.problems


def _check_names(workplace: Workplace, activation: Activation, findings: Findings) -> None:
    destination = destination_of(workplace.project, activation)
    found = findings.probes.get(destination.name)
    workspace_names = (found.custom_attributes if found else None) or ()
    ledger_names = workplace.ledger_of(destination).view().columns
    warnings: tuple[MappingWarning | PlanWarning, ...] = (
        *activation_warnings(activation),
        *name_warnings(workplace.project, activation, ledger_names, workspace_names),
    )
    # Activations that share a template share its warnings.
    findings.warnings += [warning for warning in warnings if warning not in findings.warnings]


def _document(workplace: Workplace, findings: Findings) -> dict[str, Any]:
    return {
        "ok": not findings.problems,
        "project": workplace.project.file,
        "problems": [_problem_document(problem) for problem in findings.problems],
        "warnings": [_warning_document(warning) for warning in findings.warnings],
        "tables": [{"name": name, "rows": rows} for name, rows in findings.rows.items()],
        "activations": [
            {"name": each.name, "table": table_of(each), "destination": destination_of(workplace.project, each).name}
            for each in _activations(workplace)
        ],
        "destinations": [
            {
                "name": name,
                "endpoint": workplace.project.destinations[name].endpoint,
                "outcome": found.outcome,
                "message": found.message,
                "latency_seconds": found.latency_seconds,
            }
            for name, found in findings.probes.items()
        ],
    }


def _problem_document(problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "code": problem.code,
        "message": problem.message,
        "file": place.file if place else None,
        "line": place.line if place else None,
    }


def _warning_document(warning: MappingWarning | PlanWarning) -> dict[str, Any]:
    document: dict[str, Any] = {"code": warning.code, "subject": warning.subject, "message": warning.message}
    if isinstance(warning, MappingWarning):
        document["file"], document["line"] = warning.place.file, warning.place.line
        document["fix"] = {"kind": warning.fix.kind, "to": warning.fix.to}
    return document


def print_findings(workplace: Workplace, findings: Findings) -> None:
    """A check as a person wants to read it."""
    say(f"Project {workplace.project.file}")
    if findings.rows:
        heading("Source")
        table(("table or query", "rows"), list(findings.rows.items()))
    if findings.probes:
        heading("Destinations")
    for name, found in findings.probes.items():
        latency = f" ({found.latency_seconds * 1000:.0f} ms)" if found.latency_seconds else ""
        paragraph(f"{name}: {found.message}{latency}")
    if findings.warnings:
        heading("Warnings")
    for warning in findings.warnings:
        place = f"{warning.place}: " if isinstance(warning, MappingWarning) else ""
        paragraph(f"{place}{warning.code}: {warning.message}")
    if findings.problems:
        heading("To be fixed")
    for problem in findings.problems:
        paragraph(str(problem))
    say()
    verdict = f"{count(len(findings.problems), 'problem')}, {count(len(findings.warnings), 'warning')}."
    say(f"{verdict} No customer data was sent.")
