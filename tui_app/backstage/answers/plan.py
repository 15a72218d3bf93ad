"""Answers about plans: make one, look into it page by page, export it."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from tui_app.backstage.desk import Desk
from tui_app.backstage.plan_views import PlanViews
from tui_app.backstage.questions.plan import (
    ChangeFilter,
    ChangeRow,
    ChangeView,
    Exported,
    ExportPlan,
    FindPlan,
    LatestPlan,
    MakePlan,
    OpenChanges,
    PlanSummary,
    ReadChanges,
    SavePlan,
)
from tui_app.backstage.questions.question import Question, UnknownQuestion
from tui_app.core.errors import Damaged, Usage
from tui_app.ports.store import PlanFiles
from tui_app.store.outgoing import newest_send
from tui_app.store.plan_pages import Shown
from tui_app.store.plan_reading import Filter, PlanReader, ShownChange
from tui_app.store.plans import REQUESTS, StoredPlan
from tui_app.store.runs import RunFolder
from tui_app.sync.rooms import activation_named
from tui_app.tasks.new_file import new_private_file, typed_path
from tui_app.tasks.plan_activation import plan_activation
from tui_app.tasks.plan_export import write_plan_csv, write_plan_json
from tui_app.tasks.save_plan import save_plan

_Marks: TypeAlias = tuple[str | tuple[int, int, int] | None, ...]

_views = PlanViews()
_verified: set[_Marks] = set()
"""Of plans whose files were checked against their digests: hashing a gigabyte takes a second."""


def answer(question: Question[Any], desk: Desk) -> object:  # noqa: PLR0911 - one per question
    """See `backstage.questions.plan`."""
    match question:
        case MakePlan(activation):
            return _make(activation, desk)
        case FindPlan(plan):
            return _summary(_found(plan, desk), desk)
        case LatestPlan(activation):
            newest = desk.plans().newest_of(activation)
            return None if newest is None else _summary(newest, desk)
        case OpenChanges(plan, wanted):
            stored = _found(plan, desk)
            return ChangeView(*_views.open(stored, _filter(stored, wanted), desk.cancellation))
        case ReadChanges(view, first, count):
            return tuple(_row(shown) for shown in _views.page(view, first, count, desk.cancellation))
        case ExportPlan():
            return _export(question, desk)
        case SavePlan(plan, folder):
            return str(save_plan(desk.plans().find(plan), typed_path(folder)).folder)
        case _:
            raise UnknownQuestion(question)


def _make(activation: str, desk: Desk) -> PlanSummary:
    began = time.monotonic()
    workplace = desk.workplace()
    made = plan_activation(workplace, activation_named(workplace.project, activation))
    # Its digests were taken a moment ago.
    _verified.add(_marks_of(made))
    return _summary(made, desk, time.monotonic() - began)


def _summary(stored: PlanFiles, desk: Desk, seconds: float | None = None) -> PlanSummary:
    newest = newest_send(stored.folder / REQUESTS)
    summary = PlanSummary(stored.id, str(stored.folder), stored.plan, seconds, newest_send=newest)
    run = _run_of(stored, desk)
    return summary if run is None else replace(summary, run=run.id, run_state=run.progress().state)


def _run_of(stored: PlanFiles, desk: Desk) -> RunFolder | None:
    """The newest run of a plan."""
    for run in reversed(desk.runs().all()):
        try:
            if run.record().fingerprint == stored.fingerprint:
                return run
        except Damaged:
            # Said where runs are listed; other runs can still be read.
            continue
    return None


def _found(name: str, desk: Desk) -> StoredPlan:
    """A plan that is what was written."""
    stored = desk.plans().find(name)
    # Taken before: what changes while it is checked is checked again.
    marks = _marks_of(stored)
    if marks not in _verified:
        stored.verify()
        _verified.add(marks)
    return stored


def _marks_of(stored: PlanFiles) -> _Marks:
    """What becomes different when a file of a plan is written to, replaced or removed."""
    return (
        str(stored.folder),
        stored.fingerprint,
        *(_mark_of(stored.folder / file.name) for file in stored.plan.files),
    )


def _mark_of(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _filter(stored: StoredPlan, wanted: ChangeFilter) -> Filter:
    names = [each.name for each in stored.plan.attributes]
    if wanted.attribute is not None and wanted.attribute not in names:
        raise Usage(f"Attribute {wanted.attribute}: the plan does not send it. It sends: {', '.join(names)}.")
    return Filter(wanted.user, wanted.attribute, wanted.kind)


def _row(shown: Shown) -> ChangeRow:
    if isinstance(shown, ShownChange):
        return ChangeRow(shown.id, shown.kind, shown.before, shown.after, shown.payload)
    reasons = tuple((each.attribute, each.sentence, each.value) for each in shown.reasons)
    return ChangeRow(shown.id or "", "withheld", before="", after="", payload="", reasons=reasons)


def _export(question: ExportPlan, desk: Desk) -> Exported:
    stored = _found(question.plan, desk)
    reader = PlanReader(stored, desk.cancellation.raise_if_cancelled)
    write = write_plan_json if question.format == "json" else write_plan_csv
    path = typed_path(question.path)
    with new_private_file(path) as file:
        rows = write(reader, _filter(stored, question.filter), file)
    return Exported(str(path), rows)
