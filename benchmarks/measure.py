"""Runs a command as a process of its own and asks the operating system what it took."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took."""

    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float
    stdout: str


def cost_of(command: Sequence[str], folder: Path) -> Cost:
    """Run `command` in `folder`; it must succeed."""
    began = time.monotonic()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        stdout, stderr = process.stdout, process.stderr
        assert stdout is not None
        assert stderr is not None
        said, complained = stdout.read(), stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    if process.returncode:
        raise RuntimeError(f"{command}: exit code {process.returncode}\n{said}\n{complained}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said)


def children_peak_megabytes() -> float:
    """The largest peak of all children that have ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Of runs taken in turn."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
