"""Whom a campaign has reached, as SQL over the log of recipients, for conditions that ask for it."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time

import duckdb
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from tui_app.core.errors import FixInput
from tui_app.core.relative_dates import resolve
from tui_app.core.segment import InCampaign
from tui_app.engine.sql_quoting import sql_literal


def reached_sql(condition: InCampaign, log: str, today: date) -> str:
    """SQL of one column `id`: the customers who are, or were, in the campaign as the condition says, each once.

    Args:
        condition: Its negation does not count here.
        log: SQL of the log of recipients; see `core.plan.LedgerView`.
        today: The day in UTC that relative days count from.

    Raises:
        FixInput: A day means nothing.
    """
    there = _is_there_sql(condition)
    is_there = "was_there" if condition.ever else f"newest <> 'left' AND {there}"
    wanted = [
        is_there,
        *_bounds("entries", (condition.min_entries, condition.max_entries), "<="),
        *_bounds("first_entry", _moments(condition, condition.first_entry, today), "<"),
        *_bounds("last_entry", _moments(condition, condition.last_entry, today), "<"),
    ]
    return f"""SELECT id FROM (
                   SELECT id, arg_max(event, position) AS newest, arg_max(places, position) AS places,
                          bool_or(event <> 'left' AND {there}) AS was_there,
                          count(*) FILTER (event = 'entered') AS entries,
                          min(began) FILTER (event = 'entered') AS first_entry,
                          max(began) FILTER (event = 'entered') AS last_entry
                   FROM ({log}) WHERE campaign = {sql_literal(condition.campaign)} GROUP BY id
               ) WHERE {" AND ".join(wanted)}"""


def load_reached(work: Backend, sql: str) -> ir.Table:
    """What `reached_sql` says as a table that lives as long as the connection of `work`."""
    # An engine that reads a source may open the files of that source and no others.
    with duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False}) as reader:
        ids = reader.execute(sql).to_arrow_table()
    name = f"stoker_reached_{uuid.uuid4().hex}"
    work.con.register(f"{name}_arriving", ids)
    try:
        work.con.execute(f'CREATE TEMP TABLE "{name}" AS FROM "{name}_arriving"')
    finally:
        work.con.unregister(f"{name}_arriving")
    return work.table(name, database=("temp", "main"))


def _is_there_sql(condition: InCampaign) -> str:
    """Whether any of `places` is one that is asked for."""
    asked = [
        f"place[{position}] = {sql_literal(name)}"
        for position, name in ((1, condition.audience), (2, condition.group))
        if name is not None
    ]
    if condition.held_out is not None:
        asked.append(f"place[2] IS {'' if condition.held_out else 'NOT '}NULL")
    if not asked:
        return "true"
    pairs = """from_json(places, '[["VARCHAR"]]')"""
    return f"len(list_filter({pairs}, lambda place: coalesce({' AND '.join(asked)}, false))) > 0"


def _bounds(column: str, bounds: tuple[int | None, int | None], upper: str) -> list[str]:
    low, high = bounds
    lower = [] if low is None else [f"{column} >= {low}"]
    return lower if high is None else [*lower, f"{column} {upper} {high}"]


def _moments(condition: InCampaign, days: tuple[str | None, str | None], today: date) -> tuple[int | None, int | None]:
    """The epoch seconds at which days begin."""
    first, end = (None if day is None else _moment(condition, day, today) for day in days)
    return first, end


def _moment(condition: InCampaign, day: str, today: date) -> int:
    meant = resolve(day, today)
    if meant is None:
        raise FixInput.at(f'campaign "{condition.campaign}": {day!r} is no day.', condition.place, "wrong_value")
    return int(datetime.combine(meant, time(), UTC).timestamp())
