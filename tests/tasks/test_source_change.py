"""Orchestrations that are run only if their source changed: whoever runs them, and whatever happened in between."""

from __future__ import annotations

from datetime import date

import pytest

from tui_app.tasks.run_unit import run_unit
from tui_app.tasks.source_change import source_digest

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
    assert document.keys() >= first.keys() - {"in_doubt", "not_sent"}
    assert len(list((shop.workplace.state / "plans").iterdir())) == plans
    assert len(sandbox.received()) == requests
    by_hand = shop.stoker("apply", "nightly", "--yes")
    assert (by_hand.code, by_hand.stdout.startswith("lazy: The source is as it was")) == (0, True)
    assert len(sandbox.received()) == requests + 1, "the club of the same group is applied"


def test_what_is_in_doubt_is_sent_although_the_source_is_as_it_was(shop, customer, sandbox):
    shop.extra = LAZY
    shop.write()
    shop.customers([customer(0)])
    assert [each.status for each in run_unit(shop.workplace, "lazy", lambda *_: None)] == ["done"]
    sandbox.fail("html:times=1")
    assert shop.sync("club").in_doubt == 1
    shop.plan("club")
    assert shop.doubt()

    (outcome,) = run_unit(shop.workplace, "lazy", lambda *_: None)

    assert (outcome.status, outcome.acknowledged) == ("done", 1)
    assert not shop.doubt()
    assert shop.ledger() == sandbox.profiles()


@pytest.mark.parametrize(
    ("sql", "changes_overnight"),
    [
        ("SELECT * FROM customers", False),
        ("SELECT * FROM customers WHERE known_since < 'yesterday'", False),
        ("SELECT *, today() - joined AS days FROM customers", True),
        ("SELECT *, CURRENT_DATE AS day FROM customers", True),
        ("SELECT *, get_current_timestamp() AS moment FROM customers", True),
    ],
)
def test_a_query_that_asks_for_the_time_is_another_one_tomorrow(shop, customer, sql, changes_overnight):
    shop.extra = f'[queries.lately]\nsql = "{sql}"\n' + LAZY.replace('"customers"', '"lately"')
    shop.write()
    shop.customers([customer(0)])
    project = shop.workplace.project
    days = (date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 3))
    first, again, tomorrow = (source_digest(project, project.orchestrations["lazy"], day) for day in days)

    assert first == again
    assert (tomorrow != first) == changes_overnight
