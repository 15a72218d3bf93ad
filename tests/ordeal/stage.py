"""A shop whose source changes from day to day, and what must be true after whatever befell the run of a day."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from tests.conftest import Finished, SandboxProcess, Shop, a_customer
from tui_app.core.errors import StokerError
from tui_app.store.answers import ACKNOWLEDGED, IN_DOUBT
from tui_app.store.outgoing import ids_of
from tui_app.store.runs import RunFolder

CUSTOMERS = 600
PER_REQUEST = 12
RATE = {
    "quiet_period_seconds": "0",
    "objects_per_request": str(PER_REQUEST),
    "requests_per_second": "60",
}
SLOWLY = "slow:seconds=0.1"
"""Answers take a while, so that some requests are on their way at any moment of a run."""
GUARDS = """
[campaigns.club.guards]
max_change_share = 1.0
max_leave_share = 1.0
"""
DEADLINE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Known:
    """What the journal of the day's run says at some moment."""

    run: RunFolder | None
    acknowledged: frozenset[str] = frozenset()
    on_their_way: frozenset[str] = frozenset()
    """Customers who were announced and have no answer."""


@dataclass(slots=True)
class Verdict:
    """How one round ended."""

    struck: bool = False
    """It hit while something was on its way, or while the process had work to do."""
    lost: int = 0
    """Customers who were acknowledged and whom the ledger, or Braze, does not know with that value."""
    requests_twice: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        """Whether Braze, ledger and source agreed in the end."""
        return not self.problems


class Stage:
    """One shop in a folder of its own, whose destination is a sandbox that nobody else uses meanwhile.

    Args:
        folder: For everything; need not exist.
        sandbox: Is emptied.
        state: Where ledger, plans and runs lie; need not exist.
    """

    def __init__(self, folder: Path, sandbox: SandboxProcess, state: Path) -> None:
        (folder / "shop").mkdir(parents=True)
        sandbox.reset()
        sandbox.fail(SLOWLY)
        self.sandbox = sandbox
        self.shop = Shop(folder / "shop", sandbox.url, state, destination=RATE, extra=GUARDS)
        self.shop.write()
        self.expected: dict[str, dict[str, Any]] = {}
        self._day = 0
        self._requests_before = 0

    def next_day(self) -> None:
        """Everybody has other points today, some have come and some have left."""
        self._day += 1
        self._requests_before = len(self.sandbox.received())
        rows = [
            a_customer(number, points=number + 1000 * self._day, is_member=(number + self._day) % 9 != 0)
            for number in range(CUSTOMERS)
        ]
        self.shop.customers(rows)
        for row in rows:
            if row["is_member"]:
                self.expected[row["id"]] = {
                    "first_name": row["name"],
                    "tier": row["tier"],
                    "points": row["points"],
                    "club": True,
                }
            elif row["id"] in self.expected:
                self.expected[row["id"]] = {**self.expected[row["id"]], "club": False}

    @property
    def newest_run(self) -> RunFolder | None:
        """The run that began last."""
        runs = self.shop.workplace.runs.all()
        return runs[-1] if runs else None

    def times_sent(self) -> Counter[str]:
        """How often each customer arrived at the sandbox today."""
        today = self.sandbox.received()[self._requests_before :]
        return Counter(each["external_id"] for request in today for each in request["objects"])

    def known(self, before: RunFolder | None) -> Known:
        """What the journal of today's run says now.

        Args:
            before: The newest run of the day before.
        """
        run = self.newest_run
        if run is None or (before is not None and run.id == before.id):
            return Known(None)
        if not run.has_journal:
            return Known(run)
        codes = run.answers().codes
        plan = run.plan()
        acknowledged = ids_of(plan, [int(row) for row in (codes == ACKNOWLEDGED).nonzero()[0]])
        on_their_way = ids_of(plan, [int(row) for row in (codes == IN_DOUBT).nonzero()[0]])
        return Known(run, frozenset(acknowledged), frozenset(on_their_way))

    def recover(self, run: RunFolder | None) -> Finished | None:
        """What a person does next: go on with the run, or begin one if there is none. None: there is nothing to do."""
        if run is None:
            return self.shop.stoker("apply", "club", "--yes", "--json")
        wait_until(lambda: run.progress().has_ended or not run.progress().process, "the run to end")
        if run.progress().state == "done":
            return None
        return self.shop.stoker("resume", run.id, "--json")

    def judge(self, known: Known, *, strikes: int = 1) -> Verdict:
        """Compare source, Braze and ledger after the recovery.

        Args:
            known: What was known before it.
            strikes: How many times requests may have been cut off today.
        """
        verdict = Verdict()
        profiles, times = self.sandbox.profiles(), self.times_sent()
        try:
            ledger, doubt = self.shop.ledger(), self.shop.doubt()
            changes = self.shop.plan("club").plan.counts.changes
        except StokerError as error:
            verdict.problems.append(f"the ledger cannot be read: {error.message}")
            return verdict
        twice = {customer for customer, count in times.items() if count > 1}
        verdict.requests_twice = ceil(len(twice) / PER_REQUEST)
        verdict.lost = sum(
            ledger.get(each) != self.expected[each] or profiles.get(each) != self.expected[each]
            for each in known.acknowledged
        )
        facts = {
            "Braze differs from the source": profiles != self.expected,
            "the ledger differs from Braze": ledger != profiles,
            "somebody is still in doubt": bool(doubt),
            f"planning again finds {changes} changes": bool(changes),
            f"{verdict.lost} acknowledged customers were lost": bool(verdict.lost),
            "an acknowledged customer was sent again": bool(twice & known.acknowledged),
            "somebody was sent again who was not on the way": not twice <= known.on_their_way and strikes == 1,
            "somebody was sent too often": max(times.values(), default=0) > 1 + strikes,
            "some were never sent": len(times) > CUSTOMERS,
        }
        verdict.problems += [fact for fact, is_so in facts.items() if is_so]
        return verdict


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = DEADLINE_SECONDS, pause: float = 0.01) -> None:
    """Look again and again.

    Raises:
        TimeoutError: It did not become so.
    """
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {seconds:.0f} seconds for {what}")
        time.sleep(pause)
