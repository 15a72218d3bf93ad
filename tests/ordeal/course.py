"""The loop that lives through the rounds of an ordeal, and what they came to."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.conftest import SandboxProcess, start_sandbox, stop_sandbox
from tests.ordeal.stage import Verdict
from tui_app.core.errors import StokerError

Round = Callable[[random.Random], Verdict]
Setting = Callable[[Path, SandboxProcess, int], AbstractContextManager[Round]]
"""Prepares everything in a folder for so many rounds, and gives what lives through one of them.

Raises:
    PermissionError: This machine does not allow it.
"""


@dataclass(frozen=True, slots=True)
class Ordeal:
    """Something that befalls a run."""

    name: str
    rounds: int
    """Of a full run."""
    setting: Setting
    rounds_per_setting: int = 10
    must_fail: bool = False
    """A control: what is broken on purpose must be found."""


@dataclass(slots=True)
class Toll:
    """What the rounds of one ordeal came to."""

    ordeal: Ordeal
    rounds: int = 0
    struck: int = 0
    equal: int = 0
    lost: int = 0
    requests_twice: int = 0
    seconds: float = 0.0
    skipped: str = ""
    problems: list[str] = field(default_factory=list)

    def add(self, number: int, verdict: Verdict) -> None:
        """Count one round."""
        self.rounds += 1
        self.struck += verdict.struck
        self.equal += verdict.is_equal
        self.lost += verdict.lost
        self.requests_twice = max(self.requests_twice, verdict.requests_twice)
        self.problems += verdict.problems
        if not self.ordeal.must_fail:
            for problem in verdict.problems:
                _say(f"{self.ordeal.name}, round {number}: {problem}")

    @property
    def is_as_it_must_be(self) -> bool:
        """Whether the promises were kept, or in a control found broken."""
        return bool(self.skipped) or bool(self.problems) == self.ordeal.must_fail


def live_through(ordeal: Ordeal, rounds: int, seed: int) -> Toll:
    """Live through the rounds of an ordeal; a failure is told at once."""
    toll, began = Toll(ordeal), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stoker-ordeal-") as folder, _running_sandbox() as sandbox:
        try:
            for first in range(0, rounds, ordeal.rounds_per_setting):
                here = min(ordeal.rounds_per_setting, rounds - first)
                with ordeal.setting(_new_folder(Path(folder), first), sandbox, here) as live:
                    for number in range(first, first + here):
                        toll.add(number, _verdict(live, random.Random(f"{ordeal.name}-{seed}-{number}")))
        except PermissionError as error:
            toll.skipped = str(error)
    toll.seconds = time.monotonic() - began
    _say(f"{ordeal.name}: {toll.equal} of {toll.rounds} equal in {toll.seconds:.0f} s")
    return toll


def _new_folder(parent: Path, number: int) -> Path:
    folder = parent / str(number)
    folder.mkdir()
    return folder


@contextmanager
def _running_sandbox() -> Iterator[SandboxProcess]:
    sandbox = start_sandbox()
    try:
        yield sandbox
    finally:
        stop_sandbox(sandbox)


def _verdict(live: Round, chance: random.Random) -> Verdict:
    try:
        return live(chance)
    except (StokerError, TimeoutError, AssertionError, OSError, psutil.Error) as error:
        return Verdict(problems=[f"{type(error).__name__}: {error}"])


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
