"""Tables that were made to hurt: each is refused in a sentence, soon, and never ends the process or loses a row."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tui_app.core.errors import FixInput
from tui_app.engine.columns import MAX_COLUMNS, MAX_NESTING
from tui_app.engine.sources import Sources

OpenSources = Callable[..., Sources]


def refusal(open_sources: OpenSources, location: str) -> str:
    started = time.monotonic()
    with pytest.raises(FixInput) as caught:
        open_sources({"customers": location}).relation("customers")
    assert time.monotonic() - started < 30
    return str(caught.value)


def rows(open_sources: OpenSources, location: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = open_sources({"customers": location}).relation("customers").to_pyarrow().to_pylist()
    return found


def nested_type(levels: int) -> pa.DataType:
    nested: pa.DataType = pa.string()
    for _ in range(levels):
        nested = pa.struct([("a", nested)])
    return nested


def write_arrow(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


COUNTLESS = [f"c{number}" for number in range(MAX_COLUMNS + 1)]


def csv_of(names: list[str]) -> str:
    return f"{','.join(names)}\n{','.join('1' for _ in names)}\n"


@pytest.mark.parametrize(
    ("location", "write"),
    [
        ("t.csv", lambda path: path.write_text(csv_of(COUNTLESS))),
        ("t.jsonl", lambda path: path.write_text(json.dumps(dict.fromkeys(COUNTLESS, 1)))),
        ("t.jsonl", lambda path: path.write_text("".join(f'{{"{name}":1}}\n' for name in COUNTLESS))),
        ("t.parquet", lambda path: pq.write_table(pa.table({name: [1] for name in COUNTLESS}), path)),
        ("t.arrow", lambda path: write_arrow(pa.table({name: [1] for name in COUNTLESS}), path)),
    ],
    ids=["csv", "json", "json, a key per line", "parquet", "arrow"],
)
def test_countless_columns_are_refused(tmp_path, open_sources, location, write):
    """A statement over all of them would be planned for hours."""
    write(tmp_path / location)

    assert f"t.{location[2:]} has more than 2,000 columns. Nothing was read." in refusal(open_sources, location)


def test_a_wide_table_is_typed_like_a_narrow_one(tmp_path, open_sources):
    """Types are judged for some columns at a time: all in one statement took a minute at 500."""
    names = [f"c{number}" for number in range(300)]
    (tmp_path / "t.csv").write_text(csv_of(names))
    started = time.monotonic()

    (row,) = rows(open_sources, "t.csv")

    assert row == dict.fromkeys(names, 1)
    assert time.monotonic() - started < 30


def test_a_nested_object_with_countless_keys_is_taken_as_json(tmp_path, open_sources):
    (tmp_path / "t.jsonl").write_text("".join(f'{{"id":"c","more":{{"{name}":1}}}}\n' for name in COUNTLESS))

    assert len(rows(open_sources, "t.jsonl")) == len(COUNTLESS)


@pytest.mark.parametrize(
    "text",
    [
        '{"id":"c","more":' + "[" * 200_000 + "]" * 200_000 + "}",
        '{"id":"c","more":' + '{"a":' * 200_000 + "1" + "}" * 200_000 + "}",
        '{"id":"c","more":' + "[" * 200_000,
        '{"id":"c","more":' + '[{"a":' * (MAX_NESTING // 2) + "1" + "}]" * (MAX_NESTING // 2) + "}",
    ],
    ids=["lists", "objects", "never closed", "one level too many"],
)
def test_json_that_nests_without_measure_is_refused_with_its_line(tmp_path, open_sources, text):
    """DuckDB's parser would leave its stack, and with it the whole process would end."""
    (tmp_path / "t.jsonl").write_text(f'{{"id":"b"}}\n{text}\n')

    assert "t.jsonl, line 2 nests lists and objects deeper than 64 levels. Nothing was read." in refusal(
        open_sources, "t.jsonl"
    )


def test_brackets_that_do_not_nest_are_no_reason_to_refuse(tmp_path, open_sources):
    """Long lists of objects, and brackets in a text, also behind an escaped quote."""
    objects = [{"a": "[{" * 200 + '"' + "[" * 200 + "\\"}] * 200
    deep: Any = 1
    for _ in range(MAX_NESTING - 1):
        deep = [deep]
    (tmp_path / "t.jsonl").write_text("\n".join(json.dumps({"id": "c", "more": more}) for more in (objects, deep)))

    assert len(rows(open_sources, "t.jsonl")) == 2


def test_types_that_nest_without_measure_are_refused(tmp_path, open_sources):
    """Arrow's own files cannot: Arrow reads and writes 64 levels and no more."""
    pq.write_table(pa.table({"id": ["c"], "more": pa.nulls(1, nested_type(300))}), tmp_path / "t.parquet")

    assert "t.parquet nests lists and objects deeper than 64 levels" in refusal(open_sources, "t.parquet")


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_types_that_nest_a_little_are_read(tmp_path, open_sources, ending):
    nested = pa.table({"id": ["c"], "more": pa.nulls(1, pa.list_(nested_type(20)))})
    write = pq.write_table if ending == "parquet" else write_arrow
    write(nested, tmp_path / f"t.{ending}")

    assert rows(open_sources, f"t.{ending}") == [{"id": "c", "more": None}]


@pytest.mark.parametrize("name", ['"na\rme"', '"na\nme"', '"na\r\nme"', '"name\r"'])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_line_break_in_the_name_of_a_column_loses_no_row(tmp_path, open_sources, name, line_end):
    """DuckDB would take it for the line break of the file, and read no row at all: as if everybody had left."""
    (tmp_path / "t.csv").write_bytes(line_end.join([f"id,{name}", "c1,x", "c2,y", ""]).encode())

    assert "t.csv: the name of column 2 holds a line break. Nothing was read. Rename it." in refusal(
        open_sources, "t.csv"
    )


FLIPS = 120
READ_ALL = """
import sys
from pathlib import Path
from tests.engine.conftest import a_project
from tui_app.core.errors import FixInput
from tui_app.engine.sources import Sources

folder, content = Path(sys.argv[1]), Path(sys.argv[2]).read_bytes()
(folder / "scratch").mkdir()
refused = 0
for number in range(int(sys.argv[3])):
    damaged = bytearray(content)
    bit = number * 7919 % (len(content) * 8)
    damaged[bit // 8] ^= 1 << bit % 8
    (folder / f"t{number}{sys.argv[4]}").write_bytes(damaged)
    try:
        project = a_project(folder, {"customers": f"t{number}{sys.argv[4]}"})
        with Sources(project, scratch=folder / "scratch") as opened, opened.reading():
            opened.relation("customers").to_pyarrow().to_pylist()
    except FixInput:
        refused += 1
print(refused)
"""


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_a_flipped_bit_anywhere_in_a_file_is_read_or_refused_and_never_ends_the_process(tmp_path, suffix):
    """Of a foreign file nobody can know every flip; but none may crash the library that reads it, or go unexplained."""
    table = pa.table(
        {"id": [f"c{n}" for n in range(200)], "n": list(range(200)), "tags": [["a", f"t{n}"] for n in range(200)]}
    )
    write = pq.write_table if suffix == ".parquet" else write_arrow
    write(table, tmp_path / "whole")

    command = [sys.executable, "-c", READ_ALL, str(tmp_path), str(tmp_path / "whole"), str(FLIPS), suffix]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr[-2000:]
    assert 0 < int(ended.stdout) < FLIPS


@pytest.mark.parametrize("suffix", [".parquet", ".arrow"])
def test_text_that_is_no_utf_8_is_refused_and_not_altered(tmp_path, open_sources, suffix):
    offsets, content = pa.py_buffer(struct.pack("<3i", 0, 2, 4)), pa.py_buffer(b"ok\xff\xfe")
    table = pa.table({"id": pa.Array.from_buffers(pa.string(), 2, [None, offsets, content])})
    write = pq.write_table if suffix == ".parquet" else write_arrow
    write(table, tmp_path / f"t{suffix}")

    opened = open_sources({"customers": f"t{suffix}"})
    with pytest.raises(FixInput, match=r"UTF-8|damaged"), opened.reading():
        opened.relation("customers").to_pyarrow()
