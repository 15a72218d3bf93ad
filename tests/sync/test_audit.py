"""An audit reads customers back and says, attribute by attribute, what is not as the ledger says; and repairs it."""

from __future__ import annotations

import json
import time

import httpx
import pyarrow.parquet as pq
import pytest

from tests.conftest import KEY
from tui_app.core.audit import audit_values
from tui_app.core.delivery import NotRead
from tui_app.sync.audit import MAX_IDS
from tui_app.sync.rooms import activation_named
from tui_app.tasks.audit_activation import audit_activation
from tui_app.wiring import SystemClock


def look(shop, sample=None, *, with_repair=False, clock=None):
    found = activation_named(shop.workplace.project, "club")
    return audit_activation(shop.workplace, found, sample, with_repair=with_repair, clock=clock or Later())


def verdicts(report):
    return {each.attribute: (each.equal, each.different, each.missing, each.cannot_tell) for each in report.attributes}


def meddle(shop, customer_id, **attributes):
    """Somebody else writes to Braze."""
    body = {"attributes": [{"external_id": customer_id, **attributes}]}
    answer = httpx.post(f"{shop.url}/users/track", json=body, headers={"Authorization": f"Bearer {KEY}"})
    assert answer.status_code == 201


class Later(SystemClock):
    """Six minutes from now: what was sent is visible."""

    def epoch_seconds(self) -> float:
        return super().epoch_seconds() + 360


@pytest.mark.parametrize(
    ("known", "shown", "verdict"),
    [
        ('"2026-09-15"', "2026-09-15T00:00:00.000Z", "equal"),
        ('"2026-09-15T04:05:06Z"', "2026-09-15T04:05:06.000Z", "equal"),
        ('"2026-09-15T04:05:06Z"', "2026-09-15T06:05:06+02:00", "equal"),
        ('"2026-09-15"', "2026-09-16T00:00:00.000Z", "different"),
        ("7", 7.0, "equal"),
        ("0.3", 0.30000000000000004, "equal"),
        ("7", "7", "different"),
        ("true", True, "equal"),
        ("true", 1, "different"),
        ('["a","b"]', ["b", "a"], "equal"),
        ('["a"]', ["a", "b"], "different"),
        ("[]", None, "equal"),
        ('""', None, "equal"),
        ('"x"', None, "missing"),
        ('{"a":1}', {"a": 2}, "cannot_tell"),
        ('{"a":"2026-09-15"}', {"a": "2026-09-15T00:00:00.000Z"}, "equal"),
        ("9007199254740993", 9007199254740992, "different"),
    ],
)
def test_both_sides_are_brought_to_one_form(known, shown, verdict):
    """Braze shows days as moments, and leaves out what is empty; kinds are told apart all the same."""
    exported = {"custom_attributes": {"x": shown} if shown is not None else {}}

    (found,) = audit_values({"x": known}, exported, is_settled=True)

    assert found.verdict == verdict


def test_what_an_export_does_not_show_cannot_be_told():
    (found,) = audit_values({"current_location": '{"longitude":1,"latitude":2}'}, {}, is_settled=True)

    assert found.verdict == "cannot_tell"


def test_after_a_run_everything_is_equal(shop, customer):
    shop.customers([customer(i) for i in range(MAX_IDS + 20)])
    shop.sync("club")

    audited = look(shop, with_repair=True)

    assert verdicts(audited.report) == dict.fromkeys(("first_name", "tier", "points", "club"), (MAX_IDS + 20, 0, 0, 0))
    assert audited.repair is None


def test_drift_is_found_and_a_plan_repairs_it(shop, sandbox, customer):
    """Only the values that differ or are missing are sent again, and then all is equal."""
    shop.customers([customer(i) for i in range(10)])
    shop.sync("club")
    meddle(shop, "c00003", tier="silver", first_name="Somebody")
    meddle(shop, "c00004", points=None)

    audited = look(shop, with_repair=True)

    assert verdicts(audited.report) == {
        "first_name": (9, 1, 0, 0),
        "tier": (9, 1, 0, 0),
        "points": (9, 0, 1, 0),
        "club": (10, 0, 0, 0),
    }
    assert {(each, value.attribute, value.known, value.shown) for each, value in audited.report.examples} == {
        ("c00003", "tier", '"gold"', '"silver"'),
        ("c00003", "first_name", '"Name 3"', '"Somebody"'),
        ("c00004", "points", "4", None),
    }
    rows = pq.read_table(audited.repair.folder / "changes.parquet").to_pylist()
    assert [json.loads(row["payload"]) for row in rows] == [
        {"external_id": "c00003", "first_name": "Name 3", "tier": "gold"},
        {"external_id": "c00004", "points": 4},
    ]
    before = shop.ledger()
    shop.carry_out(shop.begin(audited.repair))
    assert look(shop).report.drifted == 0
    assert shop.ledger() == before
    assert not shop.plan("club").plan.counts.changes


def test_what_is_in_doubt_is_left_to_the_next_run(shop, sandbox, customer):
    """Another value may be on its way: a repair could set the older one after it."""
    shop.customers([customer(0), customer(1)])
    shop.sync("club")
    shop.customers([customer(0, tier="silver"), customer(1)])
    sandbox.fail("500")
    shop.carry_out(shop.begin(shop.plan("club")))
    sandbox.work_again()

    audited = look(shop, with_repair=True)

    assert verdicts(audited.report)["tier"] == (1, 0, 0, 1)
    assert audited.repair is None


def test_consent_that_is_not_sent_is_not_compared(shop, customer):
    """Braze is the source of truth for it, unless the destination opts in."""
    shop.destination = {**shop.destination, "send_consent": "true"}
    shop.attributes = {"email_subscribe": '"name"'}
    shop.write()
    shop.customers([customer(0, name="opted_in")])
    shop.sync("club")
    shop.destination = {**shop.destination, "send_consent": "false"}
    shop.write()
    meddle(shop, "c00000", email_subscribe="unsubscribed")

    assert set(verdicts(look(shop).report)) == {"club"}


def test_an_odd_moment_ends_no_audit():
    (found,) = audit_values(
        {"x": '"9999-12-31T23:59:59-05:00"'},
        {"custom_attributes": {"x": "9999-12-31T23:59:59-05:00"}},
        is_settled=True,
    )

    assert found.verdict == "equal"


def test_what_was_sent_within_the_quiet_period_may_not_be_visible_yet(shop, customer):
    """Braze takes up to minutes: a difference before that is no drift."""
    shop.destination = {"quiet_period_seconds": "900"}
    shop.write()
    shop.customers([customer(0), customer(1)])
    shop.sync("club")
    meddle(shop, "c00000", tier="silver")

    assert verdicts(look(shop, clock=Later()).report)["tier"] == (1, 0, 0, 1)
    shop.destination = {"quiet_period_seconds": "340"}
    shop.write()
    assert verdicts(look(shop, clock=Later()).report)["tier"] == (1, 1, 0, 0)


def test_a_customer_whom_braze_does_not_know_is_counted(shop, sandbox, customer):
    shop.customers([customer(i) for i in range(3)])
    shop.sync("club")
    sandbox.reset()

    report = look(shop).report

    assert report.unknown_to_braze == 3
    assert verdicts(report)["tier"] == (0, 0, 3, 0)


def test_a_sample_is_drawn_by_lot_and_says_of_how_many(shop, customer):
    shop.customers([customer(i) for i in range(30)])
    shop.sync("club")

    report = look(shop, sample=7).report

    assert (report.customers, report.known) == (7, 30)


@pytest.mark.parametrize("identifier", ["email", "user_alias"])
def test_customers_of_any_identifier_are_found(shop, customer, identifier):
    """Aliases are asked for in fifties, an email address alone."""
    shop.destination = {**shop.destination, "identifier": f'"{identifier}"', "update_existing_only": "false"}
    columns = {
        "email": 'identifier_column = "name"',
        "user_alias": 'alias_name_column = "id"\nalias_label_column = "tier"',
    }
    shop.write()
    project = shop.folder / "stoker.toml"
    text = (
        project.read_text().replace('identifier_column = "id"', columns[identifier]).replace('first_name = "name"', "")
    )
    project.write_text(text.replace('"first_name" = "name"\n', ""))
    shop.customers([customer(i, name=f"c{i}@example.com") for i in range(3)])
    shop.sync("club")

    report = look(shop).report

    assert (report.customers, report.unknown_to_braze, report.drifted) == (3, 0, 0)


def test_a_key_that_may_not_export_is_told_so(shop, sandbox, customer):
    shop.customers([customer(0)])
    shop.sync("club")
    (shop.folder / "braze.key").write_text("another-key-of-another-workspace", encoding="ascii")

    with pytest.raises(NotRead):
        look(shop)
    finished = shop.stoker("audit", "club")
    assert finished.code == 3
    assert "Nothing was compared" in finished.stderr


def test_the_command_tells_what_it_found(shop, customer):
    shop.customers([customer(i) for i in range(3)])
    shop.sync("club")

    finished = shop.stoker("audit", "club", "--all")
    document = shop.stoker("audit", "club", "--json").document

    assert finished.code == 0
    assert "club → braze: 3 of 3 customers compared" in finished.stdout
    assert "Everything that can be told is as the ledger says." in finished.stdout
    assert document["attributes"]["points"] == {"equal": 3, "different": 0, "missing": 0, "cannot_tell": 0}


def test_the_command_writes_the_plan_that_repairs_where_it_is_wanted(shop, customer):
    shop.customers([customer(0), customer(1)])
    shop.sync("club")
    meddle(shop, "c00000", tier="silver")
    deadline = time.monotonic() + 30
    # The ledger rounds up when it was sent, so for a moment nobody can tell.
    while not look(shop, clock=SystemClock()).report.drifted:
        assert time.monotonic() < deadline

    (shop.folder / "taken").mkdir()
    (shop.folder / "taken" / "notes.txt").write_text("mine")

    taken = shop.stoker("audit", "club", "--repair", "--out", "taken")
    without_a_plan = shop.stoker("audit", "club", "--out", "mended")
    found = shop.stoker("audit", "club", "--repair", "--out", "mended", "--json")
    sent = shop.stoker("apply", "mended", "--yes", "--json")

    assert (without_a_plan.code, "only --repair makes one" in without_a_plan.stderr) == (2, True)
    assert (taken.code, "the folder holds other files" in taken.stderr) == (3, True)
    assert found.document["repair"] == str(shop.folder / "mended")
    assert sent.document["acknowledged"] == 1
    assert look(shop).report.drifted == 0
