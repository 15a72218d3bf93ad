"""`python -m tests.fuzz answers --seconds 300 --seed 7`: read hostile inputs for a while, and say what went wrong.

Trial n of a seed is always the same, so `--first n --trials 1` tells one again. The exit code is 1 if one failed.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter

from tests.fuzz.trials import TARGETS, run_trial


def main() -> int:
    """Do what the command line says; the exit code."""
    options = _options()
    outcomes: Counter[str] = Counter()
    failures = 0
    started = time.monotonic()
    number = options.first
    while number - options.first != options.trials and time.monotonic() - started < options.seconds:
        try:
            wrong = run_trial(options.target, options.seed, number, outcomes)
        except Exception:  # noqa: BLE001 - whatever it raises is what is looked for
            wrong = traceback.format_exc()
        if wrong is not None:
            failures += 1
            print(f"trial {number}: {wrong[:4_000]}", flush=True)
        number += 1
    seconds = time.monotonic() - started
    done = number - options.first
    print(
        f"{options.target}: {done:,} trials in {seconds:,.0f} s ({done / seconds:,.0f} per second), {failures:,} failed"
    )
    for outcome, count in outcomes.most_common():
        print(f"  {count:>12,}  {outcome}")
    return min(failures, 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first trial")
    parser.add_argument("--trials", type=int, default=-1, help="stop after so many")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
