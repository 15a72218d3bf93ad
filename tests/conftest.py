"""What tests of whole journeys share: a sandbox Braze as a real process, and a shop that is synced to it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import settings

from tui_app.core.pace import RetryLimits
from tui_app.core.run import Progress
from tui_app.store.plans import StoredPlan, load_plan
from tui_app.store.runs import RunFolder
from tui_app.sync.apply_plan import Approval, begin_run
from tui_app.sync.make_plan import PlanRequest, make_plan
from tui_app.sync.rooms import activation_named
from tui_app.wiring import Workplace, open_workplace, work_on

settings.register_profile("always", derandomize=True, deadline=None)
settings.register_profile("many", max_examples=5_000, deadline=None, print_blob=True)
# The same examples on every machine; `pytest --hypothesis-profile=many` looks for new ones.
settings.load_profile("always")

KEY = "00000000-1111-2222-3333-444444444444"

HTTP = httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0))
"""One client for all: each reads the machine's certificates, which takes longer than to ask. It keeps no connection, so
that it meets none that the server has given up."""


@dataclass(slots=True)
class SandboxProcess:
    """A running `stoker sandbox --record`."""

    url: str
    process: subprocess.Popen[str]

    def get(self, what: str) -> Any:
        return HTTP.get(f"{self.url}/sandbox/{what}").json()

    def reset(self) -> None:
        HTTP.delete(f"{self.url}/sandbox/faults")
        HTTP.post(f"{self.url}/sandbox/reset")

    def fail(self, *specs: str) -> None:
        answer = HTTP.post(f"{self.url}/sandbox/faults", json={"faults": list(specs)})
        assert answer.status_code == 200, answer.text

    def work_again(self) -> None:
        HTTP.delete(f"{self.url}/sandbox/faults")

    def know(self, *names: str) -> None:
        """Let the workspace have custom attributes."""
        attributes = {"external_id": "someone", **dict.fromkeys(names, "x")}
        sent = HTTP.post(
            f"{self.url}/users/track",
            json={"attributes": [attributes]},
            headers={"Authorization": f"Bearer {KEY}"},
        )
        assert sent.status_code == 201, sent.text

    def profiles(self) -> dict[str, dict[str, Any]]:
        """External id → attributes, standard and custom."""
        return {
            each["external_id"]: {**each["standard"], **each["custom_attributes"]}
            for each in self.get("state")["profiles"]
        }

    def received(self) -> list[dict[str, Any]]:
        """Requests to /users/track, in the order of their arrival, with the objects as they came."""
        return [each for each in self.get("log") if each.get("objects")]

    def objects(self) -> list[dict[str, Any]]:
        return [each for request in self.received() for each in request["objects"]]


def start_sandbox(*options: str) -> SandboxProcess:
    process = subprocess.Popen(
        [sys.executable, "-m", "tui_app", "sandbox", "--record", "--key", KEY, "--json", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("}") or line.rstrip().endswith("}"):
            break
    return SandboxProcess(json.loads("".join(lines))["url"], process)


def stop_sandbox(sandbox: SandboxProcess) -> None:
    sandbox.process.terminate()
    sandbox.process.communicate(timeout=20)


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[SandboxProcess]:
    sandbox = start_sandbox()
    yield sandbox
    stop_sandbox(sandbox)


@pytest.fixture
def sandbox(sandbox_process: SandboxProcess) -> SandboxProcess:
    """An empty workspace that works."""
    sandbox_process.reset()
    return sandbox_process


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        return json.loads(self.stdout)


@dataclass(slots=True)
class Shop:
    """A project folder with one customer table, and its verbs."""

    folder: Path
    url: str
    state: Path
    attributes: Mapping[str, str] = field(
        default_factory=lambda: {"first_name": '"name"', "tier": '"tier"', "points": '"points"'}
    )
    destination: Mapping[str, str] = field(default_factory=lambda: {"quiet_period_seconds": "0"})
    extra: str = ""
    include: str = '["everybody"]'

    def write(self) -> None:
        """(Re)write stoker.toml."""
        lines = [
            f'state = "{self.state}"',
            "[source.tables]",
            'customers = "customers.parquet"',
            "[destinations.braze]",
            f'endpoint = "{self.url}"',
            'api_key = "file:braze.key"',
            *(f"{name} = {value}" for name, value in self.destination.items()),
            "[templates.profile]",
            'destination = "braze"',
            'identifier_column = "id"',
            "[templates.profile.attributes]",
            *(f'"{name}" = {value}' for name, value in self.attributes.items()),
            "[segments.everybody]",
            'table = "customers"',
            'all = [ { column = "is_member", op = "is true" } ]',
            "[campaigns.club]",
            'table = "customers"',
            f"include = {self.include}",
            'template = "profile"',
            "[orchestrations.profiles]",
            'query = "customers"',
            'template = "profile"',
            self.extra,
        ]
        (self.folder / "stoker.toml").write_text("\n".join(lines), encoding="utf-8")
        key = self.folder / "braze.key"
        key.unlink(missing_ok=True)
        key.write_text(KEY, encoding="ascii")
        key.chmod(0o600)

    def customers(self, rows: Sequence[Mapping[str, Any]], schema: pa.Schema | None = None) -> None:
        """Replace the table."""
        pq.write_table(pa.Table.from_pylist(list(rows), schema=schema or CUSTOMERS), self.folder / "customers.parquet")

    @property
    def workplace(self) -> Workplace:
        return open_workplace(self.folder, {})

    def plan(self, activation: str = "profiles", out: Path | None = None) -> StoredPlan:
        workplace = self.workplace
        destination = workplace.project.destinations["braze"]
        request = PlanRequest(
            activation_named(workplace.project, activation),
            workplace.key_fingerprint(destination, workplace.key_of(destination)),
            out=out,
        )
        return load_plan(make_plan(workplace.project, request, workplace.engine(), workplace.rooms()).folder)

    def begin(self, stored: StoredPlan, *allowed: str, sample: int | None = None) -> RunFolder:
        workplace = self.workplace
        destination = workplace.project.destinations["braze"]
        fingerprint = workplace.key_fingerprint(destination, workplace.key_of(destination))
        begun = begin_run(workplace.project, stored, Approval(allowed, sample), workplace.rooms(), fingerprint)
        return workplace.runs.find(begun.id)

    def carry_out(self, run: RunFolder) -> Progress:
        """What the worker does, in this process, with attempts that follow each other quickly."""
        return asyncio.run(work_on(self.workplace, run, asyncio.Event(), QUICK))

    def carry_out_until_paused(self, run: RunFolder) -> Progress:
        """What was said while the run was paused; it is stopped afterwards."""

        async def watch() -> Progress:
            working = asyncio.create_task(work_on(self.workplace, run, asyncio.Event()))
            while (said := run.progress()).state != "paused" and not working.done():
                await asyncio.wait({working}, timeout=0.02)
            run.leave_wish("stop")
            await working
            return said

        return asyncio.run(watch())

    def sync(self, activation: str = "profiles", *allowed: str) -> Progress:
        """Plan and apply."""
        run = self.begin(self.plan(activation), *allowed)
        return self.carry_out(run)

    def ledger(self) -> dict[str, dict[str, Any]]:
        """Customer → attribute → value, as the ledger knows them; NULLs left out."""
        workplace = self.workplace
        view = workplace.ledger_of(workplace.project.destinations["braze"]).view()
        return {
            row["id"]: {
                name: json.loads(row[column]) for name, column in view.columns.items() if row[column] is not None
            }
            for path in (view.snapshot, view.delta)
            if path
            for row in pq.read_table(path).to_pylist()
        }

    def doubt(self) -> dict[tuple[str, str], Any]:
        """(Customer, attribute) → the value that may have reached Braze."""
        workplace = self.workplace
        view = workplace.ledger_of(workplace.project.destinations["braze"]).view()
        if view.doubt is None:
            return {}
        return {
            (row["id"], row["attribute"]): json.loads(row["value"]) for row in pq.read_table(view.doubt).to_pylist()
        }

    def stoker(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Finished:
        """Run a command as a process of its own."""
        finished = subprocess.run(
            [sys.executable, "-m", "tui_app", *arguments],
            cwd=self.folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Finished(finished.returncode, finished.stdout, finished.stderr)


QUICK = RetryLimits(server_trouble_attempts=6, first_backoff_seconds=0.02, longest_backoff_seconds=0.1)
CUSTOMERS = pa.schema(
    {"id": pa.string(), "name": pa.string(), "tier": pa.string(), "points": pa.int64(), "is_member": pa.bool_()}
)


def a_customer(number: int, **values: Any) -> dict[str, Any]:
    return {
        "id": f"c{number:05}",
        "name": f"Name {number}",
        "tier": "gold",
        "points": number,
        "is_member": True,
        **values,
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each process begin with its share of the long tests.

    Each gets one stretch of the list. At the end of it a long test has nobody who takes it over, and the others wait.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    bounds = [len(others) * process // processes for process in range(processes + 1)]
    items[:] = [
        item
        for process in range(processes)
        for item in (*long[process::processes], *others[bounds[process] : bounds[process + 1]])
    ]


@pytest.fixture
def shop(tmp_path: Path, sandbox: SandboxProcess) -> Shop:
    """A shop without customers yet, whose destination is the sandbox."""
    folder = tmp_path / "shop"
    folder.mkdir()
    shop = Shop(folder, sandbox.url, tmp_path / "state")
    shop.write()
    return shop


@pytest.fixture
def customer() -> Callable[..., dict[str, Any]]:
    """Builds one row of the customer table: `customer(7, tier="silver")`."""
    return a_customer
