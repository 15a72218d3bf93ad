"""The project that answers are about is the one on disk, also while its files are being changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui_app.backstage.desk import Office
from tui_app.core.errors import FixInput


@pytest.fixture
def query_file(shop) -> Path:
    """Of the shop's only query."""
    shop.extra = '[queries.active]\nfile = "active.sql"'
    shop.write()
    file = shop.folder / "active.sql"
    file.write_text("SELECT 0 AS id")
    return file


@pytest.fixture
def office(shop, query_file) -> Iterator[Office]:
    office = Office(shop.folder)
    yield office
    office.close()


def sql_of(office: Office) -> str:
    return office.workplace().project.queries["active"].sql


def test_a_project_is_read_again_only_if_it_was_changed(office, query_file, shop):
    before = office.workplace()
    assert office.workplace() is before

    query_file.write_text("SELECT 1 AS id")
    assert sql_of(office) == "SELECT 1 AS id"
    shop.extra += "\n# mine"
    shop.write()
    assert office.workplace() is not before


def test_a_query_that_is_changed_while_the_project_is_read_is_noticed(office, query_file, shop):
    """An editor saves at any moment. What is counted afterwards must not be the query as it was before."""
    for number in range(40):
        shop.extra = f'[queries.active]\nfile = "active.sql"\n# {number}'
        shop.write()
        wanted = f"SELECT {number} AS id"
        saving = threading.Thread(target=_replace, args=(query_file, wanted))
        saving.start()
        office.workplace()
        saving.join()

        assert sql_of(office) == wanted


def _replace(file: Path, content: str) -> None:
    draft = file.with_suffix(".part")
    draft.write_text(content)
    draft.replace(file)


def test_the_state_is_known_while_the_project_cannot_be_read(office, shop):
    state = office.state()
    (shop.folder / "stoker.toml").write_text("[")

    assert office.state() == state == shop.state
    with pytest.raises(FixInput, match="not TOML"):
        office.workplace()
    with pytest.raises(FixInput):
        Office(shop.folder).state()


def test_a_query_file_that_appears_mends_the_project(office, query_file):
    query_file.unlink()
    with pytest.raises(FixInput, match=r"query file .*does not exist"):
        office.workplace()

    query_file.write_text("SELECT 2 AS id")

    assert sql_of(office) == "SELECT 2 AS id"
