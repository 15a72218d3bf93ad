"""A query can read the named tables only: no other file, no network, no writes, no settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from tui_app.core.errors import FixInput, Place
from tui_app.core.project import Project, Query, Source, SourceTable
from tui_app.engine.connections import EngineLimits, open_engine
from tui_app.engine.query_rules import StatementParser
from tui_app.engine.sources import Sources

SECRET = "the secret of another file"


ATTACKS = [
    # Files
    "SELECT * FROM read_csv('{folder}/secret.csv')",
    "SELECT * FROM read_csv_auto('{folder}/secret.csv')",
    "SELECT * FROM '{folder}/secret.csv'",
    "SELECT * FROM '{folder}/*.csv'",
    "SELECT * FROM '{folder}/customers.csv'",
    "SELECT * FROM read_text('{folder}/secret.csv')",
    "SELECT * FROM read_blob('/etc/passwd')",
    "SELECT * FROM read_json('{folder}/orders.jsonl')",
    "SELECT * FROM read_parquet('{scratch}/sources/0000.parquet')",
    "SELECT * FROM parquet_metadata('{scratch}/sources/0000.parquet')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM sniff_csv('{folder}/secret.csv')",
    "SELECT * FROM main.read_text('{folder}/secret.csv')",
    "SELECT * FROM system.main.read_text('{folder}/secret.csv')",
    "SELECT * FROM \"READ_TEXT\"('{folder}/secret.csv')",
    # Files, hidden in every part of a statement
    "WITH t AS (SELECT * FROM read_text('{folder}/secret.csv')) SELECT * FROM t",
    "WITH t AS MATERIALIZED (FROM read_text('{folder}/secret.csv')) SELECT * FROM t",
    "WITH RECURSIVE t AS (SELECT 'a' AS a UNION ALL SELECT content FROM read_text('{folder}/secret.csv')) FROM t",
    "SELECT (SELECT content FROM read_text('{folder}/secret.csv')) AS a",
    "SELECT id FROM customers WHERE id IN (SELECT content FROM read_text('{folder}/secret.csv'))",
    "SELECT id FROM customers WHERE EXISTS (FROM read_text('{folder}/secret.csv'))",
    "SELECT id FROM customers ORDER BY (SELECT content FROM read_text('{folder}/secret.csv'))",
    "SELECT id FROM customers LIMIT (SELECT size FROM read_text('{folder}/secret.csv'))",
    "SELECT id FROM customers GROUP BY id HAVING max((SELECT content FROM read_text('{folder}/secret.csv'))) > ''",
    "SELECT id FROM customers QUALIFY row_number() OVER (ORDER BY (SELECT size FROM read_text('{folder}/x'))) > 0",
    "SELECT sum(amount) FILTER ((SELECT size FROM read_text('{folder}/secret.csv')) > 0) AS s FROM customers",
    "SELECT c.id FROM customers c JOIN LATERAL (SELECT * FROM read_text(c.id)) ON true",
    "SELECT id FROM customers UNION ALL SELECT content FROM read_text('{folder}/secret.csv')",
    "SELECT list_transform([1], lambda x: (SELECT size FROM read_text('{folder}/secret.csv'))) AS l",
    "SELECT [x FOR x IN (SELECT [content] FROM read_text('{folder}/secret.csv'))] AS l",
    "PIVOT (FROM read_text('{folder}/secret.csv')) ON filename IN ('a') USING max(content)",
    "SELECT * FROM (VALUES ((SELECT content FROM read_text('{folder}/secret.csv')))) v(a)",
    "WITH \"{folder}/secret.csv\" AS (SELECT 1 AS a), b AS (SELECT 1) SELECT * FROM (FROM '{folder}/customers.csv')",
    # SQL inside SQL
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('customers')",
    "SELECT * FROM query_table(['customers', 'duckdb_settings'])",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "SELECT json_serialize_plan('FROM customers') AS plan",
    # Settings, paths, catalog
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_views",
    "SELECT * FROM duckdb_views()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM duckdb_temporary_files()",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_views",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM memory.main.customers",
    "SELECT current_setting('temp_directory') AS s",
    "SELECT main.current_setting('temp_directory') AS s",
    "SELECT 'temp_directory'.current_setting() AS s",
    "SELECT \"Current_Setting\"('temp_directory') AS s",
    "SELECT id FROM customers WHERE current_setting('temp_directory') > ''",
    "SELECT pg_get_viewdef(0) AS s",
    "SELECT getvariable('x') AS s",
    "SELECT current_query() AS s",
    "SELECT write_log('x') AS s",
    "SELECT * FROM (DESCRIBE customers)",
    "SELECT * FROM (SHOW ALL TABLES)",
    "SELECT * FROM (SUMMARIZE customers)",
    "DESCRIBE customers",
    "SHOW ALL TABLES",
    "PRAGMA database_list",
    "CALL pragma_database_size()",
    "EXPLAIN SELECT 1",
    "EXPLAIN ANALYZE SELECT 1",
    # Writes and settings
    "COPY customers TO '{folder}/stray.csv'",
    "COPY (SELECT 1) TO '{folder}/customers.csv' (USE_TMP_FILE false)",
    "EXPORT DATABASE '{folder}/stray'",
    "ATTACH '{folder}/stray.db'",
    "CREATE TABLE stray AS SELECT 1",
    "CREATE MACRO stray() AS 1",
    "CREATE SECRET (TYPE s3)",
    "INSERT INTO customers VALUES ('c3', 'x', 1)",
    "DROP VIEW customers",
    "SET memory_limit = '100GB'",
    "SET enable_external_access = true",
    "RESET lock_configuration",
    "CALL enable_logging(storage = 'file', storage_path = '{folder}/stray')",
    "INSTALL httpfs",
    "LOAD '{folder}/stray.so'",
    "CHECKPOINT",
    "BEGIN",
    "PREPARE p AS SELECT 1",
    "USE memory",
    # Not one SELECT
    "SELECT 1; DROP VIEW customers",
    "SELECT 1; SELECT 2",
    "SELECT 1) AS t; DROP VIEW customers; --",
    "SELECT 1 AS a) UNION ALL (SELECT 2 AS a",
    "PIVOT customers ON tier USING sum(amount)",
    "",
    "-- nothing",
    "SELECT $1 AS a",
    "SELECT ? AS a",
]


ALLOWED = {
    "FROM customers": 2,
    "SELECT * FROM Customers;": 2,
    "TABLE customers": 2,
    "SELECT * FROM gold": 1,
    "VALUES (1), (2), (3)": 3,
    "SELECT 1 AS a -- the end": 1,
    "/* first */ SELECT c.id, sum(o.total) AS s FROM customers c LEFT JOIN orders o USING (id) GROUP BY ALL": 2,
    "WITH customers AS (SELECT * FROM customers WHERE tier = 'gold') SELECT * FROM customers": 1,
    "WITH a AS (FROM customers), b AS (FROM a) SELECT * FROM b WHERE id NOT IN (SELECT id FROM gold)": 1,
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT * FROM n": 5,
    "SELECT * FROM range(4) t(i), generate_series(1, 2) u(j)": 8,
    "SELECT id, unnest([1, 2]) AS u FROM customers": 4,
    "SELECT * FROM customers c, LATERAL (SELECT unnest([c.id, c.tier]) AS u)": 4,
    "SELECT id, row_number() OVER (PARTITION BY tier ORDER BY amount) AS r FROM customers QUALIFY r = 1": 2,
    "PIVOT customers ON tier IN ('gold', 'silver') USING sum(amount) GROUP BY id": 2,
    "UNPIVOT (SELECT id, amount, amount * 2 AS twice FROM customers) ON amount, twice INTO NAME n VALUE v": 4,
    "SELECT id FROM customers EXCEPT SELECT id FROM gold": 1,
    "SELECT now() AS t, random() AS r, pg_typeof(1) AS p, uuid() AS u, version() AS v": 1,
    "SELECT list_filter([1, 2, 3], lambda x: x > 1) AS l, 'read_text(''/etc/passwd'')' AS s": 1,
    " OR ".join(["SELECT id FROM customers WHERE amount = 5", *[f"amount = {i}" for i in range(400)]]): 2,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """One project whose queries are all the statements of this file."""

    sources: Sources
    names: Mapping[str, str]
    """By statement."""
    folder: Path
    """Of the project: two tables and a file that is none."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder, scratch = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("scratch")
    (folder / "customers.csv").write_text("id,tier,amount\nc1,gold,5\nc2,silver,7\n")
    (folder / "orders.jsonl").write_text('{"id": "c1", "total": 9}\n{"id": "c1", "total": 1}\n')
    (folder / "secret.csv").write_text(f"word\n{SECRET}\n")
    place = Place("stoker.toml", 7)
    names = {sql: f"q{i}" for i, sql in enumerate([*ATTACKS, *ALLOWED])}
    queries = {
        name: Query(name, sql.replace("{folder}", str(folder)).replace("{scratch}", str(scratch)), place)
        for sql, name in names.items()
    }
    queries["gold"] = Query("gold", "FROM customers WHERE tier = 'gold'", place)
    tables = {"customers": "customers.csv", "orders": "orders.jsonl"}
    project = Project(
        file=str(folder / "stoker.toml"),
        source=Source({name: SourceTable(name, path, place) for name, path in tables.items()}),
        queries=queries,
    )
    with Sources(project, scratch=scratch) as sources:
        # The tables are converted now, so that a file that appears later is one that a query wrote.
        sources.relation("customers"), sources.relation("orders")
        yield Opened(sources, names, folder)


@pytest.mark.parametrize("attack", ATTACKS)
def test_whatever_is_not_reading_a_named_table_is_refused(opened: Opened, attack: str) -> None:
    before = contents(opened.folder.parent)

    with pytest.raises(FixInput) as caught:
        opened.sources.relation(opened.names[attack])

    assert str(caught.value).startswith(f"stoker.toml:7: Query {opened.names[attack]}: ")
    assert SECRET not in str(caught.value)
    assert contents(opened.folder.parent) == before


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("sql", "count"), ALLOWED.items(), ids=[sql[:60] for sql in ALLOWED])
def test_what_reads_named_tables_runs(opened: Opened, sql: str, count: int) -> None:
    assert opened.sources.row_count(opened.names[sql]) == count


@pytest.fixture
def parser() -> Iterator[StatementParser]:
    parser = StatementParser(["customers", "orders"])
    yield parser
    parser.close()


def test_everything_that_is_wrong_is_said_at_once_and_at_its_line(parser: StatementParser) -> None:
    sql = "SELECT 'é',\n  current_setting('x')\nFROM custmers\nJOIN read_text('x')\nON true"

    with pytest.raises(FixInput) as caught:
        parser.parse(Query("q", sql, Place("stoker.toml", 7)))

    lines = [problem.place.line for problem in caught.value.problems if problem.place]
    facts = [problem.message.removeprefix("Query q: ") for problem in caught.value.problems]
    assert lines == [8, 9, 10]
    assert facts[0].startswith(
        "current_setting() is not allowed: a query reads the named tables and no settings or catalog."
    )
    assert facts[1] == 'there is no table or query "custmers". Nearest: "customers". It was not run.'
    assert facts[2].startswith(
        "read_text() is not allowed where a table stands; only generate_series, range, unnest are."
    )


def test_a_statement_knows_what_it_reads(parser: StatementParser) -> None:
    sql = "WITH x AS (FROM ORDERS) SELECT * FROM x, customers WHERE EXISTS (FROM orders)"

    assert parser.parse(Query("q", sql, Place("stoker.toml", 7))).reads == ("orders", "customers")


def test_a_statement_too_deep_to_be_checked_is_refused(parser: StatementParser) -> None:
    sql = "SELECT " + "+".join(["id"] * 900) + " FROM customers"

    with pytest.raises(FixInput, match="is nested too deeply"):
        parser.parse(Query("q", sql, Place("stoker.toml", 7)))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{folder}/secret.csv')",
        "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM glob('{folder}/*')",
        "COPY (SELECT 1) TO '{folder}/stray.csv'",
        "ATTACH '{folder}/stray.db'",
        "SET memory_limit = '100GB'",
        "RESET lock_configuration",
        "SELECT * FROM frame_of_the_host",
        "INSTALL httpfs",
        "SELECT * FROM read_csv('https://127.0.0.1:9/x.csv')",
        "SELECT * FROM read_csv('{folder}/../{name}/secret.csv')",
        "SELECT * FROM read_csv('{folder}/./secret.csv')",
        "CREATE PERSISTENT SECRET s (TYPE s3)",
    ],
)
def test_the_locks_hold_even_if_the_rules_were_evaded(opened: Opened, tmp_path: Path, sql: str) -> None:
    """Two walls: the rules read the statement, and DuckDB's own locks do not read it at all."""
    frame_of_the_host = pa.table({"a": [1]})
    engine = open_engine(EngineLimits(256 << 20, 1, tmp_path), [opened.folder / "customers.csv"])
    before = contents(opened.folder)

    with pytest.raises(duckdb.Error):
        engine.con.execute(sql.replace("{folder}", str(opened.folder)).replace("{name}", opened.folder.name)).fetchall()

    assert frame_of_the_host.num_rows == 1
    assert contents(opened.folder) == before
