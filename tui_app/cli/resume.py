"""`stoker resume`: go on with a run where it was."""

from __future__ import annotations

from pathlib import Path

import click

from tui_app.cli.apply import carry
from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.tasks.resume_run import reopen
from tui_app.wiring import open_workplace


@click.command("resume")
@click.argument("run")
@click.option("--detach", is_flag=True, help="Start the worker and return at once.")
@json_option
@project_option
@click.pass_context
def resume(ctx: click.Context, run: str, project: Path | None, *, detach: bool, as_json: bool) -> int:
    """Go on with RUN (`last` is the newest). What was acknowledged is not sent again."""
    workplace = open_workplace(project_folder(ctx, project))
    return carry(workplace, reopen(workplace, run), may_ask=not as_json, as_json=as_json, detach=detach)
