"""Orchestrations that are run only if their source changed: whoever runs them, and whatever happened in between."""

from __future__ import annotations

import shutil

import pytest

from tui_app.tasks.plan_undo import plan_undo
from tui_app.tasks.run_unit import run_unit

LAZY = '[orchestrations.lazy]\nquery = "customers"\ntemplate = "profile"\nonly_if_changed = true\n'


def test_an_unchanged_source_is_left_out_where_asked(shop, customer):
    """By content: a file that is written anew with the same bytes has not changed."""
    shop.extra = LAZY
    shop.write()
    shop.customers([customer(0)])
    statuses = []
    for step in ("first", "same bytes", "another value", "another mapping"):
        if step == "same bytes":
            table = shop.folder / "customers.parquet"
            content = table.read_bytes()
            table.unlink()
            table.write_bytes(content)
        elif step == "another value":
            shop.customers([customer(0, points=5)])
        elif step == "another mapping":
            shop.attributes = {**shop.attributes, "nick": '"name"'}
            shop.write()
        statuses += [each.status for each in run_unit(shop.workplace, "lazy", lambda *_: None)]

    assert statuses == ["done", "unchanged", "done", "done"]


def test_whoever_applies_it_leaves_it_out(shop, customer, sandbox):
    shop.extra = LAZY + '[groups.nightly]\nactivations = ["lazy", "club"]\n'
    shop.write()
    shop.customers([customer(0)])
    first = shop.stoker("apply", "lazy", "--yes", "--json").document
    plans = len(list((shop.workplace.state / "plans").iterdir()))
    requests = len(sandbox.received())

    told = shop.stoker("apply", "lazy", "--yes")
    document = shop.stoker("apply", "lazy", "--yes", "--json").document

    assert (first["status"], first["acknowledged"]) == ("done", 1)
    assert told.stdout.startswith("lazy: The source is as it was when it was last sent.")
    assert (document["status"], document["run"], document["requests"]) == ("done", None, 0)
    assert document.keys() == first.keys()
    assert len(list((shop.workplace.state / "plans").iterdir())) == plans
    assert len(sandbox.received()) == requests
    by_hand = shop.stoker("apply", "nightly", "--yes")
    assert (by_hand.code, by_hand.stdout.startswith("lazy: The source is as it was")) == (0, True)
    assert len(sandbox.received()) == requests + 1, "the club of the same group is applied"


def lazy(shop) -> str:
    """How a run of it ends."""
    (outcome,) = run_unit(shop.workplace, "lazy", lambda *_: None)
    return outcome.status


@pytest.fixture
def lazy_shop(shop, customer):
    """Whose only customer was sent."""
    shop.extra = LAZY
    shop.write()
    shop.customers([customer(0)])
    assert [lazy(shop), lazy(shop)] == ["done", "unchanged"]
    return shop


def test_what_another_run_leaves_in_doubt_is_sent_although_the_source_is_as_it_was(lazy_shop, sandbox):
    sandbox.fail("html:times=1")
    assert lazy_shop.sync("club").in_doubt == 1

    assert lazy(lazy_shop) == "done"

    assert not lazy_shop.doubt()
    assert lazy_shop.ledger() == sandbox.profiles()
    assert lazy(lazy_shop) == "unchanged"


def test_what_the_undo_of_another_run_took_back_is_sent_again(lazy_shop, customer, sandbox):
    lazy_shop.customers([customer(0, points=77)])
    lazy_shop.sync("club")
    assert [lazy(lazy_shop), lazy(lazy_shop)] == ["nothing", "unchanged"]
    run = next(each for each in lazy_shop.workplace.runs.all() if each.record().activation == "club")
    undone = plan_undo(lazy_shop.workplace, run)
    lazy_shop.stoker("apply", str(undone.folder), "--yes")
    assert sandbox.profiles()["c00000"]["points"] == 0

    assert lazy(lazy_shop) == "done"

    assert sandbox.profiles()["c00000"]["points"] == 77


def test_a_ledger_that_is_gone_is_filled_again(lazy_shop, customer, sandbox):
    lazy_shop.customers([customer(0, points=9)])
    assert lazy(lazy_shop) == "done"
    shutil.rmtree(lazy_shop.workplace.state / "ledgers")

    assert lazy(lazy_shop) != "unchanged"

    assert lazy_shop.ledger() == sandbox.profiles()


def test_a_plan_that_is_gone_is_no_reason_to_stop(lazy_shop, customer):
    lazy_shop.customers([customer(0, points=9)])
    assert lazy_shop.stoker("plan", "lazy", "--out", "mine").code == 0
    assert lazy_shop.stoker("apply", "mine", "--yes").code == 0
    assert lazy(lazy_shop) == "unchanged"
    shutil.rmtree(lazy_shop.folder / "mine")

    assert [lazy(lazy_shop), lazy(lazy_shop)] == ["nothing", "unchanged"]


def test_a_rejection_that_was_in_doubt_does_not_wake_it_for_ever(lazy_shop, customer, sandbox):
    """What Braze refused after a lost answer stays in doubt until its value changes."""
    lazy_shop.customers([customer(0, points=9), customer(1)])
    sandbox.fail("503:times=1")
    sandbox.fail("refuse:external_id=c00000")
    assert lazy(lazy_shop) == "rejections"
    assert lazy_shop.doubt()

    assert [lazy(lazy_shop), lazy(lazy_shop)] == ["nothing", "unchanged"]


QUERIES = {
    "SELECT *, 'now' AS word, 1 AS age FROM customers": "unchanged",
    "SELECT * FROM query0": "unchanged",
    "SELECT *, CURRENT_DATE AS day FROM customers": "nothing",
    "SELECT *, get_current_timestamp() AS moment FROM customers": "nothing",
    "SELECT *, age(TIMESTAMP '1990-01-01') AS years FROM customers": "nothing",
    "SELECT *, random () AS lot FROM customers": "nothing",
    "SELECT * FROM query5": "nothing",
}


def test_a_query_that_asks_for_the_time_or_for_chance_is_never_left_out(shop, customer):
    shop.extra = "".join(
        f'[queries.query{i}]\nsql = "{sql}"\n' + LAZY.replace("lazy", f"lazy{i}").replace('"customers"', f'"query{i}"')
        for i, sql in enumerate(QUERIES)
    )
    shop.write()
    shop.customers([customer(0)])
    shop.sync("club")

    for again in (False, True):
        for i, (sql, expected) in enumerate(QUERIES.items()):
            (outcome,) = run_unit(shop.workplace, f"lazy{i}", lambda *_: None)
            assert outcome.status == (expected if again else "nothing"), sql
