"""`python -m tests.ordeal`: real processes under every kind of mishap, each followed by `stoker resume`.

Each round begins a real run against a real sandbox, lets something befall it, goes on as a person would, and compares
source, Braze and ledger. The table says for each ordeal how many rounds were lived through, how often it struck while
something was on its way, how often all agreed in the end, how many acknowledged customers were lost, and how many
requests at most arrived twice. The exit code is 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.ordeal.course import Toll, live_through
from tests.ordeal.ordeals import ORDEALS

_COLUMNS = ("rounds", "struck", "equal", "lost", "twice at most", "seconds")


def main() -> int:
    """Do what the command line says; the exit code."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="stoker-ordeal-") as home:
        _leave_the_person_alone(Path(home))
        return _live_through(options)


def _live_through(options: argparse.Namespace) -> int:
    chosen = [ordeal for ordeal in ORDEALS if all(word in ordeal.name for word in options.only)]
    width = max((len(ordeal.name) for ordeal in chosen), default=0)
    print(f"{'ordeal':<{width}}  " + "  ".join(f"{column:>8}" for column in _COLUMNS), flush=True)
    tolls = []
    for ordeal in chosen:
        tolls.append(live_through(ordeal, options.rounds or ordeal.rounds, options.seed))
        # At once: all of them take hours.
        print(_line(tolls[-1], width), flush=True)
    return 0 if tolls and all(toll.is_as_it_must_be for toll in tolls) else 1


def _leave_the_person_alone(home: Path) -> None:
    """Settings, logs and states of an ordeal are its own."""
    os.environ["HOME"] = str(home)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        os.environ[name] = str(home / name.lower())


def _line(toll: Toll, width: int) -> str:
    if toll.skipped:
        return f"{toll.ordeal.name:<{width}}  skipped: {toll.skipped}"
    figures = (toll.rounds, toll.struck, toll.equal, toll.lost, toll.requests_twice, round(toll.seconds))
    cells = [f"{figure:>{max(8, len(column))},}" for figure, column in zip(figures, _COLUMNS, strict=True)]
    return f"{toll.ordeal.name:<{width}}  " + "  ".join(cells)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.ordeal", description=__doc__)
    parser.add_argument("--rounds", type=int, default=0, help="of each ordeal; its own full count if left out")
    parser.add_argument("--seed", type=int, default=0, help="of the random moments")
    parser.add_argument("--only", action="append", default=[], metavar="WORDS", help="ordeals whose name has them")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
