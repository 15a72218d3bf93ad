"""Every ordeal by name."""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

from tests.conftest import SandboxProcess
from tests.ordeal.course import Ordeal, Round, Setting
from tests.ordeal.damage import FILES, damaged_files
from tests.ordeal.disks import full_disk, read_only_state, small_disk
from tests.ordeal.kills import command_dies_at, kill_the_app, kill_the_command, kill_the_worker, worker_dies_at
from tests.ordeal.power import power_cuts
from tests.ordeal.signals import (
    ctrl_c,
    signal_the_app,
    signal_the_command,
    signal_the_worker,
    two_commands,
    vanishing_app,
    vanishing_terminal,
)
from tests.ordeal.stage import Stage, Verdict
from tests.ordeal.writers import many_writers
from tui_app import failpoints

_LATER = (
    "journal.half_written:3", "journal.not_synced:3", "journal.synced:5", "send.announced:2", "send.answered:20",
    "send.settled:20", "send.settled:40", "file.half_written:2", "file.not_renamed:2", "file.renamed:2",
)  # fmt: skip
_WORKER_POINTS = (*(f"{name}:1" for name in failpoints.NAMES if not name.startswith("plan.")), *_LATER)
_COMMAND_POINTS = (*(f"{name}:1" for name in failpoints.NAMES), "file.half_written:2", "file.renamed:2")
_ALL_ROUNDS = 1_000_000


def _in_a_shop(live: Callable[[Stage, random.Random], Verdict]) -> Setting:
    @contextmanager
    def setting(folder: Path, sandbox: SandboxProcess, rounds: int) -> Iterator[Round]:
        stage = Stage(folder, sandbox, folder / "state")
        yield lambda chance: live(stage, chance)
        shutil.rmtree(folder)

    return setting


def _on_a_small_disk(live: Callable[[Stage, random.Random], Verdict]) -> Setting:
    @contextmanager
    def setting(folder: Path, sandbox: SandboxProcess, rounds: int) -> Iterator[Round]:
        with small_disk(folder / "disk") as disk:
            stage = Stage(folder, sandbox, disk / "state")
            yield lambda chance: live(stage, chance)

    return setting


def _at_each(points: tuple[str, ...], die: Callable[[Stage, str], Verdict]) -> Setting:
    turn = cycle(points)
    return _in_a_shop(lambda stage, _: die(stage, next(turn)))


ORDEALS = (
    Ordeal("kill -9 of the worker", 200, _in_a_shop(kill_the_worker)),
    Ordeal("kill -9 of the command", 200, _in_a_shop(kill_the_command)),
    Ordeal("kill -9 of the app", 200, _in_a_shop(kill_the_app)),
    Ordeal("fail-points of the worker", len(_WORKER_POINTS), _at_each(_WORKER_POINTS, worker_dies_at)),
    Ordeal("fail-points of the command", len(_COMMAND_POINTS), _at_each(_COMMAND_POINTS, command_dies_at)),
    *(
        Ordeal(f"{number.name} to the {name}", 20, _in_a_shop(strike(number)))
        for name, strike in (("worker", signal_the_worker), ("command", signal_the_command))
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
    ),
    *(
        Ordeal(f"{number.name} to the app", 20, _in_a_shop(signal_the_app(number)))
        for number in (signal.SIGHUP, signal.SIGTERM)
    ),
    Ordeal("Ctrl-C on the command's terminal", 20, _in_a_shop(ctrl_c)),
    Ordeal("the command's terminal vanishes", 20, _in_a_shop(vanishing_terminal)),
    Ordeal("the app's terminal vanishes", 20, _in_a_shop(vanishing_app)),
    Ordeal("two commands at once", 20, _in_a_shop(two_commands)),
    Ordeal("processes that want one lock, 100 times each", 100, many_writers, _ALL_ROUNDS),
    Ordeal("full disk", 40, _on_a_small_disk(full_disk)),
    Ordeal("read-only state", 10, _on_a_small_disk(read_only_state)),
    Ordeal("flipped bits and cut tails", FILES * 2 * 64, damaged_files, _ALL_ROUNDS),
    Ordeal("power cut, fsync obeyed", 300, power_cuts(obeys_fsync=True), _ALL_ROUNDS),
    Ordeal("power cut, fsync ignored (control)", 60, power_cuts(obeys_fsync=False), _ALL_ROUNDS, must_fail=True),
)
