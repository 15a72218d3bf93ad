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
    assert "braze.key" in notes.lines[0]


def test_a_check_is_silent_and_finds_what_a_plan_will_need(stocked, sandbox, capfd):
    capfd.readouterr()

    findings = check_workplace(stocked.workplace)

    assert capfd.readouterr() == ("", "")
    assert (findings.problems, findings.rows) == ([], {"customers": 30})
    assert findings.probes["braze"].may_send
    assert sandbox.received() == []
