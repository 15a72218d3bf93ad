"""The ledger of one workspace: per customer and attribute, the last value that Braze acknowledged.

The values lie in Parquet files under a manifest that is swapped atomically, so a reader sees serial n or n + 1 and
never something between. Files of serial n - 1 are kept until n + 1 is written. An empty ledger has no files at all.

A fold of few customers does not write the snapshot anew: their rows go into a delta beside it, which holds every row
that is newer than the snapshot. So there is at most one of each per serial.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tui_app.core.clock_reading import ClockReading
from tui_app.core.digest import digest_of
from tui_app.core.errors import Damaged, FixInput, Refused
from tui_app.core.plan import LedgerView
from tui_app.store.files import file_safe, private_folder, sealed, settle, sha256_of, unsealed, write_private

FORMAT = 2
_FORMAT_WITHOUT_DELTA = 1
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Binding:
    """The workspace that a ledger speaks of. Another endpoint or kind of identifier is another ledger."""

    destination: str
    endpoint: str
    identifier: str

    @property
    def folder_name(self) -> str:
        """Readable and unique."""
        return f"{file_safe(self.destination)}-{digest_of(self.endpoint, self.identifier)[:10]}"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the ledger and what it must be."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """One state of a ledger."""

    endpoint: str
    identifier: str
    lineage: str = ""
    serial: int = 0
    token: int = 0
    """Fencing token of the writer that committed it."""
    key_fingerprint: str | None = None
    """Of the API key that the last run used."""
    columns: Mapping[str, str] = field(default_factory=dict)
    snapshot: StoredFile | None = None
    delta: StoredFile | None = None
    customers: int = 0
    """In snapshot and delta together."""
    known: Mapping[str, int] = field(default_factory=dict)
    """Attribute → customers of whom a value is known. Empty: not counted yet, by a version that did not."""
    doubt: StoredFile | None = None
    refused: StoredFile | None = None
    recipients: StoredFile | None = None
    recent_recipients: StoredFile | None = None
    sent_rows: StoredFile | None = None
    recent_sent_rows: StoredFile | None = None
    mappings: Mapping[str, str] = field(default_factory=dict)
    last_run: str | None = None
    """The run whose acknowledgements were folded last."""
    last_run_bytes: int = 0
    """How much of its journal was folded; a longer one holds more."""
    clock: ClockReading = field(default_factory=ClockReading)
    """By which `sent_at` of every customer is kept."""


class Ledger:
    """Reads and commits the ledger in one folder."""

    def __init__(self, folder: Path, binding: Binding) -> None:
        """`folder` need not exist yet."""
        self.folder = folder
        self.binding = binding

    def manifest(self) -> Manifest:
        """The current state.

        Raises:
            Damaged: The manifest is missing although the ledger has files, or it is not what was written.
        """
        path = self.folder / _MANIFEST
        if not path.exists():
            if self.folder.is_dir() and any(self.folder.glob("*.parquet")):
                raise Damaged(
                    f"Ledger {self.folder}: {_MANIFEST} is missing, but its data files are there. Nothing was used. "
                    "Restore the file from a backup."
                )
            return Manifest(self.binding.endpoint, self.binding.identifier)
        document = unsealed(path, "Ledger manifest")
        written_as = document.pop("format", None)
        if written_as == _FORMAT_WITHOUT_DELTA:
            snapshot = document["snapshot"]
            document |= {"delta": None, "customers": snapshot["rows"] if snapshot else 0, "known": {}}
        elif written_as != FORMAT:
            raise FixInput.at(
                f"Ledger {self.folder}: another version of Stoker wrote it. Nothing was used. Install that version."
            )
        stored = {name: StoredFile(**document[name]) if document.get(name) else None for name in _FILES}
        clock = ClockReading(**document.get("clock", {}))
        return Manifest(**{**document, **stored, "clock": clock})

    def prepare(self) -> None:
        """Write the manifest of an empty ledger, so that files without a manifest are always damage."""
        if not (self.folder / _MANIFEST).exists():
            self._write(self.manifest())

    def view(self) -> LedgerView:
        """The current state as files for an engine, each verified against its checksum.

        Raises:
            Damaged: A file is missing or is not what was written.
        """
        manifest = self.manifest()
        return LedgerView(
            lineage=manifest.lineage,
            serial=manifest.serial,
            columns=manifest.columns,
            customers=manifest.customers,
            known=manifest.known,
            mappings=manifest.mappings,
            **{name: self._verified(getattr(manifest, name)) for name in _FILES},
        )

    def seal(self, path: Path, rows: int) -> StoredFile:
        """Make a new file of this folder durable and describe it."""
        settle(path)
        return StoredFile(path.name, sha256_of(path), rows)

    def commit(self, manifest: Manifest, token: int) -> Manifest:
        """Swap in `manifest` as the next serial.

        Args:
            manifest: The new state; `serial`, `token` and a first `lineage` are set here.
            token: Of the lock that the caller holds.

        Raises:
            Refused: A newer writer has committed; this one has lost its lock.
        """
        current = self.manifest()
        if current.token > token or current.serial != manifest.serial:
            raise Refused(
                f"Ledger {self.folder.name}: another process has written serial {current.serial} meanwhile. "
                "This one's result was dropped. Plan again."
            )
        committed = replace(
            manifest, serial=manifest.serial + 1, token=token, lineage=manifest.lineage or uuid.uuid4().hex
        )
        self._write(committed)
        self._forget_all_but(current, committed)
        return committed

    def _write(self, manifest: Manifest) -> None:
        private_folder(self.folder)
        write_private(self.folder / _MANIFEST, sealed({"format": FORMAT, **asdict(manifest)}))

    def _verified(self, stored: StoredFile | None) -> str | None:
        if stored is None:
            return None
        path = self.folder / stored.name
        if not path.is_file() or sha256_of(path) != stored.sha256:
            fact = "it is not what Stoker wrote" if path.is_file() else "it is missing"
            raise Damaged(f"Ledger file {path}: {fact}. Nothing of it was used. Restore it from a backup.")
        return str(path)

    def _forget_all_but(self, *manifests: Manifest) -> None:
        named = {getattr(manifest, name) for manifest in manifests for name in _FILES}
        kept = {stored.name for stored in named if stored}
        for path in self.folder.glob("*.parquet"):
            if path.name not in kept:
                path.unlink()


_FILES = (
    "snapshot", "delta", "doubt", "refused", "recipients", "recent_recipients", "sent_rows", "recent_sent_rows",
)  # fmt: skip
