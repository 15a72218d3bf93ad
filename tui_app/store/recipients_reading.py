"""Looking into the log of recipients, without loading it: who is in a campaign now, or all that ever happened."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tui_app.core.known_rows import recipients_sql
from tui_app.core.plan import LedgerView
from tui_app.store.plan_reading import plan_engine

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A sub-audience and the group in it that a recipient is in."""

    audience: str
    group: str | None
    """None: held out."""


@dataclass(frozen=True, slots=True)
class ShownRecipient:
    """One customer as he is in the campaign now, or one event of the log."""

    id: str
    event: str
    """entered, moved or left: what happened last."""
    places: tuple[ShownPlace, ...]
    """Where that took him; of left, from where."""
    run: str
    began: int
    """Epoch seconds at which the run began."""
    entries: int
    """How often he has come into the campaign so far."""


@dataclass(frozen=True, slots=True)
class PlaceTally:
    """How many customers are in one place now."""

    place: ShownPlace
    customers: int


class RecipientsReader:
    """The log of one campaign."""

    def __init__(self, view: LedgerView, campaign: str) -> None:
        """Of the campaign of this name, in the ledger that `view` shows."""
        self._log = recipients_sql(view)
        self._campaign = campaign

    def now(self, user: str | None = None, limit: int | None = None) -> Iterator[ShownRecipient]:
        """Everybody who is in the campaign, by id."""
        return self._rows(f"{self._latest()} WHERE event <> 'left'", "id", user, limit)

    def history(self, user: str | None = None, limit: int | None = None) -> Iterator[ShownRecipient]:
        """Every event, oldest first."""
        entries = "count(*) FILTER (event = 'entered') OVER (PARTITION BY id ORDER BY position)"
        events = f"SELECT id, event, places, run, began, {entries} AS entries, position FROM ({self._events()})"
        return self._rows(events, "position, id", user, limit)

    def tallies(self) -> tuple[PlaceTally, ...]:
        """How many are in each place now, most first."""
        if self._log is None:
            return ()
        place = "unnest(from_json(places, '[\"JSON\"]'))::VARCHAR"
        with plan_engine() as connection:
            rows = connection.execute(
                f"""SELECT place, count(*) FROM (SELECT {place} AS place FROM ({self._latest()}) WHERE event <> 'left')
                    GROUP BY place ORDER BY count(*) DESC, place""",
                self._parameters(),
            ).fetchall()
        return tuple(PlaceTally(ShownPlace(*json.loads(text)), count) for text, count in rows)

    def _events(self) -> str:
        return f"SELECT * FROM ({self._log}) WHERE campaign = $campaign"

    def _latest(self) -> str:
        newest = ", ".join(f"arg_max({name}, position) AS {name}" for name in ("event", "places", "run", "began"))
        entries = "count(*) FILTER (event = 'entered') AS entries"
        return f"SELECT * FROM (SELECT id, {newest}, {entries} FROM ({self._events()}) GROUP BY id)"

    def _parameters(self, **others: Any) -> dict[str, Any]:
        return {"campaign": self._campaign, **others}

    def _rows(self, rows: str, order: str, user: str | None, limit: int | None) -> Iterator[ShownRecipient]:
        if self._log is None:
            return
        whose = "" if user is None else "WHERE id = $user"
        most = "" if limit is None else f"LIMIT {limit}"
        given = self._parameters() if user is None else self._parameters(user=user)
        with plan_engine() as connection:
            cursor = connection.execute(
                f"SELECT id, event, places, run, began, entries FROM ({rows}) {whose} ORDER BY {order} {most}", given
            )
            while block := cursor.fetchmany(_ROWS_AT_ONCE):
                for customer_id, event, places, run, began, entries in block:
                    shown = tuple(ShownPlace(*place) for place in json.loads(places))
                    yield ShownRecipient(customer_id, event, shown, run, began, entries)
