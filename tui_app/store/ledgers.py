"""The ledgers of one project: one per workspace, each held by at most one process while it changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tui_app.core.plan import LedgerState, LedgerView
from tui_app.core.project import Destination
from tui_app.ports.clock import Clock
from tui_app.store.fold import FoldedRun, FoldLimits, fold
from tui_app.store.ledger import Binding, Ledger
from tui_app.store.lock import LedgerLock
from tui_app.store.runs import RunStore


@dataclass(frozen=True, slots=True)
class HeldLedger:
    """A ledger that only this process may change."""

    ledger: Ledger
    token: int
    limits: FoldLimits
    runs: RunStore
    clock: Clock

    def fold(self, run: str, key_fingerprint: str | None) -> None:
        """Make what the run of this name got acknowledged the next serial; see `fold.fold`."""
        folder = self.runs.find(run)
        answers, clock = folder.answers(), self.clock.reading()
        began = folder.record().started
        folded = FoldedRun(run, began, folder.plan(), answers, key_fingerprint, folder.journal_bytes, clock)
        fold(self.ledger, folded, self.token, self.limits)


class LedgerHome:
    """The ledger of one workspace, with its lock."""

    def __init__(self, state: Path, destination: Destination, limits: FoldLimits, clock: Clock) -> None:
        """Find the ledger of `destination` in a project's state folder; it need not exist yet."""
        binding = Binding(destination.name, destination.endpoint, destination.identifier)
        self._ledger = Ledger(state / "ledgers" / binding.folder_name, binding)
        self._runs = RunStore(state / "runs")
        self._limits = limits
        self._clock = clock

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
            manifest.clock,
        )

    def view(self) -> LedgerView:
        """What it knows, as verified files."""
        return self._ledger.view()

    @contextmanager
    def held(self, purpose: str) -> Iterator[HeldLedger]:
        """Keep others from changing it; see `lock.LedgerLock`."""
        ledger = self._ledger
        with LedgerLock(ledger.folder, purpose, self._clock.epoch_seconds(), lambda: ledger.manifest().token) as lock:
            ledger.prepare()
            yield HeldLedger(ledger, lock.token, self._limits, self._runs, self._clock)
