"""Whether the source of an orchestration is as it was when it was last sent: by the content of its files."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from pathlib import Path

from tui_app.core.activation import Activation, Orchestration
from tui_app.core.job import definition_digest, table_of
from tui_app.core.project import Project
from tui_app.sync.rooms import destination_of, runs_of
from tui_app.wiring import Workplace

UNCHANGED = "The source is as it was when it was last sent."
"""Why an orchestration is left out that says `only_if_changed`."""

_ASKS_THE_CLOCK = re.compile(r"(?i)\b(now|today|current_date|\w*(current|local|transaction)_?time\w*)\b")
"""Of a query. Source: duckdb.org/docs, "Date Functions" and "Timestamp Functions"; a word too many costs one plan."""


def is_left_out(workplace: Workplace, activation: Activation) -> bool:
    """Whether an activation asks to be run only if its source changed, and it did not.

    Raises:
        FixInput: A table has no file, or one that cannot be read.
        Damaged: Ledger or plan are not what was written.
    """
    is_asked = isinstance(activation, Orchestration) and activation.only_if_changed
    return is_asked and _is_as_it_was(workplace, activation)


def source_digest(project: Project, activation: Activation, today: date) -> str:
    """Of every byte that the activation can read: of its table, or of all tables if it is a query.

    A query that asks for the time is another one on each day.

    Args:
        project: The project.
        activation: Of it.
        today: In UTC.

    Raises:
        FixInput: A table has no file, or one that cannot be read.
    """
    from tui_app.engine.files import locate

    name = table_of(activation)
    tables = [project.source.tables[name]] if name in project.source.tables else [*project.source.tables.values()]
    digest = hashlib.sha256()
    if name in project.queries and any(_ASKS_THE_CLOCK.search(query.sql) for query in project.queries.values()):
        digest.update(f"{today} ".encode())
    for table in tables:
        for file in locate(table, Path(project.file).parent):
            with file.path.open("rb") as opened:
                digest.update(f"{table.name} {file.shown} ".encode())
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def _is_as_it_was(workplace: Workplace, activation: Activation) -> bool:
    """Whether the newest run of an activation is done, leaves no value in doubt, and had this source and definition."""
    project, rooms = workplace.project, workplace.rooms()
    ledger = rooms.ledger_of(destination_of(project, activation))
    mine = [run for run in runs_of(rooms.runs, ledger) if run.record().activation == activation.name]
    if not mine or mine[-1].progress().state != "done" or mine[-1].record().sample is not None:
        return False
    plan = mine[-1].plan().plan
    # Attributes in doubt are sent again; a purchase that may have arrived is not.
    if plan.array == "attributes" and ledger.view().doubt is not None:
        return False
    is_same_definition = plan.definition_digest == definition_digest(project, activation)
    return is_same_definition and plan.source_digest == source_digest(project, activation, rooms.today)
