"""Running what is due: each missed time is reported, and all of them together are caught up once, never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from tui_app.core.errors import LedgerHeld, StokerError
from tui_app.core.schedule import Schedule, due_times, next_time
from tui_app.store.schedule_book import Entry, ScheduleBook
from tui_app.tasks.resume_run import reopen
from tui_app.tasks.run_unit import Outcome, outcome_of, run_unit, wait_for
from tui_app.wiring import Workplace, start_worker


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is to run now."""

    name: str
    """Of an activation or a group."""
    times: tuple[datetime, ...]
    """The times at which it was to run, the newest last. More than one: the others were missed."""


@dataclass(frozen=True, slots=True)
class Ran:
    """Something that has run."""

    due: Due
    outcomes: tuple[Outcome, ...]


def schedules_of(workplace: Workplace) -> dict[str, Schedule]:
    """Name of an activation or group → its schedule."""
    project = workplace.project
    everything = (*project.activations, *project.groups.values())
    return {each.name: each.schedule for each in everything if each.schedule is not None}


def next_moment(workplace: Workplace, book: ScheduleBook, now: datetime) -> tuple[datetime, str] | None:
    """The next time at which something is due, and its name; None if nothing ever is."""
    entries = book.entries()
    moments = []
    for name, schedule in schedules_of(workplace).items():
        entry = entries.get(name, Entry(settled=now.timestamp()))
        moment = next_time(schedule, _utc(entry.settled), entry.runs)
        if moment is not None:
            moments.append((moment, name))
    return min(moments, default=None)


def run_due(
    workplace: Workplace, book: ScheduleBook, now: Callable[[], datetime], announce: Callable[[Due], None]
) -> Iterator[Ran]:
    """Run everything that is due, one after the other, what was begun before first.

    Whatever is seen for the first time is due from now on, not from the past.

    Args:
        workplace: The project.
        book: Held by the caller.
        now: The time in UTC, asked before each.
        announce: Told what is about to run.

    Raises:
        Damaged: The book is not what was written.
    """
    yield from _finish_what_was_begun(workplace, book, announce)
    for name, schedule in schedules_of(workplace).items():
        entry = book.entries().get(name)
        if entry is None:
            book.note(name, Entry(settled=now().timestamp()))
            continue
        times = due_times(schedule, _utc(entry.settled), now(), entry.runs)
        if times:
            due = Due(name, tuple(times))
            announce(due)
            book.begin(name, times[-1].timestamp())
            outcomes = run_unit(workplace, name, lambda run, name=name: book.note_run(name, run))  # type: ignore[misc]
            book.settle(name, times[-1].timestamp())
            yield Ran(due, tuple(outcomes))


def _finish_what_was_begun(workplace: Workplace, book: ScheduleBook, announce: Callable[[Due], None]) -> Iterator[Ran]:
    """What a schedule that died left behind: a run goes on; what had not begun to send is left to its due time."""
    for name, entry in book.entries().items():
        if entry.begun is None:
            continue
        due = Due(name, (_utc(entry.begun),))
        if entry.run is None:
            # Nothing was sent for it, so it is still due.
            book.note(name, Entry(settled=entry.settled, runs=entry.runs))
            continue
        announce(due)
        outcome = _go_on(workplace, name, entry.run)
        book.settle(name, entry.begun)
        yield Ran(due, (outcome,))


def _go_on(workplace: Workplace, name: str, run_name: str) -> Outcome:
    try:
        run = workplace.runs.find(run_name)
        if run.progress().state == "done":
            return outcome_of(run.record().activation, run, run.progress())
        run = reopen(workplace, run_name)
    except LedgerHeld as held:
        return Outcome(name, "held", held.message, run_name)
    except StokerError as error:
        return Outcome(name, "failed", error.message, run_name)
    return outcome_of(run.record().activation, run, wait_for(run, start_worker(workplace, run)))


def _utc(epoch_seconds: float) -> datetime:
    return datetime.fromtimestamp(epoch_seconds, UTC)
