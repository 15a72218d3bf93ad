"""One world from its first day to its last: a seed decides everything that happens in it."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.simulation import deeds
from tests.simulation.deeds import Applied, Desk, Planned
from tests.simulation.fake_braze import FakeBraze
from tests.simulation.faults import FAIR, Weather, some_weather
from tests.simulation.lots import GROUP, OFFER
from tests.simulation.obvious_diff import AUDIENCE, broken_by_plan, broken_by_repair, broken_by_undo
from tests.simulation.on_the_way import QUIET_SECONDS
from tests.simulation.oracle import broken_at_the_end, broken_by_ledger, broken_by_run
from tests.simulation.process import Ended, Processes, Trouble
from tests.simulation.shop import a_shop, edit, write_project, write_table
from tests.simulation.troubles import CALM, JUMPS_SECONDS, plan_trouble, resume_trouble, run_trouble, torn_early
from tests.simulation.values import another
from tests.simulation.virtual_time import Time
from tui_app.braze.sandbox.settings import SandboxSettings
from tui_app.config.read import read_project
from tui_app.wiring import Workplace

DAY_SECONDS = 86_400.0
HOUR_SECONDS = 3_601.0
MOST_FINAL_RUNS = 2
HASTY_SHARE = 0.1
"""0..1 of the days."""
UNDO_SHARE = 0.25
"""0..1 of the runs that are done in one go."""
REPAIR_SHARE = 0.3
"""0..1 of the worlds."""
LONG_AFTER_SECONDS = 10 * DAY_SECONDS
"""However the clock was set meanwhile, what was sent is no longer too new to be audited."""


@dataclass(slots=True)
class World:
    """What came of a world."""

    seed: int
    violations: list[str] = field(default_factory=list)
    digest: str = ""
    """Of every request, answer, journal and plan."""
    coverage: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(What went wrong, where) → how often."""
    processes: int = 0
    requests: int = 0
    lines: list[str] = field(default_factory=list)
    """The story, line by line."""


def live(seed: int, folder: Path) -> World:
    """Live through the world of a seed; `folder` is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    story = _Story(seed, folder)
    try:
        return story.told()
    finally:
        story.processes.end()


class _Story:
    def __init__(self, seed: int, folder: Path) -> None:
        self.world = World(seed)
        self.chance = random.Random(seed)
        self.folder = folder
        self.shop = a_shop(self.chance)
        habits = self.shop.habits
        state = folder / "state"
        state.mkdir(mode=0o700)
        self.workplace = self._workplace()
        settings = SandboxSettings(
            apply_delay_seconds=(0.01, habits.longest_delay_seconds),
            contract="data_points" if habits.requests_per_hour is None else "mau",
            requests_per_hour=habits.requests_per_hour,
            requests_per_3_seconds=self.chance.choice((2, 3000)),
        )
        self.braze = FakeBraze(self.chance.randrange(2**32), settings, Time(self.chance.uniform(0, DAY_SECONDS)))
        self.processes = Processes()
        self.digest = hashlib.sha256()
        self.crashes_of_run: Counter[str] = Counter()
        self.clock_was_set = False
        """Since the machine was started."""
        self.boot_is_new = False
        """No run has told the ledger about it."""
        self.plans: list[Planned] = []
        """With changes, made since the ledger last moved."""
        self.spent: list[Planned] = []
        """Made before the ledger last moved."""
        self.unfinished: list[Path] = []
        """Runs that nobody resumed at once."""
        self.settled: Planned | None = None
        """The last plan before the world came to rest."""
        self.overtaken: list[Path] = []
        """Unfinished runs, since which another run has moved the ledger on."""

    def told(self) -> World:
        """The whole story."""
        self._tell(f"world {self.world.seed}: {self.shop.habits}")
        for day in range(self.chance.randint(1, 4)):
            if self.world.violations:
                break
            self._tell(f"day {day}: {len(self.shop.rows)} rows")
            self._day()
            self._night()
            self._wait()
        if not self.world.violations:
            self._last_days()
        if not self.world.violations:
            self._repair()
        self.world.digest = self.digest.hexdigest()
        return self.world

    def _workplace(self) -> Workplace:
        """With the project as it is today."""
        write_project(self.shop, self.folder)
        return Workplace(read_project(self.folder), self.folder / "state")

    def _day(self) -> None:
        write_table(self.shop, self.folder)
        self._repeat_what_is_over()
        planned = self._plan(plan_trouble(self.chance, settles=bool(self.unfinished)))
        if planned is None:
            return
        guards = planned.plan.refused_by if self.chance.random() < 0.5 else ()
        self._pass(self.chance.uniform(0.01, self.chance.choice((2, 60))))
        if self.chance.random() < HASTY_SHARE:
            # Torn by a crash, and nobody waits or goes on with it: the next plan meets what may never have left.
            run = self._apply(planned, guards, FAIR, torn_early(self.chance))
            self.unfinished += [run] if run is not None else []
            return
        weather, trouble = some_weather(self.chance), run_trouble(self.chance)
        runs_before = set(self._runs())
        run = self._apply(planned, guards, weather, trouble)
        begun = set(self._runs()) - runs_before
        if run is None and begun and self.chance.random() < UNDO_SHARE:
            self._undo(planned, begun.pop())
        while run is not None and self.chance.random() < 0.75 and not self.world.violations:
            self._pass(self.chance.uniform(0.01, self.chance.choice((20, 600))))
            weather, trouble = some_weather(self.chance), resume_trouble(self.chance, trouble)
            run = self._resume(run, weather, trouble)
        if run is not None:
            self.unfinished.append(run)

    def _undo(self, planned: Planned, run: Path) -> None:
        """Somebody is sorry at once."""
        self._pass(self.chance.uniform(0.01, self.chance.choice((2, 600))))
        ended = self._perform("undo", partial(deeds.undo, run=run), CALM)
        if not isinstance(ended.report, Planned):
            # Nothing of it was acknowledged, or it was given up before it was folded.
            return
        self._check(broken_by_undo(ended.report, planned))
        self.world.coverage["a run is undone", self.shop.activation] += bool(ended.report.payloads)
        run = self._apply(
            ended.report, ended.report.plan.refused_by, some_weather(self.chance), run_trouble(self.chance)
        )
        self.unfinished += [run] if run is not None else []

    def _repeat_what_is_over(self) -> None:
        """Sometimes somebody applies a plan that is over, or goes on with a run of long ago."""
        if self.spent and self.chance.random() < 0.3:
            planned = self.chance.choice(self.spent)
            deed = partial(
                deeds.apply, folder=planned.folder, allowed=planned.plan.refused_by, weather=FAIR, trouble=CALM
            )
            if self._perform("apply again", deed, CALM).how != "refused":
                self._violated("a plan was applied twice, or to a ledger that has moved on")
        if self.overtaken and self.chance.random() < 0.5:
            deed = partial(deeds.resume, run=self.chance.choice(self.overtaken), weather=FAIR, trouble=CALM)
            if self._perform("resume what was overtaken", deed, CALM).how != "refused":
                self._violated("a run went on although the ledger has moved on without it")
        # Of two, one must not go on behind the back of the other.
        if len(self.unfinished) > 1 or (self.unfinished and self.chance.random() < 0.5):
            self._resume(self.unfinished.pop(self.chance.randrange(len(self.unfinished))), FAIR, CALM)

    def _last_days(self) -> None:
        """Faults stop and the source stays: two runs at most, and then there is nothing left to do."""
        self._tell("the faults stop")
        write_table(self.shop, self.folder)
        self.settled = self._come_to_rest()

    def _repair(self) -> None:
        """Days later somebody else writes to Braze; an audit finds what, and its plan brings it back."""
        if self.settled is None or self.chance.random() > REPAIR_SHARE:
            return
        self._pass(LONG_AFTER_SECONDS)
        meddled = self._meddle(self.settled)
        ended = self._perform("audit", deeds.audit_everybody, CALM)
        planned = ended.report if isinstance(ended.report, Planned) else None
        self._check(broken_by_repair(planned, meddled))
        if planned is None:
            return
        runs_before = set(self._runs())
        run = self._apply(planned, planned.plan.refused_by, some_weather(self.chance), run_trouble(self.chance))
        if not set(self._runs()) - runs_before:
            run = self._apply(planned, planned.plan.refused_by, FAIR, CALM)
        for _ in range(MOST_FINAL_RUNS):
            if run is not None:
                run = self._resume(run, FAIR, CALM)
        self.world.coverage["a drift is repaired", self.shop.activation] += 1
        self._come_to_rest()

    def _meddle(self, planned: Planned) -> dict[tuple[str, str], str]:
        """Overwrite some values that are known for certain; (customer, attribute) → what the ledger has."""
        ledger = planned.ledger
        names = {
            *(each.name for each in self.shop.mapping),
            *((GROUP, OFFER, AUDIENCE) if self.shop.is_campaign else ()),
        }
        doubtful = {customer for customer, _ in ledger.doubt} | ledger.refused.keys()
        certain = [key for key in sorted(ledger.values) if key[0] not in doubtful and key[1] in names]
        chosen = self.chance.sample(certain, min(len(certain), self.chance.randint(0, 4)))
        for customer, name in chosen:
            known = json.loads(ledger.values[customer, name])
            value = self.chance.choice((another(name, known), None))
            self._tell(f"somebody else writes {value!r} into {name} of {customer}")
            # Every limit of the workspace is full again.
            self._pass(HOUR_SECONDS)
            self.braze.meddle(customer, name, value)
        return {key: ledger.values[key] for key in chosen}

    def _come_to_rest(self) -> Planned | None:
        """Two runs at most, then everything is equal; the last plan."""
        planned = self._plan(CALM)
        for _ in range(MOST_FINAL_RUNS):
            if planned is None or not (planned.plan.counts.changes or planned.plan.recipients):
                break
            self._apply(planned, planned.plan.refused_by, FAIR, CALM)
            planned = self._plan(CALM)
        if planned is None:
            self._violated("planning fails although nothing disturbs it")
            return None
        if planned.plan.counts.changes or planned.plan.requests or planned.plan.recipients:
            self._violated(f"after {MOST_FINAL_RUNS} runs there is still something to send: {planned.plan.counts}")
        self._pass(QUIET_SECONDS)
        for what in broken_at_the_end(self.shop, self.braze.profiles(), planned.ledger):
            self._violated(what)
        return planned

    def _plan(self, trouble: Trouble) -> Planned | None:
        ended = self._perform("plan", deeds.plan, trouble)
        if not isinstance(ended.report, Planned):
            return None
        planned = ended.report
        self._digest(planned.fingerprint)
        if planned.plan.counts.changes:
            self.plans.append(planned)
        self._tell(f"  {planned.plan.counts}, {planned.plan.requests} requests, {len(planned.ledger.doubt)} in doubt")
        self._check(broken_by_plan(planned, self.shop))
        self._check(broken_by_ledger(planned.ledger, self.braze.acknowledged))
        return planned

    def _apply(self, planned: Planned, guards: tuple[str, ...], weather: Weather, trouble: Trouble) -> Path | None:
        """Apply a plan; its run if it ended early."""
        runs_before = set(self._runs())
        deed = partial(deeds.apply, folder=planned.folder, allowed=guards, weather=weather, trouble=trouble)
        ended = self._perform(f"apply: {weather}", deed, trouble)
        must_refuse = set(planned.plan.refused_by) - set(guards)
        if must_refuse and ended.how in ("well", "crashed"):
            self._violated(f"a plan was applied although {must_refuse} refuses it")
        if not must_refuse and ended.how == "refused":
            self._violated(f"a plan was refused: {ended.report}")
        begun = sorted(set(self._runs()) - runs_before)
        return self._ended(ended, begun[0] if begun else None)

    def _resume(self, run: Path, weather: Weather, trouble: Trouble) -> Path | None:
        deed = partial(deeds.resume, run=run, weather=weather, trouble=trouble)
        ended = self._perform(f"resume: {weather}", deed, trouble)
        # After a crash behind the last record of a run there is nothing to resume.
        return None if ended.how == "refused" else self._ended(ended, run)

    def _ended(self, ended: Ended, run: Path | None) -> Path | None:
        """Check how a run ended; the run if it may be resumed."""
        if run is not None:
            self.crashes_of_run[run.name] += ended.how != "well"
            journal = run / "journal"
            self._digest(journal.read_bytes().hex() if journal.exists() else "no journal")
            habits = self.shop.habits
            allowed = self.crashes_of_run[run.name] * habits.senders * habits.objects_per_request
            if len(again := self.braze.way.sent_again.get(run.name, ())) > allowed:
                self._violated(f"{len(again)} acknowledged objects were sent again, {allowed} were in flight at most")
        if isinstance(ended.report, Applied):
            applied = ended.report
            self._tell(f"  {applied.progress.state}: {applied.progress.note}")
            self._check(broken_by_run(applied))
            self._check(broken_by_ledger(applied.ledger, self.braze.acknowledged))
            if applied.progress.folded:
                self.boot_is_new = False
            if applied.progress.state == "done" and applied.rows:
                self.spent, self.plans = [*self.spent, *self.plans], []
                self.overtaken, self.unfinished = [*self.overtaken, *self.unfinished], []
            return None if applied.progress.state == "done" else run
        return run

    def _perform(self, what: str, deed: Callable[[Desk], Any], trouble: Trouble) -> Ended:
        desk = Desk(self.workplace, self.shop.habits, self.shop.activation, self.braze)
        self._tell(f"{self.braze.time.now:.3f} {what}" + ("" if trouble == CALM else f", {trouble}"))
        ended = self.processes.perform(partial(deed, desk), self.braze, trouble, self.chance.randrange(2**32))
        self.braze = ended.braze
        for line in self.braze.trace:
            self._tell(f"    {line}")
        self._tell(f"  ended: {ended.how}" + ("" if ended.how == "well" else f" ({ended.report})"))
        self.world.requests += sum(self.braze.struck.values())
        self.world.coverage += self.braze.struck + ended.steps
        self.braze.trace.clear()
        self.braze.struck.clear()
        if trouble.jump_seconds:
            self.clock_was_set = True
            self._let_doubtful_time_pass()
        self.world.processes += 1
        for broken in self.braze.way.violations:
            self._violated(broken)
        self.braze.way.violations.clear()
        if ended.how == "broken":
            self._violated(str(ended.report))
        return ended

    def _night(self) -> None:
        mapping, activation = self.shop.mapping, self.shop.activation
        edit(self.shop, self.chance)
        if self.shop.activation != activation:
            self._tell(f"from now on {self.shop.activation} is sent")
        if self.shop.mapping != mapping:
            self._tell(f"the mapping is now {self.shop.mapping}")
            self.workplace = self._workplace()

    def _wait(self) -> None:
        """Until the next day, or just until the next edit of an impatient person; the clock may be set meanwhile."""
        roll = self.chance.random()
        soon = self.chance.uniform(1, self.chance.choice((30, 250)))
        self._pass(soon if roll < 0.6 else self.chance.uniform(0.5, 1.5) * DAY_SECONDS)
        roll = self.chance.random()
        if roll < 0.2:
            self._set_clock(self.chance.choice(JUMPS_SECONDS))
        elif roll < 0.25:
            self._start_machine_again()

    def _set_clock(self, seconds: float) -> None:
        self._let_doubtful_time_pass()
        self._tell(f"the clock is set by {seconds}")
        self.braze.time.clock_error_seconds += seconds
        self.world.coverage["clock jump", "between runs"] += 1
        self.clock_was_set = True

    def _let_doubtful_time_pass(self) -> None:
        """Across a start nothing but the clock tells how much time went by. If it is set as well, nobody knows."""
        if self.boot_is_new:
            self._pass(2 * QUIET_SECONDS)

    def _start_machine_again(self) -> None:
        self._pass(2 * QUIET_SECONDS if self.clock_was_set else self.chance.uniform(5, 100))
        self._tell("the machine is started again")
        self.braze.time.boot += 1
        self.braze.time.booted_at = self.braze.time.now
        self.world.coverage["machine started again", "between runs"] += 1
        self.clock_was_set = False
        self.boot_is_new = True

    def _pass(self, seconds: float) -> None:
        self.braze.time.now += seconds

    def _runs(self) -> Iterator[Path]:
        return (each.parent for each in (self.workplace.state / "runs").glob("*/run.json"))

    def _check(self, broken: Iterator[str]) -> None:
        for what in broken:
            self._violated(what)

    def _violated(self, what: str) -> None:
        self.world.violations.append(what)
        self._tell(f"BROKEN: {what}")

    def _tell(self, line: str) -> None:
        # The folder has another name every time, and a world must be the same bit for bit.
        line = line.replace(str(self.folder), "the shop")
        self.world.lines.append(line)
        self._digest(line)

    def _digest(self, text: str) -> None:
        self.digest.update(text.encode())
