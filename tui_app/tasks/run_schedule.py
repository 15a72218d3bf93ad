"""Running what is due: each missed time is reported, and all of them together are caught up once, never twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from tui_app.core.digest import digest_of
from tui_app.core.errors import StokerError
from tui_app.core.schedule import Schedule, due_times, next_time
from tui_app.store.schedule_book import Entry, ScheduleBook
from tui_app.tasks.run_unit import Outcome, activations_of, finish, run_unit
from tui_app.wiring import Workplace


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
    moments = []
    for name, schedule in schedules_of(workplace).items():
        entry = _entry(book, name, schedule) or Entry(settled=now.timestamp())
        moment = next_time(schedule, _utc(entry.settled), entry.runs)
        if moment is not None:
            moments.append((moment, name))
    return min(moments, default=None)


def run_due(
    workplace: Workplace, book: ScheduleBook, now: Callable[[], datetime], announce: Callable[[Due], None]
) -> Iterator[Ran]:
    """Run everything that is due, one after the other, what was begun before first.

    What is seen for the first time, or with another schedule than before, is due from now on, not from the past.

    Args:
        workplace: The project.
        book: Held by the caller.
        now: The time in UTC, asked before each.
        announce: Told what is about to run.

    Raises:
        Damaged: The book is not what was written.
    """
    schedules = schedules_of(workplace)
    yield from _finish_what_was_begun(workplace, book, announce)
    book.forget(book.entries().keys() - schedules.keys())
    for name, schedule in schedules.items():
        moment = now()
        entry = _entry(book, name, schedule)
        if entry is None:
            book.note(name, Entry(settled=moment.timestamp(), schedule=digest_of(schedule)))
            continue
        times = due_times(schedule, _utc(entry.settled), moment, entry.runs)
        if not times:
            continue
        due = Due(name, tuple(times))
        announce(due)
        if schedule.until is not None and moment.date() > schedule.until:
            book.note(name, replace(entry, settled=moment.timestamp()))
            yield Ran(due, (Outcome(name, "missed", "It was missed, and its last day has passed."),))
            continue
        book.begin(name, times[-1].timestamp())
        outcomes = run_unit(workplace, name, partial(book.note_step, name))
        book.settle(name, moment.timestamp())
        yield Ran(due, tuple(outcomes))


def _entry(book: ScheduleBook, name: str, schedule: Schedule) -> Entry | None:
    """What the book says of a schedule; nothing if it was another one then."""
    entry = book.entries().get(name)
    return entry if entry is not None and entry.schedule == digest_of(schedule) else None


def _finish_what_was_begun(workplace: Workplace, book: ScheduleBook, announce: Callable[[Due], None]) -> Iterator[Ran]:
    """What a schedule that died left behind goes on where it was, and so does the rest of its group."""
    for name, entry in book.entries().items():
        if entry.begun is None:
            continue
        due = Due(name, (_utc(entry.begun),))
        announce(due)
        outcomes = _go_on(workplace, book, name, entry)
        book.settle(name, max(entry.begun, entry.settled))
        yield Ran(due, tuple(outcomes))


def _go_on(workplace: Workplace, book: ScheduleBook, name: str, entry: Entry) -> list[Outcome]:
    note_step = partial(book.note_step, name)
    try:
        activations, stops = activations_of(workplace, name)
        if entry.run is None:
            return run_unit(workplace, name, note_step, start=entry.position)
        finished = finish(workplace, workplace.runs.find(entry.run))
    except StokerError as error:
        return [Outcome(name, "failed", error.message, entry.run)]
    is_last = entry.position + 1 >= len(activations)
    if is_last or (stops and not finished.may_go_on):
        return [finished]
    return [finished, *run_unit(workplace, name, note_step, start=entry.position + 1)]


def _utc(epoch_seconds: float) -> datetime:
    return datetime.fromtimestamp(epoch_seconds, UTC)
