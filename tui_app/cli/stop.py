"""`stoker stop`: ask a run to stop soon and cleanly."""

from __future__ import annotations

import time
from pathlib import Path

import click

from tui_app.cli.options import project_folder, project_option
from tui_app.cli.output import narrate, say
from tui_app.core.errors import ExitCode
from tui_app.wiring import open_workplace

_LOOK_SECONDS = 0.1


@click.command("stop")
@click.argument("run")
@click.option("--wait", "wait_seconds", type=click.FloatRange(0), default=60.0, show_default=True, metavar="SECONDS")
@project_option
@click.pass_context
def stop(ctx: click.Context, run: str, wait_seconds: float, project: Path | None) -> int:
    """Stop RUN: nothing new is sent, what is on its way is waited for. `stoker resume` goes on later."""
    folder = open_workplace(project_folder(ctx, project)).runs.find(run)
    if folder.progress().has_ended:
        say(f"Run {folder.id} has ended already: {folder.progress().state}.")
        return ExitCode.DONE
    folder.leave_wish("stop")
    narrate("Stopping: what is on its way is waited for.")
    until = time.monotonic() + wait_seconds
    while not folder.progress().has_ended and time.monotonic() < until:
        time.sleep(_LOOK_SECONDS)
    progress = folder.progress()
    say(f"Run {folder.id}: {progress.state}. Go on with: stoker resume {folder.id}")
    return ExitCode.DONE if progress.has_ended else ExitCode.STOPPED
