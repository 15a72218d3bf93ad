"""Answers about runs: begin, watch, steer, resume, report, export."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

from tui_app.backstage.desk import Desk
from tui_app.backstage.questions.plan import Exported
from tui_app.backstage.questions.question import Question, UnknownQuestion
from tui_app.backstage.questions.run import (
    BeginRun,
    ExportRun,
    ListRuns,
    ReadRejected,
    RejectedPage,
    ReportRun,
    ResumeRun,
    RunNews,
    RunReport,
    SteerRun,
    WatchRun,
)
from tui_app.core.errors import Damaged
from tui_app.core.run import Progress, RunRecord, RunTotals
from tui_app.store.runs import RunFolder
from tui_app.sync.apply_plan import Approval
from tui_app.tasks.begin_run import begin
from tui_app.tasks.new_file import new_private_file, typed_path
from tui_app.tasks.resume_run import reopen
from tui_app.tasks.run_export import write_run_csv, write_run_json
from tui_app.tasks.run_report import rejection_reasons
from tui_app.wiring import Workplace, start_worker

_REPLAYS: Final = 2
"""Runs whose journal is kept replayed."""


@dataclass(frozen=True, slots=True)
class _Replay:
    """A journal, as far as it was read."""

    folder: RunFolder
    journal_bytes: int
    totals: RunTotals
    rejected: tuple[tuple[str, str], ...]
    """Customer and reason, in sending order."""


_records: dict[Path, RunRecord] = {}
"""By the run's folder. A record never changes, and a screen that watches asks ten times a second."""
_replays: list[_Replay] = []
"""The newest first."""
_replaying = threading.Lock()


def answer(question: Question[Any], desk: Desk) -> object:  # noqa: PLR0911 - one per question
    """See `backstage.questions.run`."""
    match question:
        case BeginRun():
            return _begin(question, desk)
        case ResumeRun(run):
            workplace = desk.workplace()
            return _started(workplace, reopen(workplace, run))
        case SteerRun(run, wish):
            desk.runs().find(run).leave_wish(wish)
            return None
        case WatchRun(run):
            return _news_of(desk.runs().find(run))
        case ListRuns(limit):
            newest_first = reversed(desk.runs().all())
            return tuple(_news_or_damage(folder) for folder in islice(newest_first, limit))
        case ReportRun(run):
            return _report(desk.runs().find(run))
        case ReadRejected(run, first, count):
            rejected = _replayed(desk.runs().find(run)).rejected
            return RejectedPage(rejected[first : first + count], first, len(rejected))
        case ExportRun():
            return _export(question, desk)
        case _:
            raise UnknownQuestion(question)


def _begin(question: BeginRun, desk: Desk) -> str:
    workplace = desk.workplace()
    stored = workplace.plans.find(question.plan)
    run = begin(workplace, stored, Approval(question.allowed, question.sample))
    return _started(workplace, run) if run.record().rows else run.id


def _started(workplace: Workplace, run: RunFolder) -> str:
    """Start the worker, and see to it that it leaves no zombie when it ends."""
    process = start_worker(workplace, run)
    threading.Thread(target=process.wait, name=f"worker {process.pid}", daemon=True).start()
    return run.id


def _news_of(run: RunFolder) -> RunNews:
    if run.path not in _records:
        _records[run.path] = run.record()
    return RunNews(_records[run.path], run.progress(), run.wish())


def _news_or_damage(run: RunFolder) -> RunNews:
    """A run that cannot be read hides neither itself nor the others."""
    try:
        return _news_of(run)
    except Damaged as error:
        started = run.path.stat().st_mtime
        record = RunRecord(run.id, "", "", "", "", "", "", ledger_serial=0, started=started, rows=0, requests=0)
        return RunNews(record, Progress(state="crashed", note=error.message), "go_on")


def _report(run: RunFolder) -> RunReport:
    replay = _replayed(run)
    return RunReport(_news_of(run), replay.totals, rejection_reasons(replay.rejected))


def _replayed(run: RunFolder) -> _Replay:
    """What the journal says about every customer; replayed again only once it has grown."""
    with _replaying:
        length = run.journal_bytes
        replay = next((each for each in _replays if (each.folder.path, each.journal_bytes) == (run.path, length)), None)
        if replay is None:
            replay = _Replay(run, length, run.answers().totals(), tuple(run.rejected()))
        others = [each for each in _replays if each.folder.path != run.path]
        _replays[:] = [replay, *others][:_REPLAYS]
        return replay


def _export(question: ExportRun, desk: Desk) -> Exported:
    run = desk.runs().find(question.run)
    write = write_run_json if question.format == "json" else write_run_csv
    path = typed_path(question.path)
    with new_private_file(path) as file:
        rows = write(run, file)
    return Exported(str(path), rows)
