"""The first frame of the app beside an empty Textual app: one terminal, in turn, medians; and the memory of both.

python -m benchmarks.first_frame [--rounds 7]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.measure import median_ratio
from benchmarks.rows import Row, report_rows
from benchmarks.shop import write_customers, write_project
from benchmarks.terminal import Terminal

_EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("here I am")
Empty().run()
"""
_SETTLED_SECONDS = 2.0


@dataclass(slots=True)
class _Figures:
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def main() -> None:
    """Measure both in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rounds = options.rounds
    ours, empty = _Figures(), _Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_customers(folder / "customers.parquet", 1_000)
        write_project(folder, "http://127.0.0.1:9")
        for number in range(rounds + 1):
            # The first round only fills caches.
            is_counted = number > 0
            _start([sys.executable, "-c", _EMPTY], "here I am", folder, empty if is_counted else _Figures())
            _start([sys.executable, "-m", "tui_app"], "Activations", folder, ours if is_counted else _Figures())
    for title, figures in (("empty Textual app", empty), ("stoker", ours)):
        low, high = min(figures.seconds), max(figures.seconds)
        print(
            f"{title:18} {statistics.median(figures.seconds) * 1000:6.0f} ms ({low * 1000:.0f} to {high * 1000:.0f}), "
            f"{statistics.median(figures.cpu_seconds) * 1000:6.0f} ms of CPU, "
            f"{statistics.median(figures.megabytes):5.0f} MB resident"
        )
    wall, cpu = median_ratio(ours.seconds, empty.seconds), median_ratio(ours.cpu_seconds, empty.cpu_seconds)
    print(f"ratio              {wall:.2f} in time, {cpu:.2f} in CPU")
    title = "first frame beside an empty Textual app"
    report_rows(
        options.json,
        [
            Row(title, statistics.median(ours.seconds), statistics.median(empty.seconds), "s"),
            Row(f"{title}: memory", statistics.median(ours.megabytes), statistics.median(empty.megabytes), "MB"),
        ],
    )


def _start(command: list[str], text: str, folder: Path, figures: _Figures) -> None:
    terminal = Terminal(command, folder, {"STOKER_STATE": str(folder / "state")})
    try:
        figures.seconds.append(terminal.wait_for(text))
        process = psutil.Process(terminal.process.pid)
        times = process.cpu_times()
        figures.cpu_seconds.append(times.user + times.system)
        terminal.rest(_SETTLED_SECONDS)
        figures.megabytes.append(process.memory_info().rss / 2**20)
    finally:
        terminal.close()


if __name__ == "__main__":
    main()
