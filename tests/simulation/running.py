"""Many worlds, side by side, and what came of all of them together."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import NoReturn

from tests.simulation.story import World, live

_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - a file system in memory: nothing here has to outlive the machine


@dataclass(slots=True)
class Toll:
    """The sum of many worlds."""

    worlds: int = 0
    processes: int = 0
    requests: int = 0
    seconds: float = 0.0
    coverage: Counter[tuple[str, str]] = field(default_factory=Counter)
    broken: list[World] = field(default_factory=list)
    worlds_told: list[World] = field(default_factory=list)
    digests: dict[int, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Of all that happened in all worlds, in the order of their seeds."""
        text = "".join(digest for _, digest in sorted(self.digests.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def add(self, world: World, *, keeps_story: bool) -> None:
        """Count one world in."""
        self.worlds += 1
        self.processes += world.processes
        self.requests += world.requests
        self.coverage += world.coverage
        self.digests[world.seed] = world.digest
        if keeps_story:
            self.worlds_told.append(world)
        if world.violations:
            self.broken.append(world)


def live_through(
    seeds: Sequence[int], jobs: int = 1, *, keeps_story: bool = False, tell: Callable[[World], None] = lambda _: None
) -> Toll:
    """Live through the worlds of `seeds`.

    Args:
        seeds: One world each.
        jobs: Processes side by side.
        keeps_story: Also keep what happened in each world; it is kept anyway where a promise was broken.
        tell: Called with each world when it is over, in no fixed order.
    """
    began = time.monotonic()
    toll = Toll()
    for world in _side_by_side([seeds[job::jobs] for job in range(jobs)], keeps_story=keeps_story):
        toll.add(world, keeps_story=keeps_story)
        tell(world)
    toll.seconds = time.monotonic() - began
    return toll


def _side_by_side(shares: Sequence[Sequence[int]], *, keeps_story: bool) -> Iterator[World]:
    """Worlds as they end."""
    open_lines: list[Connection] = []
    for share in shares:
        receiving, sending = Pipe(duplex=False)
        if os.fork() == 0:
            _live_one_by_one(share, sending, keeps_story=keeps_story)
        sending.close()
        open_lines.append(receiving)
    while open_lines:
        for line in wait(open_lines):
            assert isinstance(line, Connection)
            try:
                yield line.recv()
            except EOFError:
                open_lines.remove(line)
                os.wait()


def _live_one_by_one(seeds: Sequence[int], line: Connection, *, keeps_story: bool) -> NoReturn:
    """What a job does: its share of the worlds."""
    parent = _MEMORY_FOLDER if _MEMORY_FOLDER.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="stoker-simulation-", dir=parent))
    for seed in seeds:
        world = live(seed, folder / "shop")
        if not (keeps_story or world.violations):
            world.lines.clear()
        line.send(world)
    shutil.rmtree(folder)
    os._exit(0)
