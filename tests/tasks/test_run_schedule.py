"""Schedules: what is due runs once, what was missed is caught up once, and nobody is there to confirm."""

from __future__ import annotations

import json
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tui_app.core.digest import digest_of
from tui_app.core.errors import LedgerHeld
from tui_app.store.schedule_book import Entry, ScheduleBook
from tui_app.tasks.run_schedule import next_moment, run_due
from tui_app.tasks.run_unit import run_unit
from tui_app.wiring import start_worker

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Desk:
    """A schedule with a clock that a test sets."""

    def __init__(self, shop) -> None:
        self.shop = shop
        self.now = MONDAY
        self.announced = []

    @property
    def book(self) -> ScheduleBook:
        return ScheduleBook(self.shop.workplace.state)

    def run(self):
        """Name → what was due and what became of it."""
        ran = list(run_due(self.shop.workplace, self.book, lambda: self.now, self.announced.append))
        return {each.due.name: ([f"{time:%d %H:%M}" for time in each.due.times], each.outcomes) for each in ran}


@pytest.fixture
def desk(shop, customer):
    """The club is due every day at six; its shop has three customers."""
    shop.extra = '[campaigns.daily]\ntable = "customers"\ntemplate = "profile"\nschedule = "0 6 * * *"\n'
    shop.write()
    shop.customers([customer(i) for i in range(3)])
    desk = Desk(shop)
    assert desk.run() == {}, "what is seen for the first time is due from now on"
    return desk


def test_what_is_due_runs_once(desk):
    desk.now = MONDAY + timedelta(hours=18)
    ran = desk.run()
    again = desk.run()

    times, (outcome,) = ran["daily"]
    assert times == ["03 06:00"]
    assert (outcome.status, outcome.acknowledged) == ("done", 3)
    assert again == {}
    assert len(desk.shop.workplace.runs.all()) == 1
    assert next_moment(desk.shop.workplace, desk.book, desk.now) == (MONDAY + timedelta(days=1, hours=18), "daily")


def test_missed_times_are_told_and_caught_up_in_one_run(desk):
    desk.now = MONDAY + timedelta(days=3)

    times, outcomes = desk.run()["daily"]

    assert times == ["03 06:00", "04 06:00", "05 06:00"]
    assert [outcome.status for outcome in outcomes] == ["done"]
    assert desk.run() == {}


def test_a_guard_refuses_and_the_next_time_tries_again(desk, customer):
    """Nobody is there to confirm, so nothing is sent."""
    desk.shop.customers([])
    desk.now = MONDAY + timedelta(days=1)
    _, (refused,) = desk.run()["daily"]
    desk.shop.customers([customer(0)])
    desk.now = MONDAY + timedelta(days=2)
    _, (done,) = desk.run()["daily"]

    assert refused.status == "refused"
    assert "Refused by min_members" in refused.message
    assert done.status == "done"


def test_a_mistake_in_the_source_is_an_outcome_and_no_end(desk):
    (desk.shop.folder / "customers.parquet").write_bytes(b"PAR1 and nothing else")
    desk.now = MONDAY + timedelta(days=1)

    _, (outcome,) = desk.run()["daily"]

    assert outcome.status == "failed"
    assert "customers" in outcome.message


def test_what_died_before_anything_was_sent_is_still_due(desk):
    """The book says begun, and there is no run: the time is not lost, and nothing happens twice."""
    desk.now = MONDAY + timedelta(days=1)
    desk.book.begin("daily", (MONDAY + timedelta(hours=18)).timestamp())

    times, outcomes = desk.run()["daily"]

    assert times == ["03 06:00"]
    assert outcomes[0].status == "done"


def test_a_run_that_died_goes_on_and_is_not_begun_again(desk):
    shop = desk.shop
    due = MONDAY + timedelta(hours=18)
    desk.now = MONDAY + timedelta(days=1)
    desk.book.begin("daily", due.timestamp())
    begun = shop.begin(shop.plan("daily"))
    desk.book.note_step("daily", 0, begun.id)

    times, (outcome,) = desk.run()["daily"]

    assert times == ["03 06:00"]
    assert (outcome.status, outcome.run, outcome.acknowledged) == ("done", begun.id, 3)
    assert len(shop.workplace.runs.all()) == 1
    assert desk.run() == {}


def test_the_rest_of_a_group_follows_when_its_schedule_died_in_the_middle(desk):
    """What was begun goes on, and what comes after it is not lost."""
    shop = desk.shop
    shop.extra = '[groups.nightly]\nactivations = ["profiles", "club"]\nschedule = "0 6 * * *"\n'
    shop.write()
    desk.run()
    desk.now = MONDAY + timedelta(days=1)
    desk.book.begin("nightly", (MONDAY + timedelta(hours=18)).timestamp())
    begun = shop.begin(shop.plan("profiles"))
    desk.book.note_step("nightly", 0, begun.id)

    _, outcomes = desk.run()["nightly"]

    assert [(each.activation, each.status) for each in outcomes] == [("profiles", "done"), ("club", "done")]
    assert outcomes[0].run == begun.id


def test_a_run_whose_worker_lives_is_waited_for(desk):
    """The worker outlives the schedule that began it."""
    shop = desk.shop
    desk.now = MONDAY + timedelta(days=1)
    desk.book.begin("daily", (MONDAY + timedelta(hours=18)).timestamp())
    begun = shop.begin(shop.plan("daily"))
    desk.book.note_step("daily", 0, begun.id)
    worker = start_worker(shop.workplace, begun)

    _, (outcome,) = desk.run()["daily"]

    worker.wait()
    assert (outcome.status, outcome.run, outcome.acknowledged) == ("done", begun.id, 3)


def test_a_run_that_somebody_stopped_stays_stopped(desk, sandbox):
    """Whoever stopped it had a reason; a schedule does not know better."""
    shop = desk.shop
    desk.now = MONDAY + timedelta(days=1)
    sandbox.fail("500")
    begun = shop.begin(shop.plan("daily"))
    shop.carry_out(begun)
    sandbox.work_again()
    desk.book.begin("daily", (MONDAY + timedelta(hours=18)).timestamp())
    desk.book.note_step("daily", 0, begun.id)

    _, (outcome,) = desk.run()["daily"]

    assert (outcome.status, outcome.run) == ("stopped", begun.id)
    assert shop.ledger() == {}


def test_another_schedule_counts_from_when_it_is_first_seen(desk):
    """An earlier hour, written at noon, was not missed."""
    desk.shop.extra = desk.shop.extra.replace("0 6 * * *", "0 9 * * *")
    desk.shop.write()
    desk.now = MONDAY + timedelta(hours=2)
    assert desk.run() == {}
    desk.shop.extra = ""
    desk.shop.write()
    desk.run()

    assert desk.book.entries() == {}


def test_what_was_missed_until_its_last_day_passed_is_told_and_not_sent(desk):
    desk.shop.extra = desk.shop.extra.replace('"0 6 * * *"', '{ cron = "0 6 * * *", until = 2026-03-04 }')
    desk.shop.write()
    desk.run()
    desk.now = MONDAY + timedelta(days=5)

    times, (outcome,) = desk.run()["daily"]

    assert (times, outcome.status) == (["03 06:00", "04 06:00"], "missed")
    assert desk.shop.workplace.runs.all() == []
    assert desk.run() == {}


def test_a_thousand_missed_minutes_are_caught_up_in_one_run(desk):
    desk.shop.extra = desk.shop.extra.replace("0 6 * * *", "* * * * *")
    desk.shop.write()
    desk.run()
    desk.now = MONDAY + timedelta(days=3)

    assert len(desk.run()["daily"][0]) == 1_000
    assert desk.run() == {}


def test_one_process_at_a_time_runs_what_is_due(desk):
    with desk.book.held(), pytest.raises(LedgerHeld, match="Another `stoker schedule`"), desk.book.held():
        pass


def test_a_schedule_ends_after_so_many_runs(desk):
    extra = desk.shop.extra.replace('"0 6 * * *"', '{ cron = "0 6 * * *", times = 2 }')
    desk.shop.extra = extra
    desk.shop.write()
    for day in (1, 2, 3):
        desk.now = MONDAY + timedelta(days=day)
        desk.run()

    assert desk.book.entries()["daily"].runs == 2
    assert next_moment(desk.shop.workplace, desk.book, desk.now) is None


def test_a_group_runs_in_its_order_and_stops_at_a_bad_end(shop, customer):
    """What comes later may build on what came before."""
    shop.extra = (
        '[segments.nobody]\ntable = "customers"\nall = [ { column = "points", op = "is less than", value = 0 } ]\n'
        '[campaigns.empty]\ntable = "customers"\ninclude = ["nobody"]\ntemplate = "profile"\n'
        '[groups.nightly]\nactivations = ["profiles", "empty", "club"]\n'
        '[groups.stubborn]\nactivations = ["profiles", "empty", "club"]\ngo_on = true\n'
    )
    shop.write()
    shop.customers([customer(i) for i in range(2)])
    begun = []

    def noted(_position, run):
        begun.extend([] if run is None else [run])

    stopped = run_unit(shop.workplace, "nightly", noted)
    gone_on = run_unit(shop.workplace, "stubborn", noted)

    assert [(each.activation, each.status) for each in stopped] == [("profiles", "done"), ("empty", "refused")]
    assert [(each.activation, each.status) for each in gone_on] == [
        ("profiles", "nothing"),
        ("empty", "refused"),
        ("club", "done"),
    ]
    assert begun == [each.id for each in shop.workplace.runs.all()]


def test_a_group_is_applied_by_hand_too(shop, customer):
    shop.extra = '[groups.nightly]\nactivations = ["profiles", "club"]\n'
    shop.write()
    shop.customers([customer(i) for i in range(2)])

    by_hand = shop.stoker("apply", "nightly", "--yes")
    by_script = shop.stoker("apply", "nightly", "--yes", "--json")

    assert by_hand.code == 0
    assert "nightly, 2 of 2: club" in by_hand.stderr
    assert len(shop.ledger()) == 2
    assert [(each["activation"], each["status"]) for each in by_script.document] == [
        ("profiles", "nothing"),
        ("club", "nothing"),
    ]


@contextmanager
def a_web_address():
    """Where somebody listens, and what came there."""
    came = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *arguments) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_command_runs_what_is_due_and_tells_whom_the_project_names(shop, customer, tmp_path):
    """A refusal that nobody sees is told to a program and to a web address, without any customer's data."""
    told = tmp_path / "told.json"
    write = f"import sys; open({str(told)!r}, 'w').write(sys.stdin.read())"
    command = json.dumps([sys.executable, "-c", write])
    with a_web_address() as (address, came):
        shop.extra = (
            '[campaigns.daily]\ntable = "customers"\ntemplate = "profile"\nschedule = "* * * * *"\n'
            "[campaigns.daily.guards]\nmax_changes = 1\n"
            f'[alerts]\non = ["refused"]\ncommand = {command}\nwebhook = "env:HOOK"\n'
        )
        shop.write()
        shop.customers([customer(i) for i in range(3)])
        long_ago = datetime.now(UTC) - timedelta(minutes=5)
        schedule = digest_of(shop.workplace.project.campaigns["daily"].schedule)
        ScheduleBook(shop.workplace.state).note("daily", Entry(settled=long_ago.timestamp(), schedule=schedule))

        finished = shop.stoker("schedule", "--once", "--json", environment={"HOOK": address})

    assert finished.code == 4
    (document,) = finished.document
    assert (document["name"], document["activations"][0]["status"]) == ("daily", "refused")
    assert document["missed"] >= 4
    event = json.loads(told.read_text())
    assert came == [event]
    assert (event["event"], event["activation"]) == ("refused", "daily")
    assert "3 customers would be sent; the limit is 1." in event["message"]
    assert "Name" not in json.dumps(event)


def test_without_a_schedule_it_says_how_to_make_one(shop):
    finished = shop.stoker("schedule", "--once")

    assert finished.code == 0
    assert 'schedule = "0 6 * * *"' in finished.stdout


def test_units_for_systemd_name_this_project(shop, tmp_path):
    target = tmp_path / "units"

    finished = shop.stoker("schedule", "--systemd", str(target))

    service, timer = sorted(target.iterdir())
    assert finished.code == 0
    assert f'"schedule" "--once" "--project" "{shop.folder}"' in service.read_text()
    assert f'Environment="STOKER_STATE={shop.state}"' in service.read_text()
    assert "OnCalendar=*-*-* *:*:00 UTC" in timer.read_text()
    assert service.stem == timer.stem


def test_an_applied_plan_that_fails_is_told_where_nobody_is_asked(shop, tmp_path):
    """A table that is gone, by name of the activation."""
    told = tmp_path / "told.jsonl"
    shop.extra = f'[alerts]\non = ["failed"]\ncommand = ["tee", "-a", "{told}"]\n'
    shop.write()

    assert shop.stoker("apply", "club", "--yes").code == 3

    event = json.loads(told.read_text())
    assert (event["event"], event["activation"], event["status"]) == ("failed", "club", "failed")
