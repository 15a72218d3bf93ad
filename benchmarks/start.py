"""How soon the command line is there: help beside a bare click program, a small plan beside its engine's import.

python -m benchmarks.start [--rounds 7] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Cost, cost_of, median_ratio
from benchmarks.rows import Row, report_rows
from benchmarks.shop import write_customers, write_project

CUSTOMERS = 1000
MOST_TIMES_BARE_CLICK = 1.5
MOST_SECONDS_MORE = 1.0
_BARE_CLICK = """
import click, sys

@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def bare():
    pass

for name in "demo init check plan show apply runs resume stop sandbox".split():
    bare.command(name)(lambda: None)
bare.main(args=["--help"])
"""
_ENGINE = """
import duckdb, ibis, pyarrow.parquet
ibis.duckdb.connect()
"""


def main() -> None:
    """Measure in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, help="append the rows of the table of all benchmarks there")
    options = parser.parse_args()
    report_rows(options.json, _told(_measured(options.rounds)))


def _measured(rounds: int) -> dict[str, list[Cost]]:
    """What each command took, in turn: help, the bare program's help, a small plan, the import of its engine."""
    python = sys.executable
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_customers(folder / "customers.parquet", CUSTOMERS)
        write_project(folder, "http://127.0.0.1:9")
        commands = {
            "stoker --help": [python, "-m", "tui_app", "--help"],
            "bare click program --help": [python, "-c", _BARE_CLICK],
            f"stoker plan, {CUSTOMERS:,} rows": [python, "-m", "tui_app", "plan", "profiles", "--json"],
            "import of ibis, duckdb, pyarrow": [python, "-c", _ENGINE],
        }
        costs: dict[str, list[Cost]] = {label: [] for label in commands}
        for _ in range(rounds):
            for label, command in commands.items():
                costs[label].append(cost_of(command, folder))
        assert json.loads(costs[f"stoker plan, {CUSTOMERS:,} rows"][-1].stdout)["members"]
    return costs


def _told(costs: dict[str, list[Cost]]) -> list[Row]:
    """Print what was measured; its rows."""
    for label, measured in costs.items():
        print(f"{label:34} {_wall(measured):6.3f} s wall, {_cpu(measured):6.3f} s cpu")
    help_cost, bare_cost, plan_cost, engine_cost = costs.values()
    wall = median_ratio([each.wall_seconds for each in help_cost], [each.wall_seconds for each in bare_cost])
    cpu = median_ratio([each.cpu_seconds for each in help_cost], [each.cpu_seconds for each in bare_cost])
    print(f"help: {wall:.2f} × the bare program's time, {cpu:.2f} × its processor's time")
    more_wall, more_cpu = _wall(plan_cost) - _wall(engine_cost), _cpu(plan_cost) - _cpu(engine_cost)
    print(f"plan: {more_wall:.2f} s more than its engine's import, {more_cpu:.2f} s of the processor")
    return [
        Row(
            "stoker --help; beside a bare click program",
            _wall(help_cost),
            _wall(bare_cost),
            "s",
            f"≤ {MOST_TIMES_BARE_CLICK} ×",
            wall <= MOST_TIMES_BARE_CLICK,
        ),
        Row(
            f"stoker plan of {CUSTOMERS:,} rows; beside the import of its engine",
            _wall(plan_cost),
            _wall(engine_cost),
            "s",
            f"≤ {MOST_SECONDS_MORE:g} s more",
            more_wall <= MOST_SECONDS_MORE,
        ),
    ]


def _wall(costs: list[Cost]) -> float:
    return statistics.median(each.wall_seconds for each in costs)


def _cpu(costs: list[Cost]) -> float:
    return statistics.median(each.cpu_seconds for each in costs)


if __name__ == "__main__":
    main()
