"""`stoker show`: look into a plan."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import click

from tui_app.cli.options import project_folder, project_option
from tui_app.cli.output import say, table
from tui_app.core.change import Kind
from tui_app.core.errors import Usage
from tui_app.core.visible import harmless_json, visible
from tui_app.store.plan_reading import Filter, PlanReader, ShownChange, ShownWithheld
from tui_app.store.plans import MANIFEST, StoredPlan, load_plan
from tui_app.wiring import open_workplace

_ROWS_OF_TABLE = 20
_NUMBER = re.compile(r"-?[0-9.]+([eE][-+]?[0-9]+)?")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@click.command("show")
@click.argument("plan")
@click.option("--user", metavar="ID", help="Only this customer.")
@click.option("--attribute", metavar="NAME", help="Only customers of whom this attribute is sent.")
@click.option("--kind", type=click.Choice(["join", "update", "leave", "withheld"]))
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
    wanted = Filter(user, attribute, None if kind == "withheld" else kind)
    has_changes, has_withheld = kind != "withheld", kind == "withheld" or (user is not None and kind is None)
    match form:
        case "json":
            _write_json(reader, wanted, limit, has_changes=has_changes, has_withheld=has_withheld)
        case "csv":
            _write_csv(reader, wanted, limit, has_changes=has_changes, has_withheld=has_withheld)
        case _:
            _print(reader, wanted, limit, has_changes=has_changes, has_withheld=has_withheld)


def _find(ctx: click.Context, plan: str, project: Path | None) -> StoredPlan:
    """A plan by its path needs no project."""
    if (Path(plan) / MANIFEST).is_file():
        return load_plan(Path(plan).resolve())
    return open_workplace(project_folder(ctx, project)).plans.find(plan)


def _write_json(
    reader: PlanReader, wanted: Filter, limit: int | None, *, has_changes: bool, has_withheld: bool
) -> None:
    """One list, written row by row. Payloads are the plan's own JSON; only what would act on a terminal is escaped."""
    click.echo("[", nl=False)
    separator = "\n"
    for text in _json_rows(reader, wanted, limit, has_changes=has_changes, has_withheld=has_withheld):
        click.echo(separator + harmless_json(text), nl=False)
        separator = ",\n"
    click.echo("\n]")


def _json_rows(
    reader: PlanReader, wanted: Filter, limit: int | None, *, has_changes: bool, has_withheld: bool
) -> Iterator[str]:
    if has_changes:
        for change in reader.changes(wanted, limit):
            head = json.dumps({"id": change.id, "kind": change.kind}, ensure_ascii=False)[:-1]
            yield f'{head}, "before": {change.before}, "after": {change.after}, "payload": {change.payload}}}'
    if has_withheld:
        for each in reader.withheld(wanted, limit):
            row = {
                "id": each.id,
                "kind": "withheld",
                "before": None,
                "after": None,
                "payload": None,
                "attribute": each.attribute,
                "code": each.code,
                "reason": each.sentence,
                "value": each.value,
            }
            yield json.dumps(row, ensure_ascii=False)


def _write_csv(reader: PlanReader, wanted: Filter, limit: int | None, *, has_changes: bool, has_withheld: bool) -> None:
    """One row per customer and attribute; cells that a spreadsheet would run as a formula begin with an apostrophe."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("id", "kind", "attribute", "before", "after", "reason"))
    if has_changes:
        for change in reader.changes(wanted, limit):
            before, after = json.loads(change.before), json.loads(change.after)
            for name, value in after.items():
                cells = (change.id, change.kind, name, _cell(before.get(name)), _cell(value), "")
                writer.writerow([_harmless(cell) for cell in cells])
    if has_withheld:
        for each in reader.withheld(wanted, limit):
            cells = (each.id or "", "withheld", each.attribute or "", each.value or "", "", each.sentence)
            writer.writerow([_harmless(cell) for cell in cells])


def _cell(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _harmless(cell: str) -> str:
    is_formula = cell.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(cell)
    return visible(f"'{cell}" if is_formula else cell)


def _print(reader: PlanReader, wanted: Filter, limit: int | None, *, has_changes: bool, has_withheld: bool) -> None:
    limit = _ROWS_OF_TABLE if limit is None else limit
    if has_changes:
        _print_changes(reader, wanted, limit)
    withheld = list(reader.withheld(wanted, limit)) if has_withheld else []
    if withheld:
        table(("id", "attribute", "because it", "value"), [_withheld_row(each) for each in withheld])
    if withheld or not has_changes:
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
    first = (change.id, change.kind)
    for name, value in after.items():
        was = json.dumps(before[name], ensure_ascii=False) if before.get(name) is not None else "(not known)"
        yield (*first, name, was, "(cleared)" if value is None else json.dumps(value, ensure_ascii=False))
        first = ("", "")


def _withheld_row(each: ShownWithheld) -> tuple[str, str, str, str]:
    return each.id or "(none)", each.attribute or "(whole customer)", each.sentence, each.value or ""


def _say_shown(shown: int, total: int, what: str) -> None:
    more = "" if shown == total else " More with --limit, everything with --format json or csv."
    say(f"\nShowing {shown:,} of {total:,} {what}.{more}")
