"""While Braze cannot be reached, or answers with nothing but trouble, whoever watches hears why and what comes next."""

from __future__ import annotations

import asyncio

import pytest

from tui_app.wiring import work_on


@pytest.fixture
def work_watched():
    """Carries out a run; `watch` is given what was said, again and again, until the run has ended."""

    async def working(shop, run, watch):
        work = asyncio.create_task(work_on(shop.workplace, run, asyncio.Event()))
        async with asyncio.timeout(60):
            while not work.done():
                watch(run.progress())
                await asyncio.wait({work}, timeout=0.02)
        return work.result()

    return lambda shop, run, watch: asyncio.run(working(shop, run, watch))


def test_trouble_is_told_with_the_next_attempt_and_not_any_more_once_something_got_through(
    shop, sandbox, customer, work_watched
):
    shop.destination = {**shop.destination, "objects_per_request": "1", "requests_per_second": "10"}
    shop.write()
    shop.customers([customer(i) for i in range(20)])
    run = shop.begin(shop.plan())
    sandbox.fail("503:applied=no")
    waits, said_afterwards = [], set()

    def watch(progress):
        if progress.acknowledged:
            said_afterwards.add((progress.note, progress.nothing_gets_through))
        elif progress.nothing_gets_through:
            assert "in trouble (status 503)" in progress.note
            waits.append(progress.wait_seconds)
            if progress.wait_seconds > 0:
                sandbox.work_again()

    last = work_watched(shop, run, watch)

    assert (last.state, last.acknowledged, last.note, last.nothing_gets_through) == ("done", 20, "", False)
    assert any(0 < seconds <= 30 for seconds in waits)
    assert said_afterwards == {("", False)}


def test_a_run_that_is_stopped_while_nothing_gets_through_says_why(shop, customer, work_watched):
    """A person stops what does not move, and then wants to know what to mend."""
    shop.customers([customer(i) for i in range(20)])
    shop.url = "http://127.0.0.1:9"
    shop.write()
    run = shop.begin(shop.plan())

    def watch(progress):
        if progress.nothing_gets_through:
            run.leave_wish("stop")

    last = work_watched(shop, run, watch)

    assert (last.state, last.not_sent) == ("stopped", 20)
    assert last.note.startswith("It was asked to stop. Nothing got through until then: 127.0.0.1 cannot be reached")
