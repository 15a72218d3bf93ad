"""The worker beside Braze's limit of 1,000 requests a second with 75 customers each, and without a limit.

    python -m benchmarks.send [--customers 2000000] [--delay 0.1] [--requests-per-second 1000]

Plans, then applies against a server that answers at once, and reports requests per second while sending, the worker's
CPU and memory, and the second plan, which must be empty.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.measure import cost_of
from benchmarks.shop import write_customers, write_project
from tui_app.wiring import open_workplace

BRAZE_REQUESTS_PER_SECOND = 1000


def main() -> None:
    """Measure one first apply."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=2_000_000)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--requests-per-second", type=float, default=BRAZE_REQUESTS_PER_SECOND)
    options = parser.parse_args()
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.instant_braze", str(options.delay)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_customers(folder / "customers.parquet", options.customers)
            write_project(folder, server.stdout.readline().strip(), options.requests_per_second)
            _measure(folder)
    finally:
        server.kill()


def _measure(folder: Path) -> None:
    plan = cost_of([sys.executable, "-m", "tui_app", "plan", "profiles", "--json"], folder)
    print(f"plan   {plan.wall_seconds:6.1f} s, {plan.peak_megabytes:,.0f} MB peak")
    path = json.loads(plan.stdout)["plan"]
    cost_of([sys.executable, "-m", "tui_app", "apply", path, "--yes", "--detach"], folder)
    (run,) = open_workplace(folder, {}).runs.all()
    worker = psutil.Process(run.progress().process)
    peak, sending_cpu, sending_seconds = 0, 0.0, 0.0
    while not (progress := run.progress()).has_ended:
        try:
            memory, times = worker.memory_info().rss, worker.cpu_times()
        except psutil.NoSuchProcess:
            break
        peak = max(peak, memory)
        if progress.state == "sending":
            sending_cpu, sending_seconds = times.user + times.system, progress.seconds
        time.sleep(0.05)
    progress = run.progress()
    rate = progress.requests / sending_seconds
    print(f"apply  {progress.state}: {progress.acknowledged:,} acknowledged in {progress.requests:,} requests")
    print(f"send   {rate:,.0f} requests/s, {rate / BRAZE_REQUESTS_PER_SECOND:.2f} of Braze's limit; ", end="")
    print(f"{sending_cpu / sending_seconds:.2f} cores, {peak / 2**20:,.0f} MB peak of the worker with its fold")
    again = json.loads(cost_of([sys.executable, "-m", "tui_app", "plan", "profiles", "--json"], folder).stdout)
    print(f"again  {again['requests']} requests left, planned in {again['seconds']:.1f} s")


if __name__ == "__main__":
    main()
