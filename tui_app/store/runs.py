"""Runs: one folder each, with what is applied, the journal, the progress that others watch and the wish they leave.

`run.json` is written once. `journal` is the truth about what was sent. `status.json` is what the worker says about
itself, replaced several times a second and not relied upon after a crash. `wish` is how others steer the worker.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path

import psutil

from tui_app.core.errors import Damaged, Usage
from tui_app.core.run import Opened, Progress, RunRecord, Wish
from tui_app.store.acknowledged import write_acknowledged
from tui_app.store.answers import Answers, answers_of
from tui_app.store.files import private_folder, sealed, sync_folder, unsealed, write_private
from tui_app.store.journal import Journal, read_journal
from tui_app.store.outgoing import Request, data_points_of, ids_of, request_starts, unsettled_requests
from tui_app.store.plans import StoredPlan, load_plan


class RunFolder:
    """One run's files."""

    def __init__(self, path: Path) -> None:
        """`path` is the run's folder."""
        self.path = path

    @property
    def id(self) -> str:
        """The run's name."""
        return self.path.name

    @property
    def journal(self) -> Path:
        """What was dispatched and answered."""
        return self.path / "journal"

    @property
    def has_journal(self) -> bool:
        """Whether a worker has begun."""
        return self.journal.exists()

    @property
    def journal_bytes(self) -> int:
        """How long the journal is; it only grows."""
        return self.journal.stat().st_size if self.has_journal else 0

    @property
    def log(self) -> Path:
        """The worker's own log: counts and causes, no values."""
        return self.path / "worker.log"

    def record(self) -> RunRecord:
        """What the run applies.

        Raises:
            Damaged: It is not what was written.
        """
        document = unsealed(self.path / "run.json", "Run record")
        try:
            return RunRecord(**{**document, "allowed": tuple(document["allowed"])})
        except (KeyError, TypeError) as error:
            raise Damaged(f"Run record {self.path}: a part is missing. Nothing of it was used.") from error

    def write_record(self, record: RunRecord) -> None:
        """Write it, once."""
        write_private(self.path / "run.json", sealed(asdict(record)))

    def progress(self) -> Progress:
        """What the worker said last; a worker that died without a word is `crashed`."""
        said = self._said()
        if said.has_ended or _is_alive(said.process, said.process_started):
            return said
        if said.process == 0 and not self.journal.exists():
            return said
        return replace(said, state="crashed", note="The worker died. `stoker resume` goes on where it was.")

    def say(self, progress: Progress) -> None:
        """Replace what the worker says. Not fsynced: it is news, not memory.

        Raises:
            OSError: The disk is full or gone. What was said before stays.
        """
        temporary = self.path / ".status.part"
        temporary.write_text(json.dumps(asdict(progress)), encoding="utf-8")
        temporary.replace(self.path / "status.json")

    def wish(self) -> Wish:
        """What others want of the worker."""
        try:
            text = (self.path / "wish").read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return "go_on"
        return "stop" if text == "stop" else "pause" if text == "pause" else "go_on"

    def leave_wish(self, wish: Wish) -> None:
        """Steer the worker; it looks several times a second."""
        write_private(self.path / "wish", wish.encode())

    def plan(self) -> StoredPlan:
        """The plan that it applies.

        Raises:
            Damaged: It is missing, or not what the run began with.
        """
        record = self.record()
        stored = load_plan(Path(record.plan))
        if stored.fingerprint != record.fingerprint:
            raise Damaged(
                f"Run {self.id}: the plan in {record.plan} is another one than it began with. Nothing was sent."
            )
        return stored

    def answers(self) -> Answers:
        """Replay the journal.

        Raises:
            Damaged: Journal or plan are not what was written.
        """
        stored = self.plan()
        records = read_journal(self.journal) if self.has_journal else []
        if records and not (isinstance(records[0], Opened) and records[0].plan == stored.fingerprint):
            raise Damaged(f"Journal {self.journal}: it belongs to another plan. Nothing of it was used.")
        return answers_of(records, request_starts(stored), data_points_of(stored), self.record().sample)

    def write_acknowledged(self, path: Path, *, updates_only: bool = False) -> None:
        """See `ports.store.RunFiles.write_acknowledged`.

        Raises:
            Damaged: Journal or plan are not what was written.
        """
        write_acknowledged(self.plan().changes, self.answers(), path, updates_only=updates_only)

    def open_journal(self) -> Journal:
        """Go on with the journal, or begin it."""
        return Journal(self.journal)

    def unsettled(self) -> Iterator[Request]:
        """Requests that still need an answer, ascending by number."""
        return unsettled_requests(self.plan(), self.answers(), self.record().sample)

    def rejected(self) -> Iterator[tuple[str, str]]:
        """Customers that Braze refused, with its reason, in sending order."""
        reasons = self.answers().reasons
        if reasons:
            yield from zip(ids_of(self.plan(), sorted(reasons)), (reasons[row] for row in sorted(reasons)), strict=True)

    def _said(self) -> Progress:
        try:
            document = json.loads((self.path / "status.json").read_bytes())
        except (OSError, ValueError):
            return Progress()
        known = {each.name for each in fields(Progress)}
        return _progress_of({name: value for name, value in document.items() if name in known})


class RunStore:
    """The runs of one project, oldest first."""

    def __init__(self, folder: Path) -> None:
        """`folder` need not exist yet."""
        self._folder = folder

    def create(self, record: RunRecord) -> RunFolder:
        """Make a run's folder and write its record."""
        run = RunFolder(private_folder(self._folder / record.run))
        run.write_record(record)
        sync_folder(self._folder)
        return run

    def all(self) -> list[RunFolder]:
        """Every run that has a record."""
        if not self._folder.is_dir():
            return []
        return [RunFolder(path) for path in sorted(self._folder.iterdir()) if (path / "run.json").exists()]

    def find(self, name: str) -> RunFolder:
        """A run by its name, or by a part of it that only one has; `last` is the newest.

        Raises:
            Usage: There is none, or several.
        """
        runs = self.all()
        if name == "last" and runs:
            return runs[-1]
        matches = [run for run in runs if run.id == name] or [run for run in runs if name and name in run.id]
        if len(matches) != 1:
            fact = "there are several" if matches else "there is none"
            raise Usage(f"Run {name!r}: {fact} of that name. Nothing was done. List them with: stoker runs")
        return matches[0]


def process_mark(process: int | None = None) -> tuple[int, float]:
    """Number and start time of a process (None: this one), for `Progress`."""
    found = psutil.Process(process)
    return found.pid, found.create_time()


def _is_alive(process: int, started: float) -> bool:
    if process <= 0:
        return False
    try:
        found = psutil.Process(process)
        return found.create_time() == started and found.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _progress_of(document: Mapping[str, object]) -> Progress:
    recent = document.get("recent_rejections")
    rejections = tuple((str(each[0]), str(each[1])) for each in recent) if isinstance(recent, list) else ()
    return Progress(**{**document, "recent_rejections": rejections})  # type: ignore[arg-type] # written by `say`
