"""Whether the source of an orchestration is as it was when it was last sent: by the content of its files."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tui_app.core.activation import Activation, Orchestration
from tui_app.core.job import definition_digest, table_of
from tui_app.core.project import Project
from tui_app.sync.rooms import destination_of, runs_of
from tui_app.wiring import Workplace


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


def is_as_it_was(workplace: Workplace, activation: Orchestration) -> bool:
    """Whether the newest run of an orchestration that is done was of the same source and the same definition.

    Raises:
        FixInput: A table has no file, or one that cannot be read.
        Damaged: A plan is not what was written.
    """
    project, rooms = workplace.project, workplace.rooms()
    runs = runs_of(rooms.runs, rooms.ledger_of(destination_of(project, activation)))
    mine = [run for run in runs if run.record().activation == activation.name]
    if not mine or mine[-1].progress().state != "done" or mine[-1].record().sample is not None:
        return False
    plan = mine[-1].plan().plan
    is_same_definition = plan.definition_digest == definition_digest(project, activation)
    return is_same_definition and plan.source_digest == source_digest(project, activation)
