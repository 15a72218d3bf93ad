"""The log of recipients: who came into which group with which run, moved, or left; held out or not."""

from __future__ import annotations

import json

import duckdb
import pytest

from tui_app.backstage.answers.segment import answer
from tui_app.backstage.desk import Desk, Office
from tui_app.backstage.questions.segment import SampleMembers
from tui_app.core.errors import Place
from tui_app.core.known_rows import recipients_sql
from tui_app.core.segment import Group, InCampaign, Segment

TEASER = """
[segments.gold]
table = "customers"
all = [ { column = "tier", op = "is exactly", value = "gold" } ]
[campaigns.teaser]
table = "customers"
include = ["everybody"]
template = "profile"
control_share = 0.3
[campaigns.teaser.audiences.gold]
segments = ["gold"]
[campaigns.teaser.audiences.remaining]
"""


@pytest.fixture
def teaser(shop):
    """A campaign with two sub-audiences and customers who are held out."""
    shop.extra = TEASER
    shop.write()
    return shop


def log(shop):
    """Rows of the log, in its order."""
    workplace = shop.workplace
    sql = recipients_sql(workplace.ledger_of(workplace.project.destinations["braze"]).view())
    if sql is None:
        return []
    rows = duckdb.execute(f"SELECT id, event, places, run FROM ({sql}) ORDER BY position, id").fetchall()
    return [(customer_id, event, json.loads(places), run) for customer_id, event, places, run in rows]


def places(shop):
    """Customer → where the log has him now."""
    return {each: None if event == "left" else where for each, event, where, _ in log(shop)}


def test_everybody_is_logged_once_when_he_comes(teaser, customer):
    """Those who are held out too: a campaign is judged by comparing with them."""
    teaser.customers([customer(i, tier="gold" if i % 2 else "iron") for i in range(60)])

    teaser.sync("teaser")

    logged = log(teaser)
    assert len(logged) == 60
    assert {event for _, event, _, _ in logged} == {"entered"}
    held_out = {each for each, _, where, _ in logged if where[0][1] is None}
    sent = {each for each, _, where, _ in logged if where[0][1] == "treatment"}
    assert held_out
    assert len(held_out) + len(sent) == 60
    assert sent == set(teaser.ledger())
    assert {(where[0][0]) for each, _, where, _ in logged if int(each[1:]) % 2} == {"gold"}

    assert not teaser.plan("teaser").plan.recipients


def test_moves_and_leaves_are_logged_with_their_run(teaser, customer):
    """A customer's way through a campaign can be told."""
    rows = [customer(i) for i in range(60)]
    teaser.customers(rows)
    teaser.sync("teaser")
    before = places(teaser)
    mover = next(each for each, where in before.items() if where == [["gold", "treatment"]])
    left_out = next(each for each, where in before.items() if where == [["gold", None]])
    leaver = next(each for each, where in before.items() if where == [["gold", "treatment"]] and each != mover)

    changes = {mover: {"tier": "iron"}, left_out: {"tier": "iron"}, leaver: {"is_member": False}}
    teaser.customers([{**row, **changes.get(row["id"], {})} for row in rows])
    teaser.sync("teaser")

    newest = log(teaser)[60:]
    assert {(each, event, str(where)) for each, event, where, _ in newest} == {
        (mover, "moved", str([["remaining", "treatment"]])),
        (left_out, "moved", str([["remaining", None]])),
        (leaver, "left", str([["gold", "treatment"]])),
    }
    runs = {run for _, _, _, run in log(teaser)}
    assert len(runs) == 2
    assert {run for _, _, _, run in newest} < runs

    teaser.customers(rows)
    teaser.sync("teaser")
    assert places(teaser) == before


def test_whoever_braze_refuses_is_not_logged(teaser, sandbox, customer):
    """Nothing reached him; a log that says so would count him as treated."""
    teaser.customers([customer(i) for i in range(12)])
    refused = {f"c{i:05}" for i in range(6)}
    sandbox.fail(*(f"refuse:external_id={each}" for each in refused))

    teaser.sync("teaser")

    logged = places(teaser)
    assert {each for each, where in logged.items() if where[0][1]} == set(teaser.ledger())
    assert refused - set(logged)
    assert {each for each in refused if each in logged} == {
        each for each, where in logged.items() if where[0][1] is None and each in refused
    }
    assert not teaser.plan("teaser").plan.recipients


def test_a_sample_logs_whom_it_reached(teaser, customer):
    """The others follow with the next run, under its name."""
    teaser.customers([customer(i) for i in range(60)])
    stored = teaser.plan("teaser")
    teaser.carry_out(teaser.begin(stored, sample=5))
    first = places(teaser)

    assert {each for each, where in first.items() if where[0][1]} == set(teaser.ledger())
    assert len(teaser.ledger()) == 5

    teaser.sync("teaser")
    assert len(places(teaser)) == len(log(teaser)) == 60


def test_held_out_alone_is_worth_a_run(teaser, customer):
    """It sends nothing, but the log must know them from the day on which they would have been sent."""
    teaser.extra = TEASER.replace("0.3", "1.0")
    teaser.write()
    teaser.customers([customer(i) for i in range(5)])

    finished = teaser.sync("teaser", "min_members")

    assert (finished.state, finished.acknowledged) == ("done", 0)
    assert {str(where) for where in places(teaser).values()} == {str([["gold", None]])}
    assert len(places(teaser)) == 5


def test_customers_of_several_rows_stay_where_the_log_has_them(teaser, customer):
    """Nobody knows which row speaks for them."""
    rows = [customer(i) for i in range(20)]
    teaser.customers(rows)
    teaser.sync("teaser")
    before = places(teaser)

    teaser.customers([*rows, customer(3, tier="iron")])
    teaser.sync("teaser", "max_bad_id_share")

    assert places(teaser) == before
    assert len(log(teaser)) == 20


def test_the_log_of_a_campaign_without_groups(shop, customer):
    """Everybody in it is in one group."""
    shop.customers([customer(i, is_member=i < 8) for i in range(10)])
    shop.sync("club")

    assert {str(where) for where in places(shop).values()} == {str([["everyone", "treatment"]])}
    assert len(places(shop)) == 8

    shop.sync("profiles")
    assert len(log(shop)) == 8


FOLLOW_UP = (
    TEASER
    + """
[segments.asked]
table = "customers"
all = [ { campaign = "teaser"CONDITION } ]
[campaigns.follow_up]
table = "customers"
include = ["asked"]
template = "profile"
"""
)


PLACE = Place("draft", 1)
CONDITIONS = [
    ("in it now", {}, lambda row: row["now"] is not None),
    ("not in it", {"negated": True}, lambda row: row["now"] is None),
    ("ever", {"ever": True}, lambda row: row["ever"]),
    ("never", {"ever": True, "negated": True}, lambda row: not row["ever"]),
    ("audience", {"audience": "gold"}, lambda row: row["now"] and row["now"][0] == "gold"),
    ("ever in an audience", {"audience": "gold", "ever": True}, lambda row: "gold" in row["audiences"]),
    ("group", {"group": "treatment"}, lambda row: row["now"] and row["now"][1] == "treatment"),
    ("held out", {"held_out": True}, lambda row: row["now"] and row["now"][1] is None),
    ("not held out", {"held_out": False}, lambda row: row["now"] and row["now"][1] is not None),
    ("twice at least", {"ever": True, "min_entries": 2}, lambda row: row["entries"] >= 2),
    ("once at most", {"ever": True, "max_entries": 1}, lambda row: row["entries"] == 1),
    ("first time lately", {"ever": True, "first_entry": ("1 day ago", None)}, lambda row: row["ever"]),
    ("first time long ago", {"first_entry": (None, "2020-01-01")}, lambda _row: False),
    ("last time before tomorrow", {"ever": True, "last_entry": (None, "tomorrow")}, lambda row: row["ever"]),
    ("last time from tomorrow on", {"ever": True, "last_entry": ("tomorrow", None)}, lambda _row: False),
]


def test_a_segment_asks_whom_a_campaign_reached(teaser, customer):
    """Now or ever, where, how often and when."""
    rows = [customer(i, is_member=i < 30) for i in range(40)]
    teaser.customers(rows)
    teaser.sync("teaser")
    # The first ten leave; five of them come back, to another sub-audience.
    teaser.customers([{**row, "is_member": 10 <= int(row["id"][1:]) < 30} for row in rows])
    teaser.sync("teaser", "max_leave_share")
    teaser.customers([{**row, "is_member": 5 <= int(row["id"][1:]) < 30, "tier": "iron"} for row in rows])
    teaser.sync("teaser", "max_change_share")
    told = {row["id"]: {"now": None, "ever": False, "entries": 0, "audiences": set()} for row in rows}
    for each, event, where, _ in log(teaser):
        told[each]["now"] = None if event == "left" else where[0]
        told[each]["ever"] = True
        told[each]["entries"] += event == "entered"
        told[each]["audiences"].add(where[0][0])
    office = Office(teaser.folder)

    for name, asked, is_expected in CONDITIONS:
        draft = Segment("draft", "customers", Group("all", (InCampaign("teaser", PLACE, **asked),)), PLACE)
        found = answer(SampleMembers(draft, 100), Desk(office)).rows
        assert {row[0] for row in found} == {each for each, row in told.items() if is_expected(row)}, name
    office.close()


def test_customers_are_known_by_what_was_sent_of_them(shop, customer):
    """The log has a phone number as Braze has it; the table may write it in another way."""
    shop.destination = {**shop.destination, "identifier": '"phone"'}
    shop.attributes = {"tier": '"tier"'}
    shop.extra = FOLLOW_UP.replace("CONDITION", "").replace("0.3", "0.0")
    shop.write()
    project = shop.folder / "stoker.toml"
    project.write_text(project.read_text().replace('identifier_column = "id"', 'identifier_column = "name"'))
    shop.customers([customer(i, name=f"(202) 555-01{i:02}") for i in range(5)])
    shop.sync("teaser")

    assert shop.plan("follow_up").plan.members == 5


def test_the_plan_says_that_there_is_something_to_log(teaser, customer):
    teaser.extra = TEASER.replace("0.3", "1.0") + "[campaigns.teaser.guards]\nmin_members = 0\n"
    teaser.write()
    teaser.customers([customer(i) for i in range(3)])

    told = teaser.stoker("plan", "teaser")

    assert "log its recipients" in told.stdout
    assert teaser.stoker("apply", "teaser", "--yes").code == 0
    assert len(places(teaser)) == 3
