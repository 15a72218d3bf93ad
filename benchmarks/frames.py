"""How long a key waits for its frame: at rest, in a table of millions of rows, and while a run sends at Braze's limit.

    python -m benchmarks.frames [--rows 10000000] [--keys 200]

One project, one terminal of 120 × 40. A key is pressed every 30 ms at most, and the time until the next bytes reach the
terminal is taken; medians, 99th percentiles and the longest are given, and the app's memory at the end.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.measure import cost_of
from benchmarks.rows import Row, report_rows
from benchmarks.shop import write_customers, write_project
from benchmarks.terminal import Terminal
from tui_app.wiring import open_workplace

_PAUSE_SECONDS = 0.03
_DOWN, _PAGE_DOWN, _PAGE_UP = "\x1b[B", "\x1b[6~", "\x1b[5~"
_END = "\x1b[F"


def main() -> None:
    """Plan, scroll, send, scroll while sending."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.instant_braze"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_customers(folder / "customers.parquet", options.rows)
            write_project(folder, server.stdout.readline().strip(), attributes=1)
            report_rows(options.json, _measure(folder, options.keys))
    finally:
        server.kill()


def _measure(folder: Path, keys: int) -> list[Row]:
    rows = []
    planned = cost_of([sys.executable, "-m", "tui_app", "plan", "profiles", "--json"], folder)
    plan = json.loads(planned.stdout)
    print(f"plan of {plan['counts']['join']:,} customers: {planned.wall_seconds:.0f} s")
    terminal = Terminal([sys.executable, "-m", "tui_app"], folder)
    try:
        terminal.wait_for("Activations")
        terminal.rest(2)
        rows.append(_report("home, help and back", terminal, ("?",), keys // 4))
        terminal.press("6")
        terminal.wait_for("Customers")
        terminal.press("c")
        terminal.wait_for("c0")
        terminal.rest(1)
        rows.append(_report("table, row by row", terminal, (_DOWN,), keys))
        rows.append(_report("table, page by page", terminal, (_PAGE_DOWN,), keys))
        terminal.press(_END)
        terminal.rest(2)
        rows.append(_report("table, pages at its end", terminal, (_PAGE_UP, _PAGE_DOWN), keys))
        cost_of([sys.executable, "-m", "tui_app", "apply", plan["plan"], "--yes", "--detach"], folder)
        (run,) = open_workplace(folder, {}).runs.all()
        while run.progress().state != "sending":
            time.sleep(0.1)
        rows.append(_report("table, while a run sends", terminal, (_PAGE_UP, _PAGE_DOWN), keys))
        terminal.press("7")
        terminal.wait_for("acknowledged")
        terminal.rest(1)
        rows.append(_report("sync, help and back", terminal, ("?",), keys // 4))
        progress = run.progress()
        print(f"the run: {progress.state}, {progress.requests_per_second:,.0f} requests/s at the end of that")
        memory = psutil.Process(terminal.process.pid).memory_info().rss / 2**20
        print(f"the app: {memory:.0f} MB resident")
        run.leave_wish("stop")
        while not run.progress().has_ended:
            time.sleep(0.1)
    finally:
        terminal.close()
    return rows


def _report(title: str, terminal: Terminal, keys: tuple[str, ...], count: int) -> Row:
    seconds = []
    for number in range(count):
        seconds.append(terminal.frame_seconds(keys[number % len(keys)]))
        terminal.rest(_PAUSE_SECONDS)
    milliseconds = sorted(each * 1000 for each in seconds)
    last = milliseconds[min(int(len(milliseconds) * 0.99), len(milliseconds) - 1)]
    print(
        f"{title:26} median {statistics.median(milliseconds):5.1f} ms, p99 {last:6.1f} ms, "
        f"longest {milliseconds[-1]:6.1f} ms ({count} keys)"
    )
    return Row(f"a key until its frame, median: {title}", statistics.median(milliseconds), None, "ms")


if __name__ == "__main__":
    main()
