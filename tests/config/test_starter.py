"""The first file that a person sees explains every key and works as it is."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from tui_app.config.read import project_of, read_project
from tui_app.config.starter import EXAMPLE_TABLE, STARTER, write_starter
from tui_app.core.errors import FixInput
from tui_app.core.guards import GUARD_NAMES, Guards
from tui_app.core.project import Destination, RateLimit, Source

UNCOMMENTED = re.sub(r"(?m)^# (?=\w+ = |\[\w+(\.\w+)+\]$)", "", STARTER)


def test_the_starter_is_a_sound_project(tmp_path):
    file = write_starter(tmp_path / "new" / "shop")

    project = read_project(file.parent)

    assert file == tmp_path / "new" / "shop" / "stoker.toml"
    assert [table.location for table in project.source.tables.values()] == [EXAMPLE_TABLE]
    assert list(project.campaigns) == ["winback"]
    assert list(project.orchestrations) == ["nightly_profiles"]


def test_every_key_in_a_comment_is_valid_too():
    assert UNCOMMENTED.count("\n#") < STARTER.count("\n#") - 20

    project = project_of(UNCOMMENTED, Path("stoker.toml"))

    assert project.state == ".stoker"
    assert len(project.templates["profile"].attributes) == 10


@pytest.mark.parametrize(
    "key",
    [
        *GUARD_NAMES,
        *("state", "engine", "tables", "memory_limit", "threads", "sql", "file"),
        *("instance", "dashboard", "endpoint", "identifier", "update_existing_only", "api_key", "requests_per_second"),
        *("requests_per_hour", "objects_per_request", "quiet_period_seconds", "send_consent", "custom_attributes"),
        *("cost_per_1000_data_points", "destination", "identifier_column", "alias_name_column", "alias_label_column"),
        *("type", "on_null", "keep_empty", "trim", "lower", "upper", "round", "buckets", "date_only"),
        *("longitude_column", "latitude_column", "all", "any", "none", "segment", "ids", "include", "exclude"),
        *("template", "audience_attribute", "on_leave", "control_share", "schedule", "query"),
        *("groups", "share", "attributes", "value", "fact", "audiences", "segments", "first_match_only"),
        *("assignment_key", "warn"),
        *("purchases", "row_key", "product_id", "currency", "price", "quantity", "time", "properties"),
    ],
)
def test_every_key_of_the_contract_is_explained(key):
    assert re.search(rf"\b{key}\b", STARTER)


def test_the_defaults_that_it_names_are_the_defaults():
    """A comment that lies about a limit is worse than none."""
    written = tomllib.loads(UNCOMMENTED)
    guards = written["campaigns"]["winback"]["guards"]
    destination = written["destinations"]["braze"]
    defaults = {name: getattr(Guards(), name) for name in guards if getattr(Guards(), name) is not None}

    assert {name: guards[name] for name in defaults} == defaults
    assert destination["requests_per_second"] == RateLimit().requests_per_second
    for key in ("objects_per_request", "quiet_period_seconds", "send_consent", "custom_attributes"):
        assert destination[key] == next(field.default for field in fields(Destination) if field.name == key)
    assert written["source"]["memory_limit"] == Source({}).memory_limit


def test_a_file_that_exists_is_never_overwritten(tmp_path):
    (tmp_path / "stoker.toml").write_text("mine")

    with pytest.raises(FixInput, match="it exists already and was not touched"):
        write_starter(tmp_path)

    assert (tmp_path / "stoker.toml").read_text() == "mine"


def test_a_link_is_not_written_through(tmp_path):
    (tmp_path / "stoker.toml").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FixInput, match="it exists already"):
        write_starter(tmp_path)

    assert not (tmp_path / "elsewhere").exists()


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "shop").write_text("")

    with pytest.raises(FixInput, match=r"shop/stoker\.toml\": it cannot be written \(File exists\)"):
        write_starter(tmp_path / "shop")


def test_the_starter_fits_a_terminal_and_has_no_secret():
    assert max(len(line) for line in STARTER.splitlines()) <= 120
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", STARTER)
