"""`stoker resume`: go on with a run where it was."""

from __future__ import annotations

from pathlib import Path

import click

from tui_app.cli.apply import carry
from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.core.errors import LedgerHeld
from tui_app.core.run import ENDED
from tui_app.sync.apply_plan import check_resumable
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
    folder = workplace.runs.find(run)
    if folder.has_journal and folder.progress().state not in ENDED:
        raise LedgerHeld(f"Run {folder.id} is still going on. Nothing was done. Stop it with: stoker stop {folder.id}")
    check_resumable(workplace.project, folder, workplace.rooms())
    folder.leave_wish("go_on")
    return carry(workplace, folder, may_ask=not as_json, as_json=as_json, detach=detach)
