"""Whether the conditions of a segment make sense, and what their values mean. Pure: nothing is read or run.

`segment_faults` finds everything that is wrong with a segment over columns of known types; `operands` turns the
values of one sound condition into what the engine compares with. Both read values by the same rules.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias, assert_never

from tui_app.core.errors import FixInput, Place, Problem
from tui_app.core.mapping import ValueType
from tui_app.core.nearest import nearest_name
from tui_app.core.operators import Operator, find_operator, operators_for
from tui_app.core.project import Project
from tui_app.core.relative_dates import DAY_EXAMPLES, MOMENT_EXAMPLE, is_relative, resolve, resolve_moment
from tui_app.core.segment import Comparison, Condition, Group, InCampaign, InFile, InSegment, Segment

Operand: TypeAlias = str | Decimal | date | datetime
"""What a column is compared with. A datetime is UTC without time zone; a date compares whole days."""

_Scalar: TypeAlias = str | int | float | bool

ColumnTypes: TypeAlias = Mapping[str, ValueType | None]
"""Column → its type; None for a type that only `is NULL` and `is not NULL` apply to."""

MAX_DEPTH = 32
"""Groups and segments within each other. Expressions are compiled recursively, and Python's stack is finite: measured,
about 95 groups fill it. Amperity's editor has two."""
_LEVELS_OF_OTHER_TABLE = 5
"""A segment of another table is a subquery, which takes as much of the stack as this many groups."""
MAX_CONDITIONS = 1000
"""Conditions of a segment, those of the segments that it uses included. Each is judged for every customer."""

_NOUNS: Mapping[ValueType | None, str] = {
    "boolean": "true or false",
    "date": "dates",
    "datetime": "dates with a time",
    "decimal": "decimal numbers",
    "float": "numbers",
    "integer": "whole numbers",
    "string": "text",
    "varchar": "text",
    "array": "arrays",
    None: "values that cannot be compared",
}
_ANY_DAY = date(2000, 1, 1)
"""Stands in for today where only the form of a value is judged."""
_SHOWN_CHARACTERS = 60
_PART_OF_TEXT = frozenset(("contains", "does not contain", "starts with", "ends with"))
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""NUL and halves of surrogate pairs: valid in a Python string, in no SQL text."""


def segment_faults(segment: Segment, columns: ColumnTypes, project: Project) -> list[Problem]:
    """Everything that is wrong with `segment` over a table with these columns, in the order of the file.

    Segments that it uses are not judged, but their size counts. Lists of ids in files are not opened.
    """
    depth, conditions = _size(segment.condition, segment.table, project, {})
    if depth > MAX_DEPTH or conditions > MAX_CONDITIONS:
        too_much = (
            f"it nests deeper than {MAX_DEPTH} groups (a segment of another table counts as {_LEVELS_OF_OTHER_TABLE})"
            if depth > MAX_DEPTH
            else f"it has {conditions:,} conditions and at most {MAX_CONDITIONS:,} are possible"
        )
        message = (
            f"with the segments that it uses, {too_much}. Flatten its groups, or write long lists as one condition "
            'with "is in list" or as a file of ids.'
        )
        return [_fault(segment, message, segment.place, "too_large")]
    return list(_group_faults(segment.condition, segment, columns))


def operands(comparison: Comparison, column_type: ValueType | None, today: date) -> tuple[Operand, ...]:
    """What the values of a comparison mean on `today` (UTC) for a column of that type.

    Raises:
        FixInput: A value means nothing. `segment_faults` finds the same beforehand, but for a distance from today that
            leaves the calendar.
    """
    meant: list[Operand] = []
    for value in _values(comparison):
        operand = _operand(value, column_type, today)
        if operand is None:
            raise FixInput.at(_value_message(comparison.column, value, column_type), comparison.place, "wrong_value")
        meant.append(operand)
    return tuple(meant)


def uses_relative_dates(segment: Segment, project: Project) -> bool:
    """Whether other customers may be members tomorrow although the table stays the same."""
    return any(
        isinstance(value, str) and is_relative(value)
        for condition in _conditions(segment.condition, project)
        for value in _days(condition)
    )


def campaigns_used(segment: Segment, project: Project) -> frozenset[str]:
    """Campaigns whose recipients a segment, or one that it uses, asks for."""
    used = _conditions(segment.condition, project)
    return frozenset(condition.campaign for condition in used if isinstance(condition, InCampaign))


def _days(condition: Comparison | InSegment | InFile | InCampaign) -> tuple[_Scalar | None, ...]:
    """What a condition compares days with."""
    if isinstance(condition, InCampaign):
        return (*condition.first_entry, *condition.last_entry)
    if isinstance(condition, Comparison) and (operator := find_operator(condition.op)) and "date" in operator.types:
        return _values(condition)
    return ()


def single_conditions(group: Group) -> Iterator[Comparison | InSegment | InFile | InCampaign]:
    """The conditions of a group and of the groups in it, in the order of the file.

    Without recursion: a draft may nest deeper than Python's stack before anybody has judged it.
    """
    remaining: list[Condition] = [group]
    while remaining:
        condition = remaining.pop()
        if isinstance(condition, Group):
            remaining.extend(reversed(condition.members))
        else:
            yield condition


def _group_faults(group: Group, segment: Segment, columns: ColumnTypes) -> Iterator[Problem]:
    if not group.members:
        message = f'a group "{group.kind}" has no condition, so it says nothing. Add one or remove the group.'
        yield _fault(segment, message, segment.place, "empty_group")
    for member in group.members:
        match member:
            case Group():
                yield from _group_faults(member, segment, columns)
            case Comparison() | InFile() if member.column not in columns:
                message = _no_column_message(member.column, segment.table, columns)
                yield _fault(segment, message, member.place, "unknown_column")
            case Comparison():
                yield from _comparison_faults(member, segment, columns[member.column])
            case InCampaign():
                yield from _campaign_faults(member, segment)
            case InFile() | InSegment():
                continue
            case _:
                assert_never(member)


def _comparison_faults(comparison: Comparison, segment: Segment, column_type: ValueType | None) -> Iterator[Problem]:
    """At most one fault: what is wrong first hides what may be wrong behind it."""
    operator = find_operator(comparison.op)
    # What applies to an array applies to any type: a column is set or it is not.
    applicable = operators_for(column_type or "array")
    if operator is None:
        code, message = "unknown_operator", _no_operator_message(comparison.op, applicable)
    elif operator not in applicable:
        code, message = "wrong_operator", _wrong_operator_message(comparison, column_type, applicable)
    elif wrong_count := _count_message(comparison, operator):
        code, message = "wrong_value_count", wrong_count
    elif wrong_value := _wrong_value_message(comparison, operator, column_type):
        code, message = "wrong_value", wrong_value
    else:
        return
    yield _fault(segment, message, comparison.place, code)


def _campaign_faults(condition: InCampaign, segment: Segment) -> Iterator[Problem]:
    for day in (*condition.first_entry, *condition.last_entry):
        if day is not None and resolve(day, _ANY_DAY) is None:
            message = f"{_shown(day)} is no day. Write a day, such as {DAY_EXAMPLES}."
            yield _fault(segment, message, condition.place, "wrong_value")


def _no_column_message(column: str, table: str, columns: ColumnTypes) -> str:
    near = nearest_name(column, columns)
    remedy = f"Nearest: {_shown(near)}." if near else f"It has: {', '.join(_shown(name) for name in columns)}."
    return f"table {table} has no column {_shown(column)}. {remedy}"


def _no_operator_message(name: str, applicable: tuple[Operator, ...]) -> str:
    return f"{_shown(name)} is not an operator. Use one of: {_names(applicable)}."


def _wrong_operator_message(
    comparison: Comparison, column_type: ValueType | None, applicable: tuple[Operator, ...]
) -> str:
    return (
        f"{_shown(comparison.op)} does not apply to column {_shown(comparison.column)}, which holds "
        f"{_NOUNS[column_type]}. Use one of: {_names(applicable)}."
    )


def _count_message(comparison: Comparison, operator: Operator) -> str | None:
    """Why the number of values does not suit the operator, or None if it does."""
    given = comparison.value
    match operator.values:
        case "none":
            return f"{_shown(comparison.op)} takes no value. Remove it." if given is not None else None
        case "one":
            fits, wanted = given is not None and not isinstance(given, tuple), "one value"
        case "two":
            fits, wanted = isinstance(given, tuple) and len(given) == 2, "a list of two values, the lower one first"
        case "many":
            fits, wanted = isinstance(given, tuple) and len(given) > 0, "a list of at least one value"
        case _:
            assert_never(operator.values)
    return None if fits else f"{_shown(comparison.op)} takes {wanted}. Write value = … accordingly."


def _wrong_value_message(comparison: Comparison, operator: Operator, column_type: ValueType | None) -> str | None:
    """Why a value does not suit the column or the operator, or None if all do."""
    values = _values(comparison)
    meant = [_operand(value, column_type, _ANY_DAY) for value in values]
    if None in meant:
        return _value_message(comparison.column, values[meant.index(None)], column_type)
    if operator.name in _PART_OF_TEXT and "" in values:
        return f'{_shown(operator.name)} needs a text; "" is in every one. Write it, or use "is NULL" or "is not NULL".'
    if operator.values == "two" and not _is_range(values, meant):
        return (
            f"nothing lies between {_shown(values[0])} and {_shown(values[1])}; neither end counts. "
            "Write the lower value first."
        )
    return None


def _is_range(values: tuple[_Scalar, ...], meant: list[Operand | None]) -> bool:
    """Whether something can lie between two values, as far as that holds on every day."""
    first, second = meant
    if isinstance(first, Decimal) and isinstance(second, Decimal):
        return first < second
    if isinstance(first, date) and isinstance(second, date):
        is_sure = _moves(values[0]) == _moves(values[1])
        return not is_sure or _as_moment(first) < _as_moment(second)
    return True


def _moves(value: _Scalar) -> bool:
    return isinstance(value, str) and is_relative(value)


def _as_moment(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001  UTC by contract


def _value_message(column: str, value: _Scalar, column_type: ValueType | None) -> str:
    match column_type:
        case "date":
            remedy = f"Write a day, such as {DAY_EXAMPLES}."
        case "datetime":
            remedy = f"Write a moment in UTC, such as {MOMENT_EXAMPLE}, or a day, such as {DAY_EXAMPLES}."
        case "string" | "varchar" if isinstance(value, str):
            remedy = "It has a character that no text in a table can have. Remove it."
        case "string" | "varchar":
            remedy = f'Write it in quotes: "{_shown(value)}".'
        case _:
            remedy = "Write a finite number, without quotes."
    return f"column {_shown(column)} holds {_NOUNS[column_type]} and {_shown(value)} is none. {remedy}"


def _operand(value: _Scalar, column_type: ValueType | None, today: date) -> Operand | None:
    """What one value means for a column of that type, or None if it does not fit."""
    match column_type, value:
        case "integer" | "decimal" | "float", int() if not isinstance(value, bool):
            return Decimal(value)
        case "integer" | "decimal" | "float", float() if math.isfinite(value):
            # The shortest text that means this float is what the user wrote: 1.1 is 1.1.
            return Decimal(repr(value))
        case "date", str():
            return resolve(value, today)
        case "datetime", str():
            return resolve_moment(value, today)
        case "string" | "varchar", str() if not _UNSTORABLE.search(value):
            return value
        case _:
            return None


def _values(comparison: Comparison) -> tuple[_Scalar, ...]:
    value = comparison.value
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _conditions(group: Group, project: Project) -> Iterator[Comparison | InSegment | InFile | InCampaign]:
    """Every condition of a group and of the segments that it uses, each segment once."""
    used: set[str] = set()
    groups = [group]
    while groups:
        for condition in single_conditions(groups.pop()):
            yield condition
            if isinstance(condition, InSegment) and condition.segment not in used:
                used.add(condition.segment)
                groups.append(project.segments[condition.segment].condition)


def _size(
    condition: Condition, table: str, project: Project, known: dict[str, tuple[int, int]], level: int = 1
) -> tuple[int, int]:
    """How deep a condition nests and how many conditions it has once every segment stands where it is used.

    Args:
        condition: What is measured.
        table: Of the segment that it belongs to.
        project: Holds the segments that it uses.
        known: Sizes of segments already measured, by name; filled on the way.
        level: How deep the condition lies itself. Nothing is measured below a level that is too deep.
    """
    match condition:
        case Comparison() | InFile() | InCampaign():
            return 1, 1
        case InSegment(segment=name):
            used = project.segments[name]
            levels = 0 if used.table == table else _LEVELS_OF_OTHER_TABLE
            if name not in known:
                known[name] = _size(used.condition, used.table, project, known, level + levels)
            depth, conditions = known[name]
            return depth + levels, conditions
        case Group(members=members):
            inner = members if level <= MAX_DEPTH else ()
            sizes = [_size(member, table, project, known, level + 1) for member in inner]
            return 1 + max((depth for depth, _ in sizes), default=0), sum(count for _, count in sizes)
        case _:
            assert_never(condition)


def _names(operators: Collection[Operator]) -> str:
    return ", ".join(operator.name for operator in operators)


def _shown(value: _Scalar) -> str:
    """A value as the project file would write it, cut to a readable length."""
    text = json.dumps(value, ensure_ascii=not str(value).isprintable())
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _fault(segment: Segment, message: str, place: Place, code: str) -> Problem:
    return Problem(f"segment {_shown(segment.name)}: {message}", place, code)
