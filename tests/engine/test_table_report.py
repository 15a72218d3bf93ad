"""The report of a table says what can be sent before anything is mapped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tui_app.engine.sources import Sources
from tui_app.engine.table_report import report_table

OpenSources = Callable[..., Sources]


def test_a_report_counts_gaps_and_variety_and_shows_samples(open_sources: OpenSources, tmp_path: Path) -> None:
    lines = [f"{i},{'gold' if i % 2 else ''},{i % 5}.50" for i in range(1_000)]
    (tmp_path / "c.csv").write_text("id,tier,amount\n" + "\n".join(lines) + "\n")

    report = report_table(open_sources({"customers": "c.csv"}), "customers")
    by_name = {column.name: column for column in report.columns}

    assert (report.name, report.rows) == ("customers", 1_000)
    assert [(column.name, column.type) for column in report.columns] == [
        ("id", "integer"), ("tier", "string"), ("amount", "decimal"),
    ]  # fmt: skip
    assert [by_name[name].null_share for name in ("id", "tier", "amount")] == [0.0, 0.5, 0.0]
    assert by_name["id"].distinct_share == pytest.approx(1.0, abs=0.1)
    assert by_name["tier"].distinct_share == pytest.approx(1 / 500)
    assert by_name["amount"].distinct_share == pytest.approx(5 / 1_000)
    assert by_name["id"].samples == ("0", "1", "2")
    assert by_name["tier"].samples == ("gold",)
    assert by_name["amount"].samples == ("0.50", "1.50", "2.50")
    assert by_name["amount"].engine_type == "decimal(18, 2)"


def test_every_type_has_its_name(open_sources: OpenSources, tmp_path: Path) -> None:
    table = pa.table(
        {
            "boolean": [True],
            "date": pa.array([1], pa.date32()),
            "datetime": pa.array([1], pa.timestamp("ms")),
            "zoned": pa.array([1], pa.timestamp("us", tz="Asia/Kolkata")),
            "decimal": pa.array(["1.5"]).cast(pa.decimal128(38, 2)),
            "float": pa.array([1.5], pa.float32()),
            "double": [1.5],
            "integer": pa.array([1], pa.int8()),
            "unsigned": pa.array([2**64 - 1], pa.uint64()),
            "string": ["a"],
            "strings": [["a"]],
            "numbers": [[1]],
            "nested": [[[1]]],
            "object": [{"a": 1}],
            "bytes": [b"a"],
            "time": pa.array([1], pa.time64("us")),
        }
    )
    pq.write_table(table, tmp_path / "c.parquet")

    report = report_table(open_sources({"customers": "c.parquet"}), "customers")

    assert {column.name: column.type for column in report.columns} == {
        "boolean": "boolean", "date": "date", "datetime": "datetime", "zoned": "datetime", "decimal": "decimal",
        "float": "float", "double": "float", "integer": "integer", "unsigned": "integer", "string": "string",
        "strings": "array", "numbers": "array", "nested": "unsupported", "object": "unsupported",
        "bytes": "unsupported", "time": "unsupported",
    }  # fmt: skip
    assert {column.name: column.samples for column in report.columns}["strings"] == ("[a]",)


def test_text_of_a_query_is_varchar(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id\nc1\n")

    report = report_table(open_sources({"t": "c.csv"}, {"q": "SELECT id, count(*) AS n FROM t GROUP BY id"}), "q")

    assert [column.type for column in report.columns] == ["varchar", "integer"]


def test_a_table_without_rows_has_a_report(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,tier\n")

    report = report_table(open_sources({"customers": "c.csv"}), "customers")

    assert report.rows == 0
    assert [(column.null_share, column.distinct_share, column.samples) for column in report.columns] == [(0, 0, ())] * 2


def test_a_column_that_is_filled_late_still_shows_samples(open_sources: OpenSources, tmp_path: Path) -> None:
    values = [None] * 5_000 + ["x" * 500, "b", "b", "c", "d"]
    pq.write_table(pa.table({"v": values, "w": [None] * 5_005}), tmp_path / "c.parquet")

    sparse, empty = report_table(open_sources({"customers": "c.parquet"}), "customers").columns

    assert sparse.samples == ("x" * 200, "b", "c")
    assert empty.samples == ()
    assert empty.null_share == 1.0
