"""Segments as Ibis expressions: who is a member, how many, which, and the SQL that says so.

A condition matches a customer or it does not: where SQL would say NULL, it does not. Groups join that with and, or and
not, so `none` holds everybody whom its conditions do not match, unknown values included. That is how Amperity's
"exclude" works: it takes a set of customers away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from operator import and_, or_
from pathlib import Path
from typing import Any, assert_never

import ibis
import ibis.expr.schema as sch
import ibis.expr.types as ir
import pyarrow as pa

from tui_app.core.conditions import operands, segment_faults, single_conditions
from tui_app.core.errors import FixInput, Problem
from tui_app.core.mapping import ValueType
from tui_app.core.operators import find_operator
from tui_app.core.project import Project
from tui_app.core.segment import Comparison, Condition, Group, InCampaign, InFile, InSegment, Segment
from tui_app.engine.campaign_log import load_reached, reached_sql
from tui_app.engine.comparison import compare, value_type_of
from tui_app.engine.encoding import source_text
from tui_app.engine.id_file import IdList, load_ids, read_ids
from tui_app.engine.identity import identifier_columns, identifier_text

_TAKEN_AS_THEY_ARE = frozenset({"boolean", "decimal", "float", "integer", "string"})


@dataclass(frozen=True, slots=True)
class ColumnValue:
    """One value of a column and how many rows have it."""

    value: object
    """str, int, float, bool, date, datetime or Decimal; None for NULL. What Python or conditions know nothing like is
    its text, such as an array or a day in the year 20000."""
    rows: int


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a condition is compiled against."""

    segment: Segment
    table: ir.Table
    project: Project
    today: date
    id_column: str | None
    relation: Callable[[str], ir.Table]
    members_of: Callable[[Segment, ir.Table], ir.BooleanValue]
    """How another segment over a table is expressed."""
    listed: Callable[[InFile], ir.Table]
    """A list of ids as a table with one column `id`."""
    reached: Callable[[InCampaign], ir.Table | None]
    """Customers whom a campaign has reached as a table with one column `id`; None if nobody is."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a segment is judged in."""

    project: Project
    """Holds the segments that it uses; none of them leads back to it."""
    today: date
    """The day in UTC that relative dates count from."""
    id_column: str | None
    """Column of customer ids, in the segment's table and in those of all segments over other tables; None if there is
    none."""
    relation: Callable[[str], ir.Table]
    """Name of a table or query → its relation, on the same connection as the segment's table."""
    log_of: Callable[[str], str | None] = lambda _campaign: None
    """Campaign → SQL of the log of its recipients, on that connection; None if it has reached nobody."""


def members(segment: Segment, table: ir.Table, around: Surroundings) -> ir.BooleanValue:
    """Who of `table` is a member, as one expression over its rows that is never NULL.

    Args:
        segment: One of the project's, or a draft of one.
        table: The table of the segment, one row per customer.
        around: What it is judged in.

    Raises:
        FixInput: A condition does not fit the table or its list of ids cannot be read; carries everything found.
    """
    lists, list_problems = _read_lists(segment, around.project)
    problems = [*_faults(segment, table.schema(), around.project), *list_problems]
    if problems:
        raise FixInput(*problems)

    def work() -> Any:
        # Only lists and logs are loaded; without either, a table that nobody has opened will do.
        return table.get_backend()

    def reached(condition: InCampaign) -> ir.Table | None:
        log = around.log_of(condition.campaign)
        return None if log is None else load_reached(work(), reached_sql(condition, log, around.today))

    scope = _Scope(
        segment,
        table,
        around.project,
        around.today,
        around.id_column,
        around.relation,
        members_of=partial(members, around=around),
        listed=lambda condition: load_ids(work(), lists[condition]),
        reached=reached,
    )
    return _group(segment.condition, scope).fill_null(False)


def members_by_name(
    segment: Segment,
    schema: Callable[[str], sch.Schema],
    *,
    project: Project,
    today: date,
    id_column: str | None,
) -> ir.Table:
    """The members of a segment as a query that calls every table and list by its own name: to be read, not to be run.

    Args:
        segment: One of the project's, or a draft of one.
        schema: Name of a table or query → its columns.
        project: As for `members`.
        today: As for `members`.
        id_column: As for `members`.

    Raises:
        FixInput: A condition does not fit the table; carries everything found. Lists of ids are not opened.
    """

    def condition(part: Segment, table: ir.Table) -> ir.BooleanValue:
        problems = _faults(part, table.schema(), project)
        if problems:
            raise FixInput(*problems)
        scope = _Scope(part, table, project, today, id_column, named, condition, _list_by_name, _log_by_name)
        return _group(part.condition, scope)

    def named(name: str) -> ir.Table:
        return ibis.table(schema(name), name=name)

    table = named(segment.table)
    return table.filter(condition(segment, table))


def _list_by_name(condition: InFile) -> ir.Table:
    return ibis.table({"id": "string"}, name=condition.path)


def _log_by_name(condition: InCampaign) -> ir.Table:
    return ibis.table({"id": "string"}, name=f"recipients of {condition.campaign}")


def segment_problems(segment: Segment, schema: sch.Schema, project: Project) -> list[Problem]:
    """Everything that is wrong with a segment over a table with this schema, lists of ids included.

    Segments that it uses are not judged: each is judged over its own table.
    """
    return [*_faults(segment, schema, project), *_read_lists(segment, project)[1]]


def segment_sql(expression: ir.Expr) -> str:
    """The SQL of an expression, to be shown: laid out, in DuckDB's dialect."""
    return str(ibis.to_sql(expression, dialect="duckdb", pretty=True))


def count_members(table: ir.Table, is_member: ir.BooleanValue) -> int:
    """How many rows of `table` are members."""
    return int(table.filter(is_member).count().to_pyarrow().as_py())


def sample_members(table: ir.Table, is_member: ir.BooleanValue, limit: int) -> pa.Table:
    """Up to `limit` members with all columns; the engine stops looking once it has them."""
    return table.filter(is_member).limit(limit).to_pyarrow()


def value_counts(table: ir.Table, column: str, limit: int) -> tuple[ColumnValue, ...]:
    """The most frequent values of a column with their counts, most frequent first, for picking one."""
    kind = value_type_of(table[column].type())
    tally = (
        table.group_by(value=table[column])
        .aggregate(rows=lambda grouped: grouped.count())
        .order_by(ibis.desc("rows"), ibis.asc("value"))
        .limit(limit)
    )
    if kind not in _TAKEN_AS_THEY_ARE:
        tally = tally.mutate(value=source_text(tally.value))
    counted = tally.to_pyarrow()
    return tuple(
        ColumnValue(_moment(value, kind) if kind in {"date", "datetime"} else value, rows)
        for value, rows in zip(*(counted[name].to_pylist() for name in ("value", "rows")), strict=True)
    )


def _moment(text: str | None, kind: ValueType | None) -> date | str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text) if kind == "date" else datetime.fromisoformat(text)
    except ValueError:
        return text


def _faults(segment: Segment, schema: sch.Schema, project: Project) -> list[Problem]:
    return segment_faults(segment, {name: value_type_of(dtype) for name, dtype in schema.items()}, project)


def _read_lists(segment: Segment, project: Project) -> tuple[dict[InFile, IdList], list[Problem]]:
    """The lists of ids that a segment names itself, and what is wrong with those that cannot be read."""
    lists: dict[InFile, IdList] = {}
    problems: list[Problem] = []
    for condition in single_conditions(segment.condition):
        if isinstance(condition, InFile):
            try:
                lists[condition] = read_ids(condition, Path(project.file).parent)
            except FixInput as error:
                problems.extend(error.problems)
    return lists, problems


def _group(group: Group, scope: _Scope) -> ir.BooleanValue:
    """The rows that a group matches. It has members: `segment_faults` refuses one that has none."""
    matches = [_matches(member, scope) for member in group.members]
    match group.kind:
        case "all":
            return _joined(matches, and_)
        case "any":
            return _joined(matches, or_)
        case "none":
            return ~_joined(matches, or_).fill_null(False)
        case _:
            assert_never(group.kind)


def _joined(
    matches: list[ir.BooleanValue], join: Callable[[ir.BooleanValue, ir.BooleanValue], ir.BooleanValue]
) -> ir.BooleanValue:
    """Join pairs, then pairs of pairs: a chain would nest as deep as it is long, and compiling is recursive."""
    while len(matches) > 1:
        pairs = [matches[start : start + 2] for start in range(0, len(matches), 2)]
        matches = [join(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return matches[0]


def _matches(condition: Condition, scope: _Scope) -> ir.BooleanValue:
    """The rows that a condition matches; NULL counts as no."""
    match condition:
        case Group():
            return _group(condition, scope)
        case Comparison():
            return _comparison(condition, scope)
        case InSegment():
            found, is_negated = _in_segment(condition, scope), condition.negated
        case InFile():
            found, is_negated = _in_file(condition, scope), condition.negated
        case InCampaign():
            found, is_negated = _in_campaign(condition, scope), condition.negated
        case _:
            assert_never(condition)
    return ~found.fill_null(False) if is_negated else found


def _comparison(comparison: Comparison, scope: _Scope) -> ir.BooleanValue:
    column = scope.table[comparison.column]
    operator = find_operator(comparison.op)
    assert operator is not None  # `segment_faults` refuses any other name.
    return compare(column, operator.name, operands(comparison, value_type_of(column.type()), scope.today))


def _in_segment(condition: InSegment, scope: _Scope) -> ir.BooleanValue:
    used = scope.project.segments[condition.segment]
    is_same_table = used.table == scope.segment.table
    table = scope.table if is_same_table else scope.relation(used.table)
    is_member = scope.members_of(used, table)
    if is_same_table:
        return is_member
    own_ids = _ids(scope.table, scope.segment.table, condition, scope)
    other_ids = _ids(table, used.table, condition, scope)
    chosen = table.filter(is_member & other_ids.notnull()).select(id=_comparable(other_ids, own_ids))
    return _comparable(own_ids, other_ids).isin(chosen.id)


def _in_campaign(condition: InCampaign, scope: _Scope) -> ir.BooleanValue:
    """The log knows customers as they were sent: rows are brought to that form by the campaign's own template."""
    project = scope.project
    template = project.templates[project.campaigns[condition.campaign].template]
    destination = project.destination_of(template)
    columns = [column for column in identifier_columns(template, destination) if column is not None]
    lacking = [column for column in columns if column not in scope.table.columns]
    if lacking or not columns:
        named = ", ".join(f'"{column}"' for column in lacking or columns) or "its identifier"
        message = (
            f'segment "{scope.segment.name}": it asks for campaign "{condition.campaign}", which knows customers by '
            f"{named}, and table {scope.segment.table} has no such column. Add it to the table."
        )
        raise FixInput.at(message, condition.place, "no_id_column")
    reached = scope.reached(condition)
    return (
        ibis.literal(False) if reached is None else identifier_text(scope.table, template, destination).isin(reached.id)
    )


def _ids(table: ir.Table, table_name: str, condition: InSegment, scope: _Scope) -> ir.Value:
    if scope.id_column is not None and scope.id_column in table.columns:
        return table[scope.id_column]
    lacking = "nothing names the column of customer ids"
    if scope.id_column is not None:
        lacking = f'table {table_name} has no column "{scope.id_column}", which holds the customer ids'
    message = (
        f'segment "{scope.segment.name}": it uses segment "{condition.segment}" of another table, but {lacking}. '
        "The two tables can only be compared by that column; add it to both."
    )
    raise FixInput.at(message, condition.place, "no_id_column")


def _comparable(ids: ir.Value, others: ir.Value) -> ir.Value:
    """Ids of two kinds are compared as text, so that 7 and "7" are one customer and "007" is another."""
    own_type, other_type = ids.type(), others.type()
    is_one_kind = own_type.copy(nullable=True) == other_type.copy(nullable=True) or (
        own_type.is_integer() and other_type.is_integer()
    )
    return ids if is_one_kind else ids.cast("string")


def _in_file(condition: InFile, scope: _Scope) -> ir.BooleanValue:
    return scope.table[condition.column].cast("string").isin(scope.listed(condition).id)
