"""What is settled of each schedule: up to when, how often it ran, and what was begun and not ended.

Written before and after each run, so that a schedule that dies neither forgets a run nor begins one twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from tui_app.core.errors import Damaged, LedgerHeld
from tui_app.store.files import private_folder, sealed, unsealed, write_private

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One scheduled activation or group."""

    settled: float
    """Epoch seconds: no time up to here is due any more."""
    schedule: str = ""
    """Digest of its schedule. Another schedule counts from when it is first seen."""
    runs: int = 0
    begun: float | None = None
    """The due time that is being run; None: nothing is."""
    position: int = 0
    """Of a group: which of its activations is being run."""
    run: str | None = None
    """The run that was begun for that activation, as soon as there is one."""


class ScheduleBook:
    """The schedules of one project."""

    def __init__(self, state: Path) -> None:
        """`state` is the project's state folder."""
        folder = private_folder(state / "schedule")
        self._path = folder / "book.json"
        self._lock = FileLock(folder / "lock", mode=0o600)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only one who runs what is due.

        Raises:
            LedgerHeld: Another process does.
        """
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise LedgerHeld(
                "Another `stoker schedule` runs what is due in this project. Nothing was done. Stop that one first."
            ) from error
        try:
            yield
        finally:
            self._lock.release()

    def entries(self) -> dict[str, Entry]:
        """By name of the activation or group.

        Raises:
            Damaged: The file is not what was written.
        """
        if not self._path.exists():
            return {}
        document = unsealed(self._path, "Schedule book")
        try:
            return {name: Entry(**entry) for name, entry in document["entries"].items()}
        except (KeyError, TypeError, AttributeError) as error:
            raise Damaged(f"Schedule book {self._path}: a part is missing. Restore it from a backup.") from error

    def note(self, name: str, entry: Entry) -> None:
        """Write one entry; it is on disk when this returns."""
        self._write({**self.entries(), name: entry})

    def forget(self, names: Collection[str]) -> None:
        """Drop entries of what has no schedule any more."""
        self._write({name: entry for name, entry in self.entries().items() if name not in names})

    def begin(self, name: str, due: float) -> None:
        """Note that the run of a due time begins."""
        self.note(name, replace(self.entries()[name], begun=due, position=0, run=None))

    def note_step(self, name: str, position: int, run: str | None) -> None:
        """Note which activation of the unit is being run, and its run once there is one."""
        self.note(name, replace(self.entries()[name], position=position, run=run))

    def settle(self, name: str, until: float) -> None:
        """Note that it has run, and that nothing up to `until` is due any more."""
        entry = self.entries()[name]
        self.note(name, Entry(settled=until, schedule=entry.schedule, runs=entry.runs + 1))

    def _write(self, entries: Mapping[str, Entry]) -> None:
        document = {"format": _FORMAT, "entries": {name: asdict(entry) for name, entry in entries.items()}}
        write_private(self._path, sealed(document))
