"""What a command took with all processes that it started, also those that outlive it: wall, CPU and memory.

`benchmarks.measure` asks for one process; a worker that its starter does not wait for is found here, because orphans
come to us (Linux: PR_SET_CHILD_SUBREAPER).
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks.measure import Cost

_PR_SET_CHILD_SUBREAPER = 36
_LOOK_SECONDS = 0.02


def family_cost(command: Sequence[str], folder: Path, environment: Mapping[str, str] = os.environ) -> Cost:
    """Run `command` in `folder` until it and all its descendants have ended; it must succeed."""
    reaper = [sys.executable, "-m", "benchmarks.family", str(folder), *command]
    said = subprocess.run(reaper, check=False, env=environment, capture_output=True, text=True)
    if said.returncode:
        raise RuntimeError(f"{command}: exit code {said.returncode}\n{said.stdout[-4000:]}\n{said.stderr[-4000:]}")
    return Cost(**json.loads(said.stdout))


def main() -> None:
    """Run and report as JSON. Arguments: folder, command."""
    folder, *command = sys.argv[1:]
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    peak, is_over = [0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(peak, is_over))
    watcher.start()
    began = time.monotonic()
    process = subprocess.run(command, check=False, cwd=folder, stdout=subprocess.PIPE, stderr=sys.stderr, text=True)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        # Nobody is left.
        wall = time.monotonic() - began
    is_over.set()
    watcher.join()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = Cost(wall, usage.ru_utime + usage.ru_stime, peak[0] / 2**20, process.stdout)
    print(json.dumps({name: getattr(cost, name) for name in Cost.__slots__}))
    sys.exit(process.returncode)


def _watch(peak: list[int], is_over: threading.Event) -> None:
    """The most that all processes held together; what they share counts once for each."""
    me = psutil.Process()
    while not is_over.wait(_LOOK_SECONDS):
        held = 0
        for child in me.children(recursive=True):
            try:
                held += child.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        peak[0] = max(peak[0], held)


if __name__ == "__main__":
    main()
