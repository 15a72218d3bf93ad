"""`stoker difference`: what has changed in the project file since an activation was last sent."""

from __future__ import annotations

from pathlib import Path

import click

from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import say, write_json
from tui_app.core.definition import definition_of, differences
from tui_app.sync.rooms import activation_named
from tui_app.wiring import open_workplace


@click.command("difference")
@click.argument("activation")
@json_option
@project_option
@click.pass_context
def difference(ctx: click.Context, activation: str, project: Path | None, *, as_json: bool) -> None:
    """Show how ACTIVATION, its template, segments and queries differ from what its last run used."""
    workplace = open_workplace(project_folder(ctx, project))
    found = activation_named(workplace.project, activation)
    ran = (run for run in reversed(workplace.runs.all()) if run.record().activation == activation and run.has_journal)
    # An undo and a repair were made of other runs, not of the project file.
    last = next((run for run in ran if run.plan().plan.definition), None)
    before = last.plan().plan.definition if last else {}
    lines = list(differences(before, definition_of(workplace.project, found)))
    if as_json:
        write_json({"activation": activation, "run": last.id if last else None, "difference": lines})
    elif last is None:
        say(f"{activation} was never sent. Nothing can be compared.")
    else:
        say("\n".join(lines) if lines else f"{activation} is as run {last.id} used it.")
