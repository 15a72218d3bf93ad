"""`stoker query`: is a query in order, and what does it give?"""

from __future__ import annotations

from pathlib import Path

import click

from tui_app.backstage.questions.source import ReadRows, Rows, TryQuery
from tui_app.cli.asking import asking
from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import say, table, write_json
from tui_app.core.errors import FixInput, Place, Problem, Usage
from tui_app.tasks.segment_query import save_query_as_segment
from tui_app.wiring import open_workplace

_ROWS = 100


@click.command("query")
@click.argument("name")
@click.option("--file", "sql_file", metavar="PATH", type=click.Path(path_type=Path), help="Try this SQL in its place.")
@click.option("--limit", type=click.IntRange(0, 10_000), metavar="N", default=_ROWS, show_default=True)
@click.option("--as-segment", metavar="SEGMENT", help="Write the segment that it was made of into the project file.")
@json_option
@project_option
@click.pass_context
def query(
    ctx: click.Context,
    name: str,
    sql_file: Path | None,
    limit: int,
    as_segment: str | None,
    project: Path | None,
    *,
    as_json: bool,
) -> None:
    """Run query or table NAME and show its first rows; a mistake is named with its line. Sends nothing."""
    folder = project_folder(ctx, project)
    known = open_workplace(folder).project
    if as_segment is not None:
        if name not in known.queries:
            names = ", ".join(known.queries) or "none"
            raise Usage(f"{name!r}: the project has no query of that name. It has: {names}.")
        save_query_as_segment(known, name, as_segment)
        if as_json:
            write_json({"segment": as_segment, "query": name})
        else:
            say(f"Segment {as_segment} has the conditions that query {name} was made of.")
        return
    if sql_file is None and name not in known.queries and name not in known.source.tables:
        names = ", ".join((*known.queries, *known.source.tables))
        raise Usage(f"{name!r}: the project has no query or table of that name. It has: {names}.")
    # The engine comes with it.
    from tui_app.backstage.answers.source import SQL_FILE, answer

    with asking(folder, answer) as ask:
        if sql_file is None:
            rows = ask(ReadRows(name, 0, limit))
        else:
            try:
                rows = ask(TryQuery(name, _text_of(sql_file), limit)).rows
            except FixInput as error:
                # The engine calls the statement by a name of its own; a person has a file.
                raise FixInput(*(_placed(problem, SQL_FILE, sql_file) for problem in error.problems)) from error
    _show(name, rows, as_json=as_json)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Usage(f"{path}: it cannot be read as text. Nothing was run. Name a file with one SELECT.") from error


def _placed(problem: Problem, stands_for: str, path: Path) -> Problem:
    if problem.place is None or problem.place.file != stands_for:
        return problem
    return Problem(problem.message, Place(str(path), problem.place.line), problem.code)


def _show(name: str, rows: Rows, *, as_json: bool) -> None:
    if as_json:
        found = [dict(zip(rows.columns, row, strict=True)) for row in rows.rows]
        write_json({"name": name, "columns": list(rows.columns), "rows": found, "total": rows.total})
        return
    table(rows.columns, [tuple(cell or "" for cell in row) for row in rows.rows])
    say(f"\nShowing {len(rows.rows):,} of {max(rows.total, len(rows.rows)):,} rows of {name}.")
