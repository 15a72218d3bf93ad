"""Many worlds, side by side, and what came of all of them together."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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


def live_through(seeds: Sequence[int], jobs: int = 1, *, keeps_story: bool = False) -> Toll:
    """Live through the worlds of `seeds`.

    Args:
        seeds: One world each.
        jobs: Processes side by side.
        keeps_story: Also keep what happened in each.
    """
    began = time.monotonic()
    toll = Toll()
    for worlds in _side_by_side([seeds[job::jobs] for job in range(jobs)]):
        for world in worlds:
            toll.add(world, keeps_story=keeps_story)
    toll.seconds = time.monotonic() - began
    return toll


def _side_by_side(shares: Sequence[Sequence[int]]) -> Iterator[list[World]]:
    pipes = []
    for share in shares:
        reading, writing = os.pipe()
        if os.fork() == 0:
            os.close(reading)
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(list(_one_by_one(share)), pipe)
            os._exit(0)
        os.close(writing)
        pipes.append(reading)
    for reading in pipes:
        with os.fdopen(reading, "rb") as pipe:
            yield pickle.load(pipe)  # noqa: S301 - of our own child
    for _ in pipes:
        os.wait()


def _one_by_one(seeds: Sequence[int]) -> Iterator[World]:
    parent = _MEMORY_FOLDER if _MEMORY_FOLDER.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="stoker-simulation-", dir=parent))
    try:
        for seed in seeds:
            yield live(seed, folder / "shop")
    finally:
        shutil.rmtree(folder)
