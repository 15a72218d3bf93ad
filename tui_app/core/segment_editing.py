"""Changing the conditions of a segment step by step, as an outline: every change gives a new group.

A path says where a condition stands: the position in each group on the way to it, from 0; () is the outermost group.
The outline lists every condition once, a group before its members; its lines count from 1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, assert_never

from tui_app.core.errors import Place, Problem
from tui_app.core.segment import Comparison, Condition, Group, InCampaign, InFile, InSegment, Segment
from tui_app.core.segment_values import Scalar

Path: TypeAlias = tuple[int, ...]
GroupKind: TypeAlias = Literal["all", "any", "none"]
Plain: TypeAlias = "Scalar | Sequence[Plain] | Mapping[str, Plain]"
"""A value as a TOML file can hold it."""

DRAFT: Final = "draft"
"""File of the places of a draft: their lines are those of its outline."""

_NEXT_KIND: Final[Mapping[GroupKind, GroupKind]] = {"all": "any", "any": "none", "none": "all"}
_EMPTY_GROUPS: Final = (Group("all", ()), Group("any", ()), Group("none", ()))
_SUBJECT = re.compile(r'segment "(?:[^"\\]|\\.)*(?:"|…): ', re.DOTALL)


@dataclass(frozen=True, slots=True)
class OutlineRow:
    """One line of the outline."""

    path: Path
    condition: Condition
    closes: tuple[bool, ...]
    """For itself and every group around it but the outermost, from outside in: whether it is the last of its group."""


def outline(group: Group) -> tuple[OutlineRow, ...]:
    """Every condition of a segment, in the order in which people read them."""
    return tuple(_rows(group, (), ()))


def condition_at(group: Group, path: Path) -> Condition:
    """What stands at `path`.

    Raises:
        IndexError: Nothing stands there.
    """
    condition: Condition = group
    for position in path:
        condition = _members(condition)[position]
    return condition


def nearest_path(group: Group, path: Path) -> Path:
    """`path` if something stands there, otherwise what is left of the way to it."""
    condition: Condition = group
    for depth, position in enumerate(path):
        members = _members(condition)
        if not members:
            return path[:depth]
        if position >= len(members):
            return (*path[:depth], len(members) - 1)
        condition = members[position]
    return path


def place_after(group: Group, path: Path) -> Path:
    """Where a new condition goes while the cursor stands at `path`: behind it, or into it as the last of a group."""
    condition = condition_at(group, path)
    if isinstance(condition, Group):
        return (*path, len(condition.members))
    return (*path[:-1], path[-1] + 1)


def replaced(group: Group, path: Path, condition: Condition) -> Group:
    """Put another condition at `path`; the outermost group can only become another group."""
    if not path:
        assert isinstance(condition, Group)
        return condition
    position, inner = path[0], path[1:]
    member = group.members[position]
    if inner:
        assert isinstance(member, Group)
        condition = replaced(member, inner, condition)
    return replace(group, members=(*group.members[:position], condition, *group.members[position + 1 :]))


def inserted(group: Group, path: Path, condition: Condition) -> Group:
    """Put a condition in at `path`; what stands there and behind it moves on."""
    parent, position = _group_around(group, path)
    members = (*parent.members[:position], condition, *parent.members[position:])
    return replaced(group, path[:-1], replace(parent, members=members))


def removed(group: Group, path: Path) -> Group:
    """Take a condition out, with everything in it. The outermost group cannot go."""
    parent, position = _group_around(group, path)
    return replaced(
        group, path[:-1], replace(parent, members=(*parent.members[:position], *parent.members[position + 1 :]))
    )


def moved(group: Group, path: Path, step: Literal[-1, 1]) -> tuple[Group, Path]:
    """Move a condition one line up or down: past its neighbour, into a neighbouring group, or out of its own.

    Returns:
        The new group, and where the condition stands in it; both unchanged where there is no way on.
    """
    if not path:
        return group, path
    condition, target = condition_at(group, path), _way_on(group, path, step)
    if target is None:
        return group, path
    return inserted(removed(group, path), target, condition), target


def wrapped(group: Group, path: Path) -> Group:
    """Put a condition into a group of its own, which takes its place: any within all, otherwise all."""
    condition = condition_at(group, path)
    around = group if not path else _group_around(group, path)[0]
    kind: GroupKind = "any" if path and around.kind == "all" else "all"
    return replaced(group, path, Group(kind, (condition,)))


def unwrapped(group: Group, path: Path) -> Group:
    """Put the members of a group in its place. The outermost group gives way only to the one group in it."""
    condition = condition_at(group, path)
    members = _members(condition)
    if not path:
        return members[0] if len(members) == 1 and isinstance(members[0], Group) else group
    if not isinstance(condition, Group):
        return group
    smaller = removed(group, path)
    for offset, member in enumerate(members):
        smaller = inserted(smaller, (*path[:-1], path[-1] + offset), member)
    return smaller


def cycled(group: Group, path: Path) -> Group:
    """Turn a group from all to any to none and back; a single condition turns the group around it."""
    target = path if isinstance(condition_at(group, path), Group) else path[:-1]
    turned = condition_at(group, target)
    assert isinstance(turned, Group)
    return replaced(group, target, replace(turned, kind=_NEXT_KIND[turned.kind]))


def numbered(segment: Segment) -> Segment:
    """The same segment with the places of a draft, so that problems can be found again in its outline."""
    lines = iter(range(1, len(outline(segment.condition)) + 1))
    condition = _with_places(segment.condition, lines)
    assert isinstance(condition, Group)
    return replace(segment, condition=condition, place=Place(DRAFT, 1))


def problems_by_line(
    condition: Group, problems: Sequence[Problem]
) -> tuple[dict[int, tuple[str, ...]], tuple[Problem, ...]]:
    """Which problems belong to which line of the outline, and which to none.

    Args:
        condition: Of a segment with the places of a draft.
        problems: What `segment_faults` or the engine found, in its order.

    Returns:
        Line → messages without the segment's name; and problems of something else, such as another segment.
    """
    # A group has no place of its own, but empty groups are found in the order of the outline.
    empty_lines = (line for line, row in enumerate(outline(condition), 1) if row.condition in _EMPTY_GROUPS)
    found: dict[int, tuple[str, ...]] = {}
    others: list[Problem] = []
    for problem in problems:
        if problem.place is None or problem.place.file != DRAFT:
            others.append(problem)
            continue
        line = next(empty_lines, 1) if problem.code == "empty_group" else problem.place.line
        found[line] = (*found.get(line, ()), without_subject(problem.message))
    return found, tuple(others)


def without_subject(message: str) -> str:
    """A message about a segment without the segment's name before it, to stand beside the condition."""
    return _SUBJECT.sub("", message, count=1)


def as_toml(condition: Condition) -> dict[str, Plain]:
    """A condition as the project file writes it: `{ column, op, value }`, `{ segment }`, `{ ids, column }`, a group."""
    match condition:
        case Comparison(column, op, value):
            return {"column": column, "op": op, **({} if value is None else {"value": value})}
        case InSegment(segment, negated=negated):
            return {"segment": segment, **_membership(negated=negated)}
        case InFile(path, column, negated=negated):
            return {"ids": path, "column": column, **_membership(negated=negated)}
        case InCampaign():
            return _campaign_as_toml(condition)
        case Group(kind, members):
            return {kind: [as_toml(member) for member in members]}
        case _:
            assert_never(condition)


def _campaign_as_toml(condition: InCampaign) -> dict[str, Plain]:
    """What is set of a condition on a campaign's recipients."""
    if condition.ever:
        op = "was never in" if condition.negated else "was in"
    else:
        op = "is not in" if condition.negated else "is in"
    keys: dict[str, Plain | None] = {
        "campaign": condition.campaign,
        "op": None if op == "is in" else op,
        "audience": condition.audience,
        "group": condition.group,
        "held_out": condition.held_out,
        "min_entries": condition.min_entries,
        "max_entries": condition.max_entries,
        "first_entry_from": condition.first_entry[0],
        "first_entry_before": condition.first_entry[1],
        "last_entry_from": condition.last_entry[0],
        "last_entry_before": condition.last_entry[1],
    }
    return {key: value for key, value in keys.items() if value is not None}


def says_the_same(one: Condition, other: Condition) -> bool:
    """Whether two conditions would be written alike, wherever they stand."""
    # As text: 1 and 1.0 and true are equal in Python, and not in a file.
    return json.dumps(as_toml(one)) == json.dumps(as_toml(other))


def _rows(condition: Condition, path: Path, closes: tuple[bool, ...]) -> Iterator[OutlineRow]:
    yield OutlineRow(path, condition, closes)
    members = _members(condition)
    for position, member in enumerate(members):
        yield from _rows(member, (*path, position), (*closes, position == len(members) - 1))


def _members(condition: Condition) -> tuple[Condition, ...]:
    return condition.members if isinstance(condition, Group) else ()


def _group_around(group: Group, path: Path) -> tuple[Group, int]:
    """The group that holds `path`, and the position in it."""
    parent = condition_at(group, path[:-1])
    assert isinstance(parent, Group)
    return parent, path[-1]


def _way_on(group: Group, path: Path, step: Literal[-1, 1]) -> Path | None:
    """Where a condition goes next, counted after it was taken out."""
    siblings, position = _group_around(group, path)
    around, next_position = path[:-1], position + step
    if 0 <= next_position < len(siblings.members):
        neighbour = siblings.members[next_position]
        if isinstance(neighbour, Group):
            # Taken out, the condition leaves its place to a group below it.
            place = position if step > 0 else next_position
            return (*around, place, 0 if step > 0 else len(neighbour.members))
        return (*around, next_position)
    if not around:
        return None
    return (*around[:-1], around[-1] + (1 if step > 0 else 0))


def _with_places(condition: Condition, lines: Iterator[int]) -> Condition:
    line = next(lines)
    if isinstance(condition, Group):
        return replace(condition, members=tuple(_with_places(member, lines) for member in condition.members))
    return replace(condition, place=Place(DRAFT, line))


def _membership(*, negated: bool) -> dict[str, Plain]:
    return {"op": "is not in"} if negated else {}
