"""The worker beside Braze's limit of 1,000 requests a second with 75 customers each, and without a limit.

    python -m benchmarks.send [--quick] [--rounds 3] [--only CASE …]

Plans, then applies against a server that answers at once, after 100 ms, or now and then with 503 or 429. Told are
requests per second, the fullest window of three seconds that the server saw, the worker's CPU and memory while it sends
with journal and repeats, and its peak with the fold; medians of several rounds. The server must have taken every
customer once, and the second plan must be empty. The worker's CPU stands beside that of a bare aiohttp session which
sends ready bodies at the same pace: a processor that sleeps between requests takes longer for each, so that cores alone
say little about a machine.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import psutil

from benchmarks.measure import cost_of
from benchmarks.rows import Row, report_rows
from benchmarks.shop import write_customers, write_project
from tui_app.store.runs import RunFolder
from tui_app.wiring import open_workplace

LIMIT = 1000
"""Of Braze, in requests per second."""
OBJECTS = 75
HELD = 980
"""Requests per second that count as holding the limit."""
MOST_CORES, MOST_MEGABYTES = 0.5, 300
BODY_BYTES = 22_000
"""Of a request with 75 customers of the shop."""
BARE_SECONDS = 6
LOOK_SECONDS = 0.1
STEADY_SHARE = 0.95
"""Of the requests of a run. The last ones are not looked at: they wait to be repeated, and nothing else is left."""


@dataclass(frozen=True, slots=True)
class Case:
    """One way to send."""

    name: str
    seconds: int
    """At Braze's limit; as many customers are sent."""
    limit: int = LIMIT
    delay_seconds: float = 0.0
    trouble: tuple[str, ...] = ()
    """Every so many requests, which status."""
    least: int | None = HELD
    """Requests per second that it must reach."""


CASES = (
    Case("at the limit", 60),
    Case("at the limit, 100 ms per answer", 20, delay_seconds=0.1),
    Case("at the limit, 1 of 100 answers is 503", 20, trouble=("100", "503")),
    Case("at the limit, 1 of 5,000 answers is 429 and asks for a second", 20, trouble=("5000", "429"), least=None),
    Case("without a limit", 30, limit=100_000, least=2 * HELD),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a worker took while it sent."""

    requests_per_second: float
    cores: float
    megabytes: float
    megabytes_with_fold: float
    retries: int
    customers: int
    fullest: int
    """Requests in the fullest window of three seconds, as the server saw it."""
    bare_cores: float
    """Of the bare session at the same pace."""


def main() -> None:
    """Measure a first apply for each case, several times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="six seconds for each case, once")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=[case.name for case in CASES])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    for case in CASES:
        if case.name in options.only:
            seconds, rounds = (6, 1) if options.quick else (case.seconds, options.rounds)
            report_rows(options.json, _rows(case, _measured(case, seconds, rounds)))


def _measured(case: Case, seconds: int, rounds: int) -> list[Sent]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_customers(folder / "customers.parquet", seconds * LIMIT * OBJECTS)
        sent = []
        for _ in range(rounds):
            shutil.rmtree(folder / "state", ignore_errors=True)
            sent.append(_once(case, folder))
    return sent


def _once(case: Case, folder: Path) -> Sent:
    """One first apply, and beside it the bare session."""
    with _server(case) as url:
        write_project(folder, url, case.limit)
        plan = json.loads(cost_of([sys.executable, "-m", "tui_app", "plan", "profiles", "--json"], folder).stdout)
        cost_of([sys.executable, "-m", "tui_app", "apply", plan["plan"], "--yes", "--detach"], folder)
        (run,) = open_workplace(folder, {}).runs.all()
        sent = _watched(run)
        seen = httpx.get(f"{url}/figures", timeout=60).json()
        again = json.loads(cost_of([sys.executable, "-m", "tui_app", "plan", "profiles", "--json"], folder).stdout)
        bare = _bare(url, sent.requests_per_second)
    if again["requests"]:
        raise RuntimeError(f"{again['requests']} requests are left in the next plan")
    accepted, planned = seen["objects"], plan["counts"]["join"]
    if accepted != planned or seen["requests"] - seen["refused"] != plan["requests"]:
        raise RuntimeError(f"the server took {accepted:,} customers of {planned:,}: {seen}")
    sent = replace(sent, customers=plan["counts"]["join"], fullest=seen["fullest"], bare_cores=bare)
    print(f"\n{case.name}: {sent.customers:,} customers in {seen['requests']:,} requests, {sent.retries:,} again")
    window = f"in 3 s at most {seen['fullest']:,} and at least {seen['emptiest']:,}"
    print(f"  {sent.requests_per_second:,.0f} requests/s; {window}")
    each = sent.cores / sent.requests_per_second * 1e6
    print(f"  {sent.cores:.2f} cores, {each:.0f} µs of CPU per request; a bare session {bare:.2f} cores")
    print(f"  {sent.megabytes:,.0f} MB while it sends, {sent.megabytes_with_fold:,.0f} MB with the fold", flush=True)
    return sent


def _bare(url: str, per_second: float) -> float:
    words = [url, str(BARE_SECONDS), str(per_second), str(BODY_BYTES)]
    told = cost_of([sys.executable, "-m", "benchmarks.bare_sender", *words], Path.cwd()).stdout
    return float(json.loads(told)["cores"])


def _rows(case: Case, rounds: list[Sent]) -> list[Row]:
    def median(name: str) -> float:
        return float(statistics.median(getattr(each, name) for each in rounds))

    rate, cores, megabytes = median("requests_per_second"), median("cores"), max(each.megabytes for each in rounds)
    fullest = max(each.fullest for each in rounds)
    target = f"at least {case.least:,}" if case.least else ""
    holds = rate >= case.least if case.least else None
    title, is_small = f"send, {case.name}", megabytes <= MOST_MEGABYTES
    rows = [
        Row(title, rate, LIMIT, "requests/s", target, holds=holds),
        Row(f"{title}: memory", megabytes, MOST_MEGABYTES, "MB", f"at most {MOST_MEGABYTES}", is_small),
        Row(f"{title}: memory of the fold at its end", max(each.megabytes_with_fold for each in rounds), None, "MB"),
        Row(f"{title}: CPU beside a bare session at this pace", cores, median("bare_cores"), "cores"),
    ]  # fmt: skip
    if case.limit == LIMIT:
        rows += [
            Row(f"{title}: CPU", cores, MOST_CORES, "cores", f"at most {MOST_CORES}", cores <= MOST_CORES),
            Row(
                f"{title}: fullest 3 s", fullest, 3 * LIMIT, "requests", f"at most {3 * LIMIT:,}", fullest <= 3 * LIMIT
            ),
        ]
    return rows


@contextmanager
def _server(case: Case) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.instant_braze", str(case.delay_seconds), *case.trouble]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.kill()


def _watched(run: RunFolder) -> Sent:
    """Look at the worker until it ends."""
    worker = psutil.Process(run.progress().process)
    moments: list[tuple[float, float, int]] = []
    sending = peak = 0
    while not (progress := run.progress()).has_ended:
        try:
            memory, times = worker.memory_info().rss, worker.cpu_times()
        except psutil.NoSuchProcess:
            break
        peak = max(peak, memory)
        if progress.state == "sending" and progress.requests:
            sending = max(sending, memory)
            moments.append((progress.seconds, times.user + times.system, progress.requests))
        time.sleep(LOOK_SECONDS)
    steady = [each for each in moments if each[2] <= STEADY_SHARE * moments[-1][2]]
    (began, cpu_before, requests_before), (ended, cpu_after, requests_after) = steady[0], steady[-1]
    seconds = ended - began
    if (progress := run.progress()).state != "done":
        raise RuntimeError(f"the run ended as {progress.state}: {progress.note}")
    return Sent(
        (requests_after - requests_before) / seconds,
        (cpu_after - cpu_before) / seconds,
        sending / 2**20,
        peak / 2**20,
        progress.retries,
        customers=0,
        fullest=0,
        bare_cores=0.0,
    )


if __name__ == "__main__":
    main()
