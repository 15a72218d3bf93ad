"""`stoker plan`: the dry run."""

from __future__ import annotations

import time
from pathlib import Path

import click

from tui_app.cli.narration import NARRATION
from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import write_json
from tui_app.cli.plan_text import plan_document, print_plan
from tui_app.core.activation import Orchestration
from tui_app.core.errors import Usage
from tui_app.sync.rooms import activation_named
from tui_app.tasks.plan_activation import plan_activation
from tui_app.wiring import open_workplace


@click.command("plan")
@click.argument("activation")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Write the plan into this folder.")
@click.option("--resend-doubt", is_flag=True, help="Send purchases and events again that may have arrived.")
@json_option
@project_option
@click.pass_context
def plan(
    ctx: click.Context, activation: str, out: Path | None, project: Path | None, *, resend_doubt: bool, as_json: bool
) -> None:
    """Diff the source against what Braze acknowledged, and write the result as a plan. Sends nothing."""
    began = time.monotonic()
    workplace = open_workplace(project_folder(ctx, project))
    found = activation_named(workplace.project, activation)
    if resend_doubt and not (isinstance(found, Orchestration) and found.happenings):
        raise Usage(
            f"{activation}: --resend-doubt is for purchases and events. Nothing was planned. Leave it out: attributes "
            "in doubt are sent again in any case."
        )
    stored = plan_activation(workplace, found, out, NARRATION, resends_doubt=resend_doubt)
    if as_json:
        write_json(plan_document(stored, time.monotonic() - began))
    else:
        print_plan(stored, time.monotonic() - began, out)
