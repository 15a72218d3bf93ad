"""`stoker check`: everything that can be known before a plan is made. Sends no customer data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tui_app.cli.narration import NARRATION
from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import count, heading, paragraph, say, table, write_json
from tui_app.core.duplicates import MappingWarning
from tui_app.core.errors import ExitCode, Problem
from tui_app.core.job import table_of
from tui_app.core.plan import PlanWarning
from tui_app.sync.rooms import destination_of
from tui_app.tasks.check_workplace import Findings, check_workplace
from tui_app.wiring import Workplace, open_workplace


@click.command("check")
@json_option
@project_option
@click.pass_context
def check(ctx: click.Context, as_json: bool, project: Path | None) -> int:
    """Check the project file, the source, the mapping and its names, the key and the endpoint."""
    workplace = open_workplace(project_folder(ctx, project))
    findings = check_workplace(workplace, NARRATION)
    if as_json:
        write_json(_document(workplace, findings))
    else:
        print_findings(workplace, findings)
    return ExitCode.FIX_INPUT if findings.problems else ExitCode.DONE


def _document(workplace: Workplace, findings: Findings) -> dict[str, Any]:
    return {
        "ok": not findings.problems,
        "project": workplace.project.file,
        "problems": [_problem_document(problem) for problem in findings.problems],
        "warnings": [_warning_document(warning) for warning in findings.warnings],
        "tables": [{"name": name, "rows": rows} for name, rows in findings.rows.items()],
        "activations": [
            {"name": each.name, "table": table_of(each), "destination": destination_of(workplace.project, each).name}
            for each in workplace.project.activations
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
