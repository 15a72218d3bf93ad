"""A query in a file of its own is edited as carefully as the project file."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tui_app.config.query_file import query_files, write_query_file
from tui_app.core.errors import FixInput

SQL = "SELECT 1 AS one\n"


@pytest.fixture
def query_file(tmp_path: Path) -> Path:
    file = tmp_path / "project" / "queries" / "one.sql"
    file.parent.mkdir(parents=True)
    file.write_text(SQL)
    file.chmod(0o640)
    return file


@pytest.fixture
def folder(query_file: Path) -> Path:
    return query_file.parents[1]


def test_a_statement_is_swapped_at_once_and_the_mode_stays(folder, query_file):
    write_query_file(folder, "queries/one.sql", SQL, "SELECT 2 AS two")

    assert query_file.read_text() == "SELECT 2 AS two"
    assert stat.S_IMODE(query_file.stat().st_mode) == 0o640
    assert list(query_file.parent.iterdir()) == [query_file]


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(folder, query_file):
    query_file.write_text("SELECT 3")

    with pytest.raises(FixInput, match=r'query file "queries/one.sql": it was changed by something else'):
        write_query_file(folder, "queries/one.sql", SQL, "SELECT 2")

    assert query_file.read_text() == "SELECT 3"


def test_nothing_outside_of_the_folder_is_written(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere.sql"
    elsewhere.write_text(SQL)
    (folder / "linked.sql").symlink_to(elsewhere)

    for name in ("../elsewhere.sql", "linked.sql"):
        with pytest.raises(FixInput, match="outside of the project's folder"):
            write_query_file(folder, name, SQL, "SELECT 2")

    assert elsewhere.read_text() == SQL


@pytest.mark.parametrize("sql", ["", " \n", "SELECT '\0'"], ids=["nothing", "blanks", "a NUL"])
def test_what_is_no_statement_is_not_written(folder, query_file, sql):
    """The project could not be read afterwards."""
    with pytest.raises(FixInput, match=r"Nothing was written|Give it a SELECT|Write it without"):
        write_query_file(folder, "queries/one.sql", SQL, sql)

    assert query_file.read_text() == SQL


def test_a_file_that_is_gone_is_said(folder, query_file):
    query_file.unlink()

    with pytest.raises(FixInput, match=r"it does not exist. Nothing was written\."):
        write_query_file(folder, "queries/one.sql", SQL, "SELECT 2")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('[queries]\na = { file = "a.sql" }\nb = { sql = "SELECT 1" }\nc = { file = "q/c.sql" }', ["a.sql", "q/c.sql"]),
        ('[queries.a]\nfile = "a.sql"\nnonsense = 1\n[source]\nthreads = "many"', ["a.sql"]),
        ('[queries.a]\nfile = "../outside.sql"\n[queries.b]\nfile = "/etc/hostname"', []),
        ('[queries.a]\nfile = 7\n[queries]\nb = "SELECT 1"', []),
        ('queries = "none"', []),
        ('[queries.a]\nfile = "nul\\u0000"', []),
        ("[queries.a", []),
    ],
    ids=["two", "beside mistakes", "outside", "no text", "no table", "a NUL", "no TOML"],
)  # fmt: skip
def test_the_files_of_queries_are_known_whatever_else_is_wrong(tmp_path, text, names):
    """A missing one is waited for, and the project cannot be used until it is there."""
    assert query_files(text.encode(), tmp_path) == tuple(tmp_path / name for name in names)
