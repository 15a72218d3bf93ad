"""The ledgers of one project: one per workspace, each held by at most one process while it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tui_app.core.plan import LedgerState, LedgerView
from tui_app.core.project import Destination
from tui_app.store.fold import FoldedRun, FoldLimits, fold
from tui_app.store.ledger import Binding, Ledger
from tui_app.store.lock import LedgerLock
from tui_app.store.runs import RunFolder


@dataclass(frozen=True, slots=True)
class HeldLedger:
    """A ledger that only this process may change."""

    ledger: Ledger
    token: int
    limits: FoldLimits

    def fold(self, run: RunFolder, key_fingerprint: str | None) -> None:
        """Make what `run` got acknowledged the next serial; see `fold.fold`."""
        fold(
            self.ledger,
            FoldedRun(run.id, run.plan(), run.answers(), key_fingerprint, run.journal_bytes),
            self.token,
            self.limits,
        )


class LedgerHome:
    """The ledger of one workspace, with its lock."""

    def __init__(self, folder: Path, destination: Destination, limits: FoldLimits, now: Callable[[], float]) -> None:
        """Find the ledger of `destination` in the folder of all ledgers; it need not exist yet."""
        binding = Binding(destination.name, destination.endpoint, destination.identifier)
        self._ledger = Ledger(folder / binding.folder_name, binding)
        self._limits = limits
        self._now = now

    @property
    def name(self) -> str:
        """Of its folder."""
        return self._ledger.folder.name

    def state(self) -> LedgerState:
        """Lineage, serial and whom it was last written for."""
        manifest = self._ledger.manifest()
        return LedgerState(
            manifest.lineage,
            manifest.serial,
            manifest.key_fingerprint,
            manifest.last_run,
            manifest.last_run_bytes,
        )

    def view(self) -> LedgerView:
        """What it knows, as verified files."""
        return self._ledger.view()

    @contextmanager
    def held(self, purpose: str) -> Iterator[HeldLedger]:
        """Keep others from changing it; see `lock.LedgerLock`."""
        with LedgerLock(self._ledger.folder, purpose, self._now()) as lock:
            yield HeldLedger(self._ledger, lock.token, self._limits)
