"""Many writers at one ledger: a hundred processes that all want its lock, and two commands that begin at once.

As a program, `python -m tests.ordeal.writers FOLDER PROCESSES ATTEMPTS`, it is the crowd: an interpreter without
threads that forks, so that a hundred processes cost no more than they must.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from tests.conftest import SandboxProcess
from tests.ordeal.stage import Verdict
from tui_app.core.errors import LedgerHeld, Refused
from tui_app.store.ledger import Binding, Ledger
from tui_app.store.lock import LedgerLock

ATTEMPTS = 100
"""Of each process."""
_BINDING = Binding("braze", "https://rest.example.com", "external_id")
_WRITTEN = "written"
_REFUSED = "refused"
_FENCED = "fenced"
_VIOLATED = "violated"


def main(folder: Path, processes: int, attempts: int) -> None:
    """Fork the crowd and wait for it; what it saw is in files of `folder`."""
    children = []
    for number in range(processes):
        child = os.fork()
        if not child:
            _want_the_lock(folder, number, attempts)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def _want_the_lock(folder: Path, number: int, attempts: int) -> None:
    ledger, chance = Ledger(folder / "ledger", _BINDING), random.Random(number)
    old_token = 0
    for attempt in range(attempts):
        try:
            with LedgerLock(ledger.folder, f"process {number}", time.time(), lambda: ledger.manifest().token) as lock:
                if number % 10 == 0 and attempt >= attempts // 2:
                    # As if it was killed: the lock must die with it.
                    os._exit(9)
                _write_alone(folder, ledger, lock.token)
                old_token = lock.token
        except LedgerHeld:
            _note(folder, _REFUSED, f"{number}")
        if old_token and ledger.manifest().token > old_token:
            _come_too_late(folder, ledger, old_token)
            old_token = 0
        time.sleep(chance.uniform(0, 0.02))


def _write_alone(folder: Path, ledger: Ledger, token: int) -> None:
    with _being_inside(folder):
        committed = ledger.commit(ledger.manifest(), token)
        _note(folder, _WRITTEN, f"{token} {committed.serial}")


@contextmanager
def _being_inside(folder: Path) -> Iterator[None]:
    inside = folder / "inside"
    try:
        os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        _note(folder, _VIOLATED, "two writers held the lock at once")
    yield
    inside.unlink(missing_ok=True)


def _come_too_late(folder: Path, ledger: Ledger, token: int) -> None:
    """A writer who slept while others took over must not get anything written."""
    try:
        ledger.commit(ledger.manifest(), token)
    except Refused:
        _note(folder, _FENCED, f"{token}")
    else:
        _note(folder, _VIOLATED, f"a commit with the old token {token} was taken")


def _note(folder: Path, name: str, line: str) -> None:
    """Append a line; lines of several processes do not mix."""
    descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


@contextmanager
def many_writers(folder: Path, sandbox: SandboxProcess, rounds: int) -> Iterator[Callable[[random.Random], Verdict]]:
    """Let as many processes as there are rounds want one lock; a round tells how one of them fared."""
    problems, refused = _crowd(folder, rounds), set(_lines(folder, _REFUSED))
    turn = iter(range(rounds))

    def live(chance: random.Random) -> Verdict:
        number = next(turn)
        return Verdict(struck=str(number) in refused, problems=[] if number else problems)

    yield live


def _crowd(folder: Path, processes: int, attempts: int = ATTEMPTS) -> list[str]:
    """What went wrong while a crowd of processes wanted the lock of one ledger."""
    Ledger(folder / "ledger", _BINDING).prepare()
    command = [sys.executable, "-m", "tests.ordeal.writers", str(folder), str(processes), str(attempts)]
    finished = subprocess.run(command, capture_output=True, text=True)
    written = [tuple(map(int, line.split())) for line in _lines(folder, _WRITTEN)]
    tokens, serials = [token for token, _ in written], [serial for _, serial in written]
    last = Ledger(folder / "ledger", _BINDING).manifest()
    facts = {
        f"the crowd failed: {finished.stderr[-500:]}": bool(finished.returncode or finished.stderr),
        "tokens do not ascend": any(later <= earlier for earlier, later in pairwise(tokens)),
        "a commit was lost": serials != list(range(1, len(serials) + 1)) or last.serial != len(serials),
        "nobody was refused": not _lines(folder, _REFUSED),
        "no late writer was fenced off": not _lines(folder, _FENCED),
    }
    return [*_lines(folder, _VIOLATED), *(fact for fact, is_so in facts.items() if is_so)]


def _lines(folder: Path, name: str) -> list[str]:
    path = folder / name
    return path.read_text().splitlines() if path.exists() else []


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
