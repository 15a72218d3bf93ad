"""The second day: 1 % of the customers changed, beside a hand-written DuckDB statement that finds the same changes.

    python -m benchmarks.second_day [--customers 1000000 2000000 10000000] [--rounds 3] [--memory 3GB] [--json FILE]

Per size: the plan of the second day and the statement in turn, the plan of a day without changes, whether that day is
seen to be without changes before it is planned, and the fold of the second day's run. Both write what they find; every
payload is compared. Several sizes show how the cost grows in the same memory. Those over ten million are measured once.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Cost, cost_of
from benchmarks.rows import Row, report_rows
from benchmarks.shop import ATTRIBUTES, MEMORY_LIMIT, VALUES_BY_HAND
from benchmarks.stocked import dawn, ledger_of, plan_and_fold, stock

BY_HAND = (
    """
import duckdb, json, pathlib, sys, time
began = time.monotonic()
connection = duckdb.connect(config={"memory_limit": sys.argv[1], "temp_directory": "spill"})
connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
(ledger,) = pathlib.Path("state/ledgers").iterdir()
manifest = json.loads((ledger / "manifest.json").read_bytes())
"""
    + VALUES_BY_HAND
    + """new = ", ".join(f"({value})::VARCHAR AS {name}" for name, value in values.items())
differs = {name: f"new.{name} IS DISTINCT FROM old.{manifest['columns'][name]}" for name in values}
members = ", ".join(
    f"CASE WHEN {condition} THEN '\\"{name}\\":' || coalesce(new.{name}, 'null') END"
    for name, condition in differs.items()
)
connection.execute(f'''
    COPY (SELECT new.id, '{{"external_id":' || concat_ws(',', to_json(new.id)::VARCHAR, {members}) || '}}' AS payload
          FROM (SELECT id, {new} FROM read_parquet('customers.parquet')
                ANTI JOIN (SELECT id FROM read_parquet('customers.parquet') GROUP BY id HAVING count(*) > 1) USING (id)
          ) new LEFT JOIN read_parquet('{ledger / manifest["snapshot"]["name"]}') old ON new.id = old.id
          WHERE {" OR ".join(differs.values())} ORDER BY new.id)
    TO 'by_hand.parquet' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)''')
print(json.dumps({"plan": time.monotonic() - began}))
"""
)

SAME = """
import duckdb, sys
duckdb.execute("SET enable_progress_bar = false")
print(duckdb.execute(f'''SELECT count(*) FROM read_parquet('{sys.argv[1]}/changes.parquet') ours
    FULL OUTER JOIN 'by_hand.parquet' theirs USING (id)
    WHERE ours.payload IS DISTINCT FROM theirs.payload''').fetchone()[0])
"""


LARGE_CUSTOMERS = 10_000_000
"""The targets are set for so many."""
MOST_TIMES_BY_HAND = 1.5
MOST_MEGABYTES = 4000
MOST_GROWTH = 1.25
"""Seconds per customer at the largest size by those at the smallest: linear, but for noise."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step took: inside its process, without imports, and as a process."""

    seconds: float
    cost: Cost
    said: dict[str, object]


def main() -> None:
    """Measure every size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", default=MEMORY_LIMIT, help="what each side may use before it writes to the disk")
    parser.add_argument("--folder", type=Path, help="where the tables go; they are removed")
    parser.add_argument("--json", type=Path, help="append the rows of the table of all benchmarks there")
    options = parser.parse_args()
    print(f"1 % of the customers changed, × {len(ATTRIBUTES)} attributes; medians of runs that are taken in turn")
    plan_seconds = {}
    for customers in options.customers:
        with tempfile.TemporaryDirectory(dir=options.folder) as name:
            stock(Path(name), customers, options.memory)
            rounds = options.rounds if customers <= LARGE_CUSTOMERS else 1
            rows, plan_seconds[customers] = _measure(Path(name), customers, rounds, options.memory)
        report_rows(options.json, rows)
    if len(plan_seconds) > 1:
        report_rows(options.json, [_slope(plan_seconds)])


def _slope(plan_seconds: dict[int, float]) -> Row:
    """How the time per customer grows from the smallest size to the largest."""
    small, large = min(plan_seconds), max(plan_seconds)
    at_large, at_small = (plan_seconds[size] / size * 1_000_000 for size in (large, small))
    name = f"plan, time per million at {large:,} beside {small:,} customers"
    return Row(name, at_large, at_small, "s", f"≤ {MOST_GROWTH} ×", at_large <= MOST_GROWTH * at_small)


def _measure(folder: Path, customers: int, rounds: int, memory_limit: str) -> tuple[list[Row], float]:
    """The rows of one size, and the seconds of its plan."""
    dawn(folder, "second")
    ours, by_hand = [], []
    for _ in range(rounds):
        by_hand.append(_step([sys.executable, "-c", BY_HAND, memory_limit], folder, "plan"))
        ours.append(_step(plan_and_fold("plan"), folder, "plan"))
    found = ours[-1].said
    different = cost_of([sys.executable, "-c", SAME, str(found["plan_folder"])], folder).stdout.strip()
    if different != "0":
        raise RuntimeError(f"{different} payloads differ from those by hand")
    told = f"{customers:,} customers, {found['changes']:,} changed, {rounds} rounds; every payload is as by hand"
    print(told, flush=True)
    folds = [_fold(folder, fold) for fold in range(rounds)]
    third_day = [_step(plan_and_fold("plan"), folder, "plan") for _ in range(rounds)]
    looks = [_step(plan_and_fold("look"), folder, "look") for _ in range(rounds)]
    dawn(folder, "first")
    for label, steps in (
        ("by hand", by_hand),
        ("stoker plan", ours),
        ("fold", folds),
        ("plan of unchanged data, with a delta", third_day),
        ("look at unchanged data", looks),
    ):
        _print(label, customers, steps)
    for label, steps in (("plan / by hand", ours), ("fold / by hand", folds)):
        wall = statistics.median(a.seconds / b.seconds for a, b in zip(steps, by_hand, strict=True))
        cpu = statistics.median(a.cost.cpu_seconds / b.cost.cpu_seconds for a, b in zip(steps, by_hand, strict=True))
        print(f"  {label:38} {wall:6.2f} × the time, {cpu:6.2f} × the processor's time of the process")
    size = f"{customers:,} customers, 1 % changed, {memory_limit} for each"
    has_targets = customers == LARGE_CUSTOMERS and memory_limit == MEMORY_LIMIT
    rows = _rows(size, by_hand, (ours, folds, third_day, looks), has_targets=has_targets)
    return rows, _seconds(ours)


def _rows(
    size: str, by_hand: list[Step], steps: tuple[list[Step], list[Step], list[Step], list[Step]], *, has_targets: bool
) -> list[Row]:
    """Time beside the statement by hand, the fold beside the plan, and memory."""
    ours, folds, third_day, looks = steps
    peak = _peak(ours)
    at_most = f"≤ {MOST_TIMES_BY_HAND} ×" if has_targets else ""
    is_fast, is_small = _is_within(ours, by_hand), peak <= MOST_MEGABYTES
    return [
        Row(
            f"plan of {size}; beside SQL by hand",
            _seconds(ours),
            _seconds(by_hand),
            "s",
            at_most,
            is_fast if has_targets else None,
        ),
        Row(
            "its peak memory; beside that by hand",
            peak,
            _peak(by_hand),
            "MB",
            f"≤ {MOST_MEGABYTES:,} MB" if has_targets else "",
            is_small if has_targets else None,
        ),
        Row(
            "its fold; beside the plan", _seconds(folds), _seconds(ours), "s", "< 1 ×", _seconds(folds) < _seconds(ours)
        ),
        Row("its memory; beside that of the plan", _peak(folds), peak, "MB"),
        Row(
            "plan of the same data again; beside SQL by hand",
            _seconds(third_day),
            _seconds(by_hand),
            "s",
            at_most,
            _is_within(third_day, by_hand) if has_targets else None,
        ),
        Row(
            "the same data again where only_if_changed asks for it: left out by its content; beside the plan",
            _seconds(looks),
            _seconds(third_day),
            "s",
        ),
    ]


def _is_within(steps: list[Step], by_hand: list[Step]) -> bool:
    return _seconds(steps) <= MOST_TIMES_BY_HAND * _seconds(by_hand)


def _seconds(steps: list[Step]) -> float:
    return statistics.median(each.seconds for each in steps)


def _peak(steps: list[Step]) -> float:
    return max(each.cost.peak_megabytes for each in steps)


def _fold(folder: Path, number: int) -> Step:
    """Fold the second day's run into the ledger of the first day."""
    ledger, before = ledger_of(folder), folder / "ledger_before"
    if number == 0:
        shutil.copytree(ledger, before)
    else:
        # A ledger whose manifest is the old one again, and runs that never were.
        shutil.rmtree(ledger)
        shutil.copytree(before, ledger)
        shutil.rmtree(max((folder / "state" / "runs").iterdir()))
    return _step(plan_and_fold("fold"), folder, "fold")


def _step(command: list[str], folder: Path, key: str) -> Step:
    cost = cost_of(command, folder)
    said = json.loads(cost.stdout)
    return Step(said[key], cost, said)


def _print(label: str, customers: int, steps: list[Step]) -> None:
    seconds = _seconds(steps)
    cpu = statistics.median(each.cost.cpu_seconds for each in steps)
    peak = max(each.cost.peak_megabytes for each in steps)
    each = seconds / customers * 1_000_000
    print(f"  {label:38} {seconds:8.2f} s, {each:6.2f} s per million; process {cpu:8.2f} s cpu {peak:7,.0f} MB peak")


if __name__ == "__main__":
    main()
