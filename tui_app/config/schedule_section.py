"""`schedule = …` of an activation or a group: cron, one moment, or cron with a beginning and an end."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

from tui_app.config.cron import problem_of_schedule
from tui_app.config.table import MAX_INTEGER, Range, TableReader
from tui_app.config.wording import kind_of, shown
from tui_app.core.schedule import Schedule

_TIMES: Final = Range(1, MAX_INTEGER)
_EXAMPLES: Final = (
    'schedule = "0 6 * * *" runs every day at 6:00 UTC, schedule = 2027-01-31T06:00:00Z runs once, and schedule = '
    '{ cron = "0 6 * * *", until = 2027-01-31 } ends'
)


def read_schedule(owner: TableReader) -> Schedule | None:
    """The schedule of an activation or a group; None if it runs by hand."""
    value = owner.raw("schedule")
    match value:
        case None:
            return None
        case datetime():
            return Schedule(at=_in_utc(owner, value, "schedule"))
        case str():
            return _cron(owner)
        case dict():
            return _read_table(owner.inner(value, f"{owner.subject}, schedule", "schedule"))
        case _:
            fact = f"schedule is {kind_of(value)}; it must be text in cron's five fields, a moment or a table."
            owner.problem(f"{fact} For example: {_EXAMPLES}.", "wrong_type", "schedule")
            return None


def _cron(owner: TableReader, key: str = "schedule") -> Schedule | None:
    cron = owner.text(key)
    if cron is not None and (fact := problem_of_schedule(cron)) is not None:
        example = f'{key} = "0 6 * * *" runs every day at 6:00 UTC'
        owner.problem(f"{key} {fact}. For example: {example}.", "bad_schedule", key)
    return Schedule(cron=cron)


def _read_table(reader: TableReader) -> Schedule | None:
    if "cron" not in reader:
        reader.problem('key "cron" is missing. Add it, such as cron = "0 6 * * *".', "missing_key")
    cron = _cron(reader, "cron")
    start, until = _day(reader, "start"), _day(reader, "until")
    times = reader.whole("times", _TIMES, None)
    if start is not None and until is not None and until < start:
        fact = f"until is {until.isoformat()}, before start, so it would never run. Change one."
        reader.problem(fact, "out_of_range", "until")
    reader.close()
    return Schedule(cron=cron.cron if cron else None, start=start, until=until, times=times)


def _day(reader: TableReader, key: str) -> date | None:
    value = reader.raw(key)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    reader.problem(f"{key} is {kind_of(value)}; it must be a day, such as 2027-01-31.", "wrong_type", key)
    return None


def _in_utc(owner: TableReader, moment: datetime, key: str) -> datetime:
    if moment.tzinfo is None:
        fact = f"schedule is {shown(moment)}, and nobody can tell in which time zone. Write Z at its end for UTC."
        owner.problem(fact, "bad_schedule", key)
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)
