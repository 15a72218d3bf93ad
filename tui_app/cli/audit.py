"""`stoker audit`: is at Braze what the ledger says?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tui_app.cli.narration import NARRATION
from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import commands, heading, say, table, write_json
from tui_app.cli.plan_text import spoken_name
from tui_app.core.audit import AuditReport
from tui_app.core.delivery import NoAnswer, NotRead, NotSent
from tui_app.core.errors import ExitCode, FixInput, Usage
from tui_app.sync.rooms import activation_named
from tui_app.tasks.audit_activation import Audited, audit_activation
from tui_app.wiring import open_workplace

_DEFAULT_SAMPLE = 500


@click.command("audit")
@click.argument("activation")
@click.option(
    "--sample", type=click.IntRange(1), metavar="N", help=f"So many customers, by lot.  [default: {_DEFAULT_SAMPLE}]"
)
@click.option("--all", "everybody", is_flag=True, help="Every customer that the ledger knows: 12,500 a minute at most.")
@click.option("--repair", is_flag=True, help="Make a plan that sends again what is different or missing.")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Write that plan into this folder.")
@json_option
@project_option
@click.pass_context
def audit(
    ctx: click.Context,
    activation: str,
    sample: int | None,
    out: Path | None,
    project: Path | None,
    *,
    everybody: bool,
    repair: bool,
    as_json: bool,
) -> int:
    """Read customers of ACTIVATION back from Braze, and compare them with the ledger. Sends nothing.

    The key needs the permission users.export.ids.
    """
    if out is not None and not repair:
        raise Usage("--out is where a plan is written, and only --repair makes one. Nothing was compared.")
    workplace = open_workplace(project_folder(ctx, project))
    found = activation_named(workplace.project, activation)
    wanted = None if everybody else sample or _DEFAULT_SAMPLE
    try:
        with NARRATION.working(f"Reading customers of {activation} back from Braze"):
            audited = audit_activation(workplace, found, wanted, with_repair=repair, out=out)
    except (NotRead, NotSent, NoAnswer) as error:
        raise FixInput.at(f"{error.reason.rstrip('.')}. Nothing was compared.", code="audit") from error
    if as_json:
        write_json(_document(audited))
    else:
        _print(audited, out)
    return ExitCode.DONE


def _document(audited: Audited) -> dict[str, Any]:
    report = audited.report
    return {
        "activation": report.activation,
        "destination": report.destination,
        "customers": report.customers,
        "known": report.known,
        "unknown_to_braze": report.unknown_to_braze,
        "drifted": report.drifted,
        "attributes": {
            each.attribute: {
                "equal": each.equal,
                "different": each.different,
                "missing": each.missing,
                "cannot_tell": each.cannot_tell,
            }
            for each in report.attributes
        },
        "examples": [
            {
                "id": customer_id,
                "attribute": each.attribute,
                "verdict": each.verdict,
                "ledger": each.known,
                "braze": each.shown,
            }
            for customer_id, each in report.examples
        ],
        "repair": str(audited.repair.folder) if audited.repair else None,
    }


def _print(audited: Audited, out: Path | None) -> None:
    report = audited.report
    if not report.known:
        say(f"The ledger knows nobody of {report.activation} yet, so there is nothing to compare.")
        return
    say(f"{report.activation} → {report.destination}: {report.customers:,} of {report.known:,} customers compared")
    if report.unknown_to_braze:
        say(f"  Braze has no profile of {report.unknown_to_braze:,} of them.")
    heading("Attributes")
    rows = [(each.attribute, each.equal, each.different, each.missing, each.cannot_tell) for each in report.attributes]
    table(("attribute", "equal", "different", "missing", "cannot tell"), rows)
    if report.examples:
        heading("Such as")
        examples = [
            (customer_id, each.attribute, each.known, each.shown or "(nothing)")
            for customer_id, each in report.examples
        ]
        table(("id", "attribute", "ledger", "Braze"), examples)
    _print_next_step(audited, report, out)


def _print_next_step(audited: Audited, report: AuditReport, out: Path | None) -> None:
    heading("Next")
    if audited.repair is not None:
        name = spoken_name(audited.repair, out)
        commands([(f"stoker show {name}", "what would be sent again"), (f"stoker apply {name}", "send it")])
    elif report.drifted:
        commands([(f"stoker audit {report.activation} --repair", "make a plan that sends it again")])
    else:
        say("  Everything that can be told is as the ledger says.")
