"""Membership beside an oracle that knows no SQL. A wrong row is a message to a person who should not get it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from tui_app.core.activation import Campaign
from tui_app.core.audience import audience_segment
from tui_app.core.errors import Place
from tui_app.core.project import Project, Source
from tui_app.core.segment import Comparison, Condition, ConditionValue, Group, InFile, InSegment, Segment
from tui_app.engine.segment import Surroundings, count_members, members, sample_members, segment_sql, value_counts

PLACE = Place("stoker.toml", 1)
TODAY = date(2026, 3, 31)
DAYS = {
    "today": TODAY,
    "Yesterday": date(2026, 3, 30),
    "1 month ago": date(2026, 2, 28),
    "90 days ago": date(2025, 12, 31),
    "2026-01-01": date(2026, 1, 1),
}
MOMENTS = {
    "2026-03-30 12:00:00": datetime.fromisoformat("2026-03-30 12:00"),
    "2026-01-01T01:00:00+02:00": datetime.fromisoformat("2025-12-31 23:00"),
    "2026-01-01 00:00:00.000001": datetime.fromisoformat("2026-01-01 00:00:00.000001"),
}
TEXTS = (
    "", " ", "\t\u2003", "Gold", "gold", "GOLDEN", "old", "50%", "500", "a_b", "axb", "O'Neil", "o''neil",
    "back\\slash", "'; DROP TABLE t; --", '"quoted"', "Straße", "ÉTÉ", "été", "日本", "{{x}}", "$1",
    "line\nbreak", "null",
)  # fmt: skip
TYPES = pa.schema(
    [
        ("id", pa.string()),
        ("tier", pa.string()),
        ("vip", pa.bool_()),
        ("orders", pa.int64()),
        ("spent", pa.decimal128(10, 2)),
        ("score", pa.float64()),
        ("born", pa.date32()),
        ("seen", pa.timestamp("us")),
        ("seen_utc", pa.timestamp("us", tz="UTC")),
    ]
)
Row = dict[str, Any]


def all_of(*conditions: Condition) -> Group:
    return Group("all", conditions)


def is_(column: str, op: str, value: ConditionValue = None) -> Comparison:
    return Comparison(column, op, value, PLACE)


def a_row(number: int, chance: random.Random) -> Row:
    edges = map(datetime.fromisoformat, ("2026-03-31 00:00", "2025-12-31 23:30", "2026-01-01 04:59"))
    moment = chance.choice([*MOMENTS.values(), *edges, None])
    return {
        "id": f"c{number}",
        "tier": chance.choice([*TEXTS, None, None]),
        "vip": chance.choice([True, False, None]),
        "orders": chance.choice([0, 1, 2, 5, 90, -3, 2**53 + 1, 2**63 - 1, None]),
        "spent": chance.choice([Decimal("0.00"), Decimal("1.10"), Decimal("-2.50"), Decimal("99999999.99"), None]),
        "score": chance.choice([0.0, 1.1, 0.1 + 0.2, -5.0, float("nan"), float("inf"), None]),
        "born": chance.choice([*DAYS.values(), date(1990, 2, 28), None]),
        "seen": moment,
        "seen_utc": moment,
    }


ROWS = [a_row(number, random.Random(number)) for number in range(300)]
LISTED = {"c1", "c2", "c50", "c299"}
GOLD_OR_OLD = Segment(
    "gold", "customers", Group("any", (is_("tier", "contains", "OLD"), is_("orders", "is", 1))), PLACE
)
BUYERS = Segment("buyers", "orders", all_of(is_("total", "is greater than", 10)), PLACE)
ORDERS = [("c1", 20), ("c3", 5), (None, 50), ("c4", 11), ("c4", 12)]


@dataclass(frozen=True)
class World:
    """A source with customers and orders, and a project over it."""

    backend: Backend
    project: Project

    def expression(self, condition: Group, today: date = TODAY) -> Any:
        """Membership as an Ibis expression."""
        segment = Segment("tried", "customers", condition, PLACE)
        return members(
            segment,
            self.backend.table("customers"),
            Surroundings(project=self.project, today=today, id_column="id", relation=self.backend.table),
        )

    def ids(self, condition: Group, today: date = TODAY) -> set[str]:
        """Ids of the members, checked on the way: the expression is never NULL."""
        customers = self.backend.table("customers")
        rows = customers.select("id", is_member=self.expression(condition, today)).to_pyarrow().to_pylist()
        assert all(row["is_member"] is not None for row in rows)
        return {row["id"] for row in rows if row["is_member"]}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("project")
    (folder / "listed.txt").write_text("\n".join(sorted(LISTED)))
    backend = ibis.duckdb.connect()
    # Somebody's session may sit in another time zone; membership must not.
    backend.con.execute("SET TimeZone = 'America/New_York'")
    orders = pa.table({"id": [row[0] for row in ORDERS], "total": [row[1] for row in ORDERS]})
    for name, rows in (("customers", pa.Table.from_pylist(ROWS, TYPES)), ("orders", orders)):
        backend.con.register("arriving", rows)
        backend.con.execute(f"CREATE TABLE {name} AS SELECT * FROM arriving")
        backend.con.unregister("arriving")
    yield World(backend, a_project(folder, GOLD_OR_OLD, BUYERS))
    backend.disconnect()


def a_project(folder: Path, *segments: Segment) -> Project:
    return Project(str(folder / "stoker.toml"), Source({}), segments={segment.name: segment for segment in segments})


# An oracle that anybody can read: one row, one condition, three truth values.


def holds(condition: Condition, row: Row) -> bool | None:
    match condition:
        case Group():
            verdicts = [holds(member, row) is True for member in condition.members]
            return {"all": all(verdicts), "any": any(verdicts), "none": not any(verdicts)}[condition.kind]
        case InFile():
            return (row["id"] in LISTED) != condition.negated
        case InSegment(segment="gold"):
            return (holds(GOLD_OR_OLD.condition, row) is True) != condition.negated
        case InSegment():
            return (row["id"] in {"c1", "c4"}) != condition.negated
        case Comparison():
            return compared(row[condition.column], condition)


def compared(value: Any, condition: Comparison) -> bool | None:
    if condition.op == "is NULL":
        return value is None
    if condition.op == "is not NULL":
        return value is not None
    if isinstance(value, float) and value != value:  # noqa: PLR0124  NaN is the one that differs from itself
        return None
    wanted = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    if condition.column == "tier":
        return text_compared(value, condition.op, [str(text) for text in wanted])
    return None if value is None else ORACLE[condition.op](*(aligned(value, each) for each in wanted))


def text_compared(value: str | None, op: str, wanted: list[str]) -> bool | None:
    if op in {"is empty", "is not empty"}:
        return (value in {None, ""}) == (op == "is empty")
    if op in {"is blank", "is not blank"}:
        return (value is None or not value.strip()) == (op == "is blank")
    if value is None:
        return None
    folded, texts = value.lower(), [text.lower() for text in wanted]
    return {
        "contains": texts[0] in folded,
        "does not contain": texts[0] not in folded,
        "starts with": folded.startswith(texts[0]),
        "ends with": folded.endswith(texts[0]),
        "is exactly": folded == texts[0],
        "is not exactly": folded != texts[0],
        "is in list": folded in texts,
        "is not in list": folded not in texts,
    }[op]


def aligned(value: Any, wanted: Any) -> tuple[Any, Any]:
    """The column's value and the condition's, made comparable."""
    if isinstance(value, date):
        other = DAYS.get(wanted, MOMENTS.get(wanted))
        is_whole_days = isinstance(value, datetime) and not isinstance(other, datetime)
        return (value.date() if is_whole_days else value), other
    if isinstance(value, Decimal) and isinstance(wanted, float):
        return value, Decimal(str(wanted))
    return value, wanted


Pair = tuple[Any, Any]
ORACLE: dict[str, Callable[..., bool]] = {
    "is true": lambda pair: pair[0] is True,
    "is false": lambda pair: pair[0] is False,
    "is": lambda pair: pair[0] == pair[1],
    "is not": lambda pair: pair[0] != pair[1],
    "is after": lambda pair: pair[0] > pair[1],
    "is before": lambda pair: pair[0] < pair[1],
    "is on or after": lambda pair: pair[0] >= pair[1],
    "is on or before": lambda pair: pair[0] <= pair[1],
    "is greater than": lambda pair: pair[0] > pair[1],
    "is greater than or equal to": lambda pair: pair[0] >= pair[1],
    "is less than": lambda pair: pair[0] < pair[1],
    "is less than or equal to": lambda pair: pair[0] <= pair[1],
    "is between": lambda low, high: low[0] > low[1] and high[0] < high[1],
    "is not between": lambda low, high: not (low[0] > low[1] and high[0] < high[1]),
    "is in list": lambda *pairs: any(value == other for value, other in pairs),
    "is not in list": lambda *pairs: all(value != other for value, other in pairs),
}


NUMBERS = st.sampled_from([0, 1, 2, 90, -3, 2**53 + 1, 2**63 - 1, 1.1, 1.105, -2.5, -2.505, 0.3, 1e30, -1e30, 10**20])
EQUALITY = ("is", "is not")
NUMBER_OPS = (*EQUALITY, "is greater than", "is greater than or equal to", "is less than", "is less than or equal to")
TIME_OPS = (*EQUALITY, "is after", "is before", "is on or after", "is on or before")
TEXT_OPS = ("contains", "does not contain", "starts with", "ends with", "is exactly", "is not exactly")


def comparisons() -> st.SearchStrategy[Condition]:
    numeric, days = st.sampled_from(["orders", "spent", "score"]), st.sampled_from(sorted(DAYS))
    moments = st.sampled_from([*sorted(DAYS), *sorted(MOMENTS)])
    texts = st.sampled_from([*filter(None, TEXTS), "old", "O", "%", "_", "'", "\\"])
    betweens, lists = (
        st.sampled_from(["is between", "is not between"]),
        st.sampled_from(["is in list", "is not in list"]),
    )
    a_range = st.tuples(NUMBERS, NUMBERS).map(sorted).filter(lambda ends: ends[0] < ends[1]).map(tuple)
    dates = st.tuples(days, days).filter(lambda ends: DAYS[ends[0]] < DAYS[ends[1]])
    timed = st.sampled_from(["seen", "seen_utc"])
    anything = st.sampled_from(TYPES.names[1:])
    bare = st.sampled_from(["is empty", "is not empty", "is blank", "is not blank"])
    return st.one_of(
        st.builds(is_, numeric, st.sampled_from(NUMBER_OPS), NUMBERS),
        st.builds(is_, numeric, betweens, a_range),
        st.builds(is_, numeric, lists, st.lists(NUMBERS, min_size=1, max_size=30).map(tuple)),
        st.builds(is_, st.just("tier"), st.sampled_from(TEXT_OPS), texts),
        st.builds(is_, st.just("tier"), lists, st.lists(texts, min_size=1, max_size=30).map(tuple)),
        st.builds(is_, st.just("tier"), bare),
        st.builds(is_, st.just("vip"), st.sampled_from(["is true", "is false"])),
        st.builds(is_, st.just("born"), st.sampled_from(TIME_OPS), days),
        st.builds(is_, timed, st.sampled_from(TIME_OPS), moments),
        st.builds(is_, st.sampled_from(["born", "seen", "seen_utc"]), betweens, dates),
        st.builds(is_, anything, st.sampled_from(["is NULL", "is not NULL"])),
        st.builds(InSegment, st.sampled_from(["gold", "buyers"]), st.just(PLACE), st.booleans()),
        st.builds(InFile, st.just("listed.txt"), st.just("id"), st.just(PLACE), st.booleans()),
    )


def groups() -> st.SearchStrategy[Group]:
    def of(members: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        kinds = st.sampled_from(["all", "any", "none"])
        return st.builds(Group, kinds, st.lists(members, min_size=1, max_size=4).map(tuple))

    return of(st.recursive(comparisons(), of, max_leaves=8))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(condition=groups())
def test_members_are_those_whom_the_oracle_names(world: World, condition: Group) -> None:
    """Every operator, type, NULL and nesting against a judge that knows no SQL."""
    assert world.ids(condition) == {row["id"] for row in ROWS if holds(condition, row) is True}


def test_counts_samples_and_values_come_from_the_engine(world: World) -> None:
    condition = Group("any", (is_("vip", "is true"), is_("tier", "starts with", "gold")))
    customers, is_member = world.backend.table("customers"), world.expression(condition)

    assert count_members(customers, is_member) == len(world.ids(condition))
    sample = sample_members(customers, is_member, 5)
    assert sample.num_rows == 5
    assert sample.column_names == TYPES.names
    assert set(sample["id"].to_pylist()) <= world.ids(condition)


def test_values_of_a_column_are_counted_for_picking(world: World) -> None:
    top = value_counts(world.backend.table("customers"), "vip", 2)
    counts = {value: sum(row["vip"] is value for row in ROWS) for value in (True, False, None)}

    assert [each.rows for each in top] == sorted(counts.values(), reverse=True)[:2]
    assert all(counts[each.value] == each.rows for each in top)


def test_the_sql_is_shown_laid_out_and_says_the_same(world: World) -> None:
    condition = Group("none", (is_("tier", "is exactly", "O'Neil"), is_("seen_utc", "is after", "90 days ago")))
    sql = segment_sql(world.backend.table("customers").filter(world.expression(condition)).select("id"))

    assert "LOWER(\"t0\".\"tier\") = LOWER('O''Neil')" in sql
    assert "CAST(TIMEZONE('UTC', \"t0\".\"seen_utc\") AS DATE) > CAST('2025-12-31' AS DATE)" in sql
    assert {id_ for (id_,) in world.backend.con.execute(sql).fetchall()} == world.ids(condition)


def test_a_campaign_may_include_and_exclude_segments_of_other_tables(world: World) -> None:
    """The segment's conditions are about its own table; only its members' ids are looked up in the campaign's."""
    campaign = Campaign("c", "customers", ("buyers", "gold"), "profile", "c", PLACE, exclude=("buyers",))
    audience = audience_segment(campaign)

    assert audience is not None
    assert world.ids(audience.condition) == {
        row["id"] for row in ROWS if holds(GOLD_OR_OLD.condition, row) and row["id"] not in {"c1", "c4"}
    }
