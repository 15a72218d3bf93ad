"""What a person asks for is written to a new file that only they read, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui_app.core.errors import FixInput
from tui_app.tasks.new_file import new_private_file, typed_path


def test_a_new_file_is_private_whatever_the_umask(tmp_path):
    before = os.umask(0)
    try:
        with new_private_file(tmp_path / "new.csv") as file:
            file.write("ä\n\r\n")
    finally:
        os.umask(before)

    assert (tmp_path / "new.csv").read_bytes() == "ä\n\r\n".encode()
    assert (tmp_path / "new.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["file", "folder", "link to nowhere"])
def test_what_is_there_already_is_left_as_it_is(tmp_path, kind):
    path = tmp_path / "there"
    if kind == "file":
        path.write_text("mine")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FixInput, match="it is there already, and was left as it is"), new_private_file(path):
        pass

    assert kind != "file" or path.read_text() == "mine"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("name", ["no/such/folder.csv", "x" * 300, "nul\x00", "file.txt/below"])
def test_a_place_that_cannot_be_written_is_explained(tmp_path, name):
    (tmp_path / "file.txt").write_text("")

    with pytest.raises(FixInput, match="it cannot be written"), new_private_file(tmp_path / name):
        pass


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), ValueError()])
def test_half_a_file_does_not_stay(tmp_path, error):
    def write_half() -> None:
        with new_private_file(tmp_path / "half") as file:
            file.write("half")
            raise error

    with pytest.raises((FixInput, type(error))):
        write_half()

    assert list(tmp_path.iterdir()) == []


def test_a_typed_path_may_begin_at_home_or_here(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    assert typed_path("~/a.csv") == typed_path("a.csv") == tmp_path / "a.csv"
    assert typed_path("/b.csv") == Path("/b.csv")
    with pytest.raises(FixInput, match="nobody here has such a home"):
        typed_path("~nobody-of-that-name/a.csv")
