"""A project grows step by step: what it has is sound before it has everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_app.config.edit import AddTable, RemoveKey, SetValue, edit_project, file_digest, written_keys
from tui_app.config.read import project_of, read_project
from tui_app.core.errors import FixInput

DESTINATION = {"instance": "US-03", "api_key": "env:BRAZE_API_KEY"}


def test_a_project_may_begin_with_nothing_but_a_comment():
    """The terminal app writes this file before the first destination is added to it."""
    project = project_of("# What Stoker sends.\n", Path("stoker.toml"))

    assert (project.source.tables, project.destinations) == ({}, {})


def test_a_destination_comes_before_the_source_and_the_source_before_what_reads_it(tmp_path):
    file = tmp_path / "stoker.toml"
    file.write_text("# What Stoker sends.\n")

    digest = edit_project(file, file_digest(file), [AddTable(("destinations", "braze"), DESTINATION)])
    digest = edit_project(file, digest, [SetValue(("source", "tables", "customers"), "customers.csv")])
    edit_project(file, digest, [AddTable(("queries", "profile"), {"sql": "SELECT * FROM customers"})])

    assert list(read_project(file).source.tables) == ["customers"]
    assert file.read_text().startswith("# What Stoker sends.\n\n[destinations.braze]\n")


def test_the_last_table_stays_while_a_query_may_read_it(tmp_path):
    file = tmp_path / "stoker.toml"
    file.write_text("[source.tables]\ncustomers = 'c.csv'\n[queries.profile]\nsql = 'SELECT 1'\n")

    with pytest.raises(FixInput, match="source: no table is named"):
        edit_project(file, file_digest(file), [RemoveKey(("source", "tables", "customers"))])


def test_what_is_written_is_known_and_what_is_left_to_its_default_too(tmp_path):
    """A key can only be removed if it stands there."""
    file = tmp_path / "stoker.toml"
    file.write_text('[destinations.braze]\ninstance = "US-03"\napi_key = "env:KEY"\n')

    assert written_keys(file, ("destinations", "braze")) == {"instance", "api_key"}
    assert written_keys(file, ("destinations", "other")) == frozenset()
    assert written_keys(file, ("destinations", "braze", "instance")) == frozenset()
