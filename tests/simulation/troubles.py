"""What happens to processes in a simulated world, and how often."""

from __future__ import annotations

import random

from tests.simulation.process import Trouble
from tui_app import failpoints

CALM = Trouble()
PLAN_POINTS = (
    "plan.files_written", "plan.sealed", "fold.snapshot_written", "fold.files_written", "fold.committed",
    "file.half_written", "file.not_renamed", "file.renamed",
)  # fmt: skip
RUN_POINTS = tuple(name for name in failpoints.NAMES if not name.startswith("plan."))
FILE_POINTS = tuple(name for name in failpoints.NAMES if name.startswith("file."))
LEDGER_FILES = tuple(f"ledger's {name}.parquet" for name in ("snapshot", "delta", "doubt", "refused"))
_MANIFEST = "ledger's manifest.json"
_HOLDER = "ledger's holder.json"
_DELTA = "ledger's delta.parquet"
_LATE = (*LEDGER_FILES, _MANIFEST)
"""Come late in a process and are few."""
_TORN = ("journal.half_written",) * 8
"""What a torn announcement says is anybody's guess, so it happens more often."""
_FOLD = ("fold.snapshot_written",) * 4 + ("fold.files_written", "fold.committed")
"""Few processes come that far, and fewer write a snapshot."""
JUMPS_SECONDS = (86_400.0, -86_400.0, 301.0, -301.0, 299.0, -299.0, 200.0, -200.0, 10.0, -10.0)
"""By which a clock is set: about the quiet period, and by far more or less."""


def plan_trouble(chance: random.Random, *, settles: bool) -> Trouble:
    """Mostly none: a plan that dies is made again. One that settles a run writes to the ledger, which few do."""
    if settles and chance.random() < 0.3:
        if chance.random() < 0.5:
            return Trouble(fail_point=chance.choice(FILE_POINTS), fail_point_of=chance.choice((_MANIFEST, _HOLDER)))
        return Trouble(full_disk_of=chance.choice((*_LATE, _DELTA, _HOLDER)), stays_full=chance.random() < 0.5)
    roll = chance.random()
    if roll < 0.1:
        return Trouble(fail_point=f"{chance.choice((*PLAN_POINTS, *_FOLD))}:{chance.choice((1, 1, 2, 3))}")
    if roll < 0.2:
        return _full_disk(chance, 30)
    if roll < 0.24:
        return Trouble(fail_point=chance.choice(FILE_POINTS), fail_point_of=_MANIFEST)
    return CALM


def run_trouble(chance: random.Random) -> Trouble:
    """A death at a named or at any moment, a full disk, somebody who meddles; or nothing."""
    roll = chance.random()
    if roll < 0.28:
        return Trouble(fail_point=f"{chance.choice((*RUN_POINTS, *_TORN, *_FOLD))}:{chance.choice((1, 1, 2, 3, 5, 8))}")
    if roll < 0.40:
        return Trouble(dies_after_seconds=_some_seconds(chance))
    if roll < 0.50:
        return _full_disk(chance, 120)
    if roll < 0.68:
        return _meddling(chance)
    if roll < 0.74:
        return Trouble(fail_point=chance.choice(FILE_POINTS), fail_point_of=_MANIFEST)
    return CALM


def resume_trouble(chance: random.Random, before: Trouble) -> Trouble:
    """As of any run; and often, where the process before tore the journal, a death while that is mended."""
    if before.fail_point.startswith("journal.half_written") and chance.random() < 0.3:
        return Trouble(fail_point=chance.choice(FILE_POINTS), fail_point_of="run's journal")
    return run_trouble(chance)


def torn_early(chance: random.Random) -> Trouble:
    """A death in the middle of one of the first records of a journal."""
    return Trouble(fail_point=f"journal.half_written:{chance.choice((2, 3, 4))}")


def _full_disk(chance: random.Random, calls: int) -> Trouble:
    """At one of the first calls, at any, or at the first of a file that comes late."""
    stays_full = chance.random() < 0.5
    if chance.random() < 0.6:
        return Trouble(full_disk_of=chance.choice(_LATE), stays_full=stays_full)
    return Trouble(full_disk_at=chance.randrange(chance.choice((6, calls))), stays_full=stays_full)


def _meddling(chance: random.Random) -> Trouble:
    """Somebody stops the run, pauses it, or sets the clock."""
    roll, moment = chance.random(), _some_seconds(chance)
    if roll < 0.3:
        return Trouble(stops_after_seconds=moment)
    if roll < 0.6:
        return Trouble(pause_after_seconds=moment, pause_seconds=_some_seconds(chance))
    return Trouble(jump_after_seconds=moment, jump_seconds=chance.choice(JUMPS_SECONDS))


def _some_seconds(chance: random.Random) -> float:
    return chance.choice((chance.uniform(0.0, 1.0), chance.uniform(0.0, 10.0), chance.uniform(0.0, 400.0)))
