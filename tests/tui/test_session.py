"""What the screens share: the project is known as it is on disk, and nothing that is done to its files ends the app."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_app.backstage.client import Backstage
from tui_app.config.edit import RemoveKey, SetValue
from tui_app.core.errors import FixInput
from tui_app.tui.session import Session
from tui_app.tui.settings import Settings

PROJECT = """\
[source.tables]
customers = "customers.csv" # nightly
[queries.active]
file = "queries/active.sql"
"""
SQL = "SELECT * FROM customers"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a project with a query in a file of its own."""
    folder = tmp_path / "shop"
    (folder / "queries").mkdir(parents=True)
    (folder / "stoker.toml").write_text(PROJECT)
    (folder / "queries" / "active.sql").write_text(SQL)
    return folder


def open_session(folder: Path) -> Session:
    return Session(folder, Backstage(folder), Settings())


@pytest.fixture
def session(folder: Path) -> Session:
    return open_session(folder)


ADD_ORDERS = SetValue(("source", "tables", "orders"), "orders.csv")


def sql_of(session: Session) -> str:
    assert session.project is not None
    return session.project.queries["active"].sql


def test_a_query_file_that_was_changed_outside_is_read_again(session, folder):
    """Its SQL could otherwise not be saved until somebody touched stoker.toml: it is never written over unread."""
    (folder / "queries" / "active.sql").write_text("SELECT 1 AS id")

    assert session.was_changed_outside()
    assert sql_of(session) == "SELECT 1 AS id"
    assert not session.was_changed_outside()


def test_a_change_that_keeps_the_size_is_noticed(session, folder):
    """Most editors write a new file and put it in the place of the old one."""
    assert not session.was_changed_outside()
    draft = folder / "queries" / "draft"
    draft.write_text(SQL.upper())
    draft.replace(folder / "queries" / "active.sql")

    assert session.was_changed_outside()
    assert sql_of(session) == SQL.upper()


def test_another_query_file_takes_no_undo_away(session, folder):
    session.edit("Add orders", ADD_ORDERS)
    (folder / "queries" / "active.sql").write_text("SELECT 1 AS id")

    assert session.was_changed_outside()
    assert session.undo() == "Add orders"
    assert (folder / "stoker.toml").read_text() == PROJECT


def test_a_missing_query_file_that_appears_mends_the_project(folder):
    (folder / "queries" / "active.sql").unlink()
    session = open_session(folder)
    assert ["query file" in problem.message for problem in session.problems] == [True]
    session.was_changed_outside()

    (folder / "queries" / "active.sql").write_text(SQL)

    assert session.was_changed_outside()
    assert (session.problems, sql_of(session)) == ((), SQL)


def test_a_file_that_was_only_touched_changes_nothing(session, folder):
    session.edit("Add orders", ADD_ORDERS)
    for file in ("stoker.toml", "queries/active.sql"):
        (folder / file).touch()

    assert not session.was_changed_outside()
    assert session.undo() == "Add orders"


def test_a_change_of_the_project_file_outside_takes_the_undo_away(session, folder):
    """Undo puts a whole text back, and would take somebody else's change with it."""
    session.edit("Add orders", ADD_ORDERS)
    session.edit("Remove the query", RemoveKey(("queries", "active")))
    session.undo()
    (folder / "stoker.toml").write_text(PROJECT + "# mine\n")

    assert session.was_changed_outside()
    assert (session.undo(), session.redo()) == (None, None)
    assert (folder / "stoker.toml").read_text() == PROJECT + "# mine\n"


def test_what_was_edited_is_taken_back_and_made_again_and_a_new_edit_ends_that(session, folder):
    session.edit("Add orders", ADD_ORDERS)
    after = (folder / "stoker.toml").read_text()

    assert (session.undo(), session.undo(), (folder / "stoker.toml").read_text()) == ("Add orders", None, PROJECT)
    assert (session.redo(), session.redo(), (folder / "stoker.toml").read_text()) == ("Add orders", None, after)
    session.undo()
    session.edit("Remove the query", RemoveKey(("queries", "active")))
    assert session.redo() is None


def test_a_project_file_that_is_gone_is_said_and_not_an_accident(session, folder):
    """The app looks once a second; whoever edits before it looked must not find the app dead."""
    (folder / "stoker.toml").unlink()

    with pytest.raises(FixInput, match="it does not exist"):
        session.edit("Add orders", ADD_ORDERS)

    assert session.was_changed_outside()
    assert (session.has_file, session.project, session.problems) == (False, None, ())


def test_a_project_file_that_cannot_be_read_is_there_nevertheless(session, folder):
    """Home would else offer to begin a project in its place."""
    (folder / "stoker.toml").unlink()
    (folder / "stoker.toml").mkdir()

    assert session.was_changed_outside()
    assert session.has_file
    assert ["it is a folder" in problem.message for problem in session.problems] == [True]
    (folder / "stoker.toml").rmdir()
    assert session.was_changed_outside()
    assert not session.has_file


def test_a_project_may_be_named_by_its_file(folder):
    """As every command takes it: `stoker --project shop/stoker.toml`."""
    session = open_session(folder / "stoker.toml")

    assert (session.folder, session.file, session.has_file) == (folder, folder / "stoker.toml", True)


def test_a_project_is_begun_once(tmp_path):
    session = open_session(tmp_path)

    session.begin()

    assert session.project is not None
    (tmp_path / "stoker.toml").write_text(PROJECT)
    session.begin()
    assert (tmp_path / "stoker.toml").read_text() == PROJECT


def test_a_project_that_somebody_began_meanwhile_is_not_written_over(tmp_path):
    session = open_session(tmp_path)
    (tmp_path / "stoker.toml").write_text(PROJECT)

    with pytest.raises(FixInput, match=r"cannot be written \(File exists\)"):
        session.begin()
    assert (tmp_path / "stoker.toml").read_text() == PROJECT


def test_a_choice_that_the_project_has_no_more_is_forgotten(session):
    session.choose(table="active", plan="20260102T030405678-0123456789ab")

    session.edit("Remove the query", RemoveKey(("queries", "active")))

    assert (session.choice.table, session.choice.plan) == (None, "20260102T030405678-0123456789ab")


def test_a_folder_at_home_is_shown_as_people_write_it(folder, tmp_path, monkeypatch):
    for home, shown in ((tmp_path, "~/shop"), (folder, "~"), (tmp_path / "sho", str(folder))):
        monkeypatch.setenv("HOME", str(home))
        assert open_session(folder).shown_folder == shown
