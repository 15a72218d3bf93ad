"""A project whose ledger knows every customer, as after a first run that Braze acknowledged.

The first plan is a real one, and the product itself folds it; only the journal is written here instead of by a worker
that sends for hours.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from benchmarks.measure import cost_of
from benchmarks.shop import MEMORY_LIMIT, write_customers, write_project

DAYS = {"first": "first_day.parquet", "second": "second_day.parquet"}

_PLAN_AND_FOLD = """
import dataclasses, json, pathlib, sys, time
import tui_app.engine.embedded, tui_app.store.fold, tui_app.store.plans
from tui_app.core.run import Answered, Dispatched, Opened, Progress, RunRecord
from tui_app.sync.make_plan import PlanRequest, make_plan
from tui_app.tasks.source_change import is_left_out, source_digest
from tui_app.wiring import open_workplace

workplace = open_workplace(pathlib.Path("."), {})
project, rooms = workplace.project, workplace.rooms()
ledger = workplace.ledger_of(project.destinations["braze"])
profiles = dataclasses.replace(project.orchestrations["profiles"], only_if_changed=True)
seconds = {}
if "look" in sys.argv:
    began = time.monotonic()
    if not is_left_out(workplace, profiles):
        raise SystemExit("the source should be as it was")
    seconds["look"] = time.monotonic() - began
if "plan" in sys.argv:
    request = PlanRequest(profiles, None, source_digest=source_digest(project, profiles))
    began = time.monotonic()
    stored = make_plan(project, request, workplace.engine(), rooms)
    seconds["plan"] = time.monotonic() - began
else:
    stored = workplace.plans.newest_of("profiles")
if "fold" in sys.argv:
    plan, serial = stored.plan, ledger.state().serial
    record = RunRecord(f"run-{serial:04}", "profiles", "braze", str(stored.folder), stored.fingerprint, ledger.name,
                       plan.lineage, serial, time.time(), plan.counts.changes, plan.requests)
    run = workplace.runs.create(record)
    journal = run.open_journal()
    answered = Answered(0, plan.counts.changes, "acknowledged", time.time(), {})
    journal.append([Opened(stored.fingerprint, time.time()), Dispatched(plan.requests, time.time()), answered])
    journal.close()
    run.say(Progress(state="done"))
    began = time.monotonic()
    with ledger.held("a benchmark") as held:
        held.fold(run.id, None)
    seconds["fold"] = time.monotonic() - began
print(json.dumps({**seconds, "changes": stored.plan.counts.changes, "plan_folder": str(stored.folder)}))
"""


def plan_and_fold(*steps: str) -> list[str]:
    """The command that takes `steps`, of "look", "plan" and "fold", in the current folder.

    A look is whether the source is as it was when it was last sent, which it must be. A fold is of the newest plan.

    It prints a JSON object with the seconds of each step without imports, the number of changes and the plan's folder.
    """
    return [sys.executable, "-c", _PLAN_AND_FOLD, *steps]


def stock(folder: Path, customers: int, memory_limit: str = MEMORY_LIMIT) -> None:
    """Write the tables of two days and a project, and fill its ledger with the first day."""
    write_project(folder, "http://127.0.0.1:9", memory_limit=memory_limit)
    write_customers(folder / DAYS["first"], customers)
    write_customers(folder / DAYS["second"], customers, is_second_day=True)
    dawn(folder, "first")
    cost_of(plan_and_fold("plan", "fold"), folder)


def dawn(folder: Path, day: str) -> None:
    """Make a day's table the project's source."""
    link = folder / "customers.parquet"
    link.unlink(missing_ok=True)
    os.link(folder / DAYS[day], link)


def ledger_of(folder: Path) -> Path:
    """The folder of the project's only ledger."""
    (ledger,) = (folder / "state" / "ledgers").iterdir()
    return ledger


def ledger_columns(folder: Path) -> dict[str, str]:
    """Attribute → column of the ledger's tables."""
    columns: dict[str, str] = json.loads((ledger_of(folder) / "manifest.json").read_bytes())["columns"]
    return columns
