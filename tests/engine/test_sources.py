"""The tables and queries of a project as one source: lazy, read only, and honest about change."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tui_app.core.errors import FixInput, Place
from tui_app.core.project import Project, Source, SourceTable
from tui_app.engine.sources import Sources

OpenSources = Callable[..., Sources]


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,tier\nc1,gold\nc2,\n")
    (tmp_path / "j.jsonl").write_text('{"id": "c1"}\n')
    pq.write_table(pa.table({"id": ["c1", "c2", "c3"]}), tmp_path / "p.parquet")


ALL = {"csv": "c.csv", "json": "j.jsonl", "parquet": "p.parquet"}


def test_names_are_the_tables_and_then_the_queries(open_sources: OpenSources) -> None:
    sources = open_sources(ALL, {"q": "FROM csv"})

    assert sources.names() == ("csv", "json", "parquet", "q")
    assert [sources.is_query(name) for name in sources.names()] == [False, False, False, True]
    assert [sources.row_count(name) for name in sources.names()] == [2, 1, 3, 2]


def test_an_unknown_name_is_answered_with_the_nearest(open_sources: OpenSources) -> None:
    with pytest.raises(FixInput, match=r'no table or query "parqet"\. Nothing was read\. Nearest: "parquet"\.'):
        open_sources(ALL).schema("parqet")


def test_a_mistake_in_one_table_does_not_hide_the_others(open_sources: OpenSources) -> None:
    """The screens show every table, and a plan needs only those that it reads."""
    sources = open_sources({"gone": "gone.csv", **ALL, "pipe": "/dev/null"}, {"q": "FROM csv", "r": "SELECT a FROM q"})

    assert sources.row_count("csv") == 2
    assert [str(problem).split(". ")[0] for problem in sources.problems()] == [
        "stoker.toml:10: Table gone: gone.csv does not exist",
        "stoker.toml:14: Table pipe: /dev/null has no ending that names its kind",
        'stoker.toml:110: Query r: Referenced column "a" not found in FROM clause',
    ]


def append(path: Path) -> None:
    with path.open("ab") as handle:
        handle.write(b"x")


def rewrite_with_the_same_size_and_time(path: Path) -> None:
    status, content = path.stat(), path.read_bytes()
    path.rename(path.with_suffix(".old"))
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def touch_later(path: Path) -> None:
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1_000))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "change",
    [append, rewrite_with_the_same_size_and_time, touch_later, Path.unlink],
    ids=["longer", "replaced", "written again", "removed"],
)
def test_a_file_that_changes_while_it_is_read_is_noticed(
    open_sources: OpenSources, tmp_path: Path, name: str, change: Callable[[Path], None]
) -> None:
    """Half of yesterday and half of today is a state that no customer was ever in."""
    sources = open_sources(ALL)
    sources.relation(name)
    sources.confirm_unchanged()

    change(tmp_path / ALL[name])

    with pytest.raises(FixInput, match=f"Table {name}: {ALL[name]} changed while being read"):
        sources.confirm_unchanged()


def test_a_change_in_a_file_that_was_not_read_does_not_matter(open_sources: OpenSources, tmp_path: Path) -> None:
    sources = open_sources(ALL)
    sources.relation("csv")

    append(tmp_path / "j.jsonl")

    sources.confirm_unchanged()


def test_another_engine_is_refused_with_what_this_build_can_do(open_sources: OpenSources) -> None:
    with pytest.raises(FixInput, match="This build reads files with the embedded engine only") as caught:
        open_sources({}, engine="postgres://reader@host/db")

    assert caught.value.problems[0].place == Place("stoker.toml", 1)


@pytest.mark.parametrize("limit", ["much", "4", "-1GB", "4GB; SET x = 1", "1MB"])
def test_a_memory_limit_without_meaning_is_refused(open_sources: OpenSources, limit: str) -> None:
    with pytest.raises(FixInput, match="memory_limit"):
        open_sources(ALL, memory_limit=limit)


def test_memory_is_shared_between_the_engines(open_sources: OpenSources) -> None:
    sources = open_sources(ALL, {"q": "FROM csv"}, memory_limit="1GiB", threads=1)

    limits = sources.work.con.execute("SELECT current_setting('memory_limit'), current_setting('threads')").fetchone()

    assert limits == ("512.0 MiB", 1)


def test_names_that_sql_cannot_tell_apart_are_refused(open_sources: OpenSources) -> None:
    with pytest.raises(FixInput, match='differ only by case: "csv", "CSV"'):
        open_sources(ALL, {"CSV": "FROM json"})


def test_names_of_tables_cannot_break_out(open_sources: OpenSources) -> None:
    name = 'a"; DROP SCHEMA source; --'
    sources = open_sources({name: "c.csv"}, {"q'": 'SELECT * FROM "a""; DROP SCHEMA source; --"'})

    assert [sources.row_count(each) for each in sources.names()] == [2, 2]


def test_paths_cannot_break_out(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "c'], x = [' .csv").write_text("id\nc1\n")

    assert open_sources({"t": "c'], x = [' .csv"}).row_count("t") == 1


def test_what_was_converted_is_private_and_goes_away(open_sources: OpenSources, tmp_path: Path) -> None:
    """It is customer data."""
    with open_sources(ALL, {"q": "FROM csv"}) as sources:
        sources.relation("q")
        folder = tmp_path / "scratch" / "sources"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert len(list(folder.glob("*.parquet"))) == 2

    assert list((tmp_path / "scratch").iterdir()) == []


def test_the_work_engine_writes_where_it_is_told_and_nowhere_else(tmp_path: Path) -> None:
    scratch, plans = tmp_path / "scratch", tmp_path / "plans"
    scratch.mkdir()
    plans.mkdir()
    table = SourceTable("csv", "c.csv", Place("stoker.toml", 3))
    project = Project(file=str(tmp_path / "stoker.toml"), source=Source({"csv": table}))

    with Sources(project, scratch=scratch, writable=(plans,)) as sources:
        copy = f"COPY (SELECT 1 AS a) TO '{plans}/a.parquet'"
        sources.work.con.execute(copy)

        assert sources.work.con.execute(f"SELECT a FROM '{plans}/a.parquet'").fetchall() == [(1,)]
        for stray in (tmp_path / "b.parquet", plans / ".." / "c.parquet"):
            with pytest.raises(duckdb.PermissionException):
                sources.work.con.execute(copy.replace(f"{plans}/a.parquet", str(stray)))
        with pytest.raises(duckdb.InvalidInputException, match="locked"):
            sources.work.con.execute("SET threads = 3")


def test_the_time_zone_of_the_machine_changes_nothing(
    open_sources: OpenSources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/St_Johns")
    (tmp_path / "t.csv").write_text("id,naive,zoned\nc1,2024-01-01 10:00,2024-01-01T10:00+01:00\n")

    sources = open_sources({"t": "t.csv"}, {"q": "SELECT naive::VARCHAR AS n, zoned::VARCHAR AS z FROM t"})

    assert sources.relation("q").to_pyarrow().to_pylist() == [
        {"n": "2024-01-01 10:00:00", "z": "2024-01-01 09:00:00+00"}
    ]


def test_relations_of_one_table_can_be_joined(open_sources: OpenSources) -> None:
    sources = open_sources(ALL, {"q": "FROM parquet"})
    left, right = sources.relation("csv"), sources.relation("q")

    joined = left.join(right, "id").select("id", "tier").order_by("id")

    assert joined.to_pyarrow().to_pylist() == [{"id": "c1", "tier": "gold"}, {"id": "c2", "tier": None}]
