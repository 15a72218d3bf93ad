"""`show` answers what a plan does to a customer, in a table for people, JSON for scripts and CSV for spreadsheets."""

from __future__ import annotations

import csv
import io

import pytest


@pytest.fixture
def plan(shop, sandbox, customer):
    """Three updates, a leave and a join; one value and one customer are withheld."""
    shop.attributes = {**shop.attributes, "dob": '"name"'}
    shop.write()
    shop.customers([customer(i, name="2001-02-03") for i in range(30)])
    shop.sync("club")
    rows = [customer(i, name="2001-02-03", tier="silver" if i < 3 else "gold") for i in range(29)]
    shop.customers([*rows, customer(50, name="=1+1"), customer(51, id="", name="2001-02-03")])
    return shop.plan("club").id


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def test_one_customer_with_the_exact_json(plan, stoker):
    shown = stoker("show", plan, "--user", "c00001")

    assert shown.code == 0
    assert '"gold"' in shown.stdout
    assert '{"external_id":"c00001","tier":"silver"}' in shown.stdout
    assert "c00002" not in shown.stdout


def test_one_customer_before_and_after(plan, stoker):
    (shown,) = stoker("show", plan, "--user", "c00001", "--format", "json").document

    assert shown == {
        "id": "c00001",
        "kind": "update",
        "before": {"tier": "gold"},
        "after": {"tier": "silver"},
        "payload": {"external_id": "c00001", "tier": "silver"},
    }


def test_a_customer_of_whom_a_value_is_withheld_shows_both(plan, stoker):
    shown = stoker("show", plan, "--user", "c00050", "--format", "json").document

    assert [(each["kind"], each.get("attribute")) for each in shown] == [("join", None), ("withheld", "dob")]
    assert shown[1]["value"] == "=1+1"


def test_nobody_of_that_name_is_an_empty_list(plan, stoker):
    assert stoker("show", plan, "--user", "' OR 1=1 --", "--format", "json").document == []


@pytest.mark.parametrize(
    ("kind", "ids"),
    [
        ("update", ["c00000", "c00001", "c00002"]),
        ("leave", ["c00029"]),
        ("join", ["c00050"]),
        ("withheld", ["", "c00050"]),
    ],
)
def test_one_kind(plan, stoker, kind, ids):
    shown = stoker("show", plan, "--kind", kind, "--format", "json").document

    assert sorted(each["id"] or "" for each in shown) == ids
    assert {each["kind"] for each in shown} == {kind}


def test_one_attribute(plan, stoker):
    shown = stoker("show", plan, "--attribute", "club", "--format", "json").document

    assert {each["id"]: (each["before"], each["after"]) for each in shown} == {
        "c00029": ({"club": True}, {"club": False}),
        "c00050": ({"club": None}, {"club": True}),
    }


def test_an_attribute_that_is_not_sent_is_2(plan, stoker):
    shown = stoker("show", plan, "--attribute", "tear")

    assert shown.code == 2
    assert "It sends: first_name, tier" in shown.stderr


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_limit_counts_customers(plan, stoker, form):
    shown = stoker("show", plan, "--kind", "update", "--limit", "2", "--format", form)

    assert len(shown.document if form == "json" else rows_of(shown.stdout)) == 2
    assert stoker("show", plan, "--limit", "0", "--format", "json").document == []


def test_a_table_says_what_it_leaves_out(shop, customer, stoker):
    shop.customers([customer(i) for i in range(100)])

    shown = stoker("show", shop.plan("club").id)

    assert "Showing 20 of 100 customers" in shown.stdout


def test_csv_holds_one_row_per_customer_and_attribute(plan, stoker):
    rows = rows_of(stoker("show", plan, "--user", "c00001", "--format", "csv").stdout)

    assert rows == [
        {
            "id": "c00001", "kind": "update", "attribute": "tier", "before": "gold", "after": "silver", "reason": "",
        }
    ]  # fmt: skip


def test_a_plan_is_shown_by_its_path_without_a_project(plan, shop, stoker):
    folder = shop.plan("club").folder
    (shop.folder / "stoker.toml").unlink()

    assert stoker("show", str(folder), "--format", "json").code == 0


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ('=HYPERLINK("http://example.com")', '\'=HYPERLINK("http://example.com")'),
        ("+1", "'+1"),
        ("-1+cmd", "'-1+cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'␉=1"),
        ("\r=1", "'␍=1"),
        ("-12.5", "-12.5"),
        ("plain", "plain"),
    ],
)
def test_a_spreadsheet_runs_nothing(shop, customer, stoker, value, cell):
    shop.customers([customer(1, tier=value)])
    shop.attributes = {"tier": '"tier"'}
    shop.write()

    (row,) = rows_of(stoker("show", shop.plan("profiles").id, "--format", "csv").stdout)

    assert row["after"] == cell
