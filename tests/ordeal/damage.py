"""Damage on disk: one flipped bit, or a lost tail, in every kind of file of the state.

Either it is noticed before anything is sent, and the run goes on once the file is restored; or the file was not relied
upon, and all is well without it. There is nothing in between.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import KEY, SandboxProcess, a_customer
from tests.ordeal.stage import CUSTOMERS, PER_REQUEST, Stage, Verdict
from tui_app import failpoints
from tui_app.core.errors import StokerError
from tui_app.core.run import Answered
from tui_app.store.journal import read_journal
from tui_app.store.outgoing import ids_of
from tui_app.tasks.resume_run import reopen

FILES = 15
"""Kinds of files that a state has in the middle of a run."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A shop whose third run was killed in the middle, kept as it was then."""

    stage: Stage
    kept: Path
    """A copy of the state."""
    requests: list[dict[str, Any]]
    """That the sandbox had received."""
    files: tuple[Path, ...]
    """What is damaged, relative to the state, one of every kind."""
    plan_ids: list[str]


@contextmanager
def damaged_files(folder: Path, sandbox: SandboxProcess, rounds: int) -> Iterator[Callable[[random.Random], Verdict]]:
    """Rounds in which the files are damaged in turn, every other by a flip and by a cut the next time."""
    scene = _scene(folder, sandbox)
    turn = iter(range(rounds))

    def live(chance: random.Random) -> Verdict:
        number = next(turn)
        return _damage_one(scene, number, chance)

    yield live


def _scene(folder: Path, sandbox: SandboxProcess) -> Scene:
    """Two days leave a ledger with a delta, doubts and refusals; on the third the worker dies half-way."""
    stage = Stage(folder, sandbox, folder / "state")
    shop = stage.shop
    shop.attributes = {**shop.attributes, "email": '"tier"'}
    shop.destination = {**shop.destination, "requests_per_second": "400"}
    shop.write()
    sandbox.work_again()
    mails = [f"user{number}@example.com" if number != 100 else "abc@gmail.com" for number in range(CUSTOMERS)]
    shop.customers([a_customer(number, tier=mails[number]) for number in range(CUSTOMERS)])
    shop.sync("club")
    sandbox.fail("queued:times=1")
    few = [a_customer(number, tier=mails[number], points=number + 500 * (number < 50)) for number in range(CUSTOMERS)]
    shop.customers(few)
    shop.sync("club")
    rows = [a_customer(number, tier=mails[number], points=number + 1000) for number in range(CUSTOMERS)]
    shop.customers(rows)
    run = shop.begin(shop.plan("club"))
    shop.stoker("worker", run.id, environment={failpoints.VARIABLE: "send.settled:24"})
    assert run.progress().state == "crashed"
    stage.expected = {
        row["id"]: {
            "first_name": row["name"],
            "tier": row["tier"],
            "email": row["tier"],
            "points": row["points"],
            "club": True,
        }
        for row in rows
        if row["tier"] != "abc@gmail.com"
    }
    kept = folder / "kept"
    shutil.copytree(shop.state, kept)
    ledger = next((kept / "ledgers").iterdir())
    plan = kept / "plans" / run.plan().id
    names = [
        # The newest of each kind: those before it are read no more.
        *{path.name.partition("-")[0]: path for path in sorted(ledger.glob("*.parquet"))}.values(),
        *ledger.glob("*.json"),
        *plan.iterdir(),
        *(path for path in (kept / "runs" / run.id).iterdir() if path.stat().st_size and path.name != "worker.log"),
    ]
    files = tuple(sorted(path.relative_to(kept) for path in names))
    assert len(files) == FILES, files
    plan_ids = ids_of(run.plan(), range(run.plan().plan.counts.changes))
    return Scene(stage, kept, sandbox.received(), files, plan_ids)


def _damage_one(scene: Scene, number: int, chance: random.Random) -> Verdict:
    """Damage a file and go on; if that is noticed, restore the file and go on again."""
    shop, sandbox = scene.stage.shop, scene.stage.sandbox
    name = scene.files[number % FILES]
    _restore(scene)
    path = shop.state / name
    what = _flip(path, chance) if (number + number // FILES) % 2 else _cut(path, chance)
    acknowledged = _acknowledged(scene)
    requests_before = sandbox.get("counters")["requests"]
    verdict = Verdict()
    try:
        _go_on(scene)
    except StokerError as error:
        verdict.struck = True
        if sandbox.get("counters")["requests"] != requests_before:
            verdict.problems.append("something was sent before the damage was noticed")
        if not error.message.strip():
            verdict.problems.append("the damage was not explained")
        shutil.copyfile(scene.kept / name, path)
        acknowledged = _acknowledged(scene)
        _go_on(scene)
    sent_again = {
        each["external_id"] for request in sandbox.received()[requests_before:] for each in request["objects"]
    }
    verdict.problems += _differences(scene)
    verdict.lost = len(sent_again & acknowledged)
    verdict.requests_twice = ceil(verdict.lost / PER_REQUEST)
    if verdict.lost:
        verdict.problems.append(f"{verdict.lost} acknowledged customers were sent again")
    return _told(verdict, name, what)


def _told(verdict: Verdict, name: Path, what: str) -> Verdict:
    verdict.problems = [f"{name} with {what}: {problem}" for problem in verdict.problems]
    return verdict


def _restore(scene: Scene) -> None:
    """State and sandbox as they were when the worker had died."""
    shop, sandbox = scene.stage.shop, scene.stage.sandbox
    shutil.rmtree(shop.state)
    shutil.copytree(scene.kept, shop.state)
    if sandbox.get("counters")["requests"] == len(scene.requests):
        return
    sandbox.reset()
    with httpx.Client(headers={"Authorization": f"Bearer {KEY}"}) as client:
        for request in scene.requests:
            client.post(f"{sandbox.url}/users/track", json={"attributes": request["objects"]})


def _flip(path: Path, chance: random.Random) -> str:
    content = bytearray(path.read_bytes())
    bit = chance.randrange(len(content) * 8)
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)
    return f"bit {bit} flipped"


def _cut(path: Path, chance: random.Random) -> str:
    size = chance.randrange(path.stat().st_size)
    with path.open("r+b") as file:
        file.truncate(size)
    return f"its end cut off at {size}"


def _acknowledged(scene: Scene) -> frozenset[str]:
    """Customers whose acknowledgement the journal still holds; of what was cut off nobody can know."""
    journal = next(
        (scene.stage.shop.state / "runs").glob(f"{max(p.name for p in (scene.kept / 'runs').iterdir())}/journal")
    )
    try:
        records = read_journal(journal)
    except StokerError:
        records = read_journal(scene.kept / journal.relative_to(scene.stage.shop.state))
    rows = {
        row
        for each in records
        if isinstance(each, Answered) and each.outcome == "acknowledged"
        for row in range(each.first, each.end)
    }
    return frozenset(scene.plan_ids[row] for row in rows)


def _go_on(scene: Scene) -> None:
    shop = scene.stage.shop
    run = shop.workplace.runs.all()[-1] if shop.workplace.runs.all() else None
    if run is not None and run.progress().state != "done":
        shop.carry_out(reopen(shop.workplace, run.id))
    if shop.plan("club").plan.counts.changes:
        shop.sync("club")


def _differences(scene: Scene) -> list[str]:
    shop = scene.stage.shop
    profiles = scene.stage.sandbox.profiles()
    # Whoever Braze refuses stays in doubt if an earlier attempt may have got through.
    doubtful = {customer for customer, _ in shop.doubt()} & set(scene.stage.expected)
    facts = {
        "Braze differs from the source": profiles != scene.stage.expected,
        "the ledger differs from Braze": shop.ledger() != profiles,
        "somebody is still in doubt": bool(doubtful),
    }
    return [fact for fact, is_so in facts.items() if is_so]
