"""The first full plan beside a hand-written DuckDB statement that writes the same payloads.

python -m benchmarks.first_plan [--customers 2000000] [--rounds 3]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Cost, cost_of, median_ratio
from benchmarks.rows import Row, report_rows
from benchmarks.shop import ATTRIBUTES, VALUES_BY_HAND, write_customers, write_project

LEAST_PER_SECOND = 75_000
"""What Braze takes: 1,000 requests of 75 customers."""

BY_HAND = (
    """
import duckdb, sys, time
began = time.monotonic()
connection = duckdb.connect(config={"memory_limit": "3GB", "temp_directory": "spill"})
connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
"""
    + VALUES_BY_HAND
    + """parts = ", ".join(f"'\\"{name}\\":' || ({value})::VARCHAR" for name, value in values.items())
connection.execute(f'''
    COPY (SELECT id, '{{"external_id":' || concat_ws(',', to_json(id)::VARCHAR, {parts}) || '}}' AS payload
          FROM read_parquet('customers.parquet')
          ANTI JOIN (SELECT id FROM read_parquet('customers.parquet') GROUP BY id HAVING count(*) > 1) USING (id)
          ORDER BY id)
    TO 'by_hand.parquet' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)''')
print(time.monotonic() - began)
"""
)

OURS = """
import pathlib, time
import tui_app.engine.embedded, tui_app.store.plans
from tui_app.sync.make_plan import PlanRequest, make_plan
from tui_app.wiring import open_workplace
began = time.monotonic()
workplace = open_workplace(pathlib.Path("."), {})
request = PlanRequest(workplace.project.orchestrations["profiles"], None)
make_plan(workplace.project, request, workplace.engine(), workplace.rooms())
print(time.monotonic() - began)
"""

SAME = """
import duckdb, glob
duckdb.execute("SET enable_progress_bar = false")
(plan,) = glob.glob("state/plans/*/changes.parquet")
print(duckdb.execute(f'''SELECT count(*) FROM read_parquet('{plan}') ours
    FULL OUTER JOIN 'by_hand.parquet' theirs USING (id)
    WHERE ours.payload IS DISTINCT FROM theirs.payload''').fetchone()[0])
"""


def main() -> None:
    """Measure in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    ours: list[Cost] = []
    by_hand: list[Cost] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_customers(folder / "customers.parquet", options.customers)
        write_project(folder, "http://127.0.0.1:9")
        for _ in range(options.rounds):
            by_hand.append(cost_of([sys.executable, "-c", BY_HAND], folder))
            ours.append(cost_of([sys.executable, "-c", OURS], folder))
        different = int(cost_of([sys.executable, "-c", SAME], folder).stdout)
    if different:
        raise RuntimeError(f"{different:,} payloads differ from those by hand")
    print(f"{options.customers:,} customers × {len(ATTRIBUTES)} attributes; every payload is as by hand")
    for label, costs in (("stoker plan", ours), ("by hand", by_hand)):
        work = _work(costs)
        wall = statistics.median(each.wall_seconds for each in costs)
        cpu = statistics.median(each.cpu_seconds for each in costs)
        peak = _peak(costs)
        print(f"{label:12} {work:7.2f} s work; process {wall:7.2f} s wall {cpu:7.2f} s cpu {peak:8,.0f} MB peak")
    ratio = median_ratio([float(each.stdout) for each in ours], [float(each.stdout) for each in by_hand])
    print(f"ratio of the work, median of {options.rounds} taken in turn: {ratio:.2f}")
    customers_per_second = options.customers / statistics.median(each.wall_seconds for each in ours)
    report_rows(
        options.json,
        [
            Row("first plan beside SQL by hand", *(_work(costs) for costs in (ours, by_hand)), "s"),
            Row("first plan: memory", *(_peak(costs) for costs in (ours, by_hand)), "MB"),
            Row(
                "first plan: customers a second, with the start of the process",
                customers_per_second,
                LEAST_PER_SECOND,
                "customers/s",
                f"at least {LEAST_PER_SECOND:,}",
                holds=customers_per_second >= LEAST_PER_SECOND,
            ),
        ],
    )


def _work(costs: list[Cost]) -> float:
    return statistics.median(float(each.stdout) for each in costs)


def _peak(costs: list[Cost]) -> float:
    return max(each.peak_megabytes for each in costs)


if __name__ == "__main__":
    main()
