"""Some of the simulated worlds. The full run is `python -m tests.simulation --worlds 10000 --jobs 2`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

WORLDS = 500
"""How many worlds are lived through here; each takes about a second."""
WORLDS_OF_A_TEST = 50
PROJECT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the simulation forks and looks into /proc")


def simulate(*options: str) -> str:
    """Run the simulation in an interpreter of its own: its processes are forks, which want a parent without threads."""
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-m", "tests.simulation", *options]
    finished = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert finished.returncode in (0, 1), finished.stderr
    return finished.stdout + finished.stderr


@pytest.mark.long
@pytest.mark.parametrize("first_seed", range(0, WORLDS, WORLDS_OF_A_TEST))
def test_no_promise_is_broken_in_any_world(first_seed):
    """Whatever goes wrong, Braze ends as the source says and the ledger as Braze."""
    told = simulate("--worlds", str(WORLDS_OF_A_TEST), "--seed", str(first_seed))

    assert f"{WORLDS_OF_A_TEST} worlds" in told
    assert " 0 worlds with a broken promise" in told, told


def test_a_seed_tells_the_same_world_again_bit_for_bit():
    """A failure that cannot be repeated cannot be mended."""
    first, second = (simulate("--worlds", "2", "--seed", "3", "--trace") for _ in range(2))

    def without_seconds(told: str) -> str:
        return re.sub(r"in [\d,]+ seconds", "", told)

    assert without_seconds(first) == without_seconds(second)
    assert re.search(r"digest [0-9a-f]{16}", first)


@pytest.mark.parametrize("mutant", ["ledger_before_ack", "no_quiet_period"])
def test_the_simulation_notices_a_broken_promise(mutant):
    """A simulation that finds nothing proves nothing unless it finds what is broken on purpose."""
    assert "found by seed" in simulate("--mutants", "--only", mutant, "--worlds", "10")
