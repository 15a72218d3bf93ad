"""A cancelled question stops its own work, lets it tidy up, and touches nothing that belongs to the next one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from tui_app.backstage.cancellation import Cancellation, Cancelled

PATIENCE_SECONDS = 10.0


@pytest.fixture
def cancellation() -> Iterator[Cancellation]:
    cancellation = Cancellation()
    yield cancellation
    cancellation.finish()


def test_what_is_lent_is_interrupted_only_while_it_is_lent(cancellation):
    """An interruption after that would stop the query of somebody else, who would read of an error."""
    lent, still_working = [], threading.Event()
    with cancellation.interrupting(lambda: lent.append("interrupted")):
        pass
    cancellation.on_cancel(still_working.set)

    cancellation.cancel()

    assert still_working.wait(PATIENCE_SECONDS)
    assert lent == []


def test_an_interruption_is_repeated_until_the_work_ends(cancellation):
    """An engine forgets one that comes between two of its statements."""
    calls, is_third = [], threading.Event()

    def interrupt() -> None:
        calls.append("interrupted")
        if len(calls) == 3:
            is_third.set()

    with cancellation.interrupting(interrupt):
        cancellation.cancel()
        assert is_third.wait(PATIENCE_SECONDS)


def test_a_coroutine_is_cancelled_once_and_may_tidy_up(cancellation):
    """A connection that is being closed must not be left half open."""
    begun, steps = threading.Event(), []

    async def work() -> None:
        try:
            begun.set()
            await asyncio.sleep(PATIENCE_SECONDS)
            steps.append("waited")
        finally:
            # Longer than until the cancellation calls again.
            await asyncio.sleep(0.2)
            steps.append("tidied up")

    canceller = threading.Thread(target=lambda: begun.wait(PATIENCE_SECONDS) and cancellation.cancel())
    canceller.start()
    with pytest.raises(Cancelled):
        cancellation.run(work())
    canceller.join()

    assert steps == ["tidied up"]


def test_a_coroutine_of_a_question_that_was_cancelled_before_it_began_does_not_go_on(cancellation):
    cancellation.cancel()

    with pytest.raises(Cancelled):
        cancellation.run(asyncio.sleep(PATIENCE_SECONDS))
    with pytest.raises(Cancelled):
        cancellation.raise_if_cancelled()


def test_what_is_not_cancelled_comes_to_its_end(cancellation):
    assert cancellation.run(asyncio.sleep(0, "done")) == "done"
    cancellation.raise_if_cancelled()
