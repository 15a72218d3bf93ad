"""Power cuts: the writes of real processes are recorded, and played back with what was not fsynced dropped or torn."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

import httpx

from tests.conftest import KEY, SandboxProcess, Shop, a_customer
from tests.ordeal.course import Round, Setting
from tests.ordeal.images import Call, Disk, FileSystem, Unsynced, read_calls
from tests.ordeal.stage import GUARDS, PER_REQUEST, Verdict
from tui_app.core.errors import StokerError
from tui_app.core.run import Answered
from tui_app.store.answers import NOT_SENT
from tui_app.store.journal import read_journal
from tui_app.store.outgoing import ids_of
from tui_app.tasks.resume_run import reopen

CUSTOMERS = 300
RATE = {"quiet_period_seconds": "0", "objects_per_request": str(PER_REQUEST), "requests_per_second": "400"}
_RECORDER = Path(__file__).with_name("recorder.c")


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the recording."""

    first_call: int
    rows: list[dict[str, Any]]
    expected: dict[str, dict[str, Any]]
    changed: frozenset[str]
    """Customers who are sent today."""
    requests: list[dict[str, Any]]
    """As they arrived at the sandbox."""


@dataclass(slots=True)
class Recording:
    """Some days of a shop, call by call."""

    shop: Shop
    calls: list[Call]
    days: list[Day]
    plans: dict[str, list[str]] = field(default_factory=dict)
    """Run → the customers of its plan, row by row."""


def power_cuts(*, obeys_fsync: bool) -> Setting:
    """Rounds that each cut the power somewhere in one recording; without fsync they must lose something."""

    @contextmanager
    def setting(folder: Path, sandbox: SandboxProcess, rounds: int) -> Iterator[Round]:
        recording = record(folder, sandbox)
        yield lambda chance: cut_power(recording, sandbox, chance, obeys_fsync=obeys_fsync)

    return setting


def build_recorder(folder: Path) -> Path:
    """The library that is preloaded.

    Raises:
        PermissionError: This machine has no C compiler.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        raise PermissionError("recording what a process writes takes Linux and a C compiler")
    library = folder / "recorder.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(_RECORDER), "-ldl", "-lpthread"], check=True
    )
    return library


def record(folder: Path, sandbox: SandboxProcess, days: int = 2) -> Recording:
    """Let a shop live through some days, each with `stoker apply` and its worker.

    Raises:
        PermissionError: Nothing can be recorded here.
    """
    library, log = build_recorder(folder), folder / "calls"
    (folder / "shop").mkdir()
    sandbox.reset()
    sandbox.work_again()
    shop = Shop(folder / "shop", sandbox.url, folder / "state", destination=RATE, extra=GUARDS)
    shop.write()
    recording = Recording(shop, [], [])
    recorder = {"LD_PRELOAD": str(library), "RECORDER_ROOT": str(shop.state), "RECORDER_LOG": str(log)}
    for number in range(days):
        first_call, requests_before = len(recording.calls), len(sandbox.received())
        rows = _rows(number)
        shop.customers(rows)
        applied = shop.stoker("apply", "club", "--yes", environment=recorder)
        assert applied.code == 0, applied.stderr
        expected = {row["id"]: _profile(row) for row in rows}
        before = recording.days[-1].expected if recording.days else {}
        changed = frozenset(each for each in expected if expected[each] != before.get(each))
        recording.calls = read_calls(log)
        recording.days.append(Day(first_call, rows, expected, changed, sandbox.received()[requests_before:]))
    for run in shop.workplace.runs.all():
        stored = run.plan()
        recording.plans[run.id] = ids_of(stored, range(stored.plan.counts.changes))
    _prove_complete(recording)
    return recording


def _rows(day: int) -> list[dict[str, Any]]:
    """A third of the customers changes every day."""
    return [a_customer(number, points=number + 1000 * day * (number % 3 == 0)) for number in range(CUSTOMERS)]


def _profile(row: dict[str, Any]) -> dict[str, Any]:
    return {"first_name": row["name"], "tier": row["tier"], "points": row["points"], "club": True}


def _prove_complete(recording: Recording) -> None:
    """Played back with nothing dropped, the recording must give what really is on the disk."""
    state = recording.shop.state
    image = Disk(recording.calls).image("ordered", "kept", random.Random(0))
    real = {path: path.read_bytes() if path.is_file() else None for path in (state, *state.rglob("*"))}
    assert image == real, sorted(str(path) for path in image.keys() ^ real.keys()) or sorted(
        str(path) for path in image if image[path] != real[path]
    )


def cut_power(recording: Recording, sandbox: SandboxProcess, chance: random.Random, *, obeys_fsync: bool) -> Verdict:
    """Cut the power at a random call, lay out what the disk may hold, and go on from there.

    Without fsync it is cut where most hangs on it: in the middle of sending, with nothing kept.
    """
    number = chance.randrange(1, len(recording.calls)) if obeys_fsync else chance.choice(_while_sending(recording))
    today = max(index for index, day in enumerate(recording.days) if day.first_call < number)
    files: FileSystem = chance.choice(get_args(FileSystem))
    unsynced: Unsynced = chance.choice(get_args(Unsynced)) if obeys_fsync else "dropped"
    disk = Disk(recording.calls[:number], obeys_fsync=obeys_fsync)
    honest = Disk(recording.calls[:number])
    lay_out(disk.image(files, unsynced, chance), recording.shop.state)
    arrived = _play_requests(recording, sandbox, today, recording.calls[number].time)
    verdict = _recover(recording, sandbox, today, (arrived, _acknowledged(recording, honest, today)))
    where = f"power cut before call {number} ({recording.calls[number].kind}), {files}, {unsynced}: "
    verdict.problems = [where + problem for problem in verdict.problems]
    verdict.struck = bool(arrived)
    return verdict


def _while_sending(recording: Recording) -> list[int]:
    """The calls behind what a worker made durable of its journal, but for the first few and the last of each run."""
    calls: dict[Path, list[int]] = {}
    for number, call in enumerate(recording.calls):
        if call.kind == "s" and call.path.name == "journal":
            calls.setdefault(call.path, []).append(number + 1)
    return [number for numbers in calls.values() for number in numbers[len(numbers) // 2 : -1]]


def lay_out(image: dict[Path, bytes | None], state: Path) -> None:
    """Make the folder hold this and nothing else."""
    shutil.rmtree(state, ignore_errors=True)
    for path in sorted(image):
        content = image[path]
        if content is None:
            path.mkdir(mode=0o700)
        else:
            path.write_bytes(content)
            path.chmod(0o600)


def _play_requests(recording: Recording, sandbox: SandboxProcess, today: int, until: float) -> frozenset[str]:
    """Let the sandbox have what it had received before the cut; the customers that came today."""
    sandbox.reset()
    arrived: set[str] = set()
    with httpx.Client(headers={"Authorization": f"Bearer {KEY}"}) as client:
        for index, day in enumerate(recording.days[: today + 1]):
            for request in day.requests:
                if request["time"] < until:
                    client.post(
                        f"{sandbox.url}/users/track", json={"attributes": request["objects"]}
                    ).raise_for_status()
                    if index == today:
                        arrived |= {each["external_id"] for each in request["objects"]}
    return frozenset(arrived)


def _acknowledged(recording: Recording, disk: Disk, today: int) -> frozenset[str]:
    """Customers whose acknowledgement had reached the disk for certain, or who were so all day."""
    run = sorted(recording.plans)[today]
    with tempfile.NamedTemporaryFile() as file:
        file.write(disk.durable_content(recording.shop.state / "runs" / run / "journal"))
        file.flush()
        records = read_journal(Path(file.name))
    ids = recording.plans[run]
    rows = {row for each in records if isinstance(each, Answered) and each.outcome == "acknowledged"
            for row in range(each.first, each.end)}  # fmt: skip
    day = recording.days[today]
    return frozenset({ids[row] for row in rows} | (day.expected.keys() - day.changed))


def _recover(
    recording: Recording, sandbox: SandboxProcess, today: int, known: tuple[frozenset[str], frozenset[str]]
) -> Verdict:
    arrived, acknowledged = known
    verdict, shop, day = Verdict(), recording.shop, recording.days[today]
    shop.customers(day.rows)
    requests_before = len(sandbox.received())
    try:
        forgotten = arrived - _traced(recording, today)
        _go_on(shop)
        ledger, doubt, changes = shop.ledger(), shop.doubt(), shop.plan("club").plan.counts.changes
    except (StokerError, OSError) as error:
        verdict.problems.append(f"it does not open: {error}")
        return verdict
    again = {each["external_id"] for request in sandbox.received()[requests_before:] for each in request["objects"]}
    profiles = sandbox.profiles()
    verdict.lost = len(again & acknowledged)
    verdict.requests_twice = -(-len(again & arrived) // PER_REQUEST)
    facts = {
        "Braze differs from the source": profiles != day.expected,
        "the ledger differs from Braze": ledger != profiles,
        "somebody is still in doubt": bool(doubt),
        f"planning again finds {changes} changes": bool(changes),
        f"{verdict.lost} acknowledged customers were sent again": bool(verdict.lost),
        f"{len(forgotten)} customers had left without a trace": bool(forgotten),
    }
    verdict.problems += [fact for fact, is_so in facts.items() if is_so]
    return verdict


def _traced(recording: Recording, today: int) -> frozenset[str]:
    """Customers of today's run of whom the disk says that they may have left."""
    name = sorted(recording.plans)[today]
    runs = {run.id: run for run in recording.shop.workplace.runs.all()}
    if name not in runs or not runs[name].has_journal:
        return frozenset()
    codes = runs[name].answers().codes
    return frozenset(customer for customer, code in zip(recording.plans[name], codes, strict=True) if code != NOT_SENT)


def _go_on(shop: Shop) -> None:
    """Resume what can be resumed; otherwise plan and apply."""
    runs = shop.workplace.runs.all()
    if runs and runs[-1].progress().state != "done":
        shop.carry_out(reopen(shop.workplace, runs[-1].id))
    if shop.plan("club").plan.counts.changes:
        shop.sync("club")
