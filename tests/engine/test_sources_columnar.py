"""Parquet is read in place and Arrow as it is; columns that clash or differ between files are errors."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import ibis.expr.datatypes as dt
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from tui_app.core.errors import FixInput
from tui_app.engine.sources import Sources

OpenSources = Callable[..., Sources]


def a_table(**columns: list[object]) -> pa.Table:
    return pa.table(columns or {"id": ["c1", "c2"], "n": [1, None]})


def write_parquet(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, row_group_size=1_000)


def write_arrow_stream(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1_000)


def write_arrow_file(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=1_000)


def write_feather(table: pa.Table, path: Path) -> None:
    feather.write_feather(table, str(path), compression="lz4")


KINDS = [
    pytest.param("parquet", write_parquet, id="parquet"),
    pytest.param("arrow", write_arrow_stream, id="arrow stream"),
    pytest.param("ipc", write_arrow_file, id="arrow file"),
    pytest.param("feather", write_feather, id="feather"),
]
Write = Callable[[pa.Table, Path], None]


def mistakes(open_sources: OpenSources, location: str) -> list[str]:
    with pytest.raises(FixInput) as caught:
        open_sources({"customers": location}).relation("customers")
    return [problem.message for problem in caught.value.problems]


@pytest.mark.parametrize(("suffix", "write"), KINDS)
def test_rows_and_types_are_those_of_the_file(
    open_sources: OpenSources, tmp_path: Path, suffix: str, write: Write
) -> None:
    table = pa.table(
        {
            "id": pa.array(["007", None, "c3"]),
            "tier": pa.array(["gold", "silver", "gold"]).dictionary_encode(),
            "n": pa.array([1, 2**63 - 1, None], pa.int64()),
            "amount": pa.array(["1.50", None, "2.25"]).cast(pa.decimal128(38, 10)),
            "day": pa.array([0, 19_000, None], pa.date32()),
            "seen": pa.array([0, 1, None], pa.timestamp("us", tz="UTC")),
            "tags": pa.array([["a"], [], None]),
            "ok": pa.array([True, False, None]),
        }
    )
    write(table, tmp_path / f"c.{suffix}")

    relation = open_sources({"customers": f"c.{suffix}"}).relation("customers")

    assert list(relation.schema().types) == [
        dt.string, dt.string, dt.int64, dt.Decimal(38, 10), dt.date, dt.Timestamp("UTC", 6), dt.Array(dt.string),
        dt.boolean,
    ]  # fmt: skip
    assert relation.to_pyarrow().to_pylist() == table.to_pylist()


def test_an_identifier_in_the_form_of_a_uuid_is_text(open_sources: OpenSources, tmp_path: Path) -> None:
    """Downstream compares and sends texts, and Braze has nothing else for it."""
    identifier = uuid.UUID(int=7)
    table = pa.table({"id": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([identifier.bytes], pa.binary(16)))})
    pq.write_table(table, tmp_path / "c.parquet")

    sources = open_sources({"customers": "c.parquet"}, {"q": "SELECT id, id::UUID AS again FROM customers"})

    assert sources.relation("customers").schema()["id"] == dt.string
    assert sources.relation("customers").to_pyarrow().to_pylist() == [{"id": str(identifier)}]
    assert sources.relation("q").to_pyarrow().to_pylist() == [{"id": str(identifier), "again": str(identifier)}]


def test_parquet_is_not_copied(open_sources: OpenSources, tmp_path: Path) -> None:
    """A copy of a table of millions would cost seconds and disk space for nothing."""
    write_parquet(a_table(), tmp_path / "c.parquet")

    assert open_sources({"customers": "c.parquet"}).row_count("customers") == 2
    assert not list((tmp_path / "scratch").rglob("*.parquet"))


@pytest.mark.parametrize(("suffix", "write"), KINDS)
def test_files_of_a_pattern_are_joined_by_name(
    open_sources: OpenSources, tmp_path: Path, suffix: str, write: Write
) -> None:
    write(pa.table({"id": ["c1"], "tier": ["gold"]}), tmp_path / f"day=1.{suffix}")
    write(pa.table({"tier": ["silver"], "id": ["c2"]}), tmp_path / f"day=2.{suffix}")

    relation = open_sources({"customers": f"*.{suffix}"}).relation("customers")

    assert relation.to_pyarrow().to_pylist() == [{"id": "c1", "tier": "gold"}, {"id": "c2", "tier": "silver"}]


def test_folder_names_are_not_columns(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "day=1").mkdir()
    write_parquet(a_table(), tmp_path / "day=1" / "c.parquet")

    assert open_sources({"customers": "*/c.parquet"}).schema("customers").names == ("id", "n")


@pytest.mark.parametrize(("suffix", "write"), KINDS)
def test_a_file_with_other_columns_or_types_is_named(
    open_sources: OpenSources, tmp_path: Path, suffix: str, write: Write
) -> None:
    """Joined by name, a missing column would be NULL for everybody in that file."""
    write(pa.table({"id": ["c1"], "plan": ["a"], "n": [1]}), tmp_path / f"1.{suffix}")
    write(pa.table({"id": ["c2"], "n": [2]}), tmp_path / f"2.{suffix}")
    write(pa.table({"id": ["c3"], "Plan": ["a"], "n": [3]}), tmp_path / f"3.{suffix}")
    write(pa.table({"id": ["c4"], "plan": ["a"], "n": ["4"]}), tmp_path / f"4.{suffix}")

    missing, renamed, retyped = mistakes(open_sources, f"?.{suffix}")

    assert f'2.{suffix} has no column "plan"; 1.{suffix} has one.' in missing
    assert f'3.{suffix} has no column "plan"; 1.{suffix} has one. Nearest: "Plan".' in renamed
    assert f'4.{suffix}: column "n" is ' in retyped


@pytest.mark.parametrize(("suffix", "write"), KINDS[:3])  # feather's own writer refuses such a table
@pytest.mark.parametrize("names", [["id", "a", "id"], ["id", "a", "A"]], ids=["double", "case only"])
def test_columns_of_one_name_are_refused(
    open_sources: OpenSources, tmp_path: Path, suffix: str, write: Write, names: list[str]
) -> None:
    write(pa.Table.from_arrays([pa.array(["x"])] * 3, names=names), tmp_path / f"c.{suffix}")

    (message,) = mistakes(open_sources, f"c.{suffix}")

    assert "equal or differ only by case" in message


def test_nested_columns_do_not_count_as_columns(open_sources: OpenSources, tmp_path: Path) -> None:
    table = pa.table({"a": [{"id": 1, "b": {"id": 2}}], "id": ["c1"], "l": [[{"id": 1}]], "m": [1]})
    write_parquet(table, tmp_path / "c.parquet")

    assert open_sources({"customers": "c.parquet"}).schema("customers").names == ("a", "id", "l", "m")


@pytest.mark.parametrize(("suffix", "write"), KINDS)
@pytest.mark.parametrize("share", [0.02, 0.5, 0.97], ids=["head", "half", "nearly all"])
def test_a_file_that_is_cut_off_is_an_error(
    open_sources: OpenSources, tmp_path: Path, suffix: str, write: Write, share: float
) -> None:
    path = tmp_path / f"c.{suffix}"
    write(a_table(id=[f"c{i}" for i in range(5_000)]), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])

    (message,) = mistakes(open_sources, f"c.{suffix}")

    assert f"c.{suffix} is" in message
    assert "cut off" in message


def test_a_stream_without_its_end_mark_is_cut_off(open_sources: OpenSources, tmp_path: Path) -> None:
    """Arrow itself takes a stream that was cut between two batches for a smaller table."""
    path = tmp_path / "c.arrow"
    write_arrow_stream(a_table(), path)
    path.write_bytes(path.read_bytes()[:-8])

    (message,) = mistakes(open_sources, "c.arrow")

    assert "c.arrow is not a readable Arrow file: it is cut off" in message


def test_two_streams_in_one_file_are_not_read_as_the_first(open_sources: OpenSources, tmp_path: Path) -> None:
    path = tmp_path / "c.arrow"
    write_arrow_stream(a_table(), path)
    path.write_bytes(path.read_bytes() * 2)

    (message,) = mistakes(open_sources, "c.arrow")

    assert "c.arrow is damaged" in message


@pytest.mark.parametrize("suffix", ["parquet", "arrow", "feather"])
def test_something_else_under_the_ending_is_an_error(open_sources: OpenSources, tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"c.{suffix}").write_text("id,tier\nc1,gold\n" * 50)

    (message,) = mistakes(open_sources, f"c.{suffix}")

    assert f"c.{suffix} is not a readable" in message


def test_old_feather_files_say_how_to_go_on(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "c.feather").write_bytes(b"FEA1" + b"\0" * 100)

    (message,) = mistakes(open_sources, "c.feather")

    assert "c.feather is Feather version 1. Nothing was read. Save it as version 2." in message


def test_damage_that_shows_only_while_reading_is_explained(open_sources: OpenSources, tmp_path: Path) -> None:
    path = tmp_path / "c.parquet"
    pq.write_table(a_table(id=[f"customer {i}" for i in range(5_000)]), path, compression="snappy")
    content = bytearray(path.read_bytes())
    content[100:400] = b"\xff" * 300
    path.write_bytes(content)
    sources = open_sources({"customers": "c.parquet"})
    relation = sources.relation("customers")

    with pytest.raises(FixInput, match=r"cannot be read to its end: c\.parquet\. A file is damaged"), sources.reading():
        relation.id.max().to_pyarrow()
