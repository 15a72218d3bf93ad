"""A query runs once, in an engine of its own; its rows are frozen and its mistakes are said at their line."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import ibis.expr.datatypes as dt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tui_app.core.errors import FixInput, Place
from tui_app.core.project import Query
from tui_app.engine.query_errors import explain_query_error
from tui_app.engine.sources import Sources

OpenSources = Callable[..., Sources]

ENDLESS = "SELECT count(*) AS n FROM range(10000000) a(i), range(10000000) b(j) WHERE hash(i, j) = 1"


@pytest.fixture(autouse=True)
def customers(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("id,tier,email\nc1,gold,zoe@example.com\nc2,silver,bo@example.com\n")


def open_queries(open_sources: OpenSources, **queries: str) -> Sources:
    return open_sources({"customers": "customers.csv"}, queries)


def rows(sources: Sources, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = sources.relation(name).to_pyarrow().to_pylist()
    return found


def mistake(sources: Sources, name: str = "q") -> str:
    with pytest.raises(FixInput) as caught:
        sources.relation(name)
    return str(caught.value)


def test_a_query_is_evaluated_once_for_everyone_who_reads_it(open_sources: OpenSources) -> None:
    """Planning twice, and a segment over the same query, must see the same customers."""
    sources = open_queries(
        open_sources,
        first="SELECT *, random() AS r FROM base",
        base="SELECT id, uuid() AS u FROM customers",
        second="SELECT *, now() AS t FROM base",
    )

    first, second, base = (rows(sources, name) for name in ("first", "second", "base"))

    assert [row["u"] for row in first] == [row["u"] for row in second] == [row["u"] for row in base]
    assert rows(sources, "first") == first


def test_a_query_is_not_run_for_its_schema(open_sources: OpenSources) -> None:
    """The mapping screen shows the columns of a query that takes minutes."""
    sources = open_queries(open_sources, q=f"SELECT id, n FROM customers, ({ENDLESS})", r="SELECT n FROM q")

    assert dict(sources.schema("r").items()) == {"n": dt.int64}
    assert sources.schema("q").names == ("id", "n")


def test_types_survive_the_way_out_of_the_query_engine(open_sources: OpenSources) -> None:
    sql = """
        SELECT sum(n) AS total, list(n) AS all_n, list(n::HUGEINT) AS huge, 1.50::DECIMAL(18, 2) AS amount,
            DATE '2024-02-29' AS day, TIMESTAMP '2024-01-01 10:00:00' AS naive,
            TIMESTAMPTZ '2024-01-01 10:00:00+02' AS zoned, NULL AS nothing, 0.1::DOUBLE AS f, true AS ok,
            '123e4567-e89b-12d3-a456-426614174000'::UUID AS u, 'gold'::ENUM ('gold') AS e, {'a': 1} AS s
        FROM range(3) t(n)
    """
    sources = open_queries(open_sources, q=sql)

    (row,) = rows(sources, "q")

    assert row == {
        "total": 3, "all_n": [0, 1, 2], "huge": [0, 1, 2], "amount": Decimal("1.50"), "day": date(2024, 2, 29),
        "naive": datetime.fromisoformat("2024-01-01T10:00"), "zoned": datetime(2024, 1, 1, 8, tzinfo=UTC),
        "nothing": None, "f": 0.1, "ok": True, "u": "123e4567-e89b-12d3-a456-426614174000", "e": "gold", "s": {"a": 1},
    }  # fmt: skip
    assert sources.schema("q")["total"] == dt.int64
    assert sources.relation("q").schema()["zoned"] == dt.Timestamp("UTC", 6)


def test_a_sum_beyond_64_bits_is_an_error_and_not_a_rounded_number(open_sources: OpenSources) -> None:
    sources = open_queries(open_sources, q="SELECT sum(9223372036854775807) AS s FROM customers")

    assert "stoker.toml:100: Query q: Type INT128" in mistake(sources)


@pytest.mark.parametrize(
    ("sql", "line", "fact"),
    [
        (
            "SELECT id,\n teir\nFROM customers",
            101,
            'Referenced column "teir" not found in FROM clause. Nearest: "tier".',
        ),
        ("FROM customers\nWHERE\n idd = 1", 102, 'Referenced column "idd" not found in FROM clause. Nearest: "id".'),
        ("SELECT id\nFROM\n\n custmers", 103, 'there is no table or query "custmers". Nearest: "customers".'),
        ("SELECT id\nFORM customers", 101, 'syntax error at or near "customers".'),
        ("SELECT x.id\nFROM customers", 100, 'Referenced table "x" not found. Nearest: "customers".'),
        ("SELECT\n\n upperr(id)", 102, 'Scalar Function with name upperr does not exist. Nearest: "upper".'),
        (
            "SELECT id, c.ID\nFROM customers c",
            100,
            'gives columns whose names are equal or differ only by case: "id", "id".',
        ),
    ],
    ids=["column", "column in WHERE", "table", "syntax", "alias", "function", "double column"],
)
def test_a_mistake_in_a_query_is_said_at_its_line(open_sources: OpenSources, sql: str, line: int, fact: str) -> None:
    message = mistake(open_queries(open_sources, q=sql))

    assert message.startswith(f"stoker.toml:{line}: Query q: {fact} ")
    assert "It was not run." in message or "No row of it was used." in message


@pytest.mark.parametrize(
    "expression",
    ["email::INTEGER", "strptime(email, '%Y')", "CAST(email AS DATE)", "[1, 2][email::INT]", "email::ENUM ('x')"],
)
def test_an_error_about_values_does_not_show_them(open_sources: OpenSources, expression: str) -> None:
    """Messages reach logs and screenshots; customers' values do not belong there."""
    sources = open_queries(open_sources, q=f"SELECT id,\n {expression} AS v\nFROM customers")

    message = mistake(sources)

    assert message.startswith(("stoker.toml:101: Query q: ", "stoker.toml:100: Query q: "))
    assert "example.com" not in message


def test_errors_show_no_path(open_sources: OpenSources, tmp_path: Path) -> None:
    """A query is written by one person and its error read by another."""
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"id": ["c1"]}), path)
    sources = open_sources({"t": "t.parquet"}, {"q": "SELECT * FROM t"})
    sources.relation("t")
    path.write_bytes(b"PAR1 replaced meanwhile")

    message = mistake(sources)

    assert "Query q: " in message
    assert str(tmp_path) not in message


def test_a_path_without_quotes_is_not_shown_either() -> None:
    error = duckdb.IOException("IO Error: Cannot open file /home/zoe/t.parquet: No such file or directory")

    message = str(explain_query_error(Query("q", "FROM t", Place("stoker.toml", 7)), error))

    assert message.startswith("stoker.toml:7: Query q: Cannot open file a file")
    assert "zoe" not in message


def test_a_query_that_runs_too_long_is_stopped(open_sources: OpenSources) -> None:
    sources = open_sources({"customers": "customers.csv"}, {"q": ENDLESS}, query_seconds=0.5)
    start = time.monotonic()

    message = mistake(sources)

    assert "stoker.toml:100: Query q: was stopped after 0.5 s. No row of it was used." in message
    assert time.monotonic() - start < 5


def test_a_query_that_was_stopped_does_not_stop_the_next(open_sources: OpenSources) -> None:
    sources = open_sources({"customers": "customers.csv"}, {"q": ENDLESS, "r": "FROM customers"}, query_seconds=0.5)
    mistake(sources)

    assert sources.row_count("r") == 2


def test_rows_that_an_interrupted_query_left_behind_do_not_stop_the_next(open_sources: OpenSources) -> None:
    """Whoever looks at another segment interrupts a count, maybe just while the rows of its query are taken away."""
    sources = open_queries(open_sources, q="SELECT id FROM customers")
    sources.work.con.execute('CREATE TEMP VIEW "incoming rows of a query" AS SELECT 1 AS id')

    assert rows(sources, "q") == [{"id": "c1"}, {"id": "c2"}]


def test_a_query_that_needs_too_much_memory_is_stopped(open_sources: OpenSources) -> None:
    sql = "SELECT string_agg(repeat('x', 1000) || i, '') AS s FROM range(100000000) t(i)"
    sources = open_sources({"customers": "customers.csv"}, {"q": sql}, memory_limit="300MB")

    message = mistake(sources)

    assert "Query q: needs more than the 150 MB that queries may use." in message
    assert "Raise memory_limit under [source]" in message


def test_a_query_larger_than_memory_spills(open_sources: OpenSources) -> None:
    """The locks leave the engine its own folder for temporary files."""
    sql = "SELECT i, repeat('abcdefgh', 50) || i AS s FROM range(500000) t(i) ORDER BY hash(i)"
    sources = open_sources({"customers": "customers.csv"}, {"q": sql}, memory_limit="270MB", threads=1)

    assert sources.row_count("q") == 500_000


def test_a_query_of_a_table_with_a_mistake_shows_the_mistake_of_the_table(open_sources: OpenSources) -> None:
    sources = open_sources({"t": "gone.csv"}, {"q": "FROM r", "r": "FROM t"})

    assert mistake(sources).startswith("stoker.toml:10: Table t: gone.csv does not exist.")


def test_a_query_of_a_query_with_a_mistake_shows_the_mistake_of_that_one(open_sources: OpenSources) -> None:
    sources = open_queries(open_sources, q="FROM r", r="SELECT nothing FROM customers")

    assert mistake(sources).startswith('stoker.toml:110: Query r: Referenced column "nothing" not found')


def test_queries_that_read_each_other_are_refused(open_sources: OpenSources) -> None:
    sources = open_queries(open_sources, q="FROM a", a="FROM b", b="SELECT * FROM customers, a", itself="FROM itself")

    assert "stoker.toml:110: Query a: reads itself: a → b → a. It was not run." in mistake(sources)
    assert "Query itself: reads itself: itself → itself." in mistake(sources, "itself")
