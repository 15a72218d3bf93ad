"""All benchmarks, one after the other, and one table of ratios.

    python -m benchmarks [--quick] [--only NAME …] [--markdown FILE]

Each runs as a process of its own, prints what it measures and hands its rows over. The table names the machine, and
says how busy it was: figures that were taken beside other work are worth little.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

NAMED_PACKAGES = ("stoker", "duckdb", "ibis-framework", "pyarrow", "aiohttp", "httpx", "textual")


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A module of this package with `main()`, which understands `--json FILE`."""

    name: str
    quick: tuple[str, ...] = ()
    """What makes it short."""
    full: tuple[str, ...] = ()
    """What makes it whole, where that is not what it does by itself."""

    @property
    def is_there(self) -> bool:
        """Whether this checkout has it."""
        return (Path(__file__).parent / f"{self.name}.py").exists()


BENCHMARKS = (
    Benchmark("first_plan", quick=("--customers", "200000", "--rounds", "1")),
    Benchmark(
        "second_day",
        quick=("--customers", "100000", "200000", "--rounds", "1"),
        full=("--customers", *(f"{millions}000000" for millions in (1, 2, 5, 10, 20, 50))),
    ),
    Benchmark("start", quick=("--rounds", "2")),
    Benchmark("send", quick=("--quick",)),
    Benchmark("peers", quick=("--customers", "5000", "--rounds", "1", "--delays", "0")),
    Benchmark("first_frame", quick=("--rounds", "2")),
    Benchmark("frames", quick=("--rows", "500000", "--keys", "40")),
)


def main() -> None:
    """Run those that are asked for; exit code 1 if one fails or misses its target."""
    there = [each for each in BENCHMARKS if each.is_there]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small and short, to see that everything works")
    parser.add_argument("--only", nargs="+", choices=[each.name for each in there], default=[])
    parser.add_argument("--markdown", type=Path, help="write the table there as well")
    options = parser.parse_args()
    load_before = os.getloadavg()[0]
    rows: list[dict[str, Any]] = []
    failed = []
    for benchmark in there:
        if options.only and benchmark.name not in options.only:
            continue
        print(f"\n== {benchmark.name}", flush=True)
        words = benchmark.quick if options.quick else benchmark.full
        rows_of_it = _run(benchmark, words)
        if rows_of_it is None:
            failed.append(benchmark.name)
        rows += rows_of_it or []
    table = "\n".join(_markdown(rows, load_before))
    print(f"\n{table}")
    if options.markdown:
        options.markdown.write_text(f"{table}\n", encoding="utf-8")
    missed = [row["name"] for row in rows if row["holds"] is False]
    for title, names in (("Failed", failed), ("Missed", missed)):
        if names:
            print(f"{title}: {', '.join(names)}")
    sys.exit(1 if failed or missed else 0)


def _run(benchmark: Benchmark, words: tuple[str, ...]) -> list[dict[str, Any]] | None:
    """Its rows; None if it failed."""
    with tempfile.TemporaryDirectory() as name:
        handed_over = Path(name) / "rows.jsonl"
        command = [sys.executable, "-m", f"benchmarks.{benchmark.name}", *words, "--json", str(handed_over)]
        if subprocess.run(command, check=False).returncode:
            return None
        lines = handed_over.read_text(encoding="utf-8").splitlines() if handed_over.exists() else []
    return [json.loads(line) for line in lines]


def _markdown(rows: list[dict[str, Any]], load_before: float) -> Iterator[str]:
    yield from _machine(load_before)
    yield ""
    yield "| what | ours | theirs, or the limit | ratio | target | holds |"
    yield "|---|---:|---:|---:|---|---|"
    for row in rows:
        yield _line(row)


def _line(row: Mapping[str, Any]) -> str:
    unit = row["unit"]
    theirs = "" if row["theirs"] is None else f"{_figure(row['theirs'])} {unit}"
    ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
    holds = {True: "yes", False: "**no**", None: ""}[row["holds"]]
    return f"| {row['name']} | {_figure(row['ours'])} {unit} | {theirs} | {ratio} | {row['target']} | {holds} |"


def _figure(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:.2f}"


def _machine(load_before: float) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name in NAMED_PACKAGES if (version := _version(name)))
    memory = psutil.virtual_memory().total / 2**30
    yield f"{_processor()}, {psutil.cpu_count()} cores, {memory:.0f} GB; {platform.system()} {platform.release()},"
    yield f"Python {platform.python_version()}, {versions}. Load before it began: {load_before:.1f}."


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
