"""A CSV column has a type only if every cell of the file is written in that type's own way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import ibis.expr.datatypes as dt
import pytest

from tui_app.core.errors import Place
from tui_app.core.project import Project, Source, SourceTable
from tui_app.engine.sources import Sources

OpenSources = Callable[..., Sources]

TEXT, INTEGER, FLOAT = dt.string, dt.int64, dt.float64
DATETIME, ZONED = dt.Timestamp(scale=6), dt.Timestamp(timezone="UTC", scale=6)


CASES: Sequence[tuple[list[str], dt.DataType, Sequence[object]]] = [
    (["0", "-7", "9223372036854775807"], INTEGER, [0, -7, 9223372036854775807]),
    (["1", "007"], TEXT, ["1", "007"]),
    (["1", "-0"], INTEGER, [1, 0]),
    (["1", "+1"], TEXT, ["1", "+1"]),
    (["1", " 2"], TEXT, ["1", " 2"]),
    (["1", "1_000"], TEXT, ["1", "1_000"]),
    (["1", "0x10"], TEXT, ["1", "0x10"]),
    (["1", "12345678901234567890"], TEXT, ["1", "12345678901234567890"]),
    (["9223372036854775808", "1"], TEXT, ["9223372036854775808", "1"]),
    (["1.50", "-0.05", "1234567890123456.78"], dt.Decimal(18, 2), ["1.50", "-0.05", "1234567890123456.78"]),
    (["0.30000000000000004", "1.5"], FLOAT, [0.30000000000000004, 1.5]),
    (["1.5", "2"], FLOAT, [1.5, 2.0]),
    (["1.5", "2.25"], FLOAT, [1.5, 2.25]),
    (["1e5", "-2.5E-3"], FLOAT, [100000.0, -0.0025]),
    (["1.5", "2.", ".5"], TEXT, ["1.5", "2.", ".5"]),
    (["1.5", "00.5"], TEXT, ["1.5", "00.5"]),
    (["1.5", "12345678901234567.25"], TEXT, ["1.5", "12345678901234567.25"]),
    (["1.25", "12345678901234567.5"], TEXT, ["1.25", "12345678901234567.5"]),
    (["12345678901234567.25"], TEXT, ["12345678901234567.25"]),
    (["1e309", "1"], TEXT, ["1e309", "1"]),
    (["nan", "1"], TEXT, ["nan", "1"]),
    (["1.5", "inf"], TEXT, ["1.5", "inf"]),
    (["true", "False", "TRUE"], dt.boolean, [True, False, True]),
    (["true", "1"], TEXT, ["true", "1"]),
    (["1", "0"], INTEGER, [1, 0]),
    (["yes", "no"], TEXT, ["yes", "no"]),
    (["2024-02-29", "1900-01-01"], dt.date, [date(2024, 2, 29), date(1900, 1, 1)]),
    (["2024-02-29", "2023-02-29"], TEXT, ["2024-02-29", "2023-02-29"]),
    (["2024-1-5"], TEXT, ["2024-1-5"]),
    (["0000-01-01"], TEXT, ["0000-01-01"]),
    (["infinity", "2024-01-01"], TEXT, ["infinity", "2024-01-01"]),
    (["20240101"], INTEGER, [20240101]),
    (
        ["2024-01-01 10:00", "2024-01-01T10:00:01", "2024-01-01 10:00:01.25"],
        DATETIME,
        [datetime.fromisoformat(f"2024-01-01T10:00{rest}") for rest in ("", ":01", ":01.250")],
    ),
    (
        ["2024-01-01T10:00Z", "2024-01-01 10:00:00+02", "2024-01-01T10:00:00.5-0330", "2024-01-01T10:00+02:00"],
        ZONED,
        [
            datetime(2024, 1, 1, 10, tzinfo=UTC),
            datetime(2024, 1, 1, 8, tzinfo=UTC),
            datetime(2024, 1, 1, 13, 30, 0, 500000, tzinfo=UTC),
            datetime(2024, 1, 1, 8, tzinfo=UTC),
        ],
    ),
    (["2024-01-01T10:00Z", "2024-01-01T10:00"], TEXT, ["2024-01-01T10:00Z", "2024-01-01T10:00"]),
    (["2024-01-01", "2024-01-01 10:00"], TEXT, ["2024-01-01", "2024-01-01 10:00"]),
    (["2024-01-01 24:00:00"], TEXT, ["2024-01-01 24:00:00"]),
    (["2016-12-31 23:59:60"], TEXT, ["2016-12-31 23:59:60"]),
    (["2024-01-01 10:00:00.1234567"], TEXT, ["2024-01-01 10:00:00.1234567"]),
    (["", ""], TEXT, [None, None]),
    (['""', ""], TEXT, ["", None]),
    (["5", '""', ""], INTEGER, [5, None, None]),
    (["gold", '""', ""], TEXT, ["gold", "", None]),
]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    """A table for each case, named by its position; `v` holds the cells."""
    folder = tmp_path_factory.mktemp("cases")
    place = Place("stoker.toml", 1)
    tables = {str(i): SourceTable(str(i), f"{i}.csv", place) for i in range(len(CASES))}
    for i, (cells, _, _) in enumerate(CASES):
        (folder / f"{i}.csv").write_text("id,v\n" + "".join(f"x,{cell}\n" for cell in cells))
    project = Project(file=str(folder / "stoker.toml"), source=Source(tables))
    with Sources(project, scratch=tmp_path_factory.mktemp("scratch")) as sources:
        yield sources


@pytest.mark.parametrize("case", range(len(CASES)), ids=[" ".join(cells) for cells, _, _ in CASES])
def test_a_type_holds_for_every_cell_or_not_at_all(judged: Sources, case: int) -> None:
    """`007` is an identifier, and a value that a type would round or move is not of that type."""
    _, expected_type, expected = CASES[case]

    relation = judged.relation(str(case))

    assert relation.schema()["v"] == expected_type
    wanted = [Decimal(str(value)) for value in expected] if isinstance(expected_type, dt.Decimal) else expected
    assert relation.v.to_pyarrow().to_pylist() == wanted


def test_one_odd_cell_at_the_end_of_a_long_file_counts(open_sources: OpenSources, tmp_path: Path) -> None:
    """A sample of the first rows would make the last identifier 7."""
    (tmp_path / "c.csv").write_text("id,v\n" + "".join(f"{i},{i}\n" for i in range(1, 50_001)) + "007,7\n")

    sources = open_sources({"customers": "c.csv"})

    assert dict(sources.schema("customers").items()) == {"id": TEXT, "v": INTEGER}


def test_all_files_of_a_pattern_are_judged_together(open_sources: OpenSources, tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("id\n7\n")
    (tmp_path / "2.csv").write_text("id\n007\n")

    relation = open_sources({"customers": "?.csv"}).relation("customers")

    assert relation.to_pyarrow().to_pylist() == [{"id": "7"}, {"id": "007"}]


def test_a_column_can_be_had_as_its_exact_text(open_sources: OpenSources, tmp_path: Path) -> None:
    """A column that is mapped as a string is sent as it stands in the file."""
    (tmp_path / "c.csv").write_text('id,amount,seen\n1,1.50,2024-01-01T10:00Z\n2,,""\n')

    sources = open_sources({"customers": "c.csv"})

    assert sources.relation("customers", frozenset({"id", "amount", "seen"})).to_pyarrow().to_pylist() == [
        {"id": "1", "amount": "1.50", "seen": "2024-01-01T10:00Z"},
        {"id": "2", "amount": None, "seen": ""},
    ]
    assert sources.relation("customers", frozenset({"amount"})).schema()["id"] == INTEGER


def test_exact_texts_can_stand_beside_typed_columns(open_sources: OpenSources, tmp_path: Path) -> None:
    """Segments compare values and payloads hold texts; each relation keeps its own columns."""
    (tmp_path / "c.csv").write_text("id,amount\n1,1.50\n")
    sources = open_sources({"customers": "c.csv"})

    first = sources.relation_with_texts("customers", {"amount": "amount as text", "gone": "gone as text"})
    second = sources.relation_with_texts("customers", {"id": "id as text"})

    assert first.to_pyarrow().to_pylist() == [{"id": 1, "amount": Decimal("1.50"), "amount as text": "1.50"}]
    assert second.to_pyarrow().to_pylist() == [{"id": 1, "amount": Decimal("1.50"), "id as text": "1"}]
