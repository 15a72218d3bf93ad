"""Answers about a segment that is being built: how many it picks, whom, and the SQL that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import ibis.expr.types as ir

from tui_app.backstage.desk import Desk
from tui_app.backstage.questions.question import Question, UnknownQuestion
from tui_app.backstage.questions.segment import (
    CompareSegments,
    CountMembers,
    MemberCount,
    Overlap,
    SampleMembers,
    SegmentSql,
)
from tui_app.backstage.questions.source import Rows
from tui_app.core.conditions import single_conditions
from tui_app.core.errors import FixInput, Problem
from tui_app.core.job import table_of
from tui_app.core.known_rows import recipients_sql
from tui_app.core.project import Project
from tui_app.core.segment import InSegment, Segment
from tui_app.engine.nearest import nearest_sentence
from tui_app.engine.overlap import overlap_counts
from tui_app.engine.readable_sql import readable_sql
from tui_app.engine.row_text import text_page
from tui_app.engine.segment import Surroundings, count_members, members, members_by_name
from tui_app.engine.sources import Sources
from tui_app.sync.rooms import destination_of
from tui_app.wiring import SystemClock


def answer(question: Question[Any], desk: Desk) -> object:
    """See `backstage.questions.segment`."""
    match question:
        case CountMembers(segment):
            return _count(_Draft.of(segment, desk), desk)
        case SampleMembers(segment, count):
            return _sample(_Draft.of(segment, desk), count, desk)
        case SegmentSql(segment):
            return _sql(_Draft.of(segment, desk), desk)
        case CompareSegments(names):
            return _compare(names, desk)
        case _:
            raise UnknownQuestion(question)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A segment beside the project that it would be part of. Nothing that it uses leads back to it."""

    segment: Segment
    project: Project
    today: date
    """UTC."""
    id_column: str | None
    log_of: Callable[[str], str | None]
    """Campaign → SQL of the log of its recipients."""

    @classmethod
    def of(cls, segment: Segment, desk: Desk) -> _Draft:
        """A segment as it would be in the project on disk.

        Raises:
            FixInput: It uses a segment that does not exist, or itself.
        """
        workplace = desk.workplace()
        project = workplace.project
        problems = _faults_of_references(segment, project)
        if problems:
            raise FixInput(*problems)
        return cls(
            segment,
            project,
            datetime.fromtimestamp(SystemClock().epoch_seconds(), UTC).date(),
            id_column_of(project, segment.table),
            log_of=lambda campaign: recipients_sql(
                workplace.ledger_of(destination_of(project, project.campaigns[campaign])).view()
            ),
        )

    def membership(self, table: ir.Table, sources: Sources) -> ir.BooleanValue:
        """Who of the segment's table is a member."""
        return members(
            self.segment,
            table,
            Surroundings(
                project=self.project,
                today=self.today,
                id_column=self.id_column,
                relation=sources.relation,
                log_of=self.log_of,
            ),
        )


def id_column_of(project: Project, table: str) -> str | None:
    """The column of customer ids by which segments over a table are compared with others.

    That of a template by which the table is sent; else that of the only template.
    """
    templates = [project.templates[each.template] for each in project.activations if table_of(each) == table]
    if len(project.templates) == 1:
        templates += project.templates.values()
    return next((each.identifier_column for each in templates if each.identifier_column is not None), None)


def _count(draft: _Draft, desk: Desk) -> MemberCount:
    with desk.sources() as sources:
        table = sources.relation(draft.segment.table)
        is_member = draft.membership(table, sources)
        with sources.reading():
            found = count_members(table, is_member)
        return MemberCount(found, sources.row_count(draft.segment.table))


def _sample(draft: _Draft, count: int, desk: Desk) -> Rows:
    with desk.sources() as sources:
        table = sources.relation(draft.segment.table)
        chosen = table.filter(draft.membership(table, sources))
        with sources.reading():
            rows = text_page(chosen, 0, count)
    return Rows(tuple(table.columns), rows, first=0, total=len(rows))


def _sql(draft: _Draft, desk: Desk) -> str:
    with desk.sources() as sources, sources.reading():
        found = members_by_name(
            draft.segment, sources.schema, project=draft.project, today=draft.today, id_column=draft.id_column
        )
    return readable_sql(found)


def _compare(names: tuple[str, ...], desk: Desk) -> tuple[Overlap, ...]:
    project = desk.workplace().project
    with desk.sources() as sources:
        members = [_member_ids(_Draft.of(project.segments[name], desk), sources) for name in names]
        with sources.reading():
            counted = overlap_counts(members)
    overlaps = [Overlap(tuple(names[position] for position in among), count) for among, count in counted.items()]
    return tuple(sorted(overlaps, key=lambda each: (-each.customers, each.segments)))


def _member_ids(draft: _Draft, sources: Sources) -> ir.Table:
    """The customer ids of a segment's members, as one column `id`."""
    table = sources.relation(draft.segment.table)
    if draft.id_column is None or draft.id_column not in table.columns:
        named = "nothing names the column of customer ids"
        if draft.id_column is not None:
            named = f'it has no column "{draft.id_column}", which holds the customer ids'
        message = f"Table {draft.segment.table}: {named}, so its segments cannot be compared. Add it to the table."
        raise FixInput.at(message, draft.segment.place, "no_id_column")
    chosen = table.filter(draft.membership(table, sources))
    return chosen.select(id=chosen[draft.id_column].cast("string"))


def _faults_of_references(segment: Segment, project: Project) -> list[Problem]:
    """Segments that a draft uses and that do not exist, and ways on which it comes back to itself.

    The project on disk has no such circle, so every circle goes through the draft.
    """
    problems: list[Problem] = []
    for reference in _references(segment):
        subject = f'segment "{segment.name}": it uses segment "{reference.segment}"'
        if reference.segment == segment.name or segment.name in _used_by(reference.segment, project):
            message = f"{subject}, and so is made of itself. Nothing was counted. Remove that condition."
            problems.append(Problem(message, reference.place, "circle"))
        elif reference.segment not in project.segments:
            nearest = nearest_sentence(reference.segment, tuple(project.segments))
            problems.append(
                Problem(
                    f"{subject}, which does not exist. Nothing was counted.{nearest}",
                    reference.place,
                    "unknown_segment",
                )
            )
    return problems


def _references(segment: Segment) -> list[InSegment]:
    return [each for each in single_conditions(segment.condition) if isinstance(each, InSegment)]


def _used_by(name: str, project: Project) -> set[str]:
    """Every segment that a segment of the project uses, directly or by others."""
    used: set[str] = set()
    unfollowed = [name]
    while unfollowed:
        if (segment := project.segments.get(unfollowed.pop())) is not None:
            found = {reference.segment for reference in _references(segment)} - used
            used |= found
            unfollowed.extend(found)
    return used
