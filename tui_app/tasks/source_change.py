"""Whether the source of an orchestration is as it was when it was last sent: by the content of its files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from tui_app.core.activation import Activation, Orchestration
from tui_app.core.errors import Damaged, FixInput
from tui_app.core.job import definition_digest, table_of
from tui_app.core.plan import LedgerView, Plan
from tui_app.core.project import Project
from tui_app.ports.store import RunFiles
from tui_app.sync.rooms import destination_of, runs_of
from tui_app.sync.settle_runs import is_open
from tui_app.wiring import Workplace

UNCHANGED = "The source is as it was when it was last sent."
"""Why an orchestration is left out that says `only_if_changed`."""

_ASKS_CLOCK_OR_CHANCE = re.compile(
    r"(?i)\b(now|today|age|random|uuid\w*|gen_random_uuid|transaction_timestamp|get_current_\w+)\s*\("
    r"|\b(current_(date|time|timestamp)|local(time|timestamp))\b"
)
"""In a query. Source: the functions of DuckDB 1.5 whose `stability` is not CONSISTENT in duckdb_functions(), and `age`,
which counts from today if it is given one moment. A name too many costs one plan."""


def is_left_out(workplace: Workplace, activation: Activation) -> bool:
    """Whether an activation asks to be run only if its source changed, and it did not.

    What cannot be told for certain is no reason to leave it out.

    Raises:
        FixInput: A table has no file, or one that cannot be read.
        Damaged: The ledger is not what was written.
    """
    if not isinstance(activation, Orchestration) or not activation.only_if_changed:
        return False
    project, rooms = workplace.project, workplace.rooms()
    if any(_ASKS_CLOCK_OR_CHANCE.search(sql) for sql in _queries_behind(project, table_of(activation))):
        return False
    ledger = rooms.ledger_of(destination_of(project, activation))
    state, runs = ledger.state(), runs_of(rooms.runs, ledger)
    mine = [position for position, run in enumerate(runs) if run.record().activation == activation.name]
    if not mine or any(is_open(run, state) for run in runs):
        return False
    run, later = runs[mine[-1]], runs[mine[-1] + 1 :]
    if run.progress().state != "done" or run.record().sample is not None:
        return False
    try:
        plan, others = run.plan().plan, [each.plan().plan for each in later if each.has_journal]
    except (Damaged, FixInput):
        # Plans may be removed or made anew.
        return False
    return (
        plan.definition_digest == definition_digest(project, activation)
        and _is_still_known(plan, run, ledger.view())
        and not _touch_the_same(plan, others)
        and plan.source_digest == source_digest(project, activation)
    )


def source_digest(project: Project, activation: Activation) -> str:
    """Of every byte that the activation can read: of its table, or of all tables if it is a query.

    Raises:
        FixInput: A table has no file, or one that cannot be read.
    """
    from tui_app.engine.files import locate

    name = table_of(activation)
    tables = [project.source.tables[name]] if name in project.source.tables else [*project.source.tables.values()]
    digest = hashlib.sha256()
    for table in tables:
        for file in locate(table, Path(project.file).parent):
            with file.path.open("rb") as opened:
                digest.update(f"{table.name} {file.shown} ".encode())
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def _queries_behind(project: Project, name: str) -> list[str]:
    """The SQL of a query and of every query that it may read; none of a table."""
    found: dict[str, str] = {}
    wanted = [name]
    while wanted:
        query = project.queries.get(wanted.pop())
        if query is not None and query.name not in found:
            found[query.name] = query.sql
            words = {word.lower() for word in re.findall(r"\w+", query.sql)}
            wanted += [other for other in project.queries if other.lower() in words]
    return list(found.values())


def _is_still_known(plan: Plan, run: RunFiles, view: LedgerView) -> bool:
    """Whether the ledger is the one that the run was folded into, and nothing in it waits to be sent."""
    # The first run of a ledger was planned without one.
    is_same = (
        plan.lineage == view.lineage if plan.lineage else view.mappings.get(plan.activation) == plan.mapping_digest
    )
    has_sent_all = run.record().is_empty and plan.ledger_serial == view.serial
    # Attributes in doubt are sent again; a purchase that may have arrived is not.
    return is_same and (plan.array != "attributes" or view.doubt is None or has_sent_all)


def _touch_the_same(plan: Plan, others: Iterable[Plan]) -> bool:
    """Whether a later run, such as one that undoes another, has written an attribute of a plan."""
    names = {each.name for each in plan.attributes}
    return any(
        each.changed and each.name in names
        for other in others
        if (other.array, other.remembered_as) == (plan.array, plan.remembered_as)
        for each in other.attributes
    )
