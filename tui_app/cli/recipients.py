"""`stoker recipients`: who is in a campaign, in which group, since which run."""

from __future__ import annotations

from pathlib import Path

import click

from tui_app.cli.options import project_folder, project_option
from tui_app.cli.output import say, table, utf8_stdout
from tui_app.core.activation import Campaign
from tui_app.core.errors import Usage
from tui_app.store.recipients_reading import RecipientsReader
from tui_app.sync.rooms import activation_named, destination_of
from tui_app.tasks.recipients_export import HELD_OUT, places_text, write_recipients_csv, write_recipients_json
from tui_app.tasks.run_report import moment
from tui_app.wiring import open_workplace

_ROWS_OF_TABLE = 20


@click.command("recipients")
@click.argument("campaign")
@click.option("--user", metavar="ID", help="Only this customer.")
@click.option("--history", is_flag=True, help="Everything that happened, not only who is in it now.")
@click.option("--limit", type=click.IntRange(0), metavar="N", help="At most N rows.  [default: 20 in a table]")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
@project_option
@click.pass_context
def recipients(
    ctx: click.Context,
    campaign: str,
    user: str | None,
    limit: int | None,
    form: str,
    project: Path | None,
    *,
    history: bool,
) -> None:
    """Show who is in CAMPAIGN, in which group and since which run; or who came, moved and left."""
    workplace = open_workplace(project_folder(ctx, project))
    activation = activation_named(workplace.project, campaign)
    if not isinstance(activation, Campaign):
        names = ", ".join(workplace.project.campaigns) or "none"
        raise Usage(f"{campaign!r} is an orchestration, which has no recipients of its own. Campaigns: {names}.")
    view = workplace.ledger_of(destination_of(workplace.project, activation)).view()
    reader = RecipientsReader(view, campaign)
    shown = _ROWS_OF_TABLE if limit is None and form == "table" else limit
    rows = reader.history(user, shown) if history else reader.now(user, shown)
    match form:
        case "json":
            write_recipients_json(rows, utf8_stdout())
        case "csv":
            write_recipients_csv(rows, utf8_stdout())
        case _:
            lines = [
                (each.id, places_text(each), each.event, moment(each.began), each.run, each.entries) for each in rows
            ]
            _print(reader, lines, is_all=not history and user is None)


def _print(reader: RecipientsReader, lines: list[tuple[str, str, str, str, str, int]], *, is_all: bool) -> None:
    tallies = reader.tallies()
    if not lines:
        say("Nobody, so far. Whoever a run reaches is listed here." if not tallies else "Nobody of these.")
        return
    if is_all:
        table(
            ("customers", "audience", "group"),
            [(each.customers, each.place.audience, each.place.group or HELD_OUT) for each in tallies],
        )
        say()
    table(("id", "audience: group", "event", "at", "run", "entries"), lines)
    total = sum(each.customers for each in tallies)
    if is_all and len(lines) < total:
        say(f"\nShowing {len(lines):,} of {total:,}. More with --limit, everything with --format json or csv.")
