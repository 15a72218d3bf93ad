"""Processes that are really killed, at random moments and at named fail-points, and what the next command finds.

After a kill and a resume nothing acknowledged is lost, Braze equals the source, the ledger equals Braze, and at most
the requests that were on their way are sent twice.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tui_app import failpoints
from tui_app.store.plans import load_plan
from tui_app.wiring import start_worker

CUSTOMERS = 1000
PER_REQUEST = 20
RATE = {"quiet_period_seconds": "0", "objects_per_request": str(PER_REQUEST), "requests_per_second": "100"}
MOST_IN_FLIGHT = 30
"""Requests that may be on their way when a worker dies: 100 a second, some milliseconds each, on a busy machine."""
PLAN_POINTS = ("plan.files_written", "plan.sealed")
LATER_TURNS = (
    "journal.half_written:3", "journal.not_synced:3", "send.announced:2", "send.answered:20", "send.settled:20",
    "file.half_written:3", "file.not_renamed:3", "file.renamed:3",
)  # fmt: skip
WORKER_POINTS = (*(f"{name}:1" for name in failpoints.NAMES if name not in PLAN_POINTS), *LATER_TURNS)


@pytest.fixture(scope="module")
def plans() -> dict[str, Path]:
    """The plan of each kind of test, made once and copied for every kill."""
    return {}


@pytest.fixture
def planned(shop, customer, plans, tmp_path_factory):
    """A shop with a plan of 50 requests that nobody has applied."""
    shop.destination = RATE
    shop.write()
    shop.customers([customer(i) for i in range(CUSTOMERS)])
    if not plans:
        stored = shop.plan("club")
        plans["club"] = tmp_path_factory.mktemp("plans") / stored.id
        shutil.copytree(stored.folder, plans["club"])
    target = shop.state / "plans" / plans["club"].name
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(plans["club"], target, dirs_exist_ok=True)
    return shop, load_plan(target)


def wait_for_requests(sandbox, count: int, worker: subprocess.Popen[bytes]) -> None:
    while sandbox.get("counters")["requests"] < count and worker.poll() is None:
        time.sleep(0.005)


def assert_that_promises_hold(shop, sandbox, sent_twice_at_most: int) -> None:
    """Everything that must be true once a run that was killed has been resumed."""
    profiles = sandbox.profiles()
    assert profiles == {
        f"c{i:05}": {"first_name": f"Name {i}", "tier": "gold", "points": i, "club": True} for i in range(CUSTOMERS)
    }
    assert shop.ledger() == profiles
    assert shop.doubt() == {}
    times_sent = Counter(each["external_id"] for each in sandbox.objects())
    assert max(times_sent.values()) <= 2
    assert sum(1 for times in times_sent.values() if times > 1) <= sent_twice_at_most
    assert shop.plan("club").plan.counts.changes == 0


@pytest.mark.parametrize("seed", range(20))
def test_a_worker_killed_at_a_random_moment_is_resumed_without_loss(planned, sandbox, seed):
    shop, stored = planned
    run = shop.begin(stored)
    worker = start_worker(shop.workplace, run)
    wait_for_requests(sandbox, random.Random(seed).randrange(1, CUSTOMERS // PER_REQUEST), worker)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    assert run.progress().state in ("crashed", "done")
    acknowledged_before = set(shop.ledger())
    if run.progress().state == "crashed":
        assert shop.carry_out(run).state == "done"

    assert acknowledged_before <= set(shop.ledger())
    assert_that_promises_hold(shop, sandbox, MOST_IN_FLIGHT * PER_REQUEST)


@pytest.mark.parametrize("seed", range(3))
def test_after_a_kill_planning_again_settles_what_was_on_its_way(planned, sandbox, seed):
    """Whoever does not resume loses nothing either: the journal is folded before anything else."""
    shop, stored = planned
    run = shop.begin(stored)
    worker = start_worker(shop.workplace, run)
    wait_for_requests(sandbox, random.Random(seed).randrange(1, CUSTOMERS // PER_REQUEST), worker)
    worker.send_signal(signal.SIGKILL)
    worker.wait()

    shop.sync("club")

    assert_that_promises_hold(shop, sandbox, (MOST_IN_FLIGHT + 32) * PER_REQUEST)


@pytest.mark.parametrize("point", WORKER_POINTS)
def test_a_worker_that_dies_at_a_fail_point_is_resumed_without_loss(planned, sandbox, monkeypatch, point):
    shop, stored = planned
    run = shop.begin(stored)
    monkeypatch.setenv(failpoints.VARIABLE, point)
    worker = start_worker(shop.workplace, run)
    monkeypatch.delenv(failpoints.VARIABLE)
    code = worker.wait(timeout=60)

    assert code == failpoints.EXIT_CODE
    if run.progress().state != "done" or not run.progress().folded:
        assert shop.carry_out(run).state == "done"

    assert_that_promises_hold(shop, sandbox, MOST_IN_FLIGHT * PER_REQUEST)


@pytest.mark.parametrize("name", PLAN_POINTS)
def test_planning_that_dies_leaves_nothing_half_done(shop, sandbox, customer, name):
    shop.customers([customer(i) for i in range(100)])

    died = shop.stoker("plan", "club", environment={failpoints.VARIABLE: name})

    assert died.code == failpoints.EXIT_CODE
    assert sandbox.objects() == []
    assert shop.sync("club").acknowledged == 100
    assert shop.plan("club").plan.counts.changes == 0


def test_a_worker_outlives_the_terminal_that_started_it(planned, sandbox):
    """The SSH connection drops: the whole session gets SIGHUP, and the run goes on."""
    shop, stored = planned
    # Answers that take their time, so that the run cannot be over before the terminal goes.
    sandbox.fail("slow:seconds=2,after=3")
    command = ["python", "-m", "tui_app", "apply", str(stored.folder), "--yes"]
    terminal = subprocess.Popen(
        command, cwd=shop.folder, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_for_requests(sandbox, 3, terminal)
    os.killpg(terminal.pid, signal.SIGHUP)
    terminal.wait()
    (run,) = shop.workplace.runs.all()
    while not run.progress().has_ended:
        time.sleep(0.05)

    assert run.progress().state == "done"
    assert_that_promises_hold(shop, sandbox, 0)


def test_what_left_before_a_kill_is_sent_again_although_the_source_went_back(shop, sandbox, customer, monkeypatch):
    """Braze has silver and nobody recorded its answer: only the announcement in the journal knows."""
    shop.customers([customer(i) for i in range(5)])
    shop.sync()
    shop.customers([customer(i, tier="silver") for i in range(5)])
    run = shop.begin(shop.plan())
    monkeypatch.setenv(failpoints.VARIABLE, "send.answered:1")
    assert start_worker(shop.workplace, run).wait(timeout=60) == failpoints.EXIT_CODE
    monkeypatch.delenv(failpoints.VARIABLE)
    assert sandbox.profiles()["c00001"]["tier"] == "silver"

    shop.customers([customer(i) for i in range(5)])
    shop.sync()

    assert {each["tier"] for each in sandbox.profiles().values()} == {"gold"}
    assert shop.doubt() == {}


def test_the_quiet_period_counts_from_the_last_repeat_of_what_was_on_its_way(shop, sandbox, customer, monkeypatch):
    """Braze may still come to apply it, so a changed value that left sooner could be overtaken."""
    shop.customers([customer(1)])
    run = shop.begin(shop.plan())
    sandbox.fail("429:retry=2,times=1", "503:applied=yes")
    monkeypatch.setenv(failpoints.VARIABLE, "send.answered:2")
    assert start_worker(shop.workplace, run).wait(timeout=60) == failpoints.EXIT_CODE
    monkeypatch.delenv(failpoints.VARIABLE)

    shop.customers([customer(1, tier="silver")])
    stored = shop.plan()

    first, last = (each["time"] for each in sandbox.received())
    (not_before,) = pq.read_table(stored.requests).column("not_before").to_pylist()
    assert last > first + 2
    assert not_before >= last


def test_what_may_never_have_left_keeps_its_distance_from_what_left_before(shop, sandbox, customer, monkeypatch):
    """A torn announcement may have announced everybody; silver then leaves for the first time after all."""
    shop.destination = {"objects_per_request": "1"}
    shop.write()
    shop.customers([customer(1)])
    shop.sync()
    shop.customers([customer(1, tier="silver"), customer(2)])
    # The request of c00002 need not wait, so that something is announced.
    run = shop.begin(shop.plan())
    monkeypatch.setenv(failpoints.VARIABLE, "journal.half_written:2")
    assert start_worker(shop.workplace, run).wait(timeout=60) == failpoints.EXIT_CODE
    monkeypatch.delenv(failpoints.VARIABLE)

    changes = pq.read_table(shop.plan().changes, columns=["id", "not_before"]).to_pylist()

    (gold,) = (each["time"] for each in sandbox.received())
    not_before = {each["id"]: each["not_before"] for each in changes}
    assert shop.doubt().keys() >= {("c00001", "tier"), ("c00002", "tier")}
    assert not_before["c00001"] >= gold
    assert not_before["c00002"] is None


def test_whoever_leaves_with_somebody_in_doubt_is_announced_too(shop, sandbox, customer, monkeypatch):
    """A request was halved and the run ended between the halves: one is in doubt, the other never left."""
    shop.customers([customer(i) for i in range(4)])
    run = shop.begin(shop.plan())
    sandbox.fail("refuse:external_id=c00003", "html:times=1")
    stopped = shop.carry_out(run)
    assert (stopped.in_doubt, stopped.not_sent) == (2, 2)
    sandbox.work_again()

    monkeypatch.setenv(failpoints.VARIABLE, "send.answered:1")
    assert start_worker(shop.workplace, run).wait(timeout=60) == failpoints.EXIT_CODE

    assert len(sandbox.profiles()) == 4
    assert run.answers().totals().in_doubt == 4
