"""A run is begun, gone on with and reported without a word: who speaks is the face that asked."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import psutil
import pytest

from tui_app.core.errors import LedgerHeld, Refused, Usage
from tui_app.core.run import Progress, RejectionReason
from tui_app.store.runs import process_mark
from tui_app.sync.apply_plan import Approval
from tui_app.tasks.begin_run import begin
from tui_app.tasks.resume_run import reopen
from tui_app.tasks.run_export import write_run_csv, write_run_json
from tui_app.tasks.run_report import moment, rejection_reasons, run_document


def test_a_run_is_begun_without_asking_and_nothing_is_sent(shop, sandbox, customer, capfd):
    shop.customers([customer(i) for i in range(30)])
    capfd.readouterr()

    run = begin(shop.workplace, shop.plan("club"), Approval(sample=5))

    assert (run.record().rows, run.record().sample, run.progress().state) == (30, 5, "starting")
    assert (sandbox.received(), capfd.readouterr()) == ([], ("", ""))


def test_a_run_with_nothing_to_send_is_done_at_once(shop, customer):
    shop.customers([customer(i) for i in range(30)])
    shop.sync("club")

    run = begin(shop.workplace, shop.plan("club"), Approval())

    assert (run.record().rows, run.progress().state) == (0, "done")
    assert run.progress().note == "There was nothing to send."


def test_a_plan_whose_destination_is_gone_is_stale(shop, customer):
    shop.customers([customer(i) for i in range(30)])
    stored = shop.plan("club")
    elsewhere = replace(stored, plan=replace(stored.plan, destination="gone"))

    with pytest.raises(Refused, match="has no destination 'gone' any more"):
        begin(shop.workplace, elsewhere, Approval())


def test_a_run_that_ended_early_may_go_on(shop, sandbox, customer):
    shop.customers([customer(i) for i in range(30)])
    run = shop.begin(shop.plan("club"))
    run.leave_wish("stop")
    shop.carry_out(run)

    reopened = reopen(shop.workplace, "last")

    assert (reopened.id, reopened.wish()) == (run.id, "go_on")
    assert shop.carry_out(reopened).acknowledged == 30


def test_a_run_that_goes_on_or_is_done_is_not_opened_again(shop, customer):
    shop.customers([customer(i) for i in range(30)])
    run = shop.begin(shop.plan("club"))
    shop.carry_out(run)

    with pytest.raises(Refused, match="is done"):
        reopen(shop.workplace, run.id)
    run.say(replace(run.progress(), state="sending", process=1, process_started=psutil.Process(1).create_time()))
    with pytest.raises(LedgerHeld, match="is still going on"):
        reopen(shop.workplace, run.id)
    with pytest.raises(Usage, match="there is none"):
        reopen(shop.workplace, "nothing")


def test_a_run_whose_worker_waits_for_its_turn_is_not_opened_again(shop, customer):
    """It has no journal yet; a second worker would only find the ledger held, and say that the run is refused."""
    shop.customers([customer(i) for i in range(30)])
    run = shop.begin(shop.plan("club"))
    assert reopen(shop.workplace, run.id).id == run.id
    number, started = process_mark()
    run.say(Progress(state="waiting", process=number, process_started=started))

    with pytest.raises(LedgerHeld, match="is still going on"):
        reopen(shop.workplace, run.id)


def test_reasons_are_counted_most_frequent_first_with_the_first_five_customers():
    rejected = [("a", "rare"), *((f"c{i}", "often") for i in range(7)), ("b", "rare"), ("z", "once")]

    assert rejection_reasons(iter(rejected)) == (
        RejectionReason("often", 7, ("c0", "c1", "c2", "c3", "c4")),
        RejectionReason("rare", 2, ("a", "b")),
        RejectionReason("once", 1, ("z",)),
    )


@pytest.mark.parametrize(
    ("state", "status"), [("done", "done"), ("refused", "refused"), ("stopped", "stopped"), ("crashed", "stopped")]
)
def test_a_status_is_one_that_scripts_know(shop, customer, state, status):
    shop.customers([customer(1)])
    run = shop.begin(shop.plan("club"))
    run.say(Progress(state=state, note="why"))

    document = run_document(run)

    assert (document["status"], document["state"], document["note"]) == (status, state, "why")


def test_a_moment_is_written_in_utc():
    assert moment(1_795_504_859.9) == "2026-11-24T07:20:59Z"


@pytest.fixture
def refused_run(shop, sandbox, customer):
    """A run of which Braze refused a customer with a hostile identifier."""
    shop.attributes = {**shop.attributes, "email": '"name"'}
    shop.write()
    rows = [customer(i, name=f"user{i}@example.com") for i in range(30)]
    shop.customers([*rows, customer(40, id="=c\u202e1", name="abc@gmail.com")])
    run = shop.begin(shop.plan("club"))
    shop.carry_out(run)
    return run


def test_a_written_document_is_what_the_command_prints(shop, refused_run):
    file = io.StringIO()

    rows = write_run_json(refused_run, file)

    assert (rows, file.getvalue()) == (1, shop.stoker("runs", refused_run.id, "--json").stdout)
    assert json.loads(file.getvalue()) == run_document(refused_run, with_rejections=True)
    assert json.loads(file.getvalue())["rejections"][0]["id"] == "=c\u202e1"


def test_rows_for_a_spreadsheet_are_harmless(refused_run):
    file = io.StringIO()

    rows = write_run_csv(refused_run, file)

    header, row = csv.reader(io.StringIO(file.getvalue()))
    assert (rows, header, row[0]) == (1, ["id", "reason"], "'=c�1")
    assert row[1]
