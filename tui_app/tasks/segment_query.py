"""Save a segment as a query, and a query that was one as a segment."""

from __future__ import annotations

from pathlib import Path

from tui_app.config.edit import AddTable, edit_project, file_digest
from tui_app.config.splice import TomlValue
from tui_app.core.conditions import single_conditions
from tui_app.core.errors import FixInput, Usage
from tui_app.core.project import Project
from tui_app.core.segment import InCampaign, InFile, InSegment
from tui_app.core.segment_query import query_of, segment_of


def save_segment_as_query(project: Project, segment: str, query: str, sql: str) -> None:
    """Write `[queries.QUERY]` into the project file.

    Args:
        project: As the file says it.
        segment: Its name.
        query: A name that no query and no table has yet.
        sql: The segment as one SELECT.

    Raises:
        Usage: The name is taken, or the segment asks what no query can.
        FixInput: The file cannot be written, or was changed meanwhile.
    """
    if others := _asked_beside_the_table(project, segment):
        raise Usage(
            f"Segment {segment}: it asks {others}, which no query can. Nothing was written. Use the segment itself."
        )
    if query in project.queries or query in project.source.tables:
        raise Usage(f"{query!r}: there is a query or table of that name. Nothing was written. Choose another name.")
    _write(project, ("queries", query), {"sql": query_of(project.segments[segment], sql)})


def save_query_as_segment(project: Project, query: str, segment: str) -> None:
    """Write the segment that a query was made of as `[segments.SEGMENT]` into the project file.

    Raises:
        Usage: The name is taken.
        FixInput: The query was made of no segment or was edited since; the file cannot be written, or was changed
            meanwhile.
    """
    if segment in project.segments:
        raise Usage(f"{segment!r}: there is a segment of that name. Nothing was written. Choose another name.")
    saved = segment_of(project.queries[query].sql)
    if saved is None:
        raise FixInput.at(
            f"Query {query}: it was made of no segment, or its SQL was edited since, so no conditions say the same. "
            "Nothing was written. Build the segment on the query as its table instead.",
            project.queries[query].first_line,
            "no_segment",
        )
    _write(project, ("segments", segment), saved.content)


def _asked_beside_the_table(project: Project, segment: str) -> str | None:
    """What a segment, or one that it is made of, asks that is no table."""
    names, seen = [segment], set[str]()
    while names:
        name = names.pop()
        seen.add(name)
        for condition in single_conditions(project.segments[name].condition):
            if isinstance(condition, InCampaign):
                return f"whom campaign {condition.campaign} has reached"
            if isinstance(condition, InFile):
                return f"the file {condition.path}"
            if isinstance(condition, InSegment) and condition.segment not in seen:
                names.append(condition.segment)
    return None


def _write(project: Project, path: tuple[str, str], content: dict[str, TomlValue]) -> None:
    file = Path(project.file)
    edit_project(file, file_digest(file), [AddTable(path, content)])
