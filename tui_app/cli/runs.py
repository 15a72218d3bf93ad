"""`stoker runs`: the history, or the report of one run."""

from __future__ import annotations

from pathlib import Path

import click

from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import say, table, write_json
from tui_app.cli.run_text import print_run
from tui_app.tasks.run_report import moment, run_document
from tui_app.wiring import open_workplace


@click.command("runs")
@click.argument("run", required=False)
@json_option
@project_option
@click.pass_context
def runs(ctx: click.Context, run: str | None, project: Path | None, *, as_json: bool) -> None:
    """List all runs, newest last; or report RUN (`last` is the newest) with its rejected customers."""
    workplace = open_workplace(project_folder(ctx, project))
    if run is not None:
        folder = workplace.runs.find(run)
        if as_json:
            write_json(run_document(folder, with_rejections=True))
        else:
            print_run(folder)
        return
    folders = workplace.runs.all()
    if as_json:
        write_json([run_document(folder) for folder in folders])
    elif folders:
        rows = [
            (
                folder.id,
                moment(folder.record().started),
                document["state"],
                document["acknowledged"],
                document["rejected"],
            )
            for folder in folders
            for document in [run_document(folder)]
        ]
        table(("run", "started", "state", "acknowledged", "rejected"), rows)
    else:
        say("There are no runs yet. The first: stoker apply ACTIVATION")
