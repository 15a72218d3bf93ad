"""What is wrong with a segment is said at once, at its line, with the way out; nothing is compiled from it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis
import pytest

from tui_app.core.errors import FixInput, Place, Problem
from tui_app.core.project import Project, Source
from tui_app.core.segment import Comparison, Condition, ConditionValue, Group, InFile, InSegment, Segment
from tui_app.engine.segment import Surroundings, members, segment_problems

SCHEMA = ibis.schema(
    {
        "age": "int64",
        "spent": "decimal(10, 2)",
        "tier": "string",
        "vip": "boolean",
        "born": "date",
        "seen": "timestamp",
        "payload": "struct<a: int64>",
        "tags": "array<string>",
    }
)
PLACE = Place("stoker.toml", 40)


def a_project(*segments: Segment) -> Project:
    return Project("/nowhere/stoker.toml", Source({}), segments={segment.name: segment for segment in segments})


def a_segment(*conditions: Condition, name: str = "active", table: str = "customers") -> Segment:
    return Segment(name, table, Group("all", conditions), PLACE)


def problems_of(*conditions: Condition, project: Project | None = None) -> list[Problem]:
    return segment_problems(a_segment(*conditions), SCHEMA, project or a_project())


def is_(column: str, op: str, value: ConditionValue = None, *, line: int = 41) -> Comparison:
    return Comparison(column, op, value, Place("stoker.toml", line))


@pytest.mark.parametrize(
    ("condition", "code", "message"),
    [
        (
            is_("teir", "is exactly", "gold"),
            "unknown_column",
            'table customers has no column "teir". Nearest: "tier".',
        ),
        (
            is_("xyzzy", "is NULL"),
            "unknown_column",
            'It has: "age", "spent", "tier", "vip", "born", "seen", "payload", "tags".',
        ),
        (
            is_("tier", "is like", "gold"),
            "unknown_operator",
            '"is like" is not an operator. Use one of: contains, does not contain,',
        ),
        (
            is_("age", "contains", "4"),
            "wrong_operator",
            '"contains" does not apply to column "age", which holds whole numbers. Use one of: is, is not,',
        ),
        (
            is_("tier", "is", "gold"),
            "wrong_operator",
            '"is" does not apply to column "tier", which holds text. Use one of: contains,',
        ),
        (
            is_("vip", "is", True),
            "wrong_operator",
            "which holds true or false. Use one of: is true, is false, is NULL, is not NULL.",
        ),
        (
            is_("payload", "is exactly", "x"),
            "wrong_operator",
            "which holds values that cannot be compared. Use one of: is NULL, is not NULL.",
        ),
        (is_("tags", "contains", "x"), "wrong_operator", "which holds arrays. Use one of: is NULL, is not NULL."),
        (is_("age", "is", "40"), "wrong_value", 'holds whole numbers and "40" is none. Write a finite number, without'),
        (is_("age", "is", True), "wrong_value", "holds whole numbers and true is none."),
        (is_("spent", "is", float("nan")), "wrong_value", "holds decimal numbers and NaN is none."),
        (is_("age", "is in list", (1, 2, "3")), "wrong_value", 'holds whole numbers and "3" is none.'),
        (is_("tier", "is exactly", 5), "wrong_value", 'holds text and 5 is none. Write it in quotes: "5".'),
        (is_("tier", "is exactly", "a\0b"), "wrong_value", r'"a\u0000b" is none. It has a character that no text'),
        (is_("tier", "is exactly", "\ud800"), "wrong_value", r'"\ud800" is none. It has a character that no text'),
        (is_("tier", "contains", ""), "wrong_value", '"contains" needs a text; "" is in every one.'),
        (is_("born", "is", "soon"), "wrong_value", 'holds dates and "soon" is none. Write a day, such as "2026-01-31"'),
        (is_("born", "is", "2026-02-30"), "wrong_value", '"2026-02-30" is none'),
        (is_("born", "is", "2026-02-01 10:00"), "wrong_value", '"2026-02-01 10:00" is none'),
        (is_("born", "is", 20260201), "wrong_value", "holds dates and 20260201 is none"),
        (is_("seen", "is after", "noon"), "wrong_value", 'a moment in UTC, such as "2026-01-31 18:30:00", or a day'),
        (is_("age", "is between", (5, 1)), "wrong_value", "nothing lies between 5 and 1; neither end counts."),
        (is_("age", "is not between", (5, 5)), "wrong_value", "nothing lies between 5 and 5"),
        (is_("born", "is between", ("today", "90 days ago")), "wrong_value", "Write the lower value first."),
        (is_("seen", "is between", ("2026-01-01", "2026-01-01 00:00")), "wrong_value", "nothing lies between"),
        (is_("age", "is NULL", 3), "wrong_value_count", '"is NULL" takes no value. Remove it.'),
        (is_("age", "is"), "wrong_value_count", '"is" takes one value.'),
        (is_("age", "is", (1, 2)), "wrong_value_count", '"is" takes one value.'),
        (is_("age", "is between", 5), "wrong_value_count", '"is between" takes a list of two values'),
        (is_("age", "is between", (1, 2, 3)), "wrong_value_count", '"is between" takes a list of two values'),
        (is_("age", "is in list", 1), "wrong_value_count", '"is in list" takes a list of at least one value'),
        (is_("age", "is in list", ()), "wrong_value_count", '"is in list" takes a list of at least one value'),
        (InFile("ids.txt", "ago", PLACE), "unknown_column", 'no column "ago". Nearest: "age".'),
    ],
)
def test_a_condition_that_makes_no_sense_is_explained(condition: Condition, code: str, message: str) -> None:
    problem = problems_of(condition)[0]

    assert problem.code == code
    assert problem.message.startswith('segment "active": ')
    assert message in problem.message
    assert problem.place == condition.place


@pytest.mark.parametrize(
    "condition",
    [
        is_("age", "is between", (-1, 1.5)),
        is_("born", "is between", ("2020-01-01", "today")),
        is_("born", "is between", ("today", "2020-01-01")),
        is_("seen", "is after", "2026-01-31T10:00:00+02:00"),
        is_("tier", "is exactly", ""),
        is_("tier", "is in list", ("",)),
        is_("payload", "is NULL"),
    ],
)
def test_a_sound_condition_has_no_problem(condition: Condition) -> None:
    """Whether a range from today to a fixed day is empty depends on the day, so it is allowed."""
    assert problems_of(condition) == []


def test_everything_wrong_is_said_at_once_and_in_order() -> None:
    inner = Group("any", (is_("agee", "is", 1, line=43), Group("none", ())))
    problems = problems_of(is_("age", "is", "x", line=42), inner, is_("tier", "is", "x", line=45))

    assert [(problem.code, problem.place and problem.place.line) for problem in problems] == [
        ("wrong_value", 42),
        ("unknown_column", 43),
        ("empty_group", 40),
        ("wrong_operator", 45),
    ]


def test_an_empty_group_is_an_error_and_not_everybody() -> None:
    (problem,) = problems_of(Group("any", ()))

    assert problem.message == (
        'segment "active": a group "any" has no condition, so it says nothing. Add one or remove the group.'
    )


def test_a_long_value_is_cut_in_the_message() -> None:
    (problem,) = problems_of(is_("age", "is", "9" * 10_000))

    assert len(problem.message) < 250


def deep(levels: int) -> Condition:
    condition: Condition = is_("age", "is", 1)
    for _ in range(levels):
        condition = Group("all", (condition,))
    return condition


def test_groups_nest_as_deep_as_the_engine_can_compile() -> None:
    backend = ibis.duckdb.connect()
    table = backend.create_table("customers", schema=SCHEMA)
    segment = a_segment(deep(30))

    is_member = members(
        segment,
        table,
        Surroundings(project=a_project(), today=date(2026, 1, 1), id_column=None, relation=backend.table),
    )
    assert table.filter(is_member).count().to_pyarrow().as_py() == 0


@pytest.mark.parametrize("levels", [31, 5_000])
def test_deeper_groups_are_refused_and_never_overflow_the_stack(levels: int) -> None:
    (problem,) = problems_of(deep(levels))

    assert problem.code == "too_large"
    assert "it nests deeper than 32 groups" in problem.message


def test_a_long_chain_of_segments_is_refused() -> None:
    chain = [a_segment(is_("age", "is", 1), name="s0")]
    chain += [a_segment(InSegment(f"s{number - 1}", PLACE), name=f"s{number}") for number in range(1, 5_000)]

    (problem,) = problems_of(InSegment("s4999", PLACE), project=a_project(*chain))

    assert problem.code == "too_large"


def test_segments_that_double_are_refused_before_they_are_compiled() -> None:
    """Each uses the one before twice: thirty short segments would become a billion conditions."""
    doubling = [a_segment(is_("age", "is", 1), name="s0")]
    doubling += [a_segment(*[InSegment(f"s{number - 1}", PLACE)] * 2, name=f"s{number}") for number in range(1, 29)]

    (problem,) = problems_of(InSegment("s28", PLACE), project=a_project(*doubling))

    assert problem.code == "too_large"
    assert "it has 268,435,456 conditions and at most 1,000 are possible" in problem.message


def test_a_bad_segment_is_not_compiled() -> None:
    table = ibis.table(SCHEMA, name="customers")

    with pytest.raises(FixInput) as caught:
        members(
            a_segment(is_("age", "is", "x"), is_("ag", "is", 1)),
            table,
            Surroundings(
                project=a_project(),
                today=date(2026, 1, 1),
                id_column=None,
                relation=lambda name: ibis.table(SCHEMA, name=name),
            ),
        )

    assert [problem.code for problem in caught.value.problems] == ["wrong_value", "unknown_column"]


@pytest.mark.parametrize(
    ("id_column", "message"),
    [
        (None, "nothing names the column of customer ids"),
        ("id", 'table customers has no column "id", which holds the customer ids'),
        ("age", 'table orders has no column "age", which holds the customer ids'),
    ],
)
def test_a_segment_of_another_table_needs_a_common_id_column(id_column: str | None, message: str) -> None:
    other = a_segment(is_("total", "is", 1), name="buyers", table="orders")

    with pytest.raises(FixInput) as caught:
        members(
            a_segment(InSegment("buyers", PLACE)),
            ibis.table(SCHEMA, name="customers"),
            Surroundings(
                project=a_project(other),
                today=date(2026, 1, 1),
                id_column=id_column,
                relation=lambda name: ibis.table({"total": "int64"}, name=name),
            ),
        )

    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == ("no_id_column", PLACE)
    assert message in problem.message
    assert 'uses segment "buyers" of another table' in problem.message


def test_a_distance_that_leaves_the_calendar_is_an_error_when_it_is_run() -> None:
    segment = a_segment(is_("born", "is after", "1500 years ago"))

    with pytest.raises(FixInput, match="1500 years ago"):
        members(
            segment,
            ibis.table(SCHEMA, name="customers"),
            Surroundings(
                project=a_project(),
                today=date(1400, 1, 1),
                id_column=None,
                relation=lambda name: ibis.table(SCHEMA, name=name),
            ),
        )


def test_a_file_that_is_missing_is_a_problem_of_its_condition() -> None:
    (problem,) = problems_of(InFile("lists/vip.txt", "tier", Place("stoker.toml", 44)))

    assert str(problem) == (
        'stoker.toml:44: the list "lists/vip.txt" cannot be read: No such file or directory. '
        "Paths are relative to the project file."
    )
    assert Path("/nowhere").exists() is False
