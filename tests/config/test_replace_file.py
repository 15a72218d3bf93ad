"""A file is swapped for its new content at once; whatever goes wrong, it is as it was and nothing lies beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_app.config.replace_file import replace_file


@pytest.fixture
def target(tmp_path: Path) -> Path:
    file = tmp_path / "stoker.toml"
    file.write_text("before")
    file.chmod(0o640)
    return file


def test_whoever_has_it_open_reads_on_in_the_old_content(target):
    """A file that was written in place would be half of each for a moment."""
    with target.open() as opened:
        replace_file(target, b"after")
        assert opened.read() == "before"

    assert (target.read_text(), target.stat().st_mode & 0o777) == ("after", 0o640)
    assert list(target.parent.iterdir()) == [target]


def test_what_a_process_of_the_same_number_left_is_in_nobody_s_way(target, tmp_path):
    """Numbers of processes come again; and what is written must not go through a link that waits there."""
    (tmp_path / f".stoker.toml.{os.getpid()}.part").symlink_to(tmp_path / "elsewhere")

    replace_file(target, b"after")

    assert list(tmp_path.iterdir()) == [target]
    assert target.read_text() == "after"


def test_a_file_that_cannot_be_replaced_stays_and_nothing_is_left_beside_it(tmp_path):
    target = tmp_path / "folder"
    target.mkdir()
    (target / "mine").touch()

    with pytest.raises(OSError, match="directory"):
        replace_file(target, b"after")

    assert sorted(tmp_path.rglob("*")) == [target, target / "mine"]
