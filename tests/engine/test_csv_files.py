"""CSV files are read cell by cell, and a row that does not fit is an error with its line, never a row less."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend

from tui_app.core.errors import FixInput
from tui_app.engine.connections import EngineLimits, open_engine
from tui_app.engine.csv_files import CsvLayout, cells_sql
from tui_app.engine.sources import Sources

OpenSources = Callable[..., Sources]


def rows(sources: Sources, name: str = "customers") -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in sources.relation(name).to_pyarrow().to_pylist()]


def mistake(open_sources: OpenSources, tmp_path: Path, text: bytes) -> str:
    (tmp_path / "customers.csv").write_bytes(text)
    with pytest.raises(FixInput) as caught:
        open_sources({"customers": "customers.csv"}).relation("customers")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"id,a,b\nc1,2,3\nc2,5\nc3,7,8\n", "line 3: the row has 2 cells and the header has 3"),
        (b"id,a,b\nc1,2,3\nc2,5,6,7\n", "line 3: the row has 4 cells and the header has 3"),
        (b'id,a,b\nc1,2,3\nc2,"5,6\nc3,7,8\n', "line 3: a quote is not closed"),
        (b'id,a,b\nc1,2,3\nc2,5,"6\n', "line 3: a quote is not closed"),
        (b'id,a,b\nc1,2,3\nc2,"5"x,6\n', "line 3: a quote is not closed, or text follows a closing quote"),
        (b"id,a,b\r\nc1,2,3\r\nc2,5,6\nc3,7,8\r\n", "line 3: line ends are mixed"),
        (b'id,a,b\nc1,"2\r\n",3\nc2,5,6\r\nc3,7,8\n', "line 4: line ends are mixed"),
        (b"id,a,b\nc1,2,3\nc2,5\r6,7\n", "line 3: line ends are mixed"),
        (b"id\nc1\nc2,c3\n", "line 3: the row has 2 cells and the header has 1"),
        (b"id,a\nc1," + b"x" * 3_000_000 + b"\n", "line 2: a row is longer than 2,097,152 bytes"),
        (b"\nid,a\nc1,2\n", "the first line, which names the columns, is blank"),
        (b'"id,a\nc1,2\n', "the first line, which names the columns, is blank, has an open quote"),
    ],
    ids=[
        "too few cells",
        "too many cells",
        "open quote",
        "open quote at the end",
        "text after a quote",
        "mixed line ends",
        "mixed line ends after a quoted one",
        "lone carriage return",
        "second cell in a file of one column",
        "row without end",
        "blank first line",
        "open quote in the header",
    ],
)
def test_a_malformed_row_is_an_error_with_its_line(
    open_sources: OpenSources, tmp_path: Path, text: bytes, words: str
) -> None:
    """DuckDB's detection takes a ragged file for a table of one column, and everybody would have left."""
    message = mistake(open_sources, tmp_path, text)

    assert words in message
    assert message.startswith("stoker.toml:10: Table customers: customers.csv")
    assert message.endswith((" Nothing was read. Mend the file.", " Nothing was read."))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("id,a,id", 'equal or differ only by case: "id", "id"'),
        ("id,Plan,a,plan,PLAN", '"Plan", "plan", "PLAN"'),
        ("id,,a", "column 2 has no name"),
        ("id, ,a", "column 2 has no name"),
    ],
    ids=["double", "case only", "empty", "blank"],
)
def test_columns_that_cannot_be_told_apart_are_refused(
    open_sources: OpenSources, tmp_path: Path, header: str, words: str
) -> None:
    """DuckDB would call the second `id_1`, and the mapping would take the first without a word."""
    assert words in mistake(open_sources, tmp_path, f"{header}\n".encode())


def test_a_file_with_a_header_only_is_a_table_without_rows(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"id,tier\n")
    (tmp_path / "b.csv").write_bytes(b"id,tier")

    sources = open_sources({"a": "a.csv", "b": "b.csv"})

    assert [sources.row_count("a"), sources.row_count("b")] == [0, 0]
    assert sources.schema("b").names == ("id", "tier")


def test_a_quoted_empty_cell_is_an_empty_string_and_a_bare_one_is_null(
    open_sources: OpenSources, tmp_path: Path
) -> None:
    (tmp_path / "c.csv").write_bytes(b'id,tier\nc1,""\nc2,\n"c3",gold\n')

    assert rows(open_sources({"customers": "c.csv"})) == [("c1", ""), ("c2", None), ("c3", "gold")]


def test_cells_are_kept_exactly(open_sources: OpenSources, tmp_path: Path) -> None:
    text = 'id,name\nc1,"a, ""b""\nc"\nc2,  padded \nc3,#hash\nc4,NULL\nc5,👩‍👩‍👧 é e\u0301\nc6,5"x\n'
    (tmp_path / "c.csv").write_bytes(text.encode())

    assert [name for _, name in rows(open_sources({"customers": "c.csv"}))] == [
        'a, "b"\nc', "  padded ", "#hash", "NULL", "👩‍👩‍👧 é e\u0301", '5"x',
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_delimiters_and_line_ends_of_the_world_are_understood(
    open_sources: OpenSources, tmp_path: Path, delimiter: str, line_end: str
) -> None:
    lines = [["id", '"note, and more"', "amount"], ["c1", '"a,b;c|d"', '"1,5"'], ["c2", "", '"2,5"']]
    text = "".join(delimiter.join(line) + line_end for line in lines)
    (tmp_path / "c.txt").write_bytes(text.encode())

    sources = open_sources({"customers": "c.txt"})

    assert sources.schema("customers").names == ("id", "note, and more", "amount")
    assert rows(sources) == [("c1", "a,b;c|d", "1,5"), ("c2", None, "2,5")]


def test_a_file_of_one_column_is_read_whatever_its_cells_hold(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_bytes(b"id\nc;1\n\nc|2\n")

    assert rows(open_sources({"customers": "c.csv"})) == [("c;1",), (None,), ("c|2",)]


def test_names_of_columns_cannot_break_out(open_sources: OpenSources, tmp_path: Path) -> None:
    names = ["id", "o'clock", 'say ""hi""', "a) --", "$cell", "naïve 👍", "select"]
    (tmp_path / "c.csv").write_text(",".join(f'"{name}"' for name in names) + "\n" + ",".join("1" * 7) + "\n")

    sources = open_sources({"customers": "c.csv"}, {"q": "SELECT * FROM customers"})

    assert sources.schema("customers").names == tuple(name.replace('""', '"') for name in names)
    assert rows(sources) == rows(sources, "q") == [(1,) * 7]


def test_files_of_a_pattern_may_order_their_columns_differently(open_sources: OpenSources, tmp_path: Path) -> None:
    """By position, tiers would become identifiers."""
    (tmp_path / "1.csv").write_text("id,tier\nc1,gold\n")
    (tmp_path / "2.csv").write_text("tier;id\nsilver;c2\n")
    (tmp_path / "3.csv").write_text("id,tier\nc3,\n")

    assert rows(open_sources({"customers": "?.csv"})) == [("c1", "gold"), ("c2", "silver"), ("c3", None)]


def test_a_file_that_lacks_or_renames_a_column_is_named(open_sources: OpenSources, tmp_path: Path) -> None:
    """A column that is missing today must not become NULL for everybody."""
    (tmp_path / "1.csv").write_text("id,plan,tier\nc1,a,b\n")
    (tmp_path / "2.csv").write_text("id,Plan\nc2,a\n")
    (tmp_path / "3.csv").write_text("id,plan,tier,extra\nc2,a,b,c\n")

    with pytest.raises(FixInput) as caught:
        open_sources({"customers": "?.csv"}).relation("customers")

    assert [re.split(r" A missing| Nothing", problem.message)[0] for problem in caught.value.problems] == [
        'Table customers: 2.csv has no column "plan"; 1.csv has one. Nearest: "Plan".',
        'Table customers: 2.csv has no column "tier"; 1.csv has one.',
        'Table customers: 3.csv has a column "extra" that 1.csv lacks.',
    ]


def test_the_file_of_a_pattern_that_is_malformed_is_named(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("id,tier\nc1,gold\n")
    (tmp_path / "2.csv").write_text("id,tier\nc2,gold,more\n")

    with pytest.raises(FixInput, match=r"2\.csv, line 2: the row has 3 cells"):
        open_sources({"customers": "?.csv"}).relation("customers")


def test_a_large_file_with_line_breaks_in_quotes_loses_no_row(open_sources: OpenSources, tmp_path: Path) -> None:
    """DuckDB reads large files in pieces, in parallel, and a piece may begin inside a quoted cell."""
    count = 400_000
    with (tmp_path / "c.csv").open("w", newline="") as lines:
        lines.write("id,note\n")
        lines.writelines(f'c{i},"{"x" * (i % 97)}\n,""c{i}"", {"y" * (i % 53)}"\n' for i in range(count))

    relation = open_sources({"customers": "c.csv"}, threads=4).relation("customers")

    assert relation.aggregate(n=relation.count(), d=relation.id.nunique()).to_pyarrow().to_pylist() == [
        {"n": count, "d": count}
    ]


cells = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Backend, Path]]:
    """An engine and the one file that it may read."""
    folder = tmp_path_factory.mktemp("cells")
    engine = open_engine(EngineLimits(256 << 20, 1, folder), [folder / "c.csv"])
    yield engine, folder / "c.csv"
    engine.disconnect()


@settings(max_examples=150, deadline=None)
@given(rows=st.lists(st.tuples(cells, cells), max_size=6), delimiter=st.sampled_from(",;\t|"))
def test_whatever_is_written_comes_back(
    reader: tuple[Backend, Path], rows: list[tuple[str | None, str | None]], delimiter: str
) -> None:
    engine, path = reader

    def written(cell: str | None) -> str:
        return "" if cell is None else '"' + cell.replace('"', '""') + '"'

    lines = [delimiter.join(map(written, row)) for row in [("a", "b"), *rows]]
    path.write_bytes("".join(line + "\n" for line in lines).encode())

    found = engine.con.execute(cells_sql({path: CsvLayout(delimiter, ("a", "b"))})).fetchall()

    assert found == rows
