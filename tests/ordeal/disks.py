"""A disk that fills up, and a state that nobody can write: on a small file system of their own."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import Finished
from tests.ordeal.kills import begin_worker, has_begun, recovered, start, wait_for_a_moment
from tests.ordeal.stage import Stage, Verdict

DISK_BYTES = 8 << 20
NEEDED_BYTES = 60 << 10
"""What a day of the shop writes at most: its plan, its run and the next ledger."""
_EXPLAINED = {0, 3, 4, 6}
"""Exit codes of a command that said what it did, or why it did not."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system in memory at `folder`.

    Raises:
        PermissionError: This machine lets nobody mount here.
    """
    folder.mkdir(parents=True)
    options = f"size={DISK_BYTES},mode=700"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        raise PermissionError(f"no small file system can be mounted here ({mounted.stderr.strip()})")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def full_disk(stage: Stage, chance: random.Random) -> Verdict:
    """The disk is full from some byte on: before the command, or from a moment of its run."""
    before = stage.newest_run
    stage.next_day()
    disk = stage.shop.state.parent
    if chance.random() < 0.6:
        _fill(disk, chance.randrange(NEEDED_BYTES))
        command = start(stage, "apply", "club", "--yes")
    else:
        command = start(stage, "apply", "club", "--yes")
        wait_for_a_moment(chance, lambda: has_begun(stage, before), lambda: command.poll() is not None)
        _fill(disk, chance.randrange(16 << 10))
    stdout, stderr = command.communicate(timeout=120)
    said = Finished(command.returncode, stdout, stderr)
    (disk / "filler").unlink()
    verdict = recovered(stage, before)
    verdict.struck = said.code != 0
    verdict.problems += _unexplained("on a full disk", said)
    verdict.problems += _unexplained_by_worker(stage)
    return verdict


def read_only_state(stage: Stage, chance: random.Random) -> Verdict:
    """The state cannot be written; half the time a worker was killed before."""
    disk = stage.shop.state.parent
    if chance.random() < 0.5:
        before, run, worker = begin_worker(stage)
        wait_for_a_moment(chance, lambda: run.has_journal, lambda: worker.poll() is not None)
        worker.kill()
        worker.wait()
    else:
        before = stage.newest_run
        stage.next_day()
    sent_before = stage.times_sent()
    known_runs = stage.shop.workplace.runs.all()
    with _read_only(disk):
        tried = {
            "plan": stage.shop.stoker("plan", "club"),
            "apply": stage.shop.stoker("apply", "club", "--yes"),
            "runs": stage.shop.stoker("runs"),
            "check": stage.shop.stoker("check"),
            **({"resume": stage.shop.stoker("resume", "last")} if known_runs else {}),
        }
        sent = stage.times_sent() - sent_before
    verdict = recovered(stage, before)
    verdict.struck = True
    for name, said in tried.items():
        verdict.problems += _unexplained(f"{name} on a read-only state", said)
        if name in ("plan", "apply", "resume") and said.code in (0, 6):
            verdict.problems.append(f"{name} on a read-only state ended with {said.code}: {said.stderr}")
    if sent:
        verdict.problems.append("something was sent although nothing could be recorded")
    return verdict


def _fill(disk: Path, bytes_left: int) -> None:
    free = os.statvfs(disk)
    size = max(free.f_bavail * free.f_frsize - bytes_left, 0)
    with (disk / "filler").open("wb") as filler:
        # Allocates every page, so that none is left for others.
        os.posix_fallocate(filler.fileno(), 0, max(size, 1))


@contextmanager
def _read_only(disk: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


def _unexplained(when: str, said: Finished) -> list[str]:
    if said.code in _EXPLAINED and "Traceback" not in said.stderr and "error of its own" not in said.stderr:
        return []
    return [f"{when}: exit code {said.code}: {said.stderr.strip()[-600:]}"]


def _unexplained_by_worker(stage: Stage) -> list[str]:
    run = stage.newest_run
    log = run.log.read_text() if run is not None and run.log.exists() else ""
    words = [word for word in ("Traceback", "error of its own", "never retrieved") if word in log]
    return [f"the worker's log has {word!r}: {log[-1500:]}" for word in words[:1]]
