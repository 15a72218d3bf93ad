"""What the stage Source knows about tables and queries: it is asked for one after the other, and kept while it holds."""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.core.errors import FixInput
from tui_app.core.project import Project, Query, SourceTable
from tui_app.core.table_report import TableReport


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


def _meaning(definition: SourceTable | Query | None) -> object:
    """Without its place, which moves with every line that is added above it."""
    match definition:
        case SourceTable(location=location):
            return location
        case Query(sql=sql):
            return (sql,)
        case None:
            return None
