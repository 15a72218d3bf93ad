"""Lists of ids in files: read to the letter or not at all. A list that is half read is a campaign to strangers."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ibis
import pytest
from ibis.backends.duckdb import Backend

from tui_app.core.errors import FixInput, Place
from tui_app.core.project import Project, Source
from tui_app.core.segment import Group, InFile, Segment
from tui_app.engine import id_file
from tui_app.engine.segment import Surroundings, count_members, members, segment_problems, segment_sql

PLACE = Place("stoker.toml", 50)


@pytest.fixture
def backend() -> Iterator[Backend]:
    connection = ibis.duckdb.connect()
    yield connection
    connection.disconnect()


def listed(
    backend: Backend, folder: Path, file: str, content: bytes | None, ids: str, *, negated: bool = False
) -> list[object]:
    """The ids of `ids`, values of one SQL column, that are in the file (or not, if negated)."""
    if content is not None:
        (folder / file).write_bytes(content)
    backend.con.execute(f"CREATE OR REPLACE TABLE customers AS SELECT * FROM (VALUES {ids}) AS given(id)")
    customers = backend.table("customers")
    found = customers.filter(in_file(backend, folder, file, negated=negated))
    return found.id.to_pyarrow().to_pylist()


def in_file(backend: Backend, folder: Path, file: str, *, negated: bool = False) -> ibis.expr.types.BooleanValue:
    segment = Segment("vip", "customers", Group("all", (InFile(file, "id", PLACE, negated),)), PLACE)
    return members(
        segment,
        backend.table("customers"),
        Surroundings(
            project=Project(str(folder / "stoker.toml"), Source({})),
            today=date(2026, 1, 1),
            id_column="id",
            relation=backend.table,
        ),
    )


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("ids.txt", b"c1\nc3\n"),
        ("ids.txt", b"c1\r\n\r\nc3"),
        ("ids", b"\xef\xbb\xbfc1\nc3\nc3\n"),
        ("ids.csv", b"id\nc1\nc3\n"),
        ("ids.CSV", b'\xef\xbb\xbf"id"\r\n"c1"\r\n\r\n"c3"\r\n'),
        ("ids.csv", b"anything,name\nc1,Ann\nc3,Bo\n"),
        ("ids.csv", b'name,id\n"Ann, the first",c1\n"two\nlines",c3\nNobody,\n'),
    ],
    ids=["lines", "windows lines", "byte order mark", "csv", "quoted csv", "first column", "column by name"],
)
def test_a_list_names_its_customers(backend: Backend, tmp_path: Path, file: str, content: bytes) -> None:
    customers = "('c1'), ('c2'), ('c3'), (NULL)"

    assert listed(backend, tmp_path, file, content, customers) == ["c1", "c3"]
    assert listed(backend, tmp_path, file, None, customers, negated=True) == ["c2", None]


def test_ids_are_exact_text(backend: Backend, tmp_path: Path) -> None:
    content = "C1\n c2\nO'Neil\n%\n\"q\"\n日本\n007\n'; DROP TABLE customers; --".encode()
    customers = "('c1'), ('c2'), (' c2'), ('O''Neil'), ('%'), ('\"q\"'), ('日本'), ('7'), ('007')"

    assert listed(backend, tmp_path, "ids.txt", content, customers) == [" c2", "O'Neil", "%", '"q"', "日本", "007"]


def test_ids_that_are_numbers_in_the_table_are_compared_by_their_digits(backend: Backend, tmp_path: Path) -> None:
    assert listed(backend, tmp_path, "ids.txt", b"7\n008\n-1", "(7), (8), (-1)") == [7, -1]


@pytest.mark.parametrize(
    ("file", "content", "line", "words"),
    [
        ("ids.txt", b"c1\nc\xff2\n", 2, "not UTF-8 text. Save the list as UTF-8."),
        ("ids.txt", "c1\nc2".encode("utf-16"), 1, "not UTF-8 text"),
        ("ids.txt", b"c1\nc2\0\n", 2, "a line break or a NUL character"),
        ("ids.txt", b"c1\rc2\rc3", 1, "a line break or a NUL character"),
        ("ids.csv", b"", 1, "the file is empty. A CSV starts with a header"),
        ("ids.csv", b"id,name\nc1,Ann\nc2\n", 3, "this row has 1 cells and the header 2. Separate cells by commas."),
        ("ids.csv", b"id;name\nc1;Ann\n", 1, "the header is separated by ';'. Separate cells by commas."),
        ("ids.csv", b'id\n"c1\n', 2, "this is not CSV: unexpected end of data. Mend the line."),
        ("ids.csv", b'id\n"c1"x\n', 2, "this is not CSV"),
        ("ids.csv", b'id\n"c1\nc2"\n', 3, "a line break or a NUL character"),
    ],
)
def test_a_line_that_is_no_id_is_named(
    backend: Backend, tmp_path: Path, file: str, content: bytes, line: int, words: str
) -> None:
    with pytest.raises(FixInput) as caught:
        listed(backend, tmp_path, file, content, "('c1')")

    (problem,) = caught.value.problems
    assert problem.place == Place(file, line)
    assert words in problem.message


@pytest.mark.parametrize(("file", "content"), [("ids.txt", b""), ("ids.txt", b"\n\n"), ("ids.csv", b"id\n")])
def test_an_empty_list_is_an_error(backend: Backend, tmp_path: Path, file: str, content: bytes) -> None:
    """An export that failed leaves an empty file; as an exclusion it would exclude nobody."""
    with pytest.raises(FixInput, match=f'the list "{file}" has no ids. If nobody is meant, remove the condition.'):
        listed(backend, tmp_path, file, content, "('c1')")


def test_only_regular_files_are_read(backend: Backend, tmp_path: Path) -> None:
    """A named pipe without a writer would hang for ever, a device never ends."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("/dev/zero")

    for name in ("pipe", "folder", "link"):
        with pytest.raises(FixInput, match=f'the list "{name}" is not a regular file'):
            listed(backend, tmp_path, name, None, "('c1')")


def test_a_path_with_a_nul_character_is_an_error(backend: Backend, tmp_path: Path) -> None:
    with pytest.raises(FixInput, match="cannot be read"):
        listed(backend, tmp_path, "a\0b", None, "('c1')")


def test_a_file_over_the_limit_is_refused_unread(backend: Backend, tmp_path: Path) -> None:
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(id_file.MAX_FILE_BYTES + 1)  # a hole: it takes no space

    with pytest.raises(FixInput, match="has 268,435,457 bytes; at most 268,435,456 are read"):
        listed(backend, tmp_path, "huge.txt", None, "('c1')")


def test_all_lists_that_cannot_be_read_are_reported_at_once(tmp_path: Path) -> None:
    conditions = (InFile("a", "id", PLACE), Group("any", (InFile("b", "id", PLACE), InFile(".", "nope", PLACE))))
    segment = Segment("vip", "customers", Group("all", conditions), PLACE)
    problems = segment_problems(
        segment, ibis.schema({"id": "string"}), Project(str(tmp_path / "stoker.toml"), Source({}))
    )

    assert [problem.code for problem in problems] == ["unknown_column"] + ["id_list_unreadable"] * 3


def test_a_list_is_loaded_once_and_the_sql_stays_the_same(backend: Backend, tmp_path: Path) -> None:
    """Planning twice gives identical bytes, and a live count does not fill the engine with copies."""
    listed(backend, tmp_path, "ids.txt", b"c1\nc2", "('c1')")
    first = segment_sql(in_file(backend, tmp_path, "ids.txt"))
    (tmp_path / "ids.csv").write_bytes(b"id\r\nc1\r\nc2\r\n")

    assert segment_sql(in_file(backend, tmp_path, "ids.csv")) == first
    assert backend.con.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall() == [(1,)]


def test_a_changed_list_is_another_list(backend: Backend, tmp_path: Path) -> None:
    assert listed(backend, tmp_path, "ids.txt", b"c1\nbc", "('c1'), ('c1b')") == ["c1"]
    assert listed(backend, tmp_path, "ids.txt", b"c1b\nc", "('c1'), ('c1b')") == ["c1b"]


def test_a_list_works_behind_duckdbs_locks(backend: Backend, tmp_path: Path) -> None:
    """The engine that runs the user's queries can open no file and change no setting."""
    for setting in (
        "python_enable_replacements = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        backend.con.execute(f"SET {setting}")

    assert listed(backend, tmp_path, "ids.txt", b"c1", "('c1'), ('c2')") == ["c1"]


def test_a_million_ids_are_quick(backend: Backend, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text("\n".join(f"customer-{number}" for number in range(0, 2_000_000, 2)))
    backend.con.execute("CREATE TABLE customers AS SELECT 'customer-' || i AS id FROM range(500000) AS numbers(i)")
    start = time.perf_counter()

    assert count_members(backend.table("customers"), in_file(backend, tmp_path, "ids.txt")) == 250_000
    assert time.perf_counter() - start < 10
