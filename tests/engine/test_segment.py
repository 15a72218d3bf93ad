"""What each condition means, by example: the documented ones, the hostile ones and the ones at the edge of a type."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import ibis
import pytest

from tui_app.core.conditions import uses_relative_dates
from tui_app.core.errors import Place
from tui_app.core.project import Project, Source
from tui_app.core.segment import Comparison, Condition, ConditionValue, Group, InFile, InSegment, Segment
from tui_app.engine.segment import Surroundings, members

PLACE = Place("stoker.toml", 1)
TODAY = date(2026, 3, 31)


def all_of(*conditions: Condition) -> Group:
    return Group("all", conditions)


def is_(column: str, op: str, value: ConditionValue = None) -> Comparison:
    return Comparison(column, op, value, PLACE)


def a_project(folder: Path, *segments: Segment) -> Project:
    return Project(str(folder / "stoker.toml"), Source({}), segments={segment.name: segment for segment in segments})


class Columns:
    """A table of one column, to see which of its values match."""

    def __init__(self, sql_type: str, *values: str, name: str = "value") -> None:
        self.backend = ibis.duckdb.connect()
        self.name = name
        rows = ", ".join(f"({number}, CAST({value} AS {sql_type}))" for number, value in enumerate(values))
        quoted = name.replace('"', '""')
        self.backend.con.execute(f'CREATE TABLE one AS SELECT * FROM (VALUES {rows}) AS given(position, "{quoted}")')

    def matching(self, op: str, value: ConditionValue = None, *, today: date = TODAY) -> list[int]:
        """Positions of the values that match, counted from 0."""
        segment = Segment("tried", "one", all_of(is_(self.name, op, value)), PLACE)
        table = self.backend.table("one")
        is_member = members(
            segment,
            table,
            Surroundings(
                project=a_project(Path("/nowhere"), segment), today=today, id_column=None, relation=self.backend.table
            ),
        )
        return table.filter(is_member).position.to_pyarrow().to_pylist()


def test_between_excludes_both_ends() -> None:
    """Source: docs.amperity.com, reference, "About the Segment Editor": "not including the specified"."""
    numbers = Columns("INTEGER", "1", "2", "3", "NULL")
    days = Columns("DATE", "'2026-01-01'", "'2026-01-02'", "'2026-01-03'", "NULL")

    assert (numbers.matching("is between", (1, 3)), numbers.matching("is not between", (1, 3))) == ([1], [0, 2])
    assert days.matching("is between", ("2026-01-01", "2026-01-03")) == [1]
    assert days.matching("is not between", ("2026-01-01", "2026-01-03")) == [0, 2]


@pytest.mark.parametrize(
    ("op", "value"),
    [("is not exactly", "gold"), ("does not contain", "gold"), ("is not in list", ("gold", "x"))],
)
def test_a_negated_operator_does_not_match_the_unknown(op: str, value: ConditionValue) -> None:
    """`LOWER(tier) <> 'gold'` is NULL for NULL, in Amperity's SQL as in ours."""
    assert Columns("TEXT", "'Gold'", "'silver'", "NULL").matching(op, value) == [1]


def test_a_group_of_none_holds_the_unknown() -> None:
    """It takes away whom its conditions match, as Amperity's "exclude" does; an unknown tier is not gold."""
    tiers = Columns("TEXT", "'Gold'", "'silver'", "NULL")
    segment = Segment("tried", "one", Group("none", (is_("value", "is exactly", "gold"),)), PLACE)
    table = tiers.backend.table("one")
    is_member = members(
        segment,
        table,
        Surroundings(project=a_project(Path("/x")), today=TODAY, id_column=None, relation=tiers.backend.table),
    )

    assert table.filter(is_member).position.to_pyarrow().to_pylist() == [1, 2]


def test_never_set_empty_and_blank_are_three_things() -> None:
    texts = Columns("TEXT", "NULL", "''", "' '", "chr(9) || chr(8195) || chr(133)", "'x'")

    assert {op: texts.matching(op) for op in ("is NULL", "is empty", "is blank")} == {
        "is NULL": [0],
        "is empty": [0, 1],
        "is blank": [0, 1, 2, 3],
    }
    assert {op: texts.matching(op) for op in ("is not NULL", "is not empty", "is not blank")} == {
        "is not NULL": [1, 2, 3, 4],
        "is not empty": [2, 3, 4],
        "is not blank": [4],
    }


@pytest.mark.parametrize("wanted", ["istanbul ΑΣ", "İSTANBUL ας", "İstanbul ΑΣ"])
def test_case_is_folded_by_one_judge_on_both_sides(wanted: str) -> None:
    """Python and DuckDB disagree on İ and Σ: folding one side by each would never match."""
    assert Columns("TEXT", "'İstanbul ΑΣ'").matching("is exactly", wanted) == ([] if "ς" in wanted else [0])


@pytest.mark.parametrize(
    ("op", "value", "positions"),
    [
        ("contains", "%", [1]),
        ("contains", "a_b", [2]),
        ("starts with", "A_", [2]),
        ("ends with", "\\", [4]),
        ("contains", "'; drop", [5]),
        ("is exactly", "'; DROP TABLE one; --", [5]),
        ("is in list", ("A%B", "A_B"), [1, 2]),
        ("is in list", (*(f"x{number}" for number in range(50)), "A%B", "'; drop table one; --"), [1, 5]),
        ("is not in list", (*(f"x{number}" for number in range(50)), "ab", "axb", "a\\"), [1, 2, 5]),
    ],
)
def test_text_is_literal(op: str, value: ConditionValue, positions: list[int]) -> None:
    """No character of a value is a wildcard, an escape or SQL."""
    texts = Columns("TEXT", "'ab'", "'a%b'", "'a_b'", "'axb'", "'a\\'", "'''; drop table one; --'")

    assert texts.matching(op, value) == positions


@pytest.mark.parametrize(
    "name", ['a"b', "a'b", "select", "ä ö.ü", "'; DROP TABLE one; --", "%", "a\\b", "{x}", "count"]
)
def test_column_names_are_literal(name: str) -> None:
    assert Columns("INTEGER", "1", "2", name=name).matching("is", 2) == [1]


@pytest.mark.parametrize(
    ("sql_type", "op", "value", "positions"),
    [
        ("DECIMAL(4,2)", "is", 1.1, [1]),
        ("DECIMAL(4,2)", "is", 1.105, []),
        ("DECIMAL(4,2)", "is not", 1.105, [0, 1, 2]),
        ("DECIMAL(4,2)", "is not in list", (1.105, 1000), [0, 1, 2]),
        ("DECIMAL(4,2)", "is greater than", 1.095, [1, 2]),
        ("DECIMAL(4,2)", "is less than", 1.105, [0, 1]),
        ("DECIMAL(4,2)", "is less than", 10**30, [0, 1, 2]),
        ("DECIMAL(4,2)", "is greater than", -1e300, [0, 1, 2]),
        ("DECIMAL(4,2)", "is greater than", 100, []),
        ("DECIMAL(38,20)", "is in list", (1.1, 2), [1, 2]),
        ("FLOAT", "is", 1.1, [1]),
        ("FLOAT", "is greater than", 1.1, [2]),
        ("FLOAT", "is less than", 1e300, [0, 1, 2]),
        ("DOUBLE", "is in list", (1.1, 7), [1]),
        ("UTINYINT", "is greater than", -1, [0, 1, 2]),
        ("TINYINT", "is less than", 1000, [0, 1, 2]),
        ("HUGEINT", "is between", (0, 2), [1]),
    ],
)
def test_numbers_are_compared_exactly(sql_type: str, op: str, value: ConditionValue, positions: list[int]) -> None:
    """A number that the column cannot hold is not rounded to one that it can."""
    numbers = Columns(sql_type, "0", "1.1", "2", "NULL")

    assert numbers.matching(op, value) == positions


@pytest.mark.parametrize("sql_type", ["BIGINT", "HUGEINT", "DECIMAL(38,0)"])
def test_neighbours_beyond_a_floats_precision_are_told_apart(sql_type: str) -> None:
    numbers = Columns(sql_type, "9007199254740992", "9007199254740993", "9007199254740994")

    assert numbers.matching("is", 9007199254740993) == [1]
    assert numbers.matching("is in list", (9007199254740993, 9007199254740994)) == [1, 2]
    assert numbers.matching("is between", (9007199254740992, 9007199254740994)) == [1]


@pytest.mark.parametrize("sql_type", ["FLOAT", "DOUBLE"])
@pytest.mark.parametrize("number", [1e-5, 0.1 + 0.2, 1.1, 123456.789, 1e30, 5e-324])
def test_a_float_equals_what_was_written(sql_type: str, number: float) -> None:
    """A literal that takes another way to its bits than the data would match nobody."""
    floats = Columns(sql_type, f"'{number!r}'", "7")

    assert floats.matching("is", number) == [0]
    assert floats.matching("is in list", (number, 8)) == [0]


def test_infinity_is_greater_than_what_single_precision_cannot_hold() -> None:
    floats = Columns("FLOAT", "'inf'", "1")

    assert (floats.matching("is", 1e300), floats.matching("is greater than", 1e300)) == ([], [0])


@pytest.mark.parametrize("op", ["is greater than", "is less than", "is", "is not", "is not in list"])
def test_nan_is_no_number(op: str) -> None:
    """DuckDB calls it the greatest of all, and "score is greater than 90" would mean customers without a score."""
    assert Columns("DOUBLE", "'nan'").matching(op, (1.0,) if "list" in op else 1.0) == []


def test_a_moment_compared_with_a_day_counts_as_its_day_in_utc() -> None:
    """Source: docs.amperity.com, segments, relative dates: datetimes are cast to dates."""
    moments = Columns("TIMESTAMPTZ", "'2026-03-30 23:59:59Z'", "'2026-03-31 00:00:00Z'", "'2026-03-31 23:30:00-05:00'")
    moments.backend.con.execute("SET TimeZone = 'America/New_York'")

    assert moments.matching("is", "today") == [1]
    assert moments.matching("is after", "yesterday") == [1, 2]
    assert moments.matching("is on or before", "2026-03-30 23:59:59") == [0]
    assert moments.matching("is", "2026-04-01 04:30:00") == [2]


@pytest.mark.parametrize("sql_type", ["TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP", "TIMESTAMP_NS"])
def test_moments_of_any_precision_are_compared(sql_type: str) -> None:
    moments = Columns(sql_type, "'2026-03-30 10:00:00'", "'2026-03-30 10:00:01'", "NULL")

    assert moments.matching("is", "2026-03-30 10:00:01") == [1]
    assert moments.matching("is between", ("2026-03-29", "today")) == [0, 1]


@pytest.mark.parametrize(
    ("sql_type", "value"),
    [("UUID", "4AC1A0E2-2b34-4f6a-8a55-0123456789ab"), ("ENUM ('4ac1a0e2-2b34-4f6a-8a55-0123456789ab')", "4AC1")],
    ids=["uuid", "enum"],
)
def test_uuids_and_enums_are_text(sql_type: str, value: str) -> None:
    texts = Columns(sql_type, "'4ac1a0e2-2b34-4f6a-8a55-0123456789ab'", "NULL")

    assert texts.matching("starts with", value) == [0]
    assert texts.matching("is empty") == [1]


def test_any_other_type_is_set_or_not() -> None:
    assert Columns("STRUCT(a INTEGER)", "{'a': 1}", "NULL").matching("is not NULL") == [0]
    assert Columns("INTEGER[]", "[1]", "[]", "NULL").matching("is NULL") == [2]


def test_a_relative_date_moves_with_today() -> None:
    days = Columns("DATE", "'2026-03-30'", "'2026-03-31'")

    assert days.matching("is", "yesterday", today=date(2026, 3, 31)) == [0]
    assert days.matching("is", "yesterday", today=date(2026, 4, 1)) == [1]


@pytest.mark.parametrize(
    ("condition", "is_relative"),
    [
        (is_("seen", "is after", "90 days ago"), True),
        (is_("seen", "is between", ("2026-01-01", "today")), True),
        (Group("none", (is_("seen", "is", "Yesterday"),)), True),
        (InSegment("fresh", PLACE), True),
        (is_("seen", "is after", "2026-01-01"), False),
        (is_("tier", "is exactly", "today"), False),
        (InSegment("old", PLACE), False),
        (InFile("today", "id", PLACE), False),
    ],
)
def test_a_segment_says_whether_its_dates_move(condition: Condition, *, is_relative: bool) -> None:
    fresh = Segment("fresh", "customers", all_of(is_("born", "is", "today")), PLACE)
    old = Segment("old", "customers", all_of(is_("born", "is before", "1950-01-01")), PLACE)
    project = a_project(Path("/nowhere"), old, fresh)

    assert uses_relative_dates(Segment("s", "customers", all_of(condition), PLACE), project) is is_relative


@pytest.mark.parametrize(
    ("ids", "others", "positions"),
    [("(7), (8)", "('7'), ('008'), (NULL)", [7]), ("('7'), ('007')", "(7)", ["7"]), ("(7::TINYINT)", "(7)", [7])],
    ids=["number in text", "text in number", "two sizes of integer"],
)
def test_ids_of_two_types_are_compared_as_text(ids: str, others: str, positions: list[object]) -> None:
    backend = ibis.duckdb.connect()
    backend.con.execute(f"CREATE TABLE here AS SELECT * FROM (VALUES {ids}) AS given(id)")
    backend.con.execute(f"CREATE TABLE there AS SELECT * FROM (VALUES {others}) AS given(id)")
    used = Segment("used", "there", all_of(is_("id", "is not NULL")), PLACE)
    segment = Segment("tried", "here", all_of(InSegment("used", PLACE)), PLACE)
    here = backend.table("here")
    project = a_project(Path("/nowhere"), used)
    is_member = members(
        segment, here, Surroundings(project=project, today=TODAY, id_column="id", relation=backend.table)
    )

    assert here.filter(is_member).id.to_pyarrow().to_pylist() == positions
