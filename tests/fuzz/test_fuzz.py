"""A first stretch of the fuzz targets; `python -m tests.fuzz` goes on for as long as it is told."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.fuzz.trials import run_trial


@pytest.mark.parametrize(("target", "trials", "kinds"), [("answers", 6_000, 8), ("project", 150, 2)])
def test_hostile_input_ends_in_a_documented_outcome(target, trials, kinds):
    outcomes: Counter[str] = Counter()

    failed = [wrong for number in range(trials) if (wrong := run_trial(target, 0, number, outcomes))]

    assert failed == []
    assert len(outcomes) == kinds, "the trials do not reach every kind of outcome"
