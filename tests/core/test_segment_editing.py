"""Editing a segment step by step: whatever is done, no condition is lost, doubled or changed on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_app.core.conditions import segment_faults, single_conditions
from tui_app.core.errors import Place, Problem
from tui_app.core.project import Project, Source
from tui_app.core.segment import Comparison, Condition, Group, InFile, InSegment, Segment
from tui_app.core.segment_editing import (
    DRAFT,
    as_toml,
    condition_at,
    cycled,
    inserted,
    moved,
    nearest_path,
    numbered,
    outline,
    place_after,
    problems_by_line,
    removed,
    replaced,
    says_the_same,
    unwrapped,
    without_subject,
    wrapped,
)

_PLACE = Place("stoker.toml", 7)


def a(column: str, op: str = "is true", value: object = None) -> Comparison:
    return Comparison(column, op, value, _PLACE)  # type: ignore[arg-type] # values are what each test is about


def every(*members: Condition) -> Group:
    return Group("all", members)


def either(*members: Condition) -> Group:
    return Group("any", members)


NESTED = every(a("a"), either(a("b"), a("c")), a("d"))


def shape(condition: Condition) -> object:
    """Columns in lists, groups by their kind."""
    if isinstance(condition, Group):
        return (condition.kind, *(shape(each) for each in condition.members))
    return condition.column if isinstance(condition, Comparison) else condition


def test_the_outline_lists_a_group_before_its_members_and_says_where_groups_close():
    rows = outline(NESTED)

    assert [row.path for row in rows] == [(), (0,), (1,), (1, 0), (1, 1), (2,)]
    assert [row.closes for row in rows] == [(), (False,), (False,), (False, False), (False, True), (True,)]


@pytest.mark.parametrize(
    ("path", "place"),
    [((), (3,)), ((0,), (1,)), ((1,), (1, 2)), ((1, 0), (1, 1))],
    ids=["top", "single", "group", "in"],
)
def test_what_is_added_comes_behind_the_cursor_or_into_the_group_that_it_is_on(path, place):
    assert place_after(NESTED, path) == place
    assert condition_at(inserted(NESTED, place, a("new")), place) == a("new")


def test_a_condition_is_replaced_and_removed_where_it_stands_and_nowhere_else():
    assert shape(replaced(NESTED, (1, 0), a("x"))) == ("all", "a", ("any", "x", "c"), "d")
    assert shape(removed(NESTED, (1, 0))) == ("all", "a", ("any", "c"), "d")
    assert shape(removed(NESTED, (1,))) == ("all", "a", "d")


def test_a_way_down_leads_past_neighbours_into_groups_and_out_of_them():
    """One key moves a condition through the whole outline, so no other way of moving is needed."""
    group, path, seen = NESTED, (0,), []
    for _ in range(5):
        group, path = moved(group, path, 1)
        seen.append(shape(group))

    assert seen == [
        ("all", ("any", "a", "b", "c"), "d"),
        ("all", ("any", "b", "a", "c"), "d"),
        ("all", ("any", "b", "c", "a"), "d"),
        ("all", ("any", "b", "c"), "a", "d"),
        ("all", ("any", "b", "c"), "d", "a"),
    ]
    assert moved(group, path, 1) == (group, path)


def test_a_way_up_is_the_way_down_backwards():
    group, path = NESTED, (2,)
    for _ in range(5):
        group, path = moved(group, path, -1)

    assert (shape(group), path) == (("all", "d", "a", ("any", "b", "c")), (0,))
    assert moved(group, path, -1) == (group, path)
    assert moved(group, (), 1) == (group, ())


def test_a_wrapped_condition_stands_in_the_group_that_makes_a_difference():
    """Within all, any is what somebody wraps for; a group of the kind around it would say nothing new."""
    assert shape(wrapped(NESTED, (0,))) == ("all", ("any", "a"), ("any", "b", "c"), "d")
    assert shape(wrapped(NESTED, (1, 0))) == ("all", "a", ("any", ("all", "b"), "c"), "d")
    assert shape(wrapped(either(a("b")), ())) == ("all", ("any", "b"))


def test_unwrapping_takes_wrapping_back():
    for row in outline(NESTED):
        assert unwrapped(wrapped(NESTED, row.path), row.path) == NESTED
    assert shape(unwrapped(NESTED, (1,))) == ("all", "a", "b", "c", "d")


def test_what_cannot_be_unwrapped_stays():
    assert unwrapped(NESTED, ()) == NESTED
    assert unwrapped(NESTED, (0,)) == NESTED


def test_a_group_is_turned_on_its_own_line_and_on_those_of_its_members():
    assert shape(cycled(NESTED, ())) == ("any", "a", ("any", "b", "c"), "d")
    assert shape(cycled(NESTED, (1, 1))) == ("all", "a", ("none", "b", "c"), "d")
    assert shape(cycled(Group("none", (a("b"),)), ())) == ("all", "b")


@pytest.mark.parametrize(
    ("path", "nearest"),
    [((1, 1), (1, 1)), ((1, 5), (1, 1)), ((9,), (2,)), ((0, 3), (0,)), ((), ())],
    ids=["there", "behind the last", "behind all", "no group any more", "top"],
)
def test_a_cursor_that_lost_its_condition_stays_near(path, nearest):
    assert nearest_path(NESTED, path) == nearest


def test_a_cursor_in_an_emptied_group_goes_to_the_group():
    assert nearest_path(every(either()), (0, 0)) == (0,)


def test_conditions_are_written_as_the_project_file_has_them():
    condition = every(
        a("tier", "is in list", ("gold", "silver")),
        a("days", "is less than", 90),
        a("email", "is not NULL"),
        InSegment("lapsed", _PLACE, negated=True),
        InSegment("active", _PLACE),
        InFile("vips.csv", "id", _PLACE, negated=True),
        Group("none", (InFile("staff.csv", "id", _PLACE),)),
    )

    assert as_toml(condition) == {
        "all": [
            {"column": "tier", "op": "is in list", "value": ("gold", "silver")},
            {"column": "days", "op": "is less than", "value": 90},
            {"column": "email", "op": "is not NULL"},
            {"segment": "lapsed", "op": "is not in"},
            {"segment": "active"},
            {"ids": "vips.csv", "column": "id", "op": "is not in"},
            {"none": [{"ids": "staff.csv", "column": "id"}]},
        ]
    }


def test_the_same_is_said_wherever_it_stands_but_not_with_another_kind_of_value():
    """1 and true are equal in Python; in a file they are two things."""
    assert says_the_same(Comparison("x", "is", 1, _PLACE), Comparison("x", "is", 1, Place("other", 1)))
    assert not says_the_same(a("x", "is", 1), a("x", "is", True))
    assert not says_the_same(a("x", "is", 1), a("x", "is", 1.0))


def test_faults_find_the_line_of_their_condition_and_empty_groups_theirs():
    """Groups have no place of their own, and two empty ones must not be taken for each other."""
    draft = numbered(Segment("s", "t", every(a("a"), either(), a("nowhere"), every(either())), _PLACE))
    project = Project("stoker.toml", Source({}))
    faults = segment_faults(draft, {"a": "boolean"}, project)

    placed, others = problems_by_line(draft.condition, faults)

    assert {line: len(messages) for line, messages in placed.items()} == {3: 1, 4: 1, 6: 1}
    assert 'no column "nowhere"' in placed[4][0]
    assert others == ()


def test_faults_of_something_else_are_handed_back():
    draft = numbered(Segment("s", "t", every(a("a")), _PLACE))
    elsewhere = Problem("table t: it cannot be read.", Place("stoker.toml", 1))

    assert problems_by_line(draft.condition, [elsewhere, Problem("no place")]) == ({}, (elsewhere, Problem("no place")))


def test_places_of_a_draft_are_the_lines_of_its_outline():
    draft = numbered(Segment("s", "t", NESTED, _PLACE))

    lines = {
        each.column: each.place.line for each in single_conditions(draft.condition) if isinstance(each, Comparison)
    }
    assert lines == {"a": 2, "b": 4, "c": 5, "d": 6}
    assert draft.place == Place(DRAFT, 1)


@pytest.mark.parametrize(
    "name", ["plain", 'a "quoted": name', "back\\slash", "x" * 90], ids=["plain", "quotes", "backslash", "cut"]
)
def test_a_message_beside_its_condition_does_not_repeat_the_segment(name):
    segment = Segment(name, "t", every(a("nowhere")), _PLACE)
    (fault,) = segment_faults(segment, {"a": "boolean"}, Project("stoker.toml", Source({})))

    assert fault.message.startswith("segment ")
    assert without_subject(fault.message).startswith("table t has no column")


_conditions = st.recursive(
    st.builds(a, st.text(max_size=3)),
    lambda inner: st.builds(Group, st.sampled_from(["all", "any", "none"]), st.lists(inner, max_size=4).map(tuple)),
    max_leaves=12,
)


@given(st.lists(_conditions, min_size=1, max_size=4), st.data())
def test_no_step_loses_or_doubles_a_condition(members, data):
    group = every(*members)
    before = sorted(each.column for each in single_conditions(group) if isinstance(each, Comparison))
    path = data.draw(st.sampled_from([row.path for row in outline(group)]))
    step = data.draw(st.sampled_from([-1, 1]))

    changed, target = moved(group, path, step)

    assert condition_at(changed, target) == condition_at(group, path)
    for each in (changed, wrapped(group, path), unwrapped(group, path), cycled(group, path)):
        assert sorted(one.column for one in single_conditions(each) if isinstance(one, Comparison)) == before
    assert removed(inserted(group, place_after(group, path), a("new")), place_after(group, path)) == group
