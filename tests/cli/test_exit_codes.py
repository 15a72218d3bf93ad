"""Exit codes are the contract of schedulers and scripts; what is wrong is said once, on stderr, with the remedy."""

from __future__ import annotations

import pytest


@pytest.fixture
def stocked(shop, sandbox, customer):
    shop.customers([customer(i) for i in range(300)])
    return shop


def assert_explained(printed, code, *words):
    assert printed.code == code, printed.stderr
    for word in words:
        assert word in printed.stderr
    assert "Traceback" not in printed.stderr
    assert printed.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plan", "clubb"], ["no activation of that name", "It has: club, profiles"]),
        (["apply", "clubb"], ["there is none of that name or path", "Activations of the project: club, profiles"]),
        (["show", "nothing"], ["there is none of that name or path"]),
        (["runs", "nothing"], ["there is none of that name"]),
        (["resume", "last"], ["there is none of that name"]),
        (["stop", "nothing"], ["there is none of that name"]),
        (["apply", "club", "--allow", "everything"], ["there is no such guard", "max_leave_share"]),
        (["apply", "club", "--sample", "0"], ["--sample"]),
        (["plan"], ["ACTIVATION"]),
        (["fly"], ["No such command"]),
        (["show", "x", "--kind", "all"], ["--kind"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_does_not_exist_is_2(shop, stoker, arguments, words):
    assert_explained(stoker(*arguments), 2, *words)


def test_nobody_to_ask_and_no_yes_is_2(stocked, sandbox, stoker):
    printed = stoker("apply", "club")

    assert printed.code == 2
    assert "nothing was sent" in printed.stderr
    assert "--yes" in printed.stderr
    assert sandbox.received() == []


def test_no_project_is_3(shop, stoker):
    (shop.folder / "stoker.toml").unlink()

    assert_explained(stoker("plan", "club"), 3, "stoker.toml", "stoker init")


def test_an_unknown_column_is_3(stocked, stoker):
    stocked.attributes = {"tier": '"teir"'}
    stocked.write()

    assert_explained(stoker("plan", "club"), 3, "teir", 'Nearest: "tier"', "stoker.toml:")


@pytest.mark.parametrize("content", [None, b"", b"not parquet"], ids=["missing", "empty", "not parquet"])
def test_a_source_file_that_cannot_be_read_is_3(shop, stoker, content):
    if content is not None:
        (shop.folder / "customers.parquet").write_bytes(content)

    assert_explained(stoker("plan", "club"), 3, "customers.parquet")


@pytest.mark.parametrize("key", [None, "99999999-1111-2222-3333-444444444444"], ids=["missing", "of nobody"])
def test_a_key_that_does_not_work_is_3(stocked, stoker, key):
    path = stocked.folder / "braze.key"
    path.write_text(key) if key else path.unlink()

    checked = stoker("check", "--json")

    assert checked.code == 3
    assert checked.document["ok"] is False
    assert (key or "none") not in checked.stdout + checked.stderr


def test_applying_without_a_key_is_3(stocked, stoker):
    (stocked.folder / "braze.key").unlink()

    assert stoker("apply", "club", "--yes").code == 3


def test_a_guard_is_4_until_it_is_allowed(stocked, sandbox, customer, stoker):
    stocked.sync("club")
    sandbox.reset()
    stocked.customers([customer(i, is_member=i % 2 == 0) for i in range(300)])

    refused = stoker("apply", "club", "--yes", "--json")
    assert (refused.code, refused.document["status"]) == (4, "refused")
    assert refused.document["refused_by"] == ["max_leave_share"]
    assert "--allow max_leave_share" in refused.stderr
    assert sandbox.received() == []

    allowed = stoker("apply", "club", "--yes", "--json", "--allow", "leave")
    assert (allowed.code, allowed.document["acknowledged"]) == (0, 150)


def test_a_stale_plan_is_4(stocked, sandbox, stoker):
    plan = stoker("plan", "club", "--json").document["plan"]
    stocked.sync("profiles")
    sandbox.reset()

    assert_explained(stoker("apply", plan, "--yes"), 4, "stale", "Plan again: stoker plan club")
    assert sandbox.received() == []


def test_a_damaged_plan_is_3(stocked, sandbox, stoker):
    stored = stocked.plan("club")
    stored.changes.write_bytes(stored.changes.read_bytes()[:-1])

    assert_explained(stoker("apply", stored.id, "--yes"), 3, "is not what Stoker wrote", "Plan again")
    assert_explained(stoker("show", stored.id), 3, "is not what Stoker wrote")
    assert sandbox.received() == []


def test_a_damaged_ledger_is_3(stocked, sandbox, stoker):
    stocked.sync("club")
    for path in stocked.state.rglob("snapshot-*.parquet"):
        path.write_bytes(path.read_bytes()[:-1])

    assert_explained(stoker("plan", "club"), 3, "is not what Stoker wrote", "Restore it from a backup")


def test_a_revoked_key_is_6_and_resume_ends_well(stocked, sandbox, stoker):
    stocked.destination = {**stocked.destination, "requests_per_second": "20"}
    stocked.write()
    sandbox.fail("401:after=1")

    stopped = stoker("apply", "club", "--yes", "--json")
    assert (stopped.code, stopped.document["status"]) == (6, "stopped")
    assert 0 < stopped.document["acknowledged"] < 300
    assert "key is wrong or revoked" in stopped.stderr

    sandbox.work_again()
    resumed = stoker("resume", "last", "--json")
    assert (resumed.code, resumed.document["status"], resumed.document["acknowledged"]) == (0, "done", 300)
    assert stoker("resume", "last").code == 4
    assert stocked.ledger() == sandbox.profiles()
