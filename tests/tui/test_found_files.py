"""Files near a project are offered as tables, quickly, whatever else lies there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_app.core.errors import Place
from tui_app.core.project import SourceTable
from tui_app.engine.files import locate
from tui_app.tui.found_files import FoundFile, find_files, size_words


def write(folder: Path, *names: str, size: int = 3) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x" * size)


def test_patterns_come_first_and_say_how_many_files_they_name(tmp_path):
    write(tmp_path, "data/orders/2024.csv", "data/orders/2025.csv", "data/customers.parquet", "notes.md", size=1500)

    assert find_files(tmp_path) == (
        FoundFile("data/orders/*.csv", 2, 3000),
        FoundFile("data/customers.parquet", 1, 1500),
        FoundFile("data/orders/2024.csv", 1, 1500),
        FoundFile("data/orders/2025.csv", 1, 1500),
    )
    assert [each.name for each in find_files(tmp_path)] == ["orders", "customers", "2024", "2025"]
    assert find_files(tmp_path)[0].note == "2 files, 3.0 kB"


def test_what_is_hidden_deep_or_no_file_is_not_offered(tmp_path):
    write(
        tmp_path, ".git/a.csv", "node_modules/a.csv", "a/b/c/d/e/deep.csv", "a/b/c/d/seen.csv.gz", "packed.parquet.gz"
    )
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere.csv")

    assert [each.location for each in find_files(tmp_path)] == ["a/b/c/d/seen.csv.gz"]


def test_a_name_with_a_wildcard_in_it_names_that_file_alone(tmp_path):
    write(tmp_path, "sales [1].csv", "sales 1.csv")
    _, found = find_files(tmp_path)

    located = locate(SourceTable(found.name, found.location, Place("stoker.toml", 1)), tmp_path)

    assert [file.path.name for file in located] == ["sales [1].csv"]
    assert found.name == "sales_1"


def test_a_folder_with_very_many_files_is_looked_at_in_part(tmp_path):
    write(tmp_path, *(f"many/{number}.csv" for number in range(600)))

    assert len(find_files(tmp_path)) == 501


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (9_960, "10 kB"), (999_499, "999 kB"), (999_500, "1.0 MB")],
)
def test_sizes_are_words(size, words):
    assert size_words(size) == words
