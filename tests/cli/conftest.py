"""Commands as scripts meet them: what they print on which stream, and how they end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tui_app.__main__ import _run
from tui_app.core.run import Progress
from tui_app.store.runs import RunFolder


@dataclass(frozen=True, slots=True)
class Printed:
    """A command that ran in this process; a worker that it starts is a process of its own all the same."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        return json.loads(self.stdout)


@pytest.fixture
def stoker(shop: Any, capfd: pytest.CaptureFixture[str]) -> Callable[..., Printed]:
    """`stoker("plan", "club", "--json")` on the shop's project."""

    def run(*arguments: str) -> Printed:
        capfd.readouterr()
        code = _run([*arguments, "--project", str(shop.folder)])
        return Printed(int(code), *capfd.readouterr())

    return run


def patiently(is_so: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    """Look again and again until something is so."""
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, f"waited in vain: {what}"
        time.sleep(0.02)


@pytest.fixture
def until_run() -> Callable[[Any, Callable[[Progress], bool]], RunFolder]:
    """`until_run(shop, lambda progress: …)`: the newest run, as soon as what it says fulfils a condition."""

    def wait(shop: Any, is_so: Callable[[Progress], bool]) -> RunFolder:
        runs = shop.workplace.runs
        patiently(lambda: bool(runs.all()) and is_so(runs.all()[-1].progress()), "the run's progress")
        return runs.all()[-1]

    return wait


@pytest.fixture
def busy_shop(shop: Any, sandbox: Any, customer: Callable[..., dict[str, Any]]) -> Any:
    """A shop whose run is held up by Braze's rate limit for a minute, after ten requests, until `work_again`."""
    shop.destination = {"quiet_period_seconds": "0", "objects_per_request": "5"}
    shop.write()
    shop.customers([customer(i) for i in range(200)])
    sandbox.fail("429:retry=60,after=10")
    return shop


@pytest.fixture
def files_holding() -> Callable[[bytes, Path], list[str]]:
    """Names of files below a folder that hold some bytes."""

    def find(wanted: bytes, folder: Path) -> list[str]:
        return [path.name for path in folder.rglob("*") if path.is_file() and wanted in path.read_bytes()]

    return find
