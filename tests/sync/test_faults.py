"""What answers and failures of Braze do to the ledger. Only what was acknowledged may be in it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from tui_app.core.errors import Damaged
from tui_app.core.run import Progress
from tui_app.wiring import work_on

BELIEVABLE_ONLY_LATER = [
    "html:times=1", "truncated:times=1", "empty:times=1", "wrong-counts:times=1", "duplicate-keys:times=1",
    "index-out-of-range:times=1", "index-text:times=1", "index-missing:times=1", "other-array:times=1",
    "cut:times=1", "reset:applied=yes,times=1", "reset:applied=no,times=1", "503:applied=yes,times=2",
    "500:applied=no,times=2", "429:retry=0.2,times=2", "429:style=none,times=1", "429:style=past,times=1",
]  # fmt: skip


@pytest.mark.parametrize("fault", [each for each in BELIEVABLE_ONLY_LATER if not each.startswith("html")])
def test_a_passing_fault_costs_a_repeat_of_the_same_bytes_and_nothing_else(shop, sandbox, customer, fault):
    shop.customers([customer(i) for i in range(20)])
    sandbox.fail(fault)

    progress = shop.sync("club")

    assert (progress.state, progress.acknowledged) == ("done", 20)
    assert progress.retries >= 1
    assert shop.ledger() == sandbox.profiles()
    bodies = {json.dumps(each["objects"]) for each in sandbox.received()}
    assert len(bodies) == 1
    assert shop.plan("club").plan.counts.changes == 0


def test_a_web_page_in_between_stops_the_run_and_leaves_the_request_in_doubt(shop, sandbox, customer):
    """A proxy's sign-in page answers 200. That is no acknowledgement, and whether Braze got it nobody knows."""
    shop.customers([customer(i) for i in range(20)])
    sandbox.fail("html:times=1")

    progress = shop.sync("club")

    assert (progress.state, progress.acknowledged, progress.in_doubt) == ("stopped", 0, 20)
    assert shop.ledger() == {}


def test_queued_is_not_an_acknowledgement(shop, sandbox, customer):
    """202 says that Braze took it, not what becomes of it."""
    shop.customers([customer(i) for i in range(20)])
    sandbox.fail("queued:times=1")

    progress = shop.sync("club")

    assert (progress.state, progress.acknowledged, progress.in_doubt) == ("stopped", 0, 20)
    plan = shop.plan("club").plan
    assert shop.ledger() == {}
    assert (plan.counts.join, plan.in_doubt) == (20, 20)
    shop.sync("club")
    assert shop.doubt() == {}
    assert shop.plan("club").plan.counts.changes == 0


def test_in_doubt_is_sent_again_even_if_the_source_went_back(shop, sandbox, customer):
    """Gold was acknowledged, silver may have arrived, gold is wanted again: Braze may have silver."""
    shop.customers([customer(i) for i in range(5)])
    shop.sync()
    shop.customers([customer(i, tier="silver") for i in range(5)])
    sandbox.fail("queued:times=1")
    shop.sync()
    assert sandbox.profiles()["c00001"]["tier"] == "silver"

    shop.customers([customer(i) for i in range(5)])
    shop.sync()

    assert {each["tier"] for each in sandbox.profiles().values()} == {"gold"}
    assert shop.doubt() == {}


def test_in_doubt_is_settled_even_if_the_customer_has_left(shop, sandbox, customer):
    shop.customers([customer(i) for i in range(5)])
    sandbox.fail("queued:times=1")
    shop.sync("club")

    shop.customers([customer(i) for i in range(4)])
    shop.sync("club")

    assert sandbox.profiles()["c00004"]["club"] is False
    assert shop.doubt() == {}
    assert shop.ledger()["c00004"] == sandbox.profiles()["c00004"]


def test_rejected_customers_are_named_with_the_reason_and_the_others_arrive(shop, sandbox, customer):
    shop.attributes = {**shop.attributes, "email": '"name"'}
    shop.write()
    rows = [customer(i, name=f"user{i}@example.com") for i in range(100)]
    rows[42]["name"] = "abc@gmail.com"
    shop.customers(rows)

    run = shop.begin(shop.plan("club"))
    progress = shop.carry_out(run)

    assert (progress.state, progress.acknowledged, progress.rejected) == ("done", 99, 1)
    assert [customer_id for customer_id, _ in run.rejected()] == ["c00042"]
    assert "email" in next(run.rejected())[1]
    assert "c00042" not in shop.ledger()


def test_a_rejected_customer_is_not_sent_again_until_something_changes(shop, sandbox, customer):
    """The same object would be refused again, and cost requests every day."""
    shop.attributes = {**shop.attributes, "email": '"name"'}
    shop.write()
    rows = [customer(i, name=f"user{i}@example.com") for i in range(10)]
    rows[4]["name"] = "abc@gmail.com"
    shop.customers(rows)
    shop.sync("club")

    plan = shop.plan("club").plan
    assert (plan.counts.changes, plan.counts.withheld) == (0, 1)
    assert [each.code for each in plan.reasons] == ["refused_before"]

    rows[4]["name"] = "abcdef@gmail.com"
    shop.customers(rows)
    progress = shop.sync("club")
    assert (progress.acknowledged, progress.rejected) == (1, 0)


def test_one_poisoned_object_does_not_hold_back_its_neighbours(shop, sandbox, customer):
    """Braze refuses the whole request; halving finds the culprit in at most fifteen requests."""
    shop.customers([customer(i) for i in range(75)])
    sandbox.fail("refuse:external_id=c00042")

    run = shop.begin(shop.plan())
    progress = shop.carry_out(run)

    assert (progress.state, progress.acknowledged, progress.rejected) == ("done", 74, 1)
    assert progress.requests <= 15
    assert [customer_id for customer_id, _ in run.rejected()] == ["c00042"]


@pytest.mark.parametrize(("fault", "says"), [("401", "key is wrong or revoked"), ("403", "lacks the permission")])
def test_a_revoked_key_stops_the_run_at_once(shop, sandbox, customer, fault, says):
    shop.customers([customer(i) for i in range(500)])
    shop.destination = {**shop.destination, "requests_per_second": "5"}
    shop.write()
    sandbox.fail(f"{fault}:after=2")

    progress = shop.sync()

    assert progress.state == "stopped"
    assert says in progress.note
    assert progress.acknowledged == 150
    assert progress.requests <= 5

    sandbox.work_again()
    run = shop.workplace.runs.all()[-1]
    progress = shop.carry_out(run)
    assert (progress.state, progress.acknowledged) == ("done", 500)
    assert len(sandbox.objects()) - 500 <= 75 * 3


def test_nothing_listens_leaves_everybody_not_sent(shop, sandbox, customer):
    """No byte left, so nobody is in doubt."""
    shop.customers([customer(i) for i in range(20)])
    shop.url = "http://127.0.0.1:9"
    shop.write()

    run = shop.begin(shop.plan())
    progress = shop.carry_out(run)

    assert (progress.state, progress.not_sent, progress.in_doubt) == ("stopped", 20, 0)
    assert "cannot be reached" in progress.note


def test_a_changed_value_waits_out_the_quiet_period(shop, sandbox, customer):
    """Braze promises no order between calls, so two values of one attribute must never be on their way together."""
    shop.destination = {"quiet_period_seconds": "2"}
    shop.write()
    shop.customers([customer(i) for i in range(3)])
    shop.sync()
    shop.customers([customer(i, tier="silver") for i in range(3)])

    shop.sync()

    first, second = sandbox.received()
    assert second["time"] - first["time"] >= 2


def test_a_repeat_of_the_same_value_does_not_wait(shop, sandbox, customer):
    shop.destination = {"quiet_period_seconds": "60"}
    shop.write()
    shop.customers([customer(i) for i in range(3)])
    sandbox.fail("queued:times=1")
    shop.sync()

    progress = shop.sync()

    assert progress.state == "done"
    assert progress.seconds < 30


def test_new_customers_do_not_wait_for_known_ones(shop, sandbox, customer):
    shop.destination = {"quiet_period_seconds": "2"}
    shop.write()
    shop.customers([customer(i) for i in range(3)])
    shop.sync()
    shop.customers([*(customer(i, tier="silver") for i in range(3)), *(customer(i) for i in range(100, 175))])

    shop.sync()

    _, second, third = sandbox.received()
    assert [each["external_id"] for each in second["objects"]] == [f"c{i:05}" for i in range(100, 175)]
    assert third["time"] - second["time"] > 1


def test_faults_of_every_kind_end_in_agreement(shop, sandbox, customer):
    """Convergence: once faults stop, at most two runs make Braze equal to the source."""
    shop.customers([customer(i) for i in range(300)])
    shop.destination = {"quiet_period_seconds": "0", "objects_per_request": "10"}
    shop.write()
    sandbox.fail(
        "503:applied=yes,p=0.1,seed=1", "503:applied=no,p=0.1,seed=2", "reset:applied=yes,p=0.1,seed=3",
        "truncated:p=0.1,seed=4", "wrong-counts:p=0.1,seed=5", "queued:p=0.1,seed=6", "429:retry=0.1,p=0.1,seed=7",
    )  # fmt: skip
    shop.sync("club")
    shop.customers([customer(i, tier="silver", is_member=i % 5 != 0) for i in range(50, 300)])
    shop.sync("club", "max_leave_share", "max_change_share")

    sandbox.work_again()
    for _ in range(2):
        shop.sync("club", "max_leave_share", "max_change_share")

    assert shop.ledger() == sandbox.profiles()
    assert shop.doubt() == {}
    members = {f"c{i:05}" for i in range(50, 300) if i % 5}
    assert {each_id for each_id, each in sandbox.profiles().items() if each["club"]} == members
    assert {sandbox.profiles()[each]["tier"] for each in members} == {"silver"}
    assert shop.plan("club").plan.counts.changes == 0


def test_a_run_that_goes_on_still_names_whom_braze_rejected_before(shop, sandbox, customer):
    """Seventy-five rejected and nobody named would be a riddle."""
    shop.attributes = {"email": '"name"'}
    shop.destination = {**shop.destination, "objects_per_request": "1"}
    shop.write()
    shop.customers([customer(0, name="abc@gmail.com"), *(customer(i, name=f"u{i}@example.com") for i in range(1, 5))])
    sandbox.fail("401:after=2")
    run = shop.begin(shop.plan())
    assert shop.carry_out(run).state == "stopped"

    sandbox.work_again()
    progress = shop.carry_out(run)

    assert (progress.state, progress.rejected) == ("done", 1)
    assert [customer_id for customer_id, _ in progress.recent_rejections] == ["c00000"]


def test_many_rejections_pause_the_run_for_a_person(shop, sandbox, customer):
    shop.attributes = {"email": '"name"'}
    shop.destination = {**shop.destination, "requests_per_second": "20"}
    shop.write()
    shop.customers([customer(i, name="abc@gmail.com") for i in range(600)])
    run = shop.begin(shop.plan())
    run.leave_wish("go_on")

    progress = shop.carry_out_until_paused(run)

    assert progress.held_by == "max_rejected_share"
    assert 100 <= progress.rejected < 600


async def test_what_waited_for_its_turn_in_a_pause_does_not_leave_at_once_afterwards(shop, sandbox, customer):
    """Braze's limit counts when requests arrive, whenever somebody let them go."""
    shop.destination = {**shop.destination, "requests_per_second": "20", "objects_per_request": "1"}
    shop.write()
    shop.customers([customer(i) for i in range(400)])
    run = shop.begin(shop.plan())
    working = asyncio.create_task(work_on(shop.workplace, run, asyncio.Event()))

    async def until(is_so: Callable[[Progress], bool]) -> Progress:
        while not is_so(progress := run.progress()):
            assert not working.done()
            await asyncio.wait({working}, timeout=0.02)
        return progress

    await until(lambda progress: progress.requests >= 5)
    run.leave_wish("pause")
    paused = await until(lambda progress: progress.state == "paused")
    # So long that sixty requests could have been let go.
    await until(lambda progress: progress.seconds >= paused.seconds + 3)
    run.leave_wish("go_on")
    await until(lambda progress: progress.requests >= paused.requests + 40)
    run.leave_wish("stop")
    await working

    times = [each["time"] for each in sandbox.received()]
    assert max(sum(begin <= time < begin + 0.5 for time in times) for begin in times) < 30


@pytest.mark.parametrize("name", ["snapshot", "manifest"])
def test_a_damaged_ledger_is_noticed_before_anything_is_sent(shop, sandbox, customer, name):
    """What is sent and acknowledged then could not be kept."""
    shop.customers([customer(i) for i in range(5)])
    shop.sync()
    shop.customers([customer(i, tier="silver") for i in range(5)])
    run = shop.begin(shop.plan())
    requests = len(sandbox.received())
    (path,) = shop.state.glob(f"ledgers/*/{name}*")
    path.write_bytes(path.read_bytes()[:-2])

    with pytest.raises(Damaged):
        shop.carry_out(run)

    assert len(sandbox.received()) == requests
