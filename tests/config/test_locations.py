"""Ledgers and plans hold personal data: they lie where one person looks for them and nobody else can."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tui_app.config.locations import config_folder, log_folder, make_private, open_state, state_folder
from tui_app.core.errors import FixInput
from tui_app.core.project import Project, Source


def a_project(file: str = "/home/anna/shop/stoker.toml", state: str | None = None) -> Project:
    return Project(file=file, source=Source({}), state=state)


@pytest.fixture(autouse=True)
def data_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_variable_wins_over_the_file_and_the_file_over_the_platform(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    project = a_project(state=".state")

    assert state_folder(project, {"STOKER_STATE": "/srv/stoker"}) == Path("/srv/stoker")
    assert state_folder(project, {"STOKER_STATE": "here"}) == tmp_path / "here"
    assert state_folder(project, {}) == Path("/home/anna/shop/.state")
    assert state_folder(project, {"STOKER_STATE": ""}) == Path("/home/anna/shop/.state")
    assert state_folder(a_project(state="/srv/s"), {}) == Path("/srv/s")


@pytest.mark.skipif(os.uname().sysname == "Darwin", reason="macOS has no XDG folders")
def test_every_project_has_a_folder_of_its_own_in_the_data_folder(data_home):
    """Two checkouts of one project must not share a ledger by accident."""
    folder = state_folder(a_project(), {})

    assert folder.parent == data_home / "stoker" / "projects"
    assert folder.name.startswith("shop-")
    assert folder == state_folder(a_project(), {})
    others = ["/home/anna/work/shop/stoker.toml", "/home/anna/shop/other.toml", "/home/anna/shöp ✨/stoker.toml"]
    assert len({state_folder(a_project(file), {}) for file in others} | {folder}) == 4
    assert state_folder(a_project(others[2]), {}).name.isascii()


def test_logs_and_settings_have_folders_of_their_own():
    assert log_folder().is_absolute()
    assert config_folder().is_absolute()
    assert "stoker" in str(log_folder())
    assert log_folder() != config_folder()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o277])
def test_a_folder_and_its_missing_parents_are_private_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        folder = make_private(tmp_path / "a" / "b" / "c")
    finally:
        os.umask(before)

    assert [mode_of(path) for path in (folder, folder.parent, folder.parent.parent)] == [0o700] * 3


def test_an_open_folder_of_ours_is_closed_and_its_parents_stay_as_they_are(tmp_path):
    folder = tmp_path / "state"
    folder.mkdir()
    folder.chmod(0o775)
    tmp_path.chmod(0o755)

    make_private(folder)

    assert mode_of(folder) == 0o700
    assert mode_of(tmp_path) == 0o755


def test_a_link_is_refused_and_what_it_leads_to_is_left_alone(tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o755)
    (tmp_path / "state").symlink_to("elsewhere")

    with pytest.raises(FixInput, match="symbolic link"):
        make_private(tmp_path / "state")

    assert mode_of(tmp_path / "elsewhere") == 0o755


def test_a_link_that_leads_nowhere_is_refused(tmp_path):
    (tmp_path / "state").symlink_to("nowhere")

    with pytest.raises(FixInput, match="symbolic link"):
        make_private(tmp_path / "state")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path):
    (tmp_path / "state").mkdir()
    os.chown(tmp_path / "state", 12345, -1)

    with pytest.raises(FixInput, match="belongs to another user"):
        make_private(tmp_path / "state")


@pytest.mark.parametrize("path", ["file", "file/state"])
def test_a_file_in_the_way_is_named_with_what_to_change(tmp_path, path):
    (tmp_path / "file").write_text("")

    with pytest.raises(FixInput, match=r"cannot be used \(Not a directory\).*STOKER_STATE or by state in stoker\.toml"):
        make_private(tmp_path / path)


def a_strangers_project(folder: Path, state: str) -> Project:
    (folder / "shop").mkdir(exist_ok=True)
    return a_project(str(folder / "shop" / "stoker.toml"), state)


def test_a_state_folder_is_created_and_closed(tmp_path):
    folder = open_state(a_strangers_project(tmp_path, "new/state"), {})

    assert folder == tmp_path / "shop" / "new" / "state"
    assert mode_of(folder) == 0o700

    (folder / "plans").mkdir(mode=0o755)
    folder.chmod(0o755)

    open_state(a_strangers_project(tmp_path, "new/state"), {})

    assert [mode_of(folder), mode_of(folder / "plans")] == [0o700, 0o700]


@pytest.mark.parametrize("state", ["..", "../..", "{}", "../others"])
def test_of_a_folder_of_other_things_only_our_own_is_closed(tmp_path, state):
    """A stranger's `state = ".."` must not lock others out of the folder that somebody cloned into."""
    (tmp_path / "deep" / "others").mkdir(parents=True)
    project = a_strangers_project(tmp_path / "deep", state.format(tmp_path))
    folder = state_folder(project, {}).resolve()
    (folder / "letters").mkdir()
    (folder / "plans").mkdir(mode=0o755)
    folder.chmod(0o755)

    open_state(project, {})

    assert [mode_of(folder), mode_of(folder / "letters"), mode_of(folder / "plans")] == [0o755, 0o755, 0o700]


@pytest.mark.parametrize(
    "place",
    [
        "plans", "runs", "ledgers", "scratch", "ledgers/braze-0123456789", "ledgers/braze-0123456789/spill-x",
        "ledgers/braze-0123456789/lock", "runs/20260102T030405678-club/.status.part", "plans/club-0123/changes.parquet",
    ],
)  # fmt: skip
def test_a_link_anywhere_in_the_state_is_refused_and_what_it_leads_to_is_left_alone(tmp_path, place):
    """A stranger's repository may come with a state folder."""
    project = a_strangers_project(tmp_path, "state")
    precious = tmp_path / "precious"
    precious.mkdir(mode=0o755)
    link = tmp_path / "shop" / "state" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(precious)

    with pytest.raises(FixInput, match=rf"state folder .*{place}.* in it is a symbolic link"):
        open_state(project, {})

    assert mode_of(precious) == 0o755


def test_a_link_on_the_way_from_the_project_to_its_state_is_refused(tmp_path):
    project = a_strangers_project(tmp_path, "link/state")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "shop" / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FixInput, match=r"shop/link.* is a symbolic link"):
        open_state(project, {})

    assert not list((tmp_path / "elsewhere").iterdir())


def test_links_above_the_project_and_to_a_folder_that_the_person_names_are_followed(tmp_path):
    """Home folders are links on many machines."""
    a_strangers_project(tmp_path, "state")
    (tmp_path / "home").symlink_to(tmp_path)
    project = a_project(str(tmp_path / "home" / "shop" / "stoker.toml"), "state")

    assert open_state(project, {}) == tmp_path / "home" / "shop" / "state"
    assert open_state(project, {"STOKER_STATE": str(tmp_path / "home" / "mine")}).is_dir()
