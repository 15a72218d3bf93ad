"""Stoker beside what others use, on the same table and the same server: a first run, and the day after.

    python -m benchmarks.peers [--customers 100000] [--rounds 3] [--delays 0 0.1] [--only NAME …]

A plain httpx loop, a plain aiohttp loop, drt-core and dlt, each installed from PyPI into an environment of its own. On
the second day 6 % of the customers have changed; drt and dlt also run with the column `updated_at`, which a table must
have and keep right for that. Every request is kept, and counted when the run is over: values over the minimum that
DuckDB computes, and customers whose profile is not what the table says in the end. The tools take turns, and medians
count; where answers take their time, one round tells enough.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.family import family_cost
from benchmarks.measure import Cost
from benchmarks.peers_days import Days, write_days
from benchmarks.peers_judge import Profiles, Received
from benchmarks.rows import Row, report_rows
from benchmarks.shop import write_project

PROGRAMS = Path(__file__).parent / "peer_programs"
ENVIRONMENTS = Path(tempfile.gettempdir()) / "stoker-benchmark-peers"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one tool works."""

    folder: Path
    url: str
    table: Path
    """Replaced from day to day."""
    environments: Path


@dataclass(frozen=True, slots=True)
class Tool:
    """One way to send a table to Braze."""

    name: str
    packages: tuple[str, ...]
    """Exact versions from PyPI; they never come near Stoker's own dependencies."""
    prepare: Callable[[Place], None]
    command: Callable[[Place], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Day:
    """What one run took, and what arrived."""

    cost: Cost
    received: Received
    over: int
    """Values beyond the minimum."""
    wrong: int


def _nothing(_place: Place) -> None:
    """No project is needed."""


def _program(package: str, script: str, *words: str) -> Callable[[Place], Sequence[str]]:
    def command(place: Place) -> Sequence[str]:
        python = place.environments / package / "bin" / "python"
        return [str(python), str(PROGRAMS / script), place.url, str(place.table), *words]

    return command


def _drt(mode: str) -> Callable[[Place], None]:
    def prepare(place: Place) -> None:
        script = [sys.executable, str(PROGRAMS / "drt_project.py")]
        subprocess.run([*script, str(place.folder), place.url, str(place.table), mode], check=True)

    return prepare


def _stoker(place: Place) -> None:
    write_project(place.folder, place.url, quiet_period_seconds=0)


def _run_drt(place: Place) -> Sequence[str]:
    return [str(place.environments / "drt-core" / "bin" / "drt"), "run"]


LOOPS = ("pyarrow==26.0.1",)
DRT = ("drt-core[duckdb]==1.2.1",)
DLT = ("dlt==1.31.0", "pyarrow==26.0.1")
TOOLS = (
    Tool("stoker", (), _stoker, lambda _: [sys.executable, "-m", "tui_app", "apply", "profiles", "--yes"]),
    Tool("httpx", ("httpx==0.28.1", *LOOPS), _nothing, _program("httpx", "httpx_loop.py")),
    Tool("aiohttp", ("aiohttp==3.14.5", *LOOPS), _nothing, _program("aiohttp", "aiohttp_loop.py")),
    Tool("drt-core", DRT, _drt("full"), _run_drt),
    Tool("drt-core, updated_at", DRT, _drt("incremental"), _run_drt),
    Tool("dlt", DLT, _nothing, _program("dlt", "dlt_pipeline.py", "full")),
    Tool("dlt, updated_at", DLT, _nothing, _program("dlt", "dlt_pipeline.py", "incremental")),
)


def main() -> None:
    """Two days with every tool, at every delay."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--delays", type=float, nargs="+", default=[0.0, 0.1])
    parser.add_argument("--only", nargs="+", default=[tool.name for tool in TOOLS])
    parser.add_argument("--environments", type=Path, default=ENVIRONMENTS)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    tools = [tool for tool in TOOLS if tool.name in options.only]
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        days = write_days(Path(name), options.customers)
        for tool in tools:
            _install(tool, options.environments)
        for delay in options.delays:
            print(f"\n{options.customers:,} customers × 12 attributes, {delay * 1000:.0f} ms per answer")
            rounds = [
                {tool.name: _two_days(tool, days, delay, options.environments) for tool in tools}
                for _ in range(1 if delay else options.rounds)
            ]
            results = {tool.name: _median_days([each[tool.name] for each in rounds]) for tool in tools}
            rows += _rows(results, delay, options.customers)
    report_rows(options.json, rows)


def _install(tool: Tool, environments: Path) -> None:
    folder = environments / tool.name.partition(",")[0]
    marker = folder / "installed.txt"
    wanted = "\n".join(tool.packages)
    if not tool.packages or (marker.exists() and marker.read_text() == wanted):
        return
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", *tool.packages], check=True)
    marker.write_text(wanted)


def _two_days(tool: Tool, days: Days, delay: float, environments: Path) -> tuple[Day, Day]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = folder / "received"
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.recording_braze", str(kept), str(delay)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout is not None
        try:
            place = Place(folder, server.stdout.readline().strip(), folder / "customers.parquet", environments)
            tool.prepare(place)
            profiles = Profiles()
            first, second = (
                _one_day(tool, place, profiles, (table, minimum, kept))
                for table, minimum in zip((days.first, days.second), days.minimum, strict=True)
            )
        finally:
            server.kill()
            server.wait()
    for title, day in (("first run", first), ("second day", second)):
        _tell(tool.name, title, day)
    return first, second


def _median_days(rounds: list[tuple[Day, Day]]) -> tuple[Day, Day]:
    first, second = (_median_day(list(days)) for days in zip(*rounds, strict=True))
    return first, second


def _median_day(days: list[Day]) -> Day:
    """Medians of what it took, and the worst of what arrived."""
    wall, cpu, peak = (
        statistics.median(getattr(day.cost, name) for day in days)
        for name in ("wall_seconds", "cpu_seconds", "peak_megabytes")
    )
    worst = max(days, key=lambda day: (day.wrong, day.over))
    return replace(worst, cost=Cost(wall, cpu, peak, ""))


def _one_day(tool: Tool, place: Place, profiles: Profiles, today: tuple[Path, int, Path]) -> Day:
    table, minimum, kept = today
    shutil.copyfile(table, place.table)
    begins = kept.stat().st_size
    # A home of its own: no settings of whoever runs this, and none left behind. Nobody reports to anybody.
    environment = {
        **os.environ,
        "HOME": str(place.folder),
        "DO_NOT_TRACK": "1",
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    cost = family_cost(tool.command(place), place.folder, environment)
    with kept.open("rb") as received:
        received.seek(begins)
        arrived = profiles.take(received)
    return Day(cost, arrived, arrived.values - minimum, profiles.wrong(table))


def _tell(name: str, title: str, day: Day) -> None:
    cost, received = day.cost, day.received
    print(
        f"{name:21} {title:10} {cost.wall_seconds:7.1f} s wall {cost.cpu_seconds:7.1f} s CPU "
        f"{cost.peak_megabytes:6,.0f} MB {received.requests:6,} requests {received.values:9,} values "
        f"{day.over:9,} over the minimum, {day.wrong:,} customers wrong",
        flush=True,
    )


def _rows(results: dict[str, tuple[Day, Day]], delay: float, customers: int) -> list[Row]:
    """Stoker beside each; no target is set, but Stoker must send the minimum and nothing wrong."""
    if "stoker" not in results:
        return []
    rows = []
    for index, title in enumerate(("first run", "second day")):
        ours = results["stoker"][index]
        for name, pair in results.items():
            theirs = pair[index]
            label = f"{title}, {delay * 1000:.0f} ms: {name}"
            if name == "stoker":
                rows.append(Row(f"{label}, values over the minimum", ours.over, 0, "values", "0", holds=ours.over == 0))
                rows.append(Row(f"{label}, customers wrong", ours.wrong, 0, "customers", "0", holds=ours.wrong == 0))
                continue
            rows.append(Row(f"{label}, wall", ours.cost.wall_seconds, theirs.cost.wall_seconds, "s"))
            cpu = [day.cost.cpu_seconds / customers * 1e6 for day in (ours, theirs)]
            rows.append(Row(f"{label}, CPU for each customer", *cpu, "µs"))
            rows.append(Row(f"{label}, memory", ours.cost.peak_megabytes, theirs.cost.peak_megabytes, "MB"))
            rows.append(Row(f"{label}, values over", ours.over, theirs.over, "values"))
    return rows


if __name__ == "__main__":
    main()
