"""`stoker undo`: a plan that brings back what was before a run."""

from __future__ import annotations

import time
from pathlib import Path

import click

from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import write_json
from tui_app.cli.plan_text import plan_document, print_plan
from tui_app.tasks.plan_undo import plan_undo
from tui_app.wiring import open_workplace


@click.command("undo")
@click.argument("run")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Write the plan into this folder.")
@json_option
@project_option
@click.pass_context
def undo(ctx: click.Context, run: str, out: Path | None, as_json: bool, project: Path | None) -> None:
    """Make a plan that brings back what the ledger knew before RUN (`last` is the newest). Sends nothing.

    What a later run has changed since stays as it is, and is listed as withheld with the run that changed it.
    """
    began = time.monotonic()
    workplace = open_workplace(project_folder(ctx, project))
    stored = plan_undo(workplace, workplace.runs.find(run), out)
    if as_json:
        write_json(plan_document(stored, time.monotonic() - began))
    else:
        print_plan(stored, time.monotonic() - began, out)
