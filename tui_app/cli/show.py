"""`stoker show`: look into a plan."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click

from tui_app.cli.options import project_folder, project_option
from tui_app.cli.output import say, table, utf8_stdout
from tui_app.core.change import KINDS, Kind
from tui_app.core.errors import Usage
from tui_app.store.plan_reading import Filter, PlanReader, ShownChange, ShownWithheld
from tui_app.store.plans import MANIFEST, StoredPlan, load_plan
from tui_app.tasks.plan_export import write_plan_csv, write_plan_json
from tui_app.wiring import open_workplace

_ROWS_OF_TABLE = 20


@click.command("show")
@click.argument("plan")
@click.option("--user", metavar="ID", help="Only this customer.")
@click.option("--attribute", metavar="NAME", help="Only customers of whom this attribute is sent.")
@click.option("--kind", type=click.Choice([*KINDS, "withheld"]))
@click.option("--limit", type=click.IntRange(0), metavar="N", help="At most N rows.  [default: 20 in a table]")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@project_option
@click.pass_context
def show(
    ctx: click.Context,
    plan: str,
    user: str | None,
    attribute: str | None,
    kind: Kind | Literal["withheld"] | None,
    limit: int | None,
    form: str,
    project: Path | None,
) -> None:
    """Show what a plan does to each customer: before, after, and the exact JSON. Sends nothing."""
    stored = _find(ctx, plan, project)
    stored.verify()
    if attribute is not None and attribute not in {each.name for each in stored.plan.attributes}:
        names = ", ".join(each.name for each in stored.plan.attributes)
        raise Usage(f"--attribute {attribute}: the plan does not send it. It sends: {names}.")
    reader = PlanReader(stored)
    wanted = Filter(user, attribute, kind)
    match form:
        case "json":
            write_plan_json(reader, wanted, utf8_stdout(), limit)
        case "csv":
            write_plan_csv(reader, wanted, utf8_stdout(), limit)
        case _:
            _print(reader, wanted, limit)
    # Here, where it is understood that whoever reads a pipe has seen enough, and not when Python ends.
    sys.stdout.flush()


def _find(ctx: click.Context, plan: str, project: Path | None) -> StoredPlan:
    """A plan by its path needs no project."""
    if (Path(plan) / MANIFEST).is_file():
        return load_plan(Path(plan).resolve())
    return open_workplace(project_folder(ctx, project)).plans.find(plan)


def _print(reader: PlanReader, wanted: Filter, limit: int | None) -> None:
    limit = _ROWS_OF_TABLE if limit is None else limit
    if wanted.has_changes:
        _print_changes(reader, wanted, limit)
    withheld = list(reader.withheld(wanted, limit)) if wanted.has_withheld else []
    if withheld:
        table(("id", "attribute", "because it", "value"), [_withheld_row(each) for each in withheld])
    if withheld or not wanted.has_changes:
        _say_shown(len(withheld), reader.count_withheld(wanted), "withheld values and customers")


def _print_changes(reader: PlanReader, wanted: Filter, limit: int) -> None:
    changes = list(reader.changes(wanted, limit))
    if not changes and wanted.user is not None:
        say(f"The plan sends nothing of customer {wanted.user}.")
        return
    if changes:
        table(("id", "kind", "attribute", "before", "after"), [row for each in changes for row in _change_rows(each)])
    _say_shown(len(changes), reader.count_changes(wanted), "customers that are sent")
    if wanted.user is not None:
        for change in changes:
            say(f"\nThe exact JSON object:\n{change.payload}")


def _change_rows(change: ShownChange) -> Iterator[tuple[str, str, str, str, str]]:
    before, after = json.loads(change.before), json.loads(change.after)
    first: tuple[str, str] = (change.id, change.kind)
    for name, value in after.items():
        was = json.dumps(before[name], ensure_ascii=False) if before.get(name) is not None else "(not known)"
        yield (*first, name, was, "(cleared)" if value is None else json.dumps(value, ensure_ascii=False))
        first = ("", "")


def _withheld_row(each: ShownWithheld) -> tuple[str, str, str, str]:
    return each.id or "(none)", each.attribute or "(whole customer)", each.sentence, each.value or ""


def _say_shown(shown: int, total: int, what: str) -> None:
    more = "" if shown == total else " More with --limit, everything with --format json or csv."
    say(f"\nShowing {shown:,} of {total:,} {what}.{more}")
