"""Tables, queries and trials as a screen sees them: pages of text, types, counts, and mistakes at their lines."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tui_app.backstage.answers.source import answer
from tui_app.backstage.client import Backstage
from tui_app.backstage.desk import Desk, Office
from tui_app.backstage.questions.source import (
    ColumnTypes,
    CountValues,
    ReadRows,
    ReportTable,
    SourceProblems,
    TryQuery,
    ValueCount,
)
from tui_app.core.errors import FixInput

ENDLESS = "SELECT count(*) AS n FROM customers a, customers b, customers c, customers d, customers e"

Ask = Callable[..., object]


@pytest.fixture
def ask(tmp_path: Path):
    """Answers a question about a project of tables and queries in `tmp_path`, over sources that stay open."""
    office: list[Office] = []

    def write(tables: Mapping[str, str], queries: Mapping[str, str] | None = None) -> Ask:
        lines = [f'state = "{tmp_path / "state"}"', "[source.tables]"]
        lines += [f'{name} = "{path}"' for name, path in tables.items()]
        for name, sql in (queries or {}).items():
            lines += [f"[queries.{name}]", f'sql = """{sql}"""']
        (tmp_path / "stoker.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
        office.append(Office(tmp_path))
        return lambda question: answer(question, Desk(office[0]))

    yield write
    for each in office:
        each.close()


def parquet(path: Path, sql: str) -> None:
    duckdb.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")


@pytest.fixture
def ask_people(ask, tmp_path: Path) -> Ask:
    """Three people in a CSV file, one without a tier, and a query over them."""
    (tmp_path / "people.csv").write_text("id,tier,points\n007,gold,5\n008,,7\n009,gold,9\n", encoding="utf-8")
    return ask(
        {"people": "people.csv"}, {"points_by_tier": "SELECT tier, sum(points) AS points FROM people GROUP BY 1"}
    )


def test_a_page_shows_rows_in_the_order_of_the_file_wherever_it_begins(ask, tmp_path):
    parquet(tmp_path / "a.parquet", "SELECT i AS n, 'row ' || i AS text FROM range(30_000) t(i)")
    parquet(tmp_path / "b.parquet", "SELECT i AS n, 'row ' || i AS text FROM range(30_000, 50_000) t(i)")
    read = ask({"numbers": "*.parquet"})

    for first in (0, 29_990, 49_990):
        page = read(ReadRows("numbers", first, 20))
        wanted = range(first, min(first + 20, 50_000))
        assert (page.columns, page.first, page.total) == (("n", "text"), first, 50_000)
        assert page.rows == tuple((str(number), f"row {number}") for number in wanted)
    assert read(ReadRows("numbers", 50_000, 20)).rows == ()


def test_a_cell_is_exact_and_cut_after_200_characters(ask, tmp_path):
    """Rounded amounts or binary noise would show something else than what is sent."""
    parquet(
        tmp_path / "c.parquet",
        """SELECT repeat('ä', 201) AS long, 0.1::DOUBLE AS float, 1.50::DECIMAL(9, 2) AS decimal, ['a', NULL] AS list,
                  {'a': 1, 'b': 'x'} AS struct, TIMESTAMPTZ '2026-01-31 18:30:00+02' AS zoned, NULL::INTEGER AS nothing,
                  '' AS empty, DATE '20000-01-01' AS far, INTERVAL 3 DAY AS span, '[/b]' AS file_row_number""",
    )

    page = ask({"odd": "c.parquet"})(ReadRows("odd"))

    assert page.rows == (
        (
            "ä" * 200, "0.1", "1.50", '["a",null]', '{"a":1,"b":"x"}', "2026-01-31 16:30:00+00", None,
            "", "20000-01-01", "3 days", "[/b]",
        ),
    )  # fmt: skip


def test_a_query_is_read_in_pages_too(ask_people):
    page = ask_people(ReadRows("points_by_tier"))

    assert (page.columns, set(page.rows), page.total) == (("tier", "points"), {("gold", "14"), (None, "7")}, 2)


def test_types_are_known_without_running_a_query(ask, tmp_path):
    """A mapping screen asks for them at once; the query may take minutes."""
    (tmp_path / "people.csv").write_text("id,born\n7,2000-01-31\n", encoding="utf-8")
    read = ask(
        {"people": "people.csv"},
        {"failing": "SELECT 'a' || id AS id, CAST('x' || id AS INTEGER) AS bad, born FROM people"},
    )

    assert list(read(ColumnTypes("failing")).items()) == [("id", "varchar"), ("bad", "integer"), ("born", "date")]
    assert read(ColumnTypes("people")) == {"id": "integer", "born": "date"}
    with pytest.raises(FixInput, match="Query failing"):
        read(ReadRows("failing"))


def test_a_report_counts_what_is_there(ask_people):
    report = ask_people(ReportTable("people"))

    assert (report.rows, [column.name for column in report.columns]) == (3, ["id", "tier", "points"])
    assert report.columns[1].null_share == pytest.approx(1 / 3)


def test_an_unknown_table_is_named_with_the_nearest_one(ask_people):
    for question in (ReadRows("peple"), ReportTable("peple"), ColumnTypes("peple"), CountValues("peple", "id")):
        with pytest.raises(FixInput, match=r'no table or query "peple".*Nearest: "people"'):
            ask_people(question)


def test_a_trial_shows_types_and_first_rows_of_a_statement(ask_people):
    preview = ask_people(TryQuery("new", "SELECT tier, points * 2 AS double FROM people ORDER BY points DESC", 2))

    assert preview.types == {"tier": "varchar", "double": "integer"}
    assert preview.rows.columns == ("tier", "double")
    assert (preview.rows.rows, preview.rows.total) == ((("gold", "18"), (None, "14")), 2)
    assert 0 < preview.seconds < 20


def test_a_trial_in_the_place_of_a_query_leaves_the_query_as_it_is(ask_people):
    """It is only tried: another screen still counts with the query of the file."""
    tried = ask_people(TryQuery("points_by_tier", "SELECT 1 AS one"))

    assert tried.rows.rows == (("1",),)
    assert ask_people(ReadRows("points_by_tier")).columns == ("tier", "points")
    reader = ask_people(TryQuery("reader", "SELECT count(*) AS tiers FROM points_by_tier"))
    assert reader.rows.rows == (("2",),)


def test_a_trial_stops_reading_once_it_has_its_rows(ask, tmp_path):
    """Otherwise 100 rows of a join of everybody with everybody would take for ever."""
    parquet(tmp_path / "c.parquet", "SELECT i AS id FROM range(30_000) t(i)")

    started = time.monotonic()
    tried = ask({"customers": "c.parquet"})(TryQuery("new", "SELECT a.id FROM customers a, customers b, customers c"))

    assert len(tried.rows.rows) == 100
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("sql", "line", "said"),
    [
        ("SELECT id,\n  teir\nFROM people", 2, 'Referenced column "teir" not found'),
        ("SELECT id\nFROM people\nWHER 1", 3, "syntax error"),
        ("SELECT id FROM people\nJOIN '/etc/passwd' USING (id)", 2, "there is no table or query"),
        ("SELECT id,\n\n  CAST('x' || tier AS INTEGER) AS n\nFROM people", 3, "Could not convert string"),
        ("DROP TABLE people", 1, "must be exactly one SELECT"),
    ],
    ids=["a column", "syntax", "a file", "a value", "no select"],
)
def test_a_mistake_is_at_its_line_of_the_statement(ask_people, sql, line, said):
    """The editor puts its mark there; the line in stoker.toml would be of no use before the query is in it."""
    with pytest.raises(FixInput) as raised:
        ask_people(TryQuery("trial", sql))

    (problem,) = raised.value.problems
    assert said in problem.message
    assert (problem.place.file, problem.place.line) == ("SQL", line)


def test_a_trial_that_reads_itself_by_another_query_is_refused(ask, tmp_path):
    """Saving it would break both."""
    parquet(tmp_path / "c.parquet", "SELECT 1 AS id")
    read = ask({"customers": "c.parquet"}, {"one": "SELECT id FROM customers", "two": "SELECT id FROM one"})
    assert read(ReadRows("two")).total == 1

    with pytest.raises(FixInput, match="SQL:1: Query one: reads itself: one → two → one"):
        read(TryQuery("one", "SELECT id FROM two"))
    with pytest.raises(FixInput, match="SQL:1: Query two: reads itself: two → two"):
        read(TryQuery("two", "SELECT id FROM one JOIN two USING (id)"))


def test_a_trial_cannot_take_the_name_of_a_table(ask_people):
    with pytest.raises(FixInput, match='differ only by case: "people", "People"'):
        ask_people(TryQuery("People", "SELECT 1 AS one"))


async def test_a_slow_statement_can_be_given_up(shop, customer, backstage: Backstage):
    """The person at the screen corrects it and asks again; nothing of the first attempt is in the way."""
    shop.customers([customer(number) for number in range(3_000)])
    assert (await backstage.ask(TryQuery("new", "SELECT count(*) AS n FROM customers"))).rows.rows == (("3000",),)

    slow = asyncio.create_task(backstage.ask(TryQuery("new", ENDLESS)))
    done, _ = await asyncio.wait({slow}, timeout=1)
    assert not done
    slow.cancel()

    async with asyncio.timeout(10):
        quick = await backstage.ask(TryQuery("new", "SELECT max(id) AS last FROM customers"))
    assert quick.rows.rows == (("c02999",),)


def test_problems_of_every_table_and_query_are_found_together(ask, tmp_path):
    (tmp_path / "good.csv").write_text("id\n1\n", encoding="utf-8")
    read = ask({"good": "good.csv", "gone": "gone.csv"}, {"bad": "SELECT nothing FROM good"})

    problems = read(SourceProblems())

    assert [(problem.place.line, problem.code) for problem in problems] == [(4, "unreadable_file"), (6, "query")]


def test_names_that_clash_are_a_problem_and_no_failure(ask, tmp_path):
    (tmp_path / "c.csv").write_text("id\n1\n", encoding="utf-8")

    (problem,) = ask({"people": "c.csv", "People": "c.csv"})(SourceProblems())

    assert problem.code == "duplicate_names"


def test_values_come_with_their_counts_the_most_frequent_first(ask_people):
    assert ask_people(CountValues("people", "tier")) == (ValueCount("gold", 2), ValueCount(None, 1))
    assert ask_people(CountValues("people", "points", limit=2)) == (ValueCount(5, 1), ValueCount(7, 1))


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("true", True),
        ("1.50::DECIMAL(9, 2)", Decimal("1.50")),
        ("0.5::FLOAT", 0.5),
        ("DATE '2026-01-31'", date(2026, 1, 31)),
        ("TIMESTAMP '2026-01-31 18:30:00.25'", datetime(2026, 1, 31, 18, 30, 0, 250_000)),  # noqa: DTZ001 - has no zone
        ("TIMESTAMP_NS '2026-01-31 18:30:00.123456789'", datetime(2026, 1, 31, 18, 30, 0, 123_456)),  # noqa: DTZ001 - same
        ("TIMESTAMPTZ '2026-01-31 18:30:00+02'", datetime(2026, 1, 31, 16, 30, tzinfo=UTC)),
        ("DATE '20000-01-01'", "20000-01-01"),
        ("'infinity'::TIMESTAMP", "infinity"),
        ("['a', 'b']", '["a","b"]'),
    ],
)
def test_a_value_is_what_a_condition_can_be_made_of(ask, tmp_path, sql, value):
    """What Python's calendar does not know is text, and no failure: one row of the year 20000 is not the end."""
    parquet(tmp_path / "c.parquet", f"SELECT {sql} AS value")

    assert ask({"one": "c.parquet"})(CountValues("one", "value")) == (ValueCount(value, 1),)


def test_an_unknown_column_is_named_with_the_nearest_one(ask_people):
    with pytest.raises(FixInput, match=r'Table people has no column "teir".*Nearest: "tier"'):
        ask_people(CountValues("people", "teir"))
