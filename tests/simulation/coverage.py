"""How often each kind of trouble struck at each step, as a table; and what never struck."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from tests.simulation.faults import REVOKED, SPECS
from tests.simulation.troubles import LEDGER_FILES, PLAN_POINTS, RUN_POINTS

FULL_RUN = 10_000
"""In so many worlds everything must have struck everywhere."""

_RUNS = ("apply", "resume")
_ATTEMPTS = ("first", "repeat", "part")
"""A request that leaves as planned, again, or halved."""
_REPLACED = {
    "plan": ("plan's manifest.json", "ledger's holder.json", "ledger's manifest.json"),
    "apply": ("run's run.json", "ledger's holder.json", "ledger's manifest.json"),
    "resume": ("run's wish", "run's journal", "ledger's holder.json", "ledger's manifest.json"),
}
"""Files that each step replaces as a whole; a journal when it has lost its tail."""
_FILLING = {
    "plan": ("folder", *(f"plan's {name}.parquet" for name in ("changes", "requests", "withheld")), *LEDGER_FILES),
    "apply": ("folder", "run's journal", *LEDGER_FILES),
    "resume": ("folder", "run's journal", *LEDGER_FILES),
}
"""What else finds the disk full: of a data file, when it is made durable."""


def coverage_table(coverage: Mapping[tuple[str, str], int]) -> str:
    """One line per trouble and step with how often it struck, then what never did."""
    expected = dict.fromkeys(_expected(), 0)
    counts = {**expected, **coverage}
    width = max(len(trouble) for trouble, _ in counts)
    lines = [f"{trouble:<{width}}  {count:>9,}  {step}" for (trouble, step), count in sorted(counts.items())]
    lines += [f"never struck: {trouble} at {step}" for trouble, step in never_struck(coverage)]
    rarest = min((counts[pair], *pair) for pair in expected)
    told = f"{rarest[1]} at {rarest[2]}, {rarest[0]:,} times"
    return "\n".join([*lines, f"{len(counts):,} pairs of trouble and step; of what must strike, the rarest is {told}"])


def never_struck(coverage: Mapping[tuple[str, str], int]) -> list[tuple[str, str]]:
    """What must strike in a full run and did not."""
    return sorted(pair for pair in set(_expected()) if not coverage.get(pair))


def _expected() -> Iterator[tuple[str, str]]:
    """What must strike in a full run."""
    for spec, run, attempt in product(sorted({*SPECS}), _RUNS, _ATTEMPTS):
        yield spec, f"{run}, {attempt}"
    for run, attempt in product(_RUNS, ("first", "repeat")):
        yield REVOKED, f"{run}, {attempt}"
        yield "429 by the sandbox's own rules", f"{run}, {attempt}"
        yield "400 by the sandbox's own rules", f"{run}, {attempt}"
    yield from _crashes()
    for step, files in _FILLING.items():
        for name in (*files, *_REPLACED[step]):
            yield "disk full", f"{step}, a {name}"
    for run in _RUNS:
        yield "clock jump", run
        yield "somebody stops it", run
        yield "somebody pauses it", run
    for activation in ("club", "profiles"):
        yield "a run is undone", activation
        yield "a drift is repaired", activation
    yield "clock jump", "between runs"
    yield "machine started again", "between runs"


def _crashes() -> Iterator[tuple[str, str]]:
    for step, points in (("plan", PLAN_POINTS), *((run, (*RUN_POINTS, "a random moment")) for run in _RUNS)):
        for point in points:
            if point.startswith("file."):
                yield from (("crash", f"{step}, {point} of a {name}") for name in _REPLACED[step])
            else:
                yield "crash", f"{step}, {point}"
