"""Scripts rely on the documents of `--json`: their keys, and that stdout holds nothing else."""

from __future__ import annotations

import pytest


@pytest.fixture
def applied(shop, sandbox, customer, stoker):
    """A plan of the club with 30 joins of which one is refused by Braze, and what `apply` said."""
    shop.attributes = {**shop.attributes, "email": '"name"'}
    shop.write()
    rows = [customer(i, name=f"user{i}@example.com") for i in range(30)]
    rows[3]["name"] = "abc@gmail.com"
    rows[4]["id"] = ""
    shop.customers(rows)
    return stoker("plan", "club", "--json"), stoker("apply", "club", "--yes", "--json")


def test_the_documents_hold_what_is_documented(applied, shop, stoker):
    plan, apply = applied

    assert plan.code == 0
    assert plan.document.keys() >= {
        "plan", "activation", "destination", "ledger_serial", "members", "counts", "requests", "data_points",
        "attributes", "warnings", "refused_by", "seconds",
    }  # fmt: skip
    assert plan.document["counts"] == {
        "join": 29, "update": 0, "leave": 0, "unchanged": 0, "outside": 0, "withheld": 1,
    }  # fmt: skip
    assert set(plan.document["attributes"]) == {"first_name", "tier", "points", "email", "club"}
    assert plan.document["attributes"]["tier"].keys() >= {"kind", "changed", "cleared", "backfill"}
    assert (plan.document["requests"], plan.document["members"], plan.document["ledger_serial"]) == (1, 29, 0)

    assert apply.code == 5
    assert apply.document.keys() >= {
        "run", "plan", "status", "acknowledged", "rejected", "requests", "retries", "data_points", "seconds",
    }  # fmt: skip
    figures = [apply.document[name] for name in ("plan", "status", "acknowledged", "rejected")]
    assert figures == [plan.document["plan"], "done", 28, 1]

    shown = stoker("show", plan.document["plan"], "--format", "json")
    assert shown.code == 0
    assert [each.keys() for each in shown.document] == [{"id", "kind", "before", "after", "payload"}] * 29
    assert shown.document[0]["payload"] == {"external_id": shown.document[0]["id"], **shown.document[0]["after"]}

    (listed,) = stoker("runs", "--json").document
    assert listed.keys() >= apply.document.keys() | {"activation", "started", "state"}
    reported = stoker("runs", "last", "--json").document
    assert (reported["run"], reported["acknowledged"]) == (apply.document["run"], 28)
    assert [each["id"] for each in reported["rejections"]] == ["c00003"]

    warned = stoker("plan", "club", "--json").document
    assert [set(each) for each in warned["warnings"]] == [{"code", "subject", "message"}] * len(warned["warnings"])


def test_check_says_what_is_well(shop, customer, stoker):
    shop.customers([customer(i) for i in range(30)])

    checked = stoker("check", "--json")

    assert checked.code == 0
    assert checked.document.keys() >= {"ok", "project", "problems", "warnings", "tables", "destinations"}
    assert (checked.document["ok"], checked.document["problems"]) == (True, [])
    assert checked.document["tables"] == [{"name": "customers", "rows": 30}]


def test_an_error_is_one_document_too(shop, stoker):
    (shop.folder / "stoker.toml").write_text("[sources]\n")

    for command in (["check"], ["plan", "club"], ["apply", "club"], ["runs"]):
        failed = stoker(*command, "--json")
        assert failed.code == 3
        assert failed.document["exit_code"] == 3
        assert failed.document["problems"][0]["line"] == 1
        assert "Traceback" not in failed.stderr


def test_nothing_to_send_is_a_document_too(shop, sandbox, customer, stoker):
    shop.customers([customer(i, is_member=i < 1) for i in range(3)])
    shop.sync("club")

    applied = stoker("apply", "club", "--yes", "--json")

    assert (applied.code, applied.document["status"], applied.document["requests"]) == (0, "done", 0)


def test_a_dry_run_sends_nothing_and_writes_nothing_but_the_plan(shop, sandbox, customer, stoker, tmp_path):
    shop.customers([customer(i) for i in range(30)])
    before = set(tmp_path.rglob("*"))

    planned = stoker("plan", "club", "--json", "--out", str(tmp_path / "wanted"))

    assert planned.document["plan"] == str(tmp_path / "wanted")
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert {path.parent for path in new} == {tmp_path / "wanted"}
    assert sandbox.received() == []
