"""How often each kind of trouble struck at each step, as a table; and what never struck."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from tests.simulation.faults import SPECS
from tests.simulation.troubles import PLAN_POINTS, RUN_POINTS

_RUNS = ("apply", "resume")
_ATTEMPTS = ("first", "repeat", "part")
"""A request that leaves as planned, again, or halved."""
_DISKS = (
    *(("plan", name) for name in ("manifest.json", "changes.parquet", "holder.json", "a folder")),
    *((run, name) for run, name in product(_RUNS, ("journal", "manifest.json", "holder.json", "a folder"))),
    ("apply", "run.json"),
)
"""Where a disk can be found full."""


def coverage_table(coverage: Mapping[tuple[str, str], int]) -> str:
    """One line per trouble and step with how often it struck, then what never did."""
    counts = {**dict.fromkeys(_expected(), 0), **coverage}
    width = max(len(trouble) for trouble, _ in counts)
    lines = [f"{trouble:<{width}}  {count:>9,}  {step}" for (trouble, step), count in sorted(counts.items())]
    never = [f"never struck: {trouble} at {step}" for (trouble, step), count in sorted(counts.items()) if not count]
    rarest = min(count for pair, count in counts.items() if pair in set(_expected()))
    return "\n".join([*lines, *never, f"{len(counts):,} pairs of trouble and step; the rarest struck {rarest:,} times"])


def _expected() -> Iterator[tuple[str, str]]:
    """What must strike in a full run."""
    for spec, run, attempt in product(sorted({*SPECS}), _RUNS, _ATTEMPTS):
        yield spec, f"{run}, {attempt}"
    for point in PLAN_POINTS:
        yield "crash", f"plan, {point}"
    for run, point in product(_RUNS, (*RUN_POINTS, "a random moment")):
        yield "crash", f"{run}, {point}"
    for run, name in _DISKS:
        yield "disk full", f"{run}, {name}"
    for run in _RUNS:
        yield "clock jump", run
        yield "somebody stops it", run
    yield "clock jump", "between runs"
    yield "machine started again", "between runs"
