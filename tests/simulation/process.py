"""Real processes for the simulation: each deed runs in a fork, which may die in the middle of it.

Whatever ends it, the state of Braze is handed to the parent, because Braze lives on. The parent opens no database and
starts no thread, so its forks are whole. A fork costs as much as a deed, so one goes on as long as all goes well.
"""

from __future__ import annotations

import errno
import gc
import os
import pickle
import random
import re
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, NoReturn

from tests.simulation.fake_braze import FakeBraze
from tui_app import failpoints
from tui_app.core.errors import FixInput, Refused, StoppedEarly

How = Literal["well", "crashed", "disk full", "refused", "broken"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What happens to one process."""

    fail_point: str = ""
    """NAME:N at which it dies."""
    fail_point_of: str = ""
    """The file at which it dies there, such as "ledger's manifest.json"; without it the N-th of any."""
    dies_after_seconds: float | None = None
    """Of virtual time since it began to send."""
    stops_after_seconds: float | None = None
    """Somebody asks it to stop."""
    full_disk_at: int | None = None
    """The write or fsync that finds no room, counted from 0."""
    full_disk_of: str = ""
    """The file that finds no room, such as "ledger's delta.parquet"."""
    stays_full: bool = False
    pause_after_seconds: float | None = None
    """Somebody pauses the run, and lets it go on after `pause_seconds`."""
    pause_seconds: float = 0.0
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


class Processes:
    """Does deeds one after the other, in a process that goes on until a deed ends badly; then in a new one."""

    def __init__(self) -> None:
        self._child: _Child | None = None

    def perform(self, deed: Callable[[], Any], braze: FakeBraze, trouble: Trouble, seed: int) -> Ended:
        """Do something in a process of its own, or in one whose last deed ended well."""
        child = self._child or _fork()
        child.tell((deed, braze, trouble, seed))
        ended: Ended = child.hear()
        self._child = child if ended.how == "well" else None
        if self._child is None:
            child.bury()
        return ended

    def end(self) -> None:
        """Nothing more is to be done."""
        if self._child is not None:
            self._child.bury()
            self._child = None


@dataclass(frozen=True, slots=True)
class _Child:
    """A process, as its parent sees it."""

    number: int
    deeds: BinaryIO
    ends: BinaryIO

    def tell(self, what: Any) -> None:
        pickle.dump(what, self.deeds)
        self.deeds.flush()

    def hear(self) -> Any:
        try:
            return pickle.load(self.ends)  # noqa: S301 - of our own child
        except EOFError as error:
            raise RuntimeError("a process of the simulation died without a word") from error

    def bury(self) -> None:
        # A process that hears no more deeds ends.
        self.deeds.close()
        self.ends.close()
        os.waitpid(self.number, 0)


def _fork() -> _Child:
    deeds_in, deeds_out = os.pipe()
    ends_in, ends_out = os.pipe()
    number = os.fork()
    if number == 0:
        os.close(deeds_out)
        os.close(ends_in)
        _do_deeds(os.fdopen(deeds_in, "rb"), os.fdopen(ends_out, "wb"))
    os.close(deeds_in)
    os.close(ends_out)
    return _Child(number, os.fdopen(deeds_out, "wb"), os.fdopen(ends_in, "rb"))


def _do_deeds(deeds: BinaryIO, ends: BinaryIO) -> NoReturn:
    # A process ends with its world: what it would find to throw away is not worth the search.
    gc.disable()
    with suppress(EOFError):
        while True:
            deed, braze, trouble, seed = pickle.load(deeds)  # noqa: S301 - of our own parent
            _Life(braze, trouble, ends).live(deed, seed)
    _REALLY_EXIT(0)


_REALLY_EXIT, _REALLY_OPEN, _REALLY_WRITE, _REALLY_FSYNC = os._exit, os.open, os.write, os.fsync


class _Life:
    """One deed of a process."""

    def __init__(self, braze: FakeBraze, trouble: Trouble, ends: BinaryIO) -> None:
        self._braze = braze
        self._trouble = trouble
        self._ends = ends
        self._steps: Counter[tuple[str, str]] = Counter()
        self._calls = 0
        self._was_full = False
        self._file = ""
        """That was written or synced last."""

    def live(self, deed: Callable[[], Any], seed: int) -> None:
        """Return if the deed ended well."""
        chance = random.Random(seed)
        os.urandom = chance.randbytes
        os._exit = self._die  # type: ignore[assignment]
        os.open, os.write, os.fsync = self._open, self._write, self._fsync  # type: ignore[assignment]
        failpoints.arm("" if self._trouble.fail_point_of else self._trouble.fail_point)
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
        if how != "well":
            _REALLY_EXIT(0)

    def _die(self, code: int) -> NoReturn:
        where = self._trouble.fail_point.partition(":")[0] or "a random moment"
        if where.startswith("file."):
            where = f"{where} of a {self._file}"
        self._steps["crash", f"{self._braze.way.step}, {where}"] += 1
        self._hand_over("crashed", code)
        _REALLY_EXIT(0)

    def _hand_over(self, how: How, report: Any) -> None:
        self._braze.die()
        pickle.dump(Ended(how, report, self._braze, self._steps), self._ends)
        self._ends.flush()

    def _open(self, path: Any, *arguments: Any, **options: Any) -> int:
        if self._trouble.fail_point_of and _plain_name(Path(path)) == self._trouble.fail_point_of:
            failpoints.arm(self._trouble.fail_point)
        return _REALLY_OPEN(path, *arguments, **options)

    def _write(self, descriptor: int, content: Any) -> int:
        self._need_room(descriptor)
        return _REALLY_WRITE(descriptor, content)

    def _fsync(self, descriptor: int) -> None:
        self._need_room(descriptor)
        _REALLY_FSYNC(descriptor)

    def _is_full_for(self, name: str) -> bool:
        trouble, call = self._trouble, self._calls
        self._calls += 1
        if trouble.full_disk_at is not None:
            return call == trouble.full_disk_at or (call > trouble.full_disk_at and trouble.stays_full)
        was_full, self._was_full = self._was_full, self._was_full or name == trouble.full_disk_of
        return trouble.stays_full if was_full else self._was_full

    def _need_room(self, descriptor: int) -> None:
        """Find the disk full if it is time for that."""
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if not path.is_dir():
            self._file = _plain_name(path)
        name = "folder" if path.is_dir() else self._file
        if not self._is_full_for(name):
            return
        self._steps["disk full", f"{self._braze.way.step}, a {name}"] += 1
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _plain_name(path: Path) -> str:
    """A file's kind: what it belongs to, and its name without what differs from world to world."""
    room = next((part.removesuffix("s") for part in path.parts if part in ("ledgers", "plans", "runs")), "")
    name = re.sub(r"-?\d{3,}", "", path.name.strip(".")).removesuffix(".part").strip(".")
    return f"{room}'s {name}"
