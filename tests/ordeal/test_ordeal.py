"""A few rounds of the ordeals. The full run is `python -m tests.ordeal`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="ordeals mount, preload and look into /proc")


@pytest.mark.parametrize(
    ("name", "rounds"),
    [
        ("kill -9 of the command", 1),
        ("processes that want one lock", 12),
        ("read-only state", 1),
        ("flipped bits and cut tails", 15),
        ("power cut, fsync obeyed", 5),
        ("power cut, fsync ignored", 2),
    ],
)
def test_whatever_befalls_a_run_nothing_is_lost(name, rounds):
    """Afterwards Braze equals the source and the ledger Braze; the last one is a control that must find losses."""
    command = [sys.executable, "-m", "tests.ordeal", "--only", name, "--rounds", str(rounds)]
    finished = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    if skipped := re.search(r"skipped: (.*)", finished.stdout):
        pytest.skip(skipped[1])

    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert re.search(rf"\s{rounds}\s", finished.stdout), finished.stdout
