"""`python -m tests.simulation.aimed_death FOLDER NAME:N`: die at a fail-point of one named file, and of no other.

Two files of a ledger in FOLDER are replaced in one simulated process, the manifest last. Prints as JSON how the process
ended and what struck it.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

from tests.simulation.fake_braze import FakeBraze
from tests.simulation.process import Processes, Trouble
from tests.simulation.virtual_time import Time
from tui_app.braze.sandbox.settings import SandboxSettings
from tui_app.store.files import write_private


def main(folder: Path, fail_point: str) -> None:
    """Let it happen and say what it was."""
    braze = FakeBraze(0, SandboxSettings(), Time(0.0))
    trouble = Trouble(fail_point=fail_point, fail_point_of="ledger's manifest.json")
    processes = Processes()
    ended = processes.perform(partial(_replace_both, folder), braze, trouble, seed=0)
    processes.end()
    json.dump({"how": ended.how, "report": ended.report, "steps": [step for _, step in ended.steps]}, sys.stdout)


def _replace_both(folder: Path) -> None:
    for name in ("refused.parquet", "manifest.json"):
        write_private(folder / name, b"new " * 100)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
