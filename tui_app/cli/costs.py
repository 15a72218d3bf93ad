"""`stoker costs`: which attributes cost most, and which mapping would cost less."""

from __future__ import annotations

from pathlib import Path

import click

from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import count, heading, paragraph, say, table, write_json
from tui_app.core.cost import AttributeCost, CostReport
from tui_app.sync.count_costs import count_costs
from tui_app.tasks.cost_report import cost_document
from tui_app.wiring import open_workplace

_ROWS = 20


@click.command("costs")
@click.option("--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="How far to look back.")
@json_option
@project_option
@click.pass_context
def costs(ctx: click.Context, days: int, project: Path | None, *, as_json: bool) -> None:
    """Count what the runs of the last days cost, attribute by attribute, and what coarser mappings would have saved."""
    workplace = open_workplace(project_folder(ctx, project))
    reports = [
        count_costs(workplace.project, destination, days, workplace.engine(), workplace.rooms())
        for destination in workplace.project.destinations.values()
    ]
    if as_json:
        write_json([cost_document(report) for report in reports])
        return
    for report in reports:
        _print(report, days)


def _print(report: CostReport, days: int) -> None:
    if not report.runs:
        say(f"{report.destination}: no run of the last {count(days, 'day')} got anything acknowledged.")
        return
    span = f"{count(report.runs, 'run')} in {report.days:.1f} days"
    say(f"{report.destination}: {span}, {count(report.requests, 'request')}, {_points(report, report.data_points)}")
    heading("What changes, a month")
    rows = [_row(report, each) for each in report.attributes[:_ROWS]]
    table(("attribute", "activation", "changes", "alone", "first time", "data points a month", "money a month"), rows)
    if len(report.attributes) > _ROWS:
        say(f"  … and {len(report.attributes) - _ROWS} more with --json.")
    cheaper = [each for each in report.attributes if each.cheaper is not None]
    heading("What would cost less, for the same customers on the same days")
    if not cheaper:
        say("  No coarser mapping would have saved one change in ten.")
    for each in cheaper:
        paragraph(_advice(report, each))


def _row(report: CostReport, cost: AttributeCost) -> tuple[str | int, ...]:
    a_month = cost.changed * cost.points_each * report.a_month
    money = f"{report.money(a_month):,.2f}" if report.money_per_1000 else ""
    return (cost.attribute, cost.activation, cost.changed, cost.alone, cost.first_time, round(a_month), money)


def _advice(report: CostReport, cost: AttributeCost) -> str:
    assert cost.cheaper is not None  # only such are advised on
    saved = cost.cheaper.vanished * cost.points_each * report.a_month
    share = cost.cheaper.vanished / cost.changed
    return (
        f'"{cost.attribute}" of {cost.activation} with {cost.cheaper.mapping}: {cost.cheaper.vanished:,} of '
        f"{cost.changed:,} changes ({share:.0%}) would not have been sent, and {cost.cheaper.vanished_alone:,} "
        f"customers not at all. A month: {_points(report, round(saved))} less."
    )


def _points(report: CostReport, points: int) -> str:
    money = f" ({report.money(points):,.2f})" if report.money_per_1000 else ""
    return f"{count(points, 'data point')}{money}"
