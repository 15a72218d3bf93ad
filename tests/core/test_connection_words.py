"""What a test of a connection is said to mean: every outcome has words, and the two causes of a 401 are told apart."""

from __future__ import annotations

from typing import get_args

import pytest

from tui_app.core.connection import Probe, ProbeOutcome
from tui_app.core.connection_words import (
    address_remark,
    key_name_for,
    key_remark,
    outcome_title,
    place_remarks,
    probe_remarks,
    speed,
)
from tui_app.core.delivery import StopCause
from tui_app.core.project import KeyReference

OUTCOMES = [*get_args(get_args(ProbeOutcome)[0]), *get_args(StopCause)]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_has_a_title_of_its_own_and_a_sentence(outcome):
    probe = Probe(outcome, "Its message.")

    assert len({outcome_title(Probe(each, "")) for each in OUTCOMES}) == len(OUTCOMES) == 8
    assert probe_remarks(probe, "EU-01")


def test_a_refused_key_has_two_causes_and_the_second_names_the_instance_that_was_asked():
    remarks = [each.text for each in probe_remarks(Probe("key", "Its message.", 0.05), "EU-01")]

    assert remarks[1].startswith("1. The key is mistyped")
    assert remarks[2].startswith("2. Its workspace is not on EU-01")
    assert remarks[3] == "It answered in under 0.1 s."


def test_a_key_without_the_second_permission_is_ready_with_a_warning():
    names_unread = Probe("ready", "", 0.2, None, "the permission custom_attributes.get is missing.")

    assert [each.weight for each in probe_remarks(names_unread, None)] == ["good", "warning", "good"]
    assert "custom_attributes.get" in probe_remarks(names_unread, None)[1].text
    assert probe_remarks(Probe("ready", "", 0.2, ("a",)), None)[1].text.startswith(
        "It may read the workspace's 1 custom"
    )
    assert probe_remarks(Probe("ready", "", 0.2), None)[1].weight == "plain"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.01, "under 0.1 s"), (0.25, "under 0.3 s"), (0.9, "under 1 s"), (2, "1 to 3 s, which is slow"), (9, "over 3 s")],
)
def test_speed_comes_in_classes(seconds, words):
    """One answer says no more, and 0.2731 s would pretend to."""
    assert speed(seconds).startswith(words)
    remark = probe_remarks(Probe("ready", "", seconds), None)[-1]
    assert remark.weight == ("warning" if seconds > 1 else "good")


@pytest.mark.parametrize(
    ("kind", "destination", "name"),
    [
        ("file", "braze", "braze.key"),
        ("file", "../../etc", "etc.key"),
        ("file", "  ", "braze.key"),
        ("keyring", "Production EU", "Production EU"),
        ("env", "Production EU", "PRODUCTION_EU_API_KEY"),
        ("env", "2024", "_2024_API_KEY"),
        ("env", "", "BRAZE_API_KEY"),
    ],
)
def test_a_place_for_the_key_is_named_after_the_destination(kind, destination, name):
    assert key_name_for(kind, destination) == name


def test_the_list_of_instances_is_not_repeated_where_it_can_be_chosen():
    assert address_remark("US").text == "This is neither an instance of Braze nor an address of one."


def test_a_variable_is_never_said_to_be_kept():
    env, file = KeyReference("env", "KEY"), KeyReference("file", "braze.key")

    assert "cannot set a variable" in key_remark(env, has_typed=True, problem="").text
    assert place_remarks(env, has_key=False, is_in_git=False)[0].text.endswith("export KEY=…")
    assert place_remarks(env, has_key=True, is_in_git=False)[0].weight == "good"
    assert key_remark(file, has_typed=True, problem="").text == "Kept in the file braze.key when you save."
    assert key_remark(file, has_typed=False, problem="none").text.startswith("There is none in the file braze.key")
    assert place_remarks(file, has_key=True, is_in_git=True)[0].weight == "warning"
    assert place_remarks(file, has_key=True, is_in_git=False) == ()
