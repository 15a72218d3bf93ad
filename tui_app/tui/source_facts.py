"""What the stage Source knows about tables and queries: asked for one after the other, and kept while it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from tui_app.backstage.questions.source import ReadRows, ReportTable
from tui_app.core.errors import FixInput
from tui_app.core.project import Project, Query, SourceTable
from tui_app.core.table_report import TableReport
from tui_app.tui.session import Session

_PLAIN_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What is known about one table or query."""

    rows: int | None = None
    """None: not counted yet, or it cannot be."""
    report: TableReport | None = None
    error: FixInput | None = None
    """Why it cannot be read."""


def definitions(project: Project | None) -> dict[str, SourceTable | Query]:
    """Tables, then queries, by their names."""
    return {**project.source.tables, **project.queries} if project else {}


def changed_names(before: dict[str, SourceTable | Query], now: dict[str, SourceTable | Query]) -> frozenset[str]:
    """Of what is not known any more, because its definition or something that it may read is another.

    Queries read tables and each other, and which ones only the engine knows.
    """
    changed = {name for name in {*before, *now} if _meaning(before.get(name)) != _meaning(now.get(name))}
    return frozenset(changed | {name for name, each in now.items() if changed and isinstance(each, Query)})


async def report_of(session: Session, name: str) -> TableFacts:
    """Everything about one table or query.

    Raises:
        StokerError: Nobody could look.
    """
    try:
        report = await session.ask(ReportTable(name))
    except FixInput as error:
        return TableFacts(error=error)
    return TableFacts(report.rows, report)


async def count_of(session: Session, name: str) -> TableFacts:
    """How many rows it has.

    Raises:
        StokerError: Nobody could look.
    """
    try:
        return TableFacts((await session.ask(ReadRows(name, 0, 1))).total)
    except FixInput as error:
        return TableFacts(error=error)


def mentions(query: Query, name: str) -> bool:
    """Whether the SQL of a query holds a name as a word."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", query.sql, re.IGNORECASE) is not None


def first_sql(name: str) -> str:
    """What a new query begins with: all of one table."""
    written = name if _PLAIN_NAME.fullmatch(name) else '"' + name.replace('"', '""') + '"'
    return f"SELECT *\nFROM {written}\n"


def _meaning(definition: SourceTable | Query | None) -> object:
    """Without its place, which moves with every line that is added above it."""
    match definition:
        case SourceTable(location=location):
            return location
        case Query(sql=sql):
            return (sql,)
        case None:
            return None
