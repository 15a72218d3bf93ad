"""The one file that names concrete parts: which engine, client, store and clock the verbs run on."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui_app.config.locations import make_private, open_state
from tui_app.config.read import read_project
from tui_app.config.secrets import read_key
from tui_app.core.clock_reading import ClockReading
from tui_app.core.pace import DEFAULT_RETRY_LIMITS, RetryLimits
from tui_app.core.project import Destination, Project
from tui_app.core.run import Progress
from tui_app.core.secret import ApiKey
from tui_app.ports.store import LedgerFiles
from tui_app.sync.carry_out import Worker, carry_out
from tui_app.sync.rooms import Rooms

if TYPE_CHECKING:
    # Heavy: DuckDB, Ibis and aiohttp are imported where they are used.
    from tui_app.braze.client import BrazeClient
    from tui_app.engine.embedded import EmbeddedEngine
    from tui_app.store.plans import PlanStore
    from tui_app.store.runs import RunFolder, RunStore


class SystemClock:
    """This machine's time. Implements `ports.clock.Clock`.

    Whoever sets the machine's clock while a process works neither makes it wait nor hides from it how long ago it sent
    something. Between processes the ledger compares the readings.
    """

    def __init__(self) -> None:
        """Read the clock once."""
        self._reading = ClockReading(_name_of_boot(), time.time() - _seconds_since_boot())

    def reading(self) -> ClockReading:
        """How it was set."""
        return self._reading

    def epoch_seconds(self) -> float:
        """Seconds since 1970-01-01 UTC."""
        return self._reading.booted_at + _seconds_since_boot()

    def monotonic_seconds(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Let other tasks run."""
        await asyncio.sleep(seconds)


def _seconds_since_boot() -> float:
    # Where it exists, the clock that also counts while the machine sleeps.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _name_of_boot() -> str:
    """Source: proc(5), /proc/sys/kernel/random/boot_id."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return ""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A project and everything that belongs to it on this machine."""

    project: Project
    state: Path

    @property
    def folder(self) -> Path:
        """Where stoker.toml lies; its relative paths start here."""
        return Path(self.project.file).parent

    @property
    def plans(self) -> PlanStore:
        """Plans of this project."""
        from tui_app.store.plans import PlanStore

        return PlanStore(self.state / "plans")

    @property
    def runs(self) -> RunStore:
        """Runs of this project."""
        from tui_app.store.runs import RunStore

        return RunStore(self.state / "runs")

    def ledger_of(self, destination: Destination) -> LedgerFiles:
        """The ledger of one workspace."""
        from tui_app.store.fold import FoldLimits
        from tui_app.store.ledgers import LedgerHome

        source = self.project.source
        limits = FoldLimits(source.memory_limit, source.threads)
        return LedgerHome(self.state, destination, limits, SystemClock())

    def rooms(self) -> Rooms:
        """What the verbs work in."""
        return Rooms(self.plans, self.runs, self.ledger_of, SystemClock())

    def engine(self) -> EmbeddedEngine:
        """Where diffs are computed."""
        from tui_app.engine.embedded import EmbeddedEngine

        return EmbeddedEngine(self.project, make_private(self.state / "scratch"))

    def key_of(self, destination: Destination) -> ApiKey:
        """The API key of a destination.

        Raises:
            FixInput: It is not there, or not kept safely.
        """
        return read_key(destination.api_key, self.folder)

    def key_fingerprint(self, destination: Destination, key: ApiKey) -> str:
        """A short name for a key, by which a ledger knows it again."""
        return key.fingerprint(destination.endpoint)

    def braze(self, destination: Destination, key: ApiKey) -> BrazeClient:
        """The way to a workspace."""
        from tui_app.braze.client import BrazeClient

        return BrazeClient(destination.endpoint, key)


async def work_on(
    workplace: Workplace, run: RunFolder, stopping: asyncio.Event, retries: RetryLimits = DEFAULT_RETRY_LIMITS
) -> Progress:
    """What the worker process does with a run; see `sync.carry_out`."""
    from tui_app.braze.limiter import Limiter
    from tui_app.braze.wire import body_of
    from tui_app.store.runs import process_mark

    record = run.record()
    destination = workplace.project.destinations[record.destination]
    key = workplace.key_of(destination)
    clock = SystemClock()
    braze = workplace.braze(destination, key)
    worker = Worker(
        ledger=workplace.ledger_of(destination),
        runs=workplace.runs,
        stored=run.plan(),
        braze=braze,
        limiter=Limiter(destination.rate, clock),
        clock=clock,
        body_of=body_of,
        process=process_mark(),
        key_fingerprint=workplace.key_fingerprint(destination, key),
        rejections_allowed="max_rejected_share" in record.allowed,
        retries=retries,
    )
    try:
        return await carry_out(run, worker, stopping)
    finally:
        await braze.close()


def start_worker(workplace: Workplace, run: RunFolder) -> subprocess.Popen[bytes]:
    """Start the worker of a run as a process of its own, which a vanishing terminal does not touch.

    Raises:
        OSError: The run's folder cannot be written. No worker was started.
    """
    command = [sys.executable, "-m", "tui_app", "worker", run.id, "--project", str(workplace.folder)]
    from tui_app.store.runs import process_mark

    said = run.progress()
    # A disk that takes no word takes no journal either.
    run.say(said)
    with run.log.open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "STOKER_STATE": str(workplace.state)},
        )
    number, started = process_mark(process.pid)
    # The worker says it too.
    with suppress(OSError):
        run.say(replace(said, state="starting", process=number, process_started=started, note="", folded=False))
    return process


def open_workplace(folder: Path, environment: Mapping[str, str] = os.environ) -> Workplace:
    """Read the project in `folder` and find its state.

    Raises:
        FixInput: The project file cannot be used; carries every problem of it.
    """
    project = read_project(folder)
    return Workplace(project, open_state(project, environment))
