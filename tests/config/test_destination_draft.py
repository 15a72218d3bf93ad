"""A form for a destination: what is typed means what the project file would mean, and only what changed is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tui_app.config.destination_draft import (
    DestinationDraft,
    FieldProblem,
    destination_edits,
    destination_of,
    draft_of,
)
from tui_app.config.edit import edited, written_keys
from tui_app.config.read import project_of
from tui_app.core.project import KeyReference

DRAFT = DestinationDraft("braze", "https://dashboard-01.braze.eu/sign_in", KeyReference("file", "braze.key"))
FILE = Path("stoker.toml")
CANARY = "00000000-1111-2222-3333-444444444444"
SECTION = """\
# production
[destinations.braze]
dashboard = "https://dashboard-03.braze.com"  # Virginia
api_key = "env:BRAZE_API_KEY"
    # half of what the contract allows
    requests_per_second = 500
"""


def edited_section(tmp_path: Path, **changes: object) -> str:
    """The section after the form of its destination was changed and saved."""
    file = tmp_path / "stoker.toml"
    file.write_text(SECTION)
    before = project_of(SECTION, FILE).destinations["braze"]
    draft = replace(draft_of(before), **changes)
    return edited(SECTION, destination_edits(draft, before, written_keys(file, ("destinations", "braze"))), "x")


def test_a_new_destination_is_written_with_what_matters_and_read_as_it_was_meant():
    text = edited("", destination_edits(DRAFT, None, frozenset()), "stoker.toml")

    assert text == (
        '[destinations.braze]\ninstance = "EU-01"\napi_key = "file:braze.key"\nidentifier = "external_id"\n'
        "update_existing_only = true\n"
    )
    assert project_of(text, FILE).destinations["braze"] == destination_of(DRAFT, FILE)


def test_a_sandbox_is_written_by_its_endpoint_and_limits_only_where_they_differ():
    draft = replace(DRAFT, address="http://127.0.0.1:8099", requests_per_second="5,000", custom_attributes="off")

    text = edited("", destination_edits(draft, None, frozenset()), "stoker.toml")

    assert 'endpoint = "http://127.0.0.1:8099"\n' in text
    assert text.endswith('requests_per_second = 5000\ncustom_attributes = "off"\n')


def test_a_form_that_was_not_changed_writes_nothing(tmp_path):
    """The dashboard's address stays one, though the form shows the instance."""
    assert edited_section(tmp_path) == SECTION


def test_another_instance_takes_the_place_of_the_dashboard_and_keeps_its_comment(tmp_path):
    assert edited_section(tmp_path, address="EU-02") == SECTION.replace(
        'dashboard = "https://dashboard-03.braze.com"', 'instance = "EU-02"'
    )


def test_a_cleared_limit_falls_back_to_its_default(tmp_path):
    assert edited_section(tmp_path, requests_per_second="", requests_per_hour="") == SECTION.replace(
        "    requests_per_second = 500\n", ""
    )


def test_a_default_that_is_cleared_changes_nothing(tmp_path):
    """The form shows defaults; what is not written cannot be removed."""
    assert edited_section(tmp_path, quiet_period_seconds="", objects_per_request=" ") == SECTION


def test_whatever_is_changed_comes_back_in_the_form(tmp_path):
    changed = DestinationDraft(
        "braze",
        "http://127.0.0.1:8099",
        KeyReference("keyring", "production"),
        "user_alias",
        update_existing_only=True,
        requests_per_second="12.5",
        requests_per_hour="250000",
        objects_per_request="50",
        quiet_period_seconds="0",
        send_consent=True,
        custom_attributes="off",
        cost_per_1000_data_points="1.75",
    )
    changes = {name: getattr(changed, name) for name in DestinationDraft.__slots__ if name != "name"}

    text = edited_section(tmp_path, **changes)

    assert draft_of(project_of(text, FILE).destinations["braze"]) == changed


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"name": " "}, "name", "Give it a name"),
        ({"name": "a/b"}, "name", "its name holds a slash"),
        ({"address": ""}, "address", "Choose an instance, or paste the address"),
        ({"address": "https://dashboard-01.braze.eo"}, "address", 'Nearest: "https://dashboard-01.braze.eu"'),
        ({"api_key": KeyReference("file", "")}, "api_key", "name the file, the entry or the variable"),
        ({"api_key": KeyReference("env", "NOT A NAME")}, "api_key", "names no environment variable"),
        ({"api_key": KeyReference("env", CANARY)}, "api_key", "perhaps the key itself"),
        ({"requests_per_second": "5000"}, "requests_per_second", "at most 1,000"),
        ({"requests_per_second": "1,5"}, "requests_per_second", "must be a number"),
        ({"requests_per_hour": "many"}, "requests_per_hour", "must be a whole number"),
        ({"objects_per_request": "76"}, "objects_per_request", "must be 1..75"),
        ({"quiet_period_seconds": "-1"}, "quiet_period_seconds", "must be 0.."),
        ({"cost_per_1000_data_points": "nan"}, "cost_per_1000_data_points", "0 or more"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_mistake_is_said_at_its_field(changes, field, words):
    problems = destination_of(replace(DRAFT, **changes), FILE)

    assert isinstance(problems, tuple)
    assert [problem.field for problem in problems] == [field]
    assert words in problems[0].message


def test_all_mistakes_come_at_once():
    assert destination_of(DestinationDraft(), FILE) == (
        FieldProblem("name", "Give it a name, such as braze or production."),
        FieldProblem("address", "Choose an instance, or paste the address of its dashboard or REST endpoint."),
        FieldProblem("api_key", "Say where the key is kept: name the file, the entry or the variable."),
    )
