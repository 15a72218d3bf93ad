"""JSON lines keep their own types: what is a text in the file is a text, and every line counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import ibis.expr.datatypes as dt
import pytest

from tui_app.core.errors import FixInput
from tui_app.engine.sources import Sources

OpenSources = Callable[..., Sources]


def write_lines(path: Path, *objects: object) -> None:
    path.write_text("".join(json.dumps(each) + "\n" for each in objects))


def test_texts_stay_texts_and_numbers_numbers(open_sources: OpenSources, tmp_path: Path) -> None:
    """A detected date would be reformatted, and a detected number would lose its zeros."""
    lines = [
        {"id": "007", "day": "2024-01-01", "uuid": "123e4567-e89b-12d3-a456-426614174000", "n": 1, "f": 1, "on": True},
        {"id": "8", "day": "2024-01-02", "uuid": None, "n": -2, "f": 2.5, "on": False},
    ]
    write_lines(tmp_path / "c.jsonl", *lines)

    relation = open_sources({"customers": "c.jsonl"}).relation("customers")

    assert dict(relation.schema().items()) == {
        "id": dt.string, "day": dt.string, "uuid": dt.string, "n": dt.int64, "f": dt.float64, "on": dt.boolean,
    }  # fmt: skip
    assert relation.to_pyarrow().to_pylist() == lines


def test_arrays_and_objects_keep_their_shape(open_sources: OpenSources, tmp_path: Path) -> None:
    write_lines(
        tmp_path / "c.jsonl", {"id": 1, "tags": ["a", "b"], "at": {"x": 1, "y": [1.5]}}, {"id": 2, "at": {"z": "q"}}
    )

    relation = open_sources({"customers": "c.jsonl"}).relation("customers")

    assert relation.schema()["tags"] == dt.Array(dt.string)
    assert relation.to_pyarrow().to_pylist() == [
        {"id": 1, "tags": ["a", "b"], "at": {"x": 1, "y": [1.5], "z": None}},
        {"id": 2, "tags": None, "at": {"x": None, "y": None, "z": "q"}},
    ]


def test_a_key_may_appear_late_and_is_null_before(open_sources: OpenSources, tmp_path: Path) -> None:
    """A sample of the first lines would leave the attribute out."""
    write_lines(tmp_path / "c.jsonl", *({"id": i} for i in range(30_000)), {"id": 30_000, "tier": "gold"})

    relation = open_sources({"customers": "c.jsonl"}).relation("customers")

    assert relation.aggregate(n=relation.count(), tiers=relation.tier.count()).to_pyarrow().to_pylist() == [
        {"n": 30_001, "tiers": 1}
    ]


def test_a_whole_number_is_not_rounded_to_fit_a_type(open_sources: OpenSources, tmp_path: Path) -> None:
    largest = 2**64 - 1
    write_lines(tmp_path / "a.jsonl", {"n": 1}, {"n": largest})
    write_lines(tmp_path / "b.jsonl", {"n": -1}, {"n": largest})

    sources = open_sources({"a": "a.jsonl", "b": "b.jsonl"})

    assert sources.relation("a").to_pyarrow().to_pylist() == [{"n": 1}, {"n": largest}]
    assert sources.relation("b").to_pyarrow().to_pylist() == [{"n": Decimal(-1)}, {"n": Decimal(largest)}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"a": 1}\n{"a":\n{"a": 2}\n', "c.jsonl, line 2: the line is not one JSON object"),
        (b'{"a": 1}\n{"a": "x', "c.jsonl, line 2: the line is not one JSON object"),
        (b'{"a": "\\ud83d"}\n', "c.jsonl, line 1: the line is not one JSON object"),
        (b'{"a": 1} {"a": 2}\n', "c.jsonl, line 1: the line is not one JSON object"),
        (b'{\n "a": 1\n}\n', "c.jsonl, line 1: the line is not one JSON object"),
        (b'{"a": 1}\n{"a": 1, "a": 2}\n', "c.jsonl, line 2: one key stands twice in an object"),
        (b'[{"a": 1}]\n', "c.jsonl is not JSON lines"),
        (b'{"a": 1}\n[1]\n', "c.jsonl is not JSON lines"),
        (b"1\n2\n", "c.jsonl is not JSON lines"),
        (b"{}\n", "c.jsonl is not JSON lines"),
        (b'{"a": 1, "A": 2}\n', 'equal or differ only by case: "a", "A"'),
        (b'{"a": 1}\n{"A": 2}\n', 'equal or differ only by case: "a", "A"'),
        (b'{"": 1}\n', "column 1 has no name"),
    ],
    ids=[
        "cut line", "cut end", "half a character", "two objects", "over several lines", "double key", "one array",
        "an array among objects", "numbers", "nothing", "keys differ by case", "keys of two lines differ by case",
        "empty key",
    ],
)  # fmt: skip
def test_a_line_that_is_not_one_object_is_an_error(
    open_sources: OpenSources, tmp_path: Path, text: bytes, words: str
) -> None:
    (tmp_path / "c.jsonl").write_bytes(text)

    with pytest.raises(FixInput) as caught:
        open_sources({"customers": "c.jsonl"}).relation("customers")

    assert words in str(caught.value)


def test_a_bad_line_far_into_a_file_is_named(open_sources: OpenSources, tmp_path: Path) -> None:
    good = b'{"id": "c1", "name": "Zoe"}\n' * 200_000
    (tmp_path / "c.jsonl").write_bytes(good + b'{"id"\n' + good)

    with pytest.raises(FixInput, match=r"c\.jsonl, line 200001: the line is not one JSON object"):
        open_sources({"customers": "c.jsonl"}).relation("customers")


def test_files_of_a_pattern_have_the_same_keys_and_their_types_widen(open_sources: OpenSources, tmp_path: Path) -> None:
    write_lines(tmp_path / "1.jsonl", {"id": "c1", "n": 1, "more": None, "mixed": 1, "at": {"x": 1}, "l": [1]})
    write_lines(tmp_path / "2.jsonl", {"n": 2.5, "id": "c2", "more": "x", "mixed": "1", "at": {"y": "a"}, "l": [0.5]})

    relation = open_sources({"customers": "?.jsonl"}).relation("customers")

    assert relation.schema()["mixed"] == dt.json
    assert relation.drop("mixed").to_pyarrow().to_pylist() == [
        {"id": "c1", "n": 1.0, "more": None, "at": {"x": 1, "y": None}, "l": [1.0]},
        {"id": "c2", "n": 2.5, "more": "x", "at": {"x": None, "y": "a"}, "l": [0.5]},
    ]


def test_a_file_that_lacks_a_key_that_others_have_is_named(open_sources: OpenSources, tmp_path: Path) -> None:
    write_lines(tmp_path / "1.jsonl", {"id": "c1", "tier": "gold"})
    write_lines(tmp_path / "2.jsonl", {"id": "c2", "Tier": "gold"})

    with pytest.raises(FixInput, match=r'2\.jsonl has no column "tier"; 1\.jsonl has one. Nearest: "Tier"'):
        open_sources({"customers": "?.jsonl"}).relation("customers")


def test_keys_cannot_break_out(open_sources: OpenSources, tmp_path: Path) -> None:
    line = {"o'clock": 1, 'say "hi"': {"x'": 1, 'y"': "a"}, "a) --": "b"}
    write_lines(tmp_path / "c.jsonl", line)

    assert open_sources({"customers": "c.jsonl"}).relation("customers").to_pyarrow().to_pylist() == [line]


def test_lines_are_read_in_bounded_memory(open_sources: OpenSources, tmp_path: Path) -> None:
    """DuckDB's own way to the structure of a file holds all of its lines at once."""
    (tmp_path / "c.jsonl").write_text("".join(f'{{"id": {i}, "note": "{"x" * 400}"}}\n' for i in range(200_000)))

    assert open_sources({"customers": "c.jsonl"}, memory_limit="200MB", threads=1).row_count("customers") == 200_000
