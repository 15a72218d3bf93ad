"""`stoker schedule`: run what is due, now or for as long as the command runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import count, narrate, say, write_json
from tui_app.core.errors import ExitCode, FixInput, Usage, worst
from tui_app.store.schedule_book import ScheduleBook
from tui_app.tasks.raise_alert import raise_alerts
from tui_app.tasks.run_schedule import Due, Ran, next_moment, run_due, schedules_of
from tui_app.tasks.run_unit import Outcome, outcome_document
from tui_app.tasks.systemd_units import write_units
from tui_app.wiring import Workplace, open_workplace

_LONGEST_SLEEP_SECONDS = 30.0
"""So that a change of the project file, or of the clock, is noticed."""


@click.command("schedule")
@click.option("--once", is_flag=True, help="Run what is due and end, for cron and systemd timers.")
@click.option("--systemd", metavar="DIR", type=click.Path(path_type=Path), help="Write a systemd service and timer.")
@json_option
@project_option
@click.pass_context
def schedule(ctx: click.Context, systemd: Path | None, project: Path | None, *, once: bool, as_json: bool) -> int:
    """Run activations and groups when their schedules say so. Times are UTC.

    Missed times are reported and caught up once. A guard refuses a run: nobody is there to confirm.
    """
    folder = project_folder(ctx, project)
    if as_json and (systemd is not None or not once):
        raise Usage("--json is for --once: for as long as the command runs there is no one document. Nothing was run.")
    workplace = open_workplace(folder)
    if systemd is not None:
        return _write_units(workplace, systemd)
    book = ScheduleBook(workplace.state)
    with book.held():
        if once:
            return _once(workplace, book, as_json=as_json)
        _for_ever(folder, workplace, book)
    return ExitCode.DONE


def _once(workplace: Workplace, book: ScheduleBook, *, as_json: bool) -> int:
    # One document is all that stands on stdout then.
    ran = _run(workplace, book, narrate if as_json else say)
    if as_json:
        write_json([_document(each) for each in ran])
    elif not ran:
        _say_next(workplace, book)
    return worst(outcome.exit_code for each in ran for outcome in each.outcomes)


def _for_ever(folder: Path, workplace: Workplace, book: ScheduleBook) -> None:
    said = ""
    while True:
        try:
            # Anew each time: the project file may have changed.
            workplace = open_workplace(folder)
        except FixInput as error:
            # Somebody is at it: what was read before goes on.
            narrate(error.message)
        if _run(workplace, book, say):
            said = ""
        upcoming = next_moment(workplace, book, _now())
        words = _next_words(workplace, upcoming)
        if words != said:
            narrate(words)
            said = words
        wait = _LONGEST_SLEEP_SECONDS if upcoming is None else (upcoming[0] - _now()).total_seconds()
        time.sleep(min(max(wait, 0.2), _LONGEST_SLEEP_SECONDS))


def _run(workplace: Workplace, book: ScheduleBook, tell: Callable[[str], None]) -> list[Ran]:
    ran = []
    for each in run_due(workplace, book, _now, lambda due: tell(_due_words(due))):
        for outcome in each.outcomes:
            tell(f"  {_words(outcome)}")
        for failure in raise_alerts(workplace.project, each.outcomes):
            narrate(failure)
        ran.append(each)
    return ran


def _due_words(due: Due) -> str:
    newest = f"{due.times[-1]:%Y-%m-%dT%H:%M:%SZ}"
    missed = len(due.times) - 1
    behind = f"; {count(missed, 'earlier time')} missed since {due.times[0]:%Y-%m-%dT%H:%M:%SZ}" if missed else ""
    return f"{due.name}: due at {newest}{behind}"


def _words(outcome: Outcome) -> str:
    figures = f"{count(outcome.acknowledged, 'customer')} acknowledged"
    figures += f", {outcome.rejected:,} rejected" if outcome.rejected else ""
    run = f" (run {outcome.run})" if outcome.run else ""
    told = figures if outcome.status in {"done", "rejections", "stopped"} else outcome.message
    return f"{outcome.activation}: {outcome.status}, {told}{run}"


def _say_next(workplace: Workplace, book: ScheduleBook) -> None:
    say(_next_words(workplace, next_moment(workplace, book, _now())))


def _next_words(workplace: Workplace, upcoming: tuple[datetime, str] | None) -> str:
    if not schedules_of(workplace):
        return 'Nothing has a schedule. Give an activation one in stoker.toml, such as schedule = "0 6 * * *".'
    if upcoming is None:
        return "Every schedule has come to its end."
    return f"Next: {upcoming[1]} at {upcoming[0]:%Y-%m-%dT%H:%M:%SZ}."


def _document(ran: Ran) -> dict[str, object]:
    return {
        "name": ran.due.name,
        "due": f"{ran.due.times[-1]:%Y-%m-%dT%H:%M:%SZ}",
        "missed": len(ran.due.times) - 1,
        "activations": [outcome_document(each) for each in ran.outcomes],
    }


def _write_units(workplace: Workplace, target: Path) -> int:
    for path in write_units(workplace, target):
        say(str(path))
    narrate(f"Start it with: systemctl --user enable --now {next(iter(target.glob('stoker-*.timer'))).name}")
    return ExitCode.DONE


def _now() -> datetime:
    return datetime.now(UTC)
