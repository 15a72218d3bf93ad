"""`stoker segment`: how many it picks, whom, the SQL that says so, and how segments overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from tui_app.backstage.questions.segment import (
    CompareSegments,
    CountMembers,
    MemberCount,
    Overlap,
    SampleMembers,
    SegmentSql,
)
from tui_app.backstage.questions.source import Rows
from tui_app.cli.asking import Ask, asking
from tui_app.cli.options import json_option, project_folder, project_option
from tui_app.cli.output import commands, count, say, table, write_json
from tui_app.core.errors import Usage
from tui_app.core.segment import Segment
from tui_app.tasks.segment_query import save_segment_as_query
from tui_app.wiring import open_workplace

_MOST_COMPARED = 5


@click.command("segment")
@click.argument("names", metavar="SEGMENT...", nargs=-1, required=True)
@click.option("--sql", is_flag=True, help="Only the SQL of the segment.")
@click.option("--members", type=click.IntRange(0, 1000), metavar="N", default=0, help="Show N of its members.")
@click.option("--save-query", metavar="QUERY", help="Write its SQL into the project file, as a query of this name.")
@json_option
@project_option
@click.pass_context
def segment(
    ctx: click.Context,
    names: tuple[str, ...],
    members: int,
    save_query: str | None,
    project: Path | None,
    *,
    sql: bool,
    as_json: bool,
) -> None:
    """Count SEGMENT and show its members; of several, up to five, how they overlap."""
    folder = project_folder(ctx, project)
    whole = open_workplace(folder).project
    known = whole.segments
    _require_known(names, known)
    if len(names) > 1 and (sql or members or save_query):
        raise Usage("--sql, --members and --save-query are for one segment. Nothing was counted.")
    # The engine comes with it.
    from tui_app.backstage.answers.segment import answer

    with asking(folder, answer) as ask:
        if len(names) > 1:
            _print_overlaps(ask(CompareSegments(names)), as_json=as_json)
        elif save_query:
            save_segment_as_query(whole, names[0], save_query, ask(SegmentSql(known[names[0]])))
            say(f"Query {save_query} gives the members of {names[0]} as they are described now. Dates that count from")
            say("today are fixed in it.")
            commands([(f"stoker query {save_query} --as-segment NAME", "back, while nobody edits its SQL")])
        elif sql:
            _print_sql(names[0], ask(SegmentSql(known[names[0]])), as_json=as_json)
        else:
            _print(ask, known[names[0]], members, as_json=as_json)


def _require_known(names: Sequence[str], known: Mapping[str, Segment]) -> None:
    for name in names:
        if name not in known:
            raise Usage(f"{name!r}: the project has no segment of that name. It has: {', '.join(known) or 'none'}.")
    if len(names) > _MOST_COMPARED or len(set(names)) < len(names):
        raise Usage(f"Name up to {_MOST_COMPARED} segments, each once. Nothing was counted.")


def _print_sql(name: str, text: str, *, as_json: bool) -> None:
    if as_json:
        write_json({"segment": name, "sql": text})
    else:
        say(text)


def _print(ask: Ask, asked: Segment, members: int, *, as_json: bool) -> None:
    counted = ask(CountMembers(asked))
    sample = ask(SampleMembers(asked, members)) if members else None
    if as_json:
        write_json(_document(asked, counted, sample, ask(SegmentSql(asked))))
        return
    share = counted.members / counted.rows if counted.rows else 0.0
    say(f"{asked.name}: {counted.members:,} of {count(counted.rows, 'row')} of {asked.table} ({share:.1%})")
    if sample is not None:
        say()
        table(sample.columns, [tuple(cell or "" for cell in row) for row in sample.rows])


def _document(asked: Segment, counted: MemberCount, sample: Rows | None, sql: str) -> dict[str, object]:
    rows = [dict(zip(sample.columns, row, strict=True)) for row in sample.rows] if sample else []
    return {
        "segment": asked.name,
        "table": asked.table,
        "members": counted.members,
        "rows": counted.rows,
        "sql": sql,
        "sample": rows,
    }


def _print_overlaps(overlaps: tuple[Overlap, ...], *, as_json: bool) -> None:
    if as_json:
        write_json([{"segments": list(each.segments), "customers": each.customers} for each in overlaps])
        return
    rows = [(each.customers, " and ".join(each.segments)) for each in overlaps]
    table(("customers", "in exactly"), [*rows, (sum(number for number, _ in rows), "any of them")])
