"""`python -m tests.simulation --worlds 10000 --seed 0 --jobs 2`: live through worlds, and say what was broken in them.

`--worlds 1 --seed N --trace` tells the story of one world; `--mutants` lets broken copies of the code be found. The
exit code is 1 if a promise was broken, if a mutant was not found, or if in 10,000 worlds something never struck.
"""

from __future__ import annotations

import argparse
import sys

from tests.simulation.coverage import FULL_RUN, coverage_table, never_struck
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.running import Toll, live_through
from tests.simulation.story import World
from tests.warm.loading import warm_up

_WORLDS_AT_ONCE = 3
"""Of each job, before anybody looks whether a mutant was found."""


def main() -> int:
    """Do what the command line says; the exit code."""
    options = _options()
    warm_up()
    if options.mutants:
        return _hunt(options.worlds, options.seed, options.jobs, options.only)
    seeds = range(options.seed, options.seed + options.worlds)
    toll = live_through(seeds, options.jobs, keeps_story=options.trace, tell=_tell_if_broken)
    for world in toll.worlds_told:
        print("\n".join(world.lines))
    print(coverage_table(toll.coverage))
    print(_summary(toll))
    is_incomplete = options.worlds >= FULL_RUN and never_struck(toll.coverage)
    return 1 if toll.broken or is_incomplete else 0


def _tell_if_broken(world: World) -> None:
    """A long run says at once what it has found."""
    if world.violations:
        print(f"seed {world.seed}: {world.violations[0]}", flush=True)


def _summary(toll: Toll) -> str:
    return (
        f"{toll.worlds:,} worlds, {toll.processes:,} processes, {toll.requests:,} requests in {toll.seconds:,.0f} "
        f"seconds: {len(toll.broken):,} worlds with a broken promise; digest {toll.digest}"
    )


def _hunt(worlds: int, seed: int, jobs: int, only: str) -> int:
    """Let each mutant be found; 1 if one survives."""
    survivors = 0
    for mutant in MUTANTS:
        if only not in mutant.__name__:
            continue
        name = mutant.__name__.replace("_", " ")
        found = _first_broken(mutant, range(seed, seed + worlds), jobs)
        if found is None:
            survivors += 1
            print(f"{name}: SURVIVED {worlds} worlds", flush=True)
        else:
            print(
                f"{name}: found by seed {found.seed}, world {found.seed - seed + 1}: {found.violations[0]}", flush=True
            )
    return min(survivors, 1)


def _first_broken(mutant: Mutant, seeds: range, jobs: int) -> World | None:
    """The first world in which a mutant breaks a promise."""
    with mutant():
        for first in range(0, len(seeds), _WORLDS_AT_ONCE * jobs):
            toll = live_through(seeds[first : first + _WORLDS_AT_ONCE * jobs], jobs)
            if toll.broken:
                return min(toll.broken, key=lambda world: world.seed)
    return None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--worlds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0, help="of the first world")
    parser.add_argument("--jobs", type=int, default=1, help="worlds side by side")
    parser.add_argument("--trace", action="store_true", help="tell the whole story of each world")
    parser.add_argument("--mutants", action="store_true", help="let broken copies of the code be found")
    parser.add_argument("--only", default="", help="mutants with this in their name")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
