"""Saving a segment changes in stoker.toml what was changed, and leaves comments and all the rest as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_app.config.edit import edited
from tui_app.config.read import project_of
from tui_app.config.segment_edits import segment_edits
from tui_app.core.errors import Place
from tui_app.core.segment import Comparison, Condition, Group, InFile, InSegment, Segment
from tui_app.core.segment_editing import inserted, removed, replaced, says_the_same

_PLACE = Place("draft", 1)

FILE = """\
[source.tables]
customers = "customers.parquet" # nightly

# Who is active, as agreed in March
[segments.active]
table = "customers"   # one row each
all = [
    # not too long ago
    { column = "days", op = "is less than", value = 90 }, # three months
    { any = [
        { column = "tier", op = "is in list", value = ["gold", "silver"] }, # paying
        { column = "email", op = "is not NULL" },
    ] },
]

# The rest
[segments.lapsed]
table = "customers"
none = [{ segment = "active" }]
"""


def read(text: str, name: str = "active") -> Segment:
    return project_of(text, Path("/shop/stoker.toml")).segments[name]


def saved(condition: Group, text: str = FILE) -> str:
    """The file after the segment was saved with other conditions."""
    old = read(text)
    return edited(text, segment_edits(text, old, Segment(old.name, old.table, condition, _PLACE)), "stoker.toml")


def replaced_once(old: str, new: str) -> str:
    assert FILE.count(old) == 1
    return FILE.replace(old, new)


def test_another_value_changes_its_own_line_and_keeps_every_comment():
    condition = replaced(read(FILE).condition, (0,), Comparison("days", "is less than", 30, _PLACE))

    assert saved(condition) == replaced_once("value = 90", "value = 30")


def test_another_value_deep_in_a_group_changes_its_own_line():
    condition = replaced(read(FILE).condition, (1, 0), Comparison("tier", "is exactly", "gold", _PLACE))

    old, new = 'op = "is in list", value = ["gold", "silver"]', 'op = "is exactly", value = "gold"'
    assert saved(condition) == replaced_once(old, new)


def test_a_turned_group_is_renamed_where_it_stands():
    condition = read(FILE).condition
    inner = condition.members[1]
    assert isinstance(inner, Group)

    assert saved(Group("none", condition.members)) == replaced_once("all = [", "none = [")
    turned = replaced(condition, (1,), Group("none", inner.members))
    assert read(saved(turned)).condition.members[1] == read(replaced_once("any = [", "none = [")).condition.members[1]


def test_an_added_condition_writes_its_own_list_anew_and_leaves_the_rest():
    condition = inserted(read(FILE).condition, (1, 2), Comparison("points", "is between", (10, 20.5), _PLACE))

    old = FILE[FILE.index("{ any = [") : FILE.index("\n]\n")]
    new = """{ any = [
        { column = "tier", op = "is in list", value = ["gold", "silver"] },
        { column = "email", op = "is not NULL" },
        { column = "points", op = "is between", value = [10, 20.5] },
    ] },"""
    assert saved(condition) == replaced_once(old, new)


def test_a_removed_condition_is_gone_and_comments_around_the_segment_stay():
    after = saved(removed(read(FILE).condition, (1,)))

    assert [each for each in after.splitlines() if "#" in each] == [
        'customers = "customers.parquet" # nightly',
        "# Who is active, as agreed in March",
        'table = "customers"   # one row each',
        "# The rest",
    ]
    assert len(read(after).condition.members) == 1


def test_nothing_changed_is_no_edit():
    assert segment_edits(FILE, read(FILE), read(FILE)) == ()


NEW: tuple[Condition, ...] = (
    Comparison("tier", "is in list", ("gold", 'with "quotes", commas', "[/]\x1b[2J", ""), _PLACE),
    Comparison("a.b c", "is exactly", "\\ back ' slash", _PLACE),
    Comparison("days", "is not between", (-1, 2.5), _PLACE),
    Comparison("ordered", "is after", "90 days ago", _PLACE),
    InSegment("lapsed", _PLACE, negated=True),
    InFile("lists/vips.csv", "id", _PLACE),
    Group("none", (Group("any", (Comparison("x", "is NULL", None, _PLACE),)),)),
)


@pytest.mark.parametrize("name", ["fresh", "with space", 'say "hi"', "ümläut"])
def test_a_new_segment_comes_back_as_it_was_whatever_is_in_it(name):
    """Names, columns and values are data: each is written so that it reads back as itself."""
    text = FILE.replace('none = [{ segment = "active" }]', 'all = [{ column = "x", op = "is NULL" }]')
    draft = Segment(name, "customers", Group("all", NEW), _PLACE)

    after = edited(text, segment_edits(text, None, draft), "stoker.toml")

    assert after.startswith(text)
    assert says_the_same(read(after, name).condition, draft.condition)


def test_a_new_segment_looks_as_if_it_was_written_by_hand():
    condition = Group("all", (Comparison("a", "is true", None, _PLACE), Group("any", (InSegment("active", _PLACE),))))
    after = edited(FILE, segment_edits(FILE, None, Segment("fresh", "customers", condition, _PLACE)), "stoker.toml")

    assert (
        after
        == FILE
        + """
[segments.fresh]
table = "customers"
all = [
    { column = "a", op = "is true" },
    { any = [
        { segment = "active" },
    ] },
]
"""
    )


def test_conditions_under_headers_of_their_own_are_changed_too():
    """`[[segments.x.all]]` is rare and right."""
    text = """\
[source.tables]
customers = "customers.parquet"

[segments.active]
table = "customers"
[[segments.active.all]]
column = "days"
op = "is less than"
value = 90
"""
    condition = replaced(read(text).condition, (0,), Comparison("days", "is", 7, _PLACE))
    condition = Group("any", condition.members)

    assert says_the_same(read(saved(condition, text)).condition, condition)
