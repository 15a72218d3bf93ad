"""Checking and planning say what they do to whoever wants to hear it, and otherwise nothing."""

from __future__ import annotations

from contextlib import contextmanager

import pytest

from tui_app.sync.rooms import activation_named
from tui_app.tasks.check_workplace import check_workplace
from tui_app.tasks.plan_activation import plan_activation


class Notes:
    """A narrator that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    @contextmanager
    def working(self, text):
        self.lines.append(text)
        yield
        self.lines.append("…")

    def remark(self, text):
        self.lines.append(text)


@pytest.fixture
def stocked(shop, customer):
    shop.customers([customer(i) for i in range(30)])
    return shop


def test_planning_is_silent_unless_somebody_listens(stocked, capfd):
    workplace, notes = stocked.workplace, Notes()
    club = activation_named(workplace.project, "club")
    capfd.readouterr()

    silently = plan_activation(workplace, club)
    aloud = plan_activation(workplace, club, narrator=notes)

    assert capfd.readouterr() == ("", "")
    assert silently.fingerprint == aloud.fingerprint
    braze = workplace.project.destinations["braze"]
    assert silently.plan.key_fingerprint == workplace.key_fingerprint(braze, workplace.key_of(braze))
    assert notes.lines == [
        f"Reading the custom attributes of {stocked.url}",
        "…",
        "Planning club: reading the source and comparing it with the ledger",
        "…",
    ]


def test_without_a_key_a_plan_warns_and_the_reason_is_told(stocked):
    workplace, notes = stocked.workplace, Notes()
    (stocked.folder / "braze.key").unlink()

    stored = plan_activation(workplace, activation_named(workplace.project, "club"), narrator=notes)

    assert [warning.code for warning in stored.plan.warnings] == ["no_key"]
    assert stored.plan.key_fingerprint is None
    assert "braze.key" in notes.lines[0]


def test_a_check_is_silent_and_finds_what_a_plan_will_need(stocked, sandbox, capfd):
    capfd.readouterr()

    findings = check_workplace(stocked.workplace)

    assert capfd.readouterr() == ("", "")
    assert (findings.problems, findings.rows) == ([], {"customers": 30})
    assert findings.probes["braze"].may_send
    assert sandbox.received() == []


def test_names_are_judged_beside_those_of_the_workspace_unless_that_is_off(stocked, sandbox):
    """One name that only looks different splits an attribute in two."""
    sandbox.know("Tier")
    codes = {}
    for custom_attributes in ("warn", "off"):
        stocked.destination = {**stocked.destination, "custom_attributes": f'"{custom_attributes}"'}
        stocked.write()
        workplace, notes = stocked.workplace, Notes()
        stored = plan_activation(workplace, activation_named(workplace.project, "club"), narrator=notes)
        codes[custom_attributes] = [warning.code for warning in stored.plan.warnings]
        assert any("custom attributes" in line for line in notes.lines) == (custom_attributes == "warn")

    assert codes == {"warn": ["near_duplicate"], "off": []}


@pytest.mark.parametrize(
    ("fault", "ending"),
    [
        ("403", 'Give the key the permission custom_attributes.get, or set custom_attributes = "off".'),
        ("503", '(status 503). Try again later, or set custom_attributes = "off".'),
    ],
)
def test_a_plan_says_why_near_duplicates_are_not_found(stocked, sandbox, fault, ending):
    """They are a help: whoever may not list names, or cannot now, plans all the same."""
    sandbox.fail(f"{fault}:path=/custom_attributes")
    workplace = stocked.workplace
    stored = plan_activation(workplace, activation_named(workplace.project, "club"), narrator=Notes())

    assert [warning.message.endswith(ending) for warning in stored.plan.warnings] == [True]


def test_a_check_says_what_keeps_a_plan_from_being_made(stocked, sandbox):
    """A key that may not send is a problem; one that may not list names is a warning, said once for two activations."""
    stocked.attributes = {**stocked.attributes, "dob": '"is_member"', "Tier": '"tier"'}
    stocked.write()
    sandbox.fail("403:path=/custom_attributes")
    findings = check_workplace(stocked.workplace)

    assert {problem.code for problem in findings.problems} == {"mapping_mismatch"}
    assert sorted(warning.code for warning in findings.warnings) == ["near_duplicate", "workspace_not_read"]

    sandbox.fail("401")
    findings = check_workplace(stocked.workplace)

    place = stocked.workplace.project.destinations["braze"].place
    assert ("key", place) in [(problem.code, problem.place) for problem in findings.problems]


def test_a_check_stops_at_a_source_that_cannot_be_read(stocked):
    """What follows from a missing file would only hide it."""
    (stocked.folder / "customers.parquet").unlink()

    findings = check_workplace(stocked.workplace)

    assert ["customers.parquet" in problem.message for problem in findings.problems] == [True]
    assert findings.rows == {}
