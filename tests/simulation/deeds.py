"""What a person does with Stoker in a world, by the real verbs on the real parts, but for time and Braze."""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.simulation.fake_braze import FakeBraze, canonical
from tests.simulation.faults import Weather
from tests.simulation.process import Trouble
from tests.simulation.shop import Habits
from tests.simulation.virtual_time import VirtualClock, VirtualLoop
from tui_app import failpoints
from tui_app.braze.limiter import Limiter
from tui_app.braze.wire import body_of
from tui_app.core.audit import AuditedValue
from tui_app.core.plan import LedgerView, Plan
from tui_app.core.project import RateLimit
from tui_app.core.run import Progress
from tui_app.store.answers import answers_of
from tui_app.store.fold import FoldLimits
from tui_app.store.journal import read_journal
from tui_app.store.ledger_reading import count_known, known_customers
from tui_app.store.ledgers import LedgerHome
from tui_app.store.outgoing import data_points_of, request_starts
from tui_app.store.plans import PlanStore, StoredPlan, load_plan
from tui_app.store.runs import RunFolder, RunStore, process_mark
from tui_app.sync.apply_plan import Approval, begin_run, check_resumable
from tui_app.sync.audit import REQUESTS_PER_MINUTE, AuditDesk, audit, audited_attributes
from tui_app.sync.carry_out import Worker, carry_out
from tui_app.sync.make_plan import PlanRequest, make_plan
from tui_app.sync.plan_in_the_making import Grounds
from tui_app.sync.repair import RepairRequest, repair
from tui_app.sync.rooms import Rooms, activation_named
from tui_app.sync.undo_run import UndoRequest, undo_run
from tui_app.tasks.audit_activation import write_drift
from tui_app.wiring import Workplace

KEY_FINGERPRINT = "simulated"


@dataclass(frozen=True, slots=True)
class LedgerSeen:
    """What the ledger says."""

    values: dict[tuple[str, str], str]
    """(Customer, attribute) → canonical value; NULLs left out."""
    doubt: dict[tuple[str, str], str]
    """(Customer, attribute) → canonical value that may have reached Braze."""
    refused: dict[str, Any]
    """Customer → the object that Braze refused last."""
    recipients: dict[str, str | None]
    """Customer → the group of the campaign that the log has him in; None: held out. Who is in none is left out."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan was made."""

    folder: Path
    fingerprint: str
    plan: Plan
    payloads: dict[str, str]
    """Customer → the object that is sent, as JSON."""
    ledger: LedgerSeen


@dataclass(frozen=True, slots=True)
class Applied:
    """A run was carried out, to its end or not."""

    progress: Progress
    rows: int
    ledger: LedgerSeen


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the person sits."""

    workplace: Workplace
    habits: Habits
    activation: str
    braze: FakeBraze

    @property
    def clock(self) -> VirtualClock:
        return VirtualClock(self.braze.time)

    def rooms(self, clock: VirtualClock) -> Rooms:
        state = self.workplace.state
        # So that worlds of a few customers have deltas as well as snapshots.
        limits = FoldLimits(threads=1, largest_delta_share=0.8)
        return Rooms(
            PlanStore(state / "plans"),
            RunStore(state / "runs"),
            lambda destination: LedgerHome(state, destination, limits, clock),
            clock,
        )


def plan(desk: Desk) -> Planned:
    """Make a plan."""
    desk.braze.way.step = "plan"
    project = desk.workplace.project
    rooms = desk.rooms(desk.clock)
    request = PlanRequest(activation_named(project, desk.activation), KEY_FINGERPRINT)
    return _planned(desk, make_plan(project, request, desk.workplace.engine(), rooms).folder)


def undo(desk: Desk, run: Path) -> Planned:
    """Make the plan that undoes a run."""
    desk.braze.way.step = "plan"
    request = UndoRequest(RunFolder(run), KEY_FINGERPRINT)
    made = undo_run(desk.workplace.project, request, desk.workplace.engine(), desk.rooms(desk.clock))
    return _planned(desk, made.folder)


def audit_everybody(desk: Desk) -> Planned | None:
    """Read every customer back, and plan what brings back what is not at Braze as the ledger has it."""
    desk.braze.way.step = "plan"
    project, rooms, clock = desk.workplace.project, desk.rooms(desk.clock), desk.clock
    activation = activation_named(project, desk.activation)
    view = rooms.ledger_of(project.destinations["braze"]).view()
    names = audited_attributes(project, activation)
    customers = known_customers(view, names, sample=None, lot="")
    drift: list[tuple[str, AuditedValue]] = []

    async def look() -> None:
        limiter = Limiter(RateLimit(requests_per_second=REQUESTS_PER_MINUTE / 60), clock)
        audit_desk = AuditDesk(desk.braze, limiter, clock, lambda customer, value: drift.append((customer, value)))
        await audit(project, activation, customers, count_known(view, names), audit_desk)

    with _runner(desk.braze) as runner:
        runner.run(look())
    if not drift:
        return None
    request = RepairRequest(Grounds(activation, view, KEY_FINGERPRINT, KEY_FINGERPRINT), partial(write_drift, drift))
    return _planned(desk, repair(project, request, desk.workplace.engine(), rooms).folder)


def apply(desk: Desk, folder: Path, allowed: tuple[str, ...], weather: Weather, trouble: Trouble) -> Applied:
    """Begin the run of a plan and carry it out."""
    desk.braze.way.step = "apply"
    clock = desk.clock
    stored = load_plan(folder)
    begun = begin_run(desk.workplace.project, stored, Approval(allowed), desk.rooms(clock), KEY_FINGERPRINT)
    return _carry_out(desk, RunFolder(desk.workplace.state / "runs" / begun.id), weather, trouble)


def resume(desk: Desk, run: Path, weather: Weather, trouble: Trouble) -> Applied:
    """Go on with a run that ended early."""
    desk.braze.way.step = "resume"
    folder = RunFolder(run)
    check_resumable(desk.workplace.project, folder, desk.rooms(desk.clock))
    folder.leave_wish("go_on")
    return _carry_out(desk, folder, weather, trouble)


def _carry_out(desk: Desk, run: RunFolder, weather: Weather, trouble: Trouble) -> Applied:
    braze, habits, clock = desk.braze, desk.habits, desk.clock
    stored = run.plan()
    braze.begin_process(weather, _payloads(stored), habits.objects_per_request, _journal_of(run, stored))
    braze.way.name_run(run.id)
    destination = desk.workplace.project.destinations["braze"]
    chance = random.Random(braze.chance.random())

    async def work() -> Progress:
        stopping = asyncio.Event()
        _arrange(trouble, braze, run.path / "wish", stopping.set)
        worker = Worker(
            ledger=desk.rooms(clock).ledger_of(destination),
            runs=desk.rooms(clock).runs,
            stored=stored,
            braze=braze,
            limiter=Limiter(destination.rate, clock),
            clock=clock,
            body_of=body_of,
            process=process_mark(),
            key_fingerprint=KEY_FINGERPRINT,
            senders=habits.senders,
            jitter=chance,
            retries=habits.patience,
        )
        return await carry_out(run, worker, stopping)

    with _runner(braze) as runner:
        progress = runner.run(work())
    return Applied(progress, run.record().rows, _ledger_seen(desk))


def _runner(braze: FakeBraze) -> asyncio.Runner:
    return asyncio.Runner(loop_factory=lambda: VirtualLoop(braze.time, lambda: braze.hurried > 0))


def _planned(desk: Desk, folder: Path) -> Planned:
    stored = load_plan(folder)
    return Planned(stored.folder, stored.fingerprint, stored.plan, dict(_payloads(stored)), _ledger_seen(desk))


def _arrange(trouble: Trouble, braze: FakeBraze, wish: Path, stop: Callable[[], None]) -> None:
    """Set the timers of what is to happen to this process."""
    loop = asyncio.get_running_loop()
    if trouble.dies_after_seconds is not None:
        loop.call_later(trouble.dies_after_seconds, lambda: os._exit(failpoints.EXIT_CODE))
    if trouble.stops_after_seconds is not None:

        def ask_to_stop() -> None:
            braze.struck["somebody stops it", braze.way.step] += 1
            stop()

        loop.call_later(trouble.stops_after_seconds, ask_to_stop)
    if trouble.pause_after_seconds is not None:

        def pause() -> None:
            braze.struck["somebody pauses it", braze.way.step] += 1
            wish.write_text("pause", encoding="ascii")
            loop.call_later(trouble.pause_seconds, lambda: wish.write_text("go_on", encoding="ascii"))

        loop.call_later(trouble.pause_after_seconds, pause)
    if trouble.jump_after_seconds is not None:

        def jump() -> None:
            braze.struck["clock jump", braze.way.step] += 1
            braze.time.clock_error_seconds += trouble.jump_seconds

        loop.call_later(trouble.jump_after_seconds, jump)


def _journal_of(run: RunFolder, stored: StoredPlan) -> Callable[[], Sequence[int]]:
    """Reads anew what the journal on disk says about each row of the plan."""
    starts, points = request_starts(stored), data_points_of(stored)

    def read() -> Sequence[int]:
        return answers_of(read_journal(run.journal), starts, points).codes.tolist()

    return read


def _payloads(stored: StoredPlan) -> list[tuple[str, str]]:
    columns = pq.read_table(stored.changes, columns=["id", "payload"], use_threads=False).to_pydict()
    return list(zip(columns["id"], columns["payload"], strict=True))


def _ledger_seen(desk: Desk) -> LedgerSeen:
    destination = desk.workplace.project.destinations["braze"]
    view: LedgerView = desk.rooms(desk.clock).ledger_of(destination).view()
    values = {}
    # A customer's row in the delta is newer than his row in the snapshot.
    for row in {row["id"]: row for path in (view.snapshot, view.delta) for row in _rows(path)}.values():
        for name, column in view.columns.items():
            if row[column] is not None:
                values[row["id"], name] = canonical(json.loads(row[column]))
    doubt = {(row["id"], row["attribute"]): canonical(json.loads(row["value"])) for row in _rows(view.doubt)}
    refused = {row["id"]: json.loads(row["payload"]) for row in _rows(view.refused)}
    events = [row for path in (view.recipients, view.recent_recipients) for row in _rows(path)]
    latest = {row["id"]: row for row in sorted(events, key=lambda row: row["position"])}
    recipients = {
        customer: json.loads(row["places"])[0][1] for customer, row in latest.items() if row["event"] != "left"
    }
    return LedgerSeen(values, doubt, refused, recipients)


def _rows(path: str | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    rows: list[dict[str, Any]] = pq.read_table(path, use_threads=False).to_pylist()
    return rows
