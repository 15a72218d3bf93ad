"""A theme is remembered without a loss: what else stands in the file stays, or nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tui_app.config.locations import config_folder
from tui_app.core.errors import FixInput
from tui_app.tui.settings import FILE_NAME, Settings, keep_theme, read_settings

MINE = '# mine\n[keys]\nresume = "R" # easier\n'


def test_the_first_theme_makes_a_file_that_only_its_owner_reads(tmp_path):
    kept = keep_theme(Settings(message="an old complaint"), "high-contrast", tmp_path)

    assert (kept.theme, kept.message) == ("high-contrast", "")
    assert read_settings(tmp_path).theme == "high-contrast"
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [(FILE_NAME, 0o600)]


def test_comments_and_keys_stay(tmp_path):
    (tmp_path / FILE_NAME).write_text(MINE)

    keep_theme(Settings(), "high-contrast", tmp_path)

    written = (tmp_path / FILE_NAME).read_text().splitlines()
    assert [line for line in written if line and not line.startswith("theme")] == MINE.splitlines()
    assert read_settings(tmp_path) == Settings("high-contrast", {"resume": "R"})


@pytest.mark.parametrize("content", [b'[keys]\nresume = "R', b"# \xff\n"], ids=["a typing error", "another encoding"])
def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path, content):
    """A missing quotation mark must not cost somebody all their keys."""
    (tmp_path / FILE_NAME).write_bytes(content)

    with pytest.raises(FixInput, match=r"it is not TOML\. Nothing was written\."):
        keep_theme(Settings(), "high-contrast", tmp_path)

    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_a_linked_file_stays_a_link(tmp_path):
    """Many keep their settings in one folder under version control, and link them."""
    (tmp_path / "dotfiles").mkdir()
    (tmp_path / "dotfiles" / "stoker.toml").write_text(MINE)
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / FILE_NAME).symlink_to(tmp_path / "dotfiles" / "stoker.toml")

    keep_theme(Settings(), "high-contrast", folder)

    assert (folder / FILE_NAME).is_symlink()
    assert "high-contrast" in (tmp_path / "dotfiles" / "stoker.toml").read_text()


def test_what_makes_no_sense_is_left_out(tmp_path):
    (tmp_path / FILE_NAME).write_text("theme = 7\n[keys]\nleave = 1\nundo = 'z'\n")

    assert read_settings(tmp_path) == Settings(keys={"undo": "z"})


async def test_a_theme_that_cannot_be_remembered_holds_nevertheless(tmp_path: Path, open_stoker: Any) -> None:
    config_folder().mkdir(parents=True)
    (config_folder() / FILE_NAME).write_bytes(b"# \xff\n")

    async with open_stoker(tmp_path) as (app, pilot):
        await pilot.press("f9")
        await pilot.pause()

        assert app.theme == "high-contrast"
        (message,) = [each.message for each in app._notifications]
        assert "The theme cannot be remembered" in message
