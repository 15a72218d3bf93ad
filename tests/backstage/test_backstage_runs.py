"""Runs as a screen begins, watches, steers and reports them; what sends them outlives the screen and backstage."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import psutil
import pytest

from tui_app.backstage.client import Backstage, BackstageLost
from tui_app.backstage.questions.connection import ReadLedger
from tui_app.backstage.questions.run import (
    BeginRun,
    ExportRun,
    ListRuns,
    ReadRejected,
    ReportRun,
    ResumeRun,
    RunNews,
    SteerRun,
    WatchRun,
)
from tui_app.core.errors import Damaged, FixInput, LedgerHeld, Refused, Usage
from tui_app.core.run import Progress

PATIENCE_SECONDS = 30.0


@pytest.fixture
def busy_shop(shop, sandbox, customer):
    """A shop whose run is held up by Braze's rate limit for a minute, after ten requests, until `work_again`."""
    shop.destination = {"quiet_period_seconds": "0", "objects_per_request": "5"}
    shop.write()
    shop.customers([customer(number) for number in range(200)])
    sandbox.fail("429:retry=60,after=10")
    return shop


@pytest.fixture
def picky_shop(shop, customer):
    """A shop of 30 customers, of whom Braze refuses every third."""
    shop.attributes = {**shop.attributes, "email": '"name"'}
    shop.write()
    refused, taken = "abc@gmail.com", "user{}@example.com"
    shop.customers([customer(i, name=taken.format(i) if i % 3 else refused) for i in range(30)])
    return shop


def is_sending(progress: Progress) -> bool:
    return progress.state == "sending" and progress.acknowledged > 0


async def until(backstage: Backstage, run: str, is_so: Callable[[Progress], bool]) -> RunNews:
    """Watch a run as a screen does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            news = await backstage.ask(WatchRun(run))
            if is_so(news.progress):
                return news
            await asyncio.sleep(0.02)


async def ask_until_lost(backstage: Backstage) -> None:
    """What is asked before the end is noticed is lost as well."""
    while True:
        await backstage.ask(ListRuns())


async def finished(backstage: Backstage, run: str) -> RunNews:
    return await until(backstage, run, lambda progress: progress.has_ended)


async def test_a_run_that_was_begun_reaches_braze_and_the_ledger(
    shop, backstage, customer, sandbox, process_beside, eventually
):
    shop.customers([customer(number) for number in range(20)])
    plan = shop.plan("club")

    run = await backstage.ask(BeginRun(plan.id))
    news = await finished(backstage, "last")

    assert (news.record.run, news.record.activation, news.progress.state) == (run, "club", "done")
    report = await backstage.ask(ReportRun(run))
    assert (report.totals.acknowledged, report.totals.not_sent, report.reasons) == (20, 0, ())
    assert len(sandbox.profiles()) == 20
    ledger = await backstage.ask(ReadLedger("braze"))
    assert (ledger.serial, ledger.customers, ledger.in_doubt) == (1, 20, 0)
    assert ledger.attributes == ("club", "first_name", "points", "tier")
    # Not even a zombie is left of the worker.
    beside = process_beside(shop.folder)
    await asyncio.to_thread(eventually, lambda: beside.children() == [])
    with pytest.raises(Refused, match="applied before"):
        await backstage.ask(BeginRun(plan.id))


async def test_a_guard_that_was_not_allowed_refuses_by_its_name(shop, backstage, customer, sandbox):
    shop.customers([customer(1, is_member=False)])
    plan = shop.plan("club")

    with pytest.raises(Refused) as caught:
        await backstage.ask(BeginRun(plan.id))

    assert caught.value.guards == ("min_members",)
    run = await backstage.ask(BeginRun(plan.id, allowed=("min_members",)))
    news = await finished(backstage, run)
    assert (news.progress.state, news.record.allowed) == ("done", ("min_members",))
    assert sandbox.received() == []


async def test_the_worker_outlives_backstage_and_a_killed_worker_is_gone_on_with(
    busy_shop, backstage, sandbox, process_beside
):
    run = await backstage.ask(BeginRun(busy_shop.plan("club").id))
    news = await until(backstage, run, is_sending)
    worker, beside = psutil.Process(news.progress.process), process_beside(busy_shop.folder)

    beside.kill()
    with pytest.raises(BackstageLost):
        await ask_until_lost(backstage)
    assert worker.is_running()
    assert (await backstage.ask(WatchRun(run))).progress.process == worker.pid
    with pytest.raises(LedgerHeld, match="still going on"):
        await backstage.ask(ResumeRun(run))

    worker.kill()
    assert (await finished(backstage, run)).progress.state == "crashed"
    sandbox.work_again()
    assert await backstage.ask(ResumeRun(run)) == run
    await until(backstage, run, lambda progress: progress.state == "done")
    assert len(sandbox.profiles()) == 200


async def test_a_run_is_watched_and_steered_while_somebody_edits_the_project_file(busy_shop, backstage):
    """An unfinished line in an editor must not take the stop key away."""
    run = await backstage.ask(BeginRun(busy_shop.plan("club").id))
    await until(backstage, run, is_sending)
    (busy_shop.folder / "stoker.toml").write_text("[campaigns.club\n")

    await backstage.ask(SteerRun(run, "stop"))

    assert (await finished(backstage, run)).progress.state == "stopped"


async def test_rejected_customers_are_paged_and_exported_with_their_reasons(picky_shop, backstage, tmp_path):
    run = await backstage.ask(BeginRun(picky_shop.plan("club").id))
    await finished(backstage, run)

    report = await backstage.ask(ReportRun(run))
    pages = [await backstage.ask(ReadRejected(run, first, 4)) for first in (0, 4, 8, 12)]

    (reason,) = report.reasons
    assert (report.totals.rejected, reason.customers) == (10, 10)
    assert [(len(page.rows), page.first, page.total) for page in pages] == [
        (4, 0, 10),
        (4, 4, 10),
        (2, 8, 10),
        (0, 12, 10),
    ]
    rows = [row for page in pages for row in page.rows]
    assert [customer for customer, _ in rows] == [f"c{number:05}" for number in range(0, 30, 3)]
    assert {why for _, why in rows} == {reason.reason}

    as_csv = await backstage.ask(ExportRun(run, str(tmp_path / "run.csv"), "csv"))
    as_json = await backstage.ask(ExportRun(run, str(tmp_path / "run.json"), "json"))

    assert (as_csv.rows, as_json.rows) == (10, 10)
    assert len((tmp_path / "run.csv").read_text().splitlines()) == 11
    assert json.loads((tmp_path / "run.json").read_text())["acknowledged"] == 20
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("run.csv", "run.json")} == {0o600}
    with pytest.raises(FixInput, match="there already"):
        await backstage.ask(ExportRun(run, str(tmp_path / "run.csv"), "csv"))


async def test_a_damaged_run_hides_neither_itself_nor_the_others(shop, backstage, customer):
    shop.customers([customer(1)])
    first, second = (shop.begin(shop.plan(name)) for name in ("club", "profiles"))
    record = second.path / "run.json"
    record.write_bytes(record.read_bytes().replace(b"profiles", b"profiteers"))

    damaged, sound = await backstage.ask(ListRuns())

    assert (sound.record.run, sound.record.activation) == (first.id, "club")
    assert (damaged.record.run, damaged.progress.state) == (second.id, "crashed")
    assert "not what Stoker wrote" in damaged.progress.note
    assert await backstage.ask(ListRuns(limit=1)) == (damaged,)
    with pytest.raises(Damaged, match="not what Stoker wrote"):
        await backstage.ask(WatchRun(second.id))
    with pytest.raises(Usage, match="there is none"):
        await backstage.ask(WatchRun("another"))


@pytest.mark.parametrize("is_asked_to_end", [False, True], ids=["its screen vanishes", "it is asked to end"])
async def test_a_run_that_was_begun_before_backstage_ends_has_its_worker(
    shop, backstage, customer, sandbox, process_beside, *, is_asked_to_end
):
    """A record without a worker would look like a run that never starts."""
    shop.customers([customer(1)])
    plan = shop.plan("club")
    await backstage.ask(ListRuns())
    beside = process_beside(shop.folder)
    asking = asyncio.create_task(backstage.ask(BeginRun(plan.id)))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not shop.workplace.runs.all():
            await asyncio.wait({asking}, timeout=0.001)

    if is_asked_to_end:
        beside.terminate()
    else:
        await backstage.close()
    await asyncio.wait({asking})

    again = Backstage(shop.folder)
    assert (await finished(again, "last")).progress.state == "done"
    await again.close()
    assert len(sandbox.profiles()) == 1
