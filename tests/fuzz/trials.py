"""The fuzz targets by name, and how one trial is made again from its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from tests.fuzz import answers, projects

TARGETS: Mapping[str, Callable[[Random, Counter[str]], str | None]] = {
    "answers": answers.trial,
    "project": projects.trial,
}


def run_trial(target: str, seed: int, number: int, outcomes: Counter[str]) -> str | None:
    """One trial; what went wrong, or None. The same seed and number always make the same trial."""
    return TARGETS[target](Random(f"{target} {seed} {number}"), outcomes)
