"""Plan files: an immutable folder of changes, requests and withheld values under a sealed manifest.

The folder's name ends in the plan's fingerprint, the digest of the manifest, which holds the digest of every file. The
same source, ledger and project give the same bytes, and so the same folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from tui_app.core.errors import Damaged, FixInput, Usage
from tui_app.core.plan import (
    AttributeCounts,
    PlaceCounts,
    Plan,
    PlanCounts,
    PlanFile,
    PlanWarning,
    ReasonCount,
    Refusal,
)
from tui_app.store.files import (
    file_safe,
    private_folder,
    sealed,
    settle,
    sha256_of,
    sync_folder,
    unsealed,
    write_private,
)

FORMAT = 1
MANIFEST = "manifest.json"
CHANGES = "changes.parquet"
REQUESTS = "requests.parquet"
WITHHELD = "withheld.parquet"
RECIPIENTS = "recipients.parquet"
"""Only of campaigns."""


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan on disk."""

    folder: Path
    fingerprint: str
    plan: Plan

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def changes(self) -> Path:
        """One row per customer that is sent; see `core.plan.DiffOutcome`."""
        return self.folder / CHANGES

    @property
    def requests(self) -> Path:
        """One row per request, in order: first int64, rows int32, not_before int64 NULL."""
        return self.folder / REQUESTS

    @property
    def withheld(self) -> Path:
        """One row per withheld value or customer; see `core.plan.DiffOutcome`."""
        return self.folder / WITHHELD

    @property
    def recipients(self) -> Path | None:
        """What the log of recipients lacks; see `core.plan.DiffOutcome`. None: of no campaign."""
        is_there = any(file.name == RECIPIENTS for file in self.plan.files)
        return self.folder / RECIPIENTS if is_there else None

    def verify(self) -> None:
        """Check every file against its digest.

        Raises:
            Damaged: A file is missing or not what was written.
        """
        for file in self.plan.files:
            path = self.folder / file.name
            if not path.is_file() or sha256_of(path) != file.sha256:
                fact = "it is not what Stoker wrote" if path.is_file() else "it is missing"
                raise Damaged(f"Plan file {path}: {fact}. Nothing was sent. {_REMEDY}")


_DRAFT = ".draft-"
_REMEDY = "Plan again; if a run has begun with it, restore its folder from a backup first, since the run needs it."


class PlanStore:
    """The plans of one project."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not exist yet."""
        self._folder = folder

    def draft(self) -> Path:
        """A new private folder beside the plans, for the files of a plan in the making."""
        private_folder(self._folder)
        self._forget_abandoned_drafts()
        return Path(tempfile.mkdtemp(prefix=f"{_DRAFT}{os.getpid()}-", dir=self._folder))

    def discard(self, drafted: Path) -> None:
        """Remove a drafted folder that becomes no plan: it holds customer data."""
        shutil.rmtree(drafted, ignore_errors=True)

    def _forget_abandoned_drafts(self) -> None:
        """Drafts hold customer data; those of processes that died are of no use to anybody."""
        for folder in self._folder.glob(f"{_DRAFT}*"):
            process = folder.name.removeprefix(_DRAFT).partition("-")[0]
            if process.isdigit() and not psutil.pid_exists(int(process)):
                shutil.rmtree(folder, ignore_errors=True)

    def seal(self, drafted: Path, plan: Plan, out: Path | None = None) -> StoredPlan:
        """Make a drafted folder a plan.

        Args:
            drafted: Holds the Parquet files; on the same file system as the store.
            plan: The manifest, without `files`.
            out: Where the plan is wanted; None puts it among the others.
        """
        files = []
        for name, rows in _rows_of(drafted):
            settle(drafted / name)
            files.append(PlanFile(name, sha256_of(drafted / name), rows))
        complete = replace(plan, files=tuple(files))
        content = sealed({"format": FORMAT, **asdict(complete)})
        fingerprint = hashlib.sha256(content).hexdigest()
        write_private(drafted / MANIFEST, content)
        target = out or self._folder / f"{file_safe(plan.activation)}-{fingerprint[:12]}"
        self._place(drafted, target)
        return StoredPlan(target.resolve(), fingerprint, complete)

    def find(self, name: str) -> StoredPlan:
        """A plan by path, by id or by the beginning of an id.

        Raises:
            Usage: There is none, or several.
            Damaged: Its manifest is not what was written.
        """
        path = Path(name)
        if (path / MANIFEST).is_file():
            return load_plan(path.resolve())
        if path.name == MANIFEST and path.is_file():
            return load_plan(path.parent.resolve())
        # Drafts, whose names begin with a dot, are no plans yet.
        known = sorted(self._folder.glob("[!.]*"))
        matches = [each for each in known if each.name == name] or [
            each for each in known if each.name.startswith(name) or each.name.rpartition("-")[2].startswith(name)
        ]
        if len(matches) != 1:
            fact = "there are several" if matches else "there is none"
            raise Usage(
                f"Plan {name!r}: {fact} of that name or path. Nothing was done. Make one with: stoker plan ACTIVATION"
            )
        return load_plan(matches[0])

    def newest_of(self, activation: str) -> StoredPlan | None:
        """The plan of an activation that was made last, of those whose manifests can be read; None: there is none."""
        manifests = [folder / MANIFEST for folder in self._folder.glob(f"{file_safe(activation)}-*")]
        for manifest in sorted(filter(Path.is_file, manifests), key=_written, reverse=True):
            try:
                stored = load_plan(manifest.parent)
            except (Damaged, FixInput):
                continue
            # Names that a file system cannot tell apart begin alike.
            if stored.plan.activation == activation:
                return stored
        return None

    def require_free(self, out: Path) -> None:
        """Make sure that a plan may be written there: it is no folder yet, an empty one, or one with another plan.

        Raises:
            FixInput: Something else is there.
        """
        if out.is_symlink() or (out.exists() and not out.is_dir()):
            raise FixInput.at(f"{out}: it is not a folder. No plan was written. Name another folder with --out.")
        names = {path.name for path in out.iterdir()} if out.exists() else set()
        # Others have a manifest.json too: only what is a plan and nothing else is replaced.
        if names and names - {RECIPIENTS} != {MANIFEST, CHANGES, REQUESTS, WITHHELD}:
            raise FixInput.at(
                f"{out}: the folder holds other files. No plan was written. Name an empty folder with --out."
            )

    def _place(self, drafted: Path, target: Path) -> None:
        self.require_free(target)
        if target.exists():
            shutil.rmtree(target)
        private_folder(target.parent)
        if drafted.stat().st_dev != target.parent.stat().st_dev:
            drafted = _moved_beside(drafted, target)
        drafted.rename(target)
        target.chmod(0o700)
        sync_folder(target.parent)


def load_plan(folder: Path) -> StoredPlan:
    """Read a plan's manifest. Its files are verified by `StoredPlan.verify`.

    Raises:
        Damaged: The manifest is not what was written.
    """
    path = folder / MANIFEST
    document = unsealed(path, "Plan manifest")
    if document.pop("format", None) != FORMAT:
        raise FixInput.at(f"Plan {folder}: it was written by another version of Stoker. Nothing was sent. Plan again.")
    fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()
    return StoredPlan(folder, fingerprint, _plan_of(document))


def _moved_beside(drafted: Path, target: Path) -> Path:
    """A durable copy of a drafted folder on the file system of `target`; the draft itself is gone."""
    beside = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=target.parent))
    try:
        for path in drafted.iterdir():
            shutil.copyfile(path, beside / path.name)
            settle(beside / path.name)
        sync_folder(beside)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    shutil.rmtree(drafted)
    return beside


def _written(path: Path) -> int:
    return path.stat().st_mtime_ns


def _plan_of(document: Mapping[str, Any]) -> Plan:
    try:
        return Plan(
            **{
                **document,
                "counts": PlanCounts(**document["counts"]),
                "attributes": tuple(AttributeCounts(**each) for each in document["attributes"]),
                "reasons": tuple(ReasonCount(**each) for each in document["reasons"]),
                "warnings": tuple(PlanWarning(**each) for each in document["warnings"]),
                "refusals": tuple(Refusal(**each) for each in document["refusals"]),
                "files": tuple(PlanFile(**each) for each in document["files"]),
                "places": tuple(PlaceCounts(**each) for each in document.get("places", ())),
            }
        )
    except (KeyError, TypeError) as error:
        raise Damaged(f"Plan manifest: a part is missing. Nothing was sent. {_REMEDY}") from error


def _rows_of(folder: Path) -> list[tuple[str, int]]:
    import pyarrow.parquet

    names = [CHANGES, REQUESTS, WITHHELD, *([RECIPIENTS] if (folder / RECIPIENTS).exists() else [])]
    return [(name, pyarrow.parquet.read_metadata(folder / name).num_rows) for name in names]
