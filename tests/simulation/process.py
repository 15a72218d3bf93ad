"""Real processes for the simulation: each deed runs in a fork, which may die in the middle of it.

Whatever ends it, the state of Braze is handed to the parent, because Braze lives on. The parent opens no database and
starts no thread, so its forks are whole.
"""

from __future__ import annotations

import errno
import os
import pickle
import random
import re
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

from tests.simulation.fake_braze import FakeBraze
from tui_app import failpoints
from tui_app.core.errors import FixInput, Refused, StoppedEarly

How = Literal["well", "crashed", "disk full", "refused", "broken"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens to one process."""

    fail_point: str = ""
    """NAME:N at which it dies."""
    dies_after_seconds: float | None = None
    """Of virtual time since it began to send."""
    stops_after_seconds: float | None = None
    """Somebody asks it to stop."""
    full_disk_at: int | None = None
    """The write or fsync that finds no room, counted from 0."""
    stays_full: bool = False
    jump_after_seconds: float | None = None
    jump_seconds: float = 0.0
    """By which the machine's clock is set."""


@dataclass(slots=True)
class Ended:
    """How a process ended, and what it leaves behind."""

    how: How
    report: Any
    """What the deed returned; for a refusal its guards; for a broken one the traceback."""
    braze: FakeBraze
    steps: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(Trouble, step) → how often."""


def perform(deed: Callable[[], Any], braze: FakeBraze, trouble: Trouble, seed: int) -> Ended:
    """Do something in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _Child(braze, trouble, writing).live(deed, seed)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    if not content:
        raise RuntimeError("a process of the simulation died without a word")
    ended: Ended = pickle.loads(content)  # noqa: S301 - of our own child
    return ended


class _Child:
    """The process that does the deed."""

    def __init__(self, braze: FakeBraze, trouble: Trouble, pipe: int) -> None:
        self._braze = braze
        self._trouble = trouble
        self._pipe = pipe
        self._steps: Counter[tuple[str, str]] = Counter()
        self._calls = 0
        self._really_exit, self._really_write, self._really_fsync = os._exit, os.write, os.fsync

    def live(self, deed: Callable[[], Any], seed: int) -> NoReturn:
        chance = random.Random(seed)
        os.urandom = chance.randbytes
        os._exit = self._die  # type: ignore[assignment]
        os.write, os.fsync = self._write, self._fsync  # type: ignore[assignment]
        failpoints.arm(self._trouble.fail_point)
        how: How = "well"
        try:
            report = deed()
        except Refused as refused:
            how, report = "refused", (refused.guards, refused.message)
        except StoppedEarly as stopped:
            how, report = "disk full", stopped.message
        except (OSError, FixInput) as error:
            origin = error.__cause__ if isinstance(error, FixInput) else error
            is_ours = isinstance(origin, OSError) and origin.errno == errno.ENOSPC and self._steps
            how, report = ("disk full", str(error)) if is_ours else ("broken", traceback.format_exc())
        except BaseException:  # noqa: BLE001 - told to the parent
            how, report = "broken", traceback.format_exc()
        self._hand_over(how, report)

    def _die(self, code: int) -> NoReturn:
        where = self._trouble.fail_point.partition(":")[0] or "a random moment"
        self._steps["crash", f"{self._braze.way.step}, {where}"] += 1
        self._hand_over("crashed", code)

    def _hand_over(self, how: How, report: Any) -> NoReturn:
        self._braze.die()
        content = memoryview(pickle.dumps(Ended(how, report, self._braze, self._steps)))
        while content:
            content = content[self._really_write(self._pipe, content) :]
        self._really_exit(0)

    def _write(self, descriptor: int, content: Any) -> int:
        self._need_room(descriptor)
        return self._really_write(descriptor, content)

    def _fsync(self, descriptor: int) -> None:
        self._need_room(descriptor)
        self._really_fsync(descriptor)

    def _need_room(self, descriptor: int) -> None:
        """Find the disk full if it is time for that."""
        full_at, self._calls = self._trouble.full_disk_at, self._calls + 1
        if full_at is None or self._calls <= full_at or (self._calls > full_at + 1 and not self._trouble.stays_full):
            return
        name = _plain_name(Path(f"/proc/self/fd/{descriptor}").readlink())
        self._steps["disk full", f"{self._braze.way.step}, {name}"] += 1
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _plain_name(path: Path) -> str:
    """A file's kind: its name without what differs from world to world."""
    if path.is_dir():
        return "a folder"
    return re.sub(r"-?\d{3,}", "", path.name.strip(".")).removesuffix(".part").strip(".")
