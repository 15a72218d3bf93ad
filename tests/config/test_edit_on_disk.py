"""An edit reaches the disk whole or not at all, and never over what somebody else wrote."""

from __future__ import annotations

import os
import stat

import pytest

from tui_app.config.edit import RenameKey, SetValue, attribute_path, edit_project, file_digest
from tui_app.config.read import read_project
from tui_app.core.errors import FixInput

PROJECT = """\
# The shop's project
state = ".stoker"  # beside the data
[source.tables]
customers = "data/*.csv"
[destinations.braze]
instance = "US-03"
api_key = "env:KEY"
    # indented by hand
    objects_per_request = 50
[templates.profile]
destination = "braze"
identifier_column = "id"
[templates.profile.attributes]
first_name = "given_name"
birthday = "birthdate"
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "stoker.toml"
    path.write_text(PROJECT)
    return path


def test_an_edit_reaches_the_disk_and_gives_the_digest_for_the_next(file):
    digest = edit_project(file, file_digest(file), [SetValue(("destinations", "braze", "instance"), "EU-01")])
    digest = edit_project(file, digest, [RenameKey(attribute_path("profile", "birthday"), "dob")])

    assert digest == file_digest(file)
    project = read_project(file)
    assert project.destinations["braze"].instance == "EU-01"
    assert [mapping.attribute for mapping in project.templates["profile"].attributes][1] == "dob"
    assert "# indented by hand" in file.read_text()
    assert list(file.parent.iterdir()) == [file]


def test_a_change_made_elsewhere_is_not_overwritten(file):
    """Somebody has the file open in an editor while the terminal app runs."""
    digest = file_digest(file)
    file.write_text(PROJECT + "# mine\n")

    with pytest.raises(FixInput, match=r"changed by something else since it was read\. Nothing was written\."):
        edit_project(file, digest, [SetValue(("state",), "x")])

    assert file.read_text() == PROJECT + "# mine\n"


def test_an_edit_that_would_break_the_project_is_refused(file):
    with pytest.raises(FixInput, match=r"objects_per_request is 76; it must be 1\.\.75") as caught:
        edit_project(file, file_digest(file), [SetValue(("destinations", "braze", "objects_per_request"), 76)])

    assert len(caught.value.problems) == 1
    assert file.read_text() == PROJECT


def test_a_broken_project_can_be_mended_step_by_step(file):
    file.write_text(PROJECT.replace("50", "76").replace('"US-03"', '"US-99"'))

    edit_project(file, file_digest(file), [SetValue(("destinations", "braze", "objects_per_request"), 75)])

    with pytest.raises(FixInput, match="US-03") as caught:
        read_project(file)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640])
def test_the_file_keeps_its_mode(file, mode):
    file.chmod(mode)

    edit_project(file, file_digest(file), [SetValue(("state",), "x")])

    assert stat.S_IMODE(file.stat().st_mode) == mode


def test_a_linked_file_is_edited_where_it_is(file, tmp_path):
    link = tmp_path / "link.toml"
    link.symlink_to(file)

    edit_project(link, file_digest(link), [SetValue(("state",), "x")])

    assert link.is_symlink()
    assert 'state = "x"' in file.read_text()


def test_a_folder_that_cannot_be_written_leaves_the_file_as_it_was(file):
    """Root may write anywhere, so the folder is made full instead: a name that is taken by a folder."""
    (file.parent / f".stoker.toml.{os.getpid()}.part").mkdir()

    with pytest.raises(FixInput, match=r"it cannot be written \(.*\)\. It is as it was\."):
        edit_project(file, file_digest(file), [SetValue(("state",), "x")])

    assert file.read_text() == PROJECT


def test_a_byte_order_mark_does_not_hide_a_change(file):
    file.write_bytes(b"\xef\xbb\xbf" + PROJECT.encode())

    edit_project(file, file_digest(file), [SetValue(("state",), "x")])

    assert read_project(file).state == "x"
