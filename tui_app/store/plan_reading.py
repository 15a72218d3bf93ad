"""Looking into a plan: one customer, one kind, one attribute, all of it, without loading it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from tui_app.core.change import Kind, pointer_to
from tui_app.store.plans import StoredPlan

_ROWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are wanted; None wants all."""

    user: str | None = None
    """An identifier; for user_alias also the alias name alone."""
    attribute: str | None = None
    kind: Kind | Literal["withheld"] | None = None

    @property
    def has_changes(self) -> bool:
        """Whether customers that are sent are wanted."""
        return self.kind != "withheld"

    @property
    def has_withheld(self) -> bool:
        """Whether what is not sent is wanted: by its kind, or because everything about one customer is."""
        return self.kind == "withheld" or (self.user is not None and self.kind is None)


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One customer that is sent."""

    id: str
    kind: Kind
    before: str
    """JSON object of the changed attributes' last acknowledged values."""
    after: str
    """JSON object of what they become; null clears."""
    payload: str
    """The exact JSON object that is sent."""


@dataclass(frozen=True, slots=True)
class ShownWithheld:
    """One value, or one customer, that is not sent."""

    id: str | None
    attribute: str | None
    """None: the whole customer."""
    code: str
    sentence: str
    value: str | None


class PlanReader:
    """Reads the files of one plan.

    Args:
        stored: Verified.
        keep_on: Called every thousand rows; what it raises ends the reading.
    """

    def __init__(self, stored: StoredPlan, keep_on: Callable[[], None] = lambda: None) -> None:
        self._stored = stored
        self._keep_on = keep_on

    def count_changes(self, wanted: Filter) -> int:
        """How many customers `changes` would give without a limit."""
        where, values = changes_condition(self._stored, wanted)
        return int(self._rows(f"SELECT count(*) FROM {self._changes} {where}", values)[0][0])

    def changes(self, wanted: Filter, limit: int | None = None) -> Iterator[ShownChange]:
        """Customers that are sent, in sending order."""
        where, values = changes_condition(self._stored, wanted)
        sql = f"SELECT {shown_columns(self._stored, wanted)} FROM {self._changes} {where} {_limit(limit)}"
        for row in self._stream(sql, values):
            yield ShownChange(*row)

    def count_withheld(self, wanted: Filter) -> int:
        """How many rows `withheld` would give without a limit."""
        where, values = withheld_condition(self._stored, wanted)
        return int(self._rows(f"SELECT count(*) FROM {self._withheld} {where}", values)[0][0])

    def withheld(self, wanted: Filter, limit: int | None = None) -> Iterator[ShownWithheld]:
        """Withheld values and customers, ordered by customer."""
        where, values = withheld_condition(self._stored, wanted)
        sql = f"SELECT id, attribute, code, sentence, value FROM {self._withheld} {where} {_limit(limit)}"
        for row in self._stream(sql, values):
            yield ShownWithheld(*row)

    @property
    def _changes(self) -> str:
        return f"read_parquet({sql_text(str(self._stored.changes))})"

    @property
    def _withheld(self) -> str:
        return f"read_parquet({sql_text(str(self._stored.withheld))})"

    def _rows(self, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
        with plan_engine() as connection:
            return connection.execute(sql, values).fetchall()

    def _stream(self, sql: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
        with plan_engine() as connection:
            cursor = connection.execute(sql, values)
            while rows := cursor.fetchmany(_ROWS_AT_ONCE):
                self._keep_on()
                yield from rows


def plan_engine() -> duckdb.DuckDBPyConnection:
    """A new embedded engine, empty and silent; whoever asked for it closes it.

    It writes nothing to the disk: by itself DuckDB would put customers into a folder of the current one.
    """
    connection = duckdb.connect()
    connection.execute("SET temp_directory = ''")
    # It would be drawn on stdout, in the middle of a product.
    connection.execute("SET enable_progress_bar = false")
    return connection


def shown_columns(stored: StoredPlan, wanted: Filter) -> str:
    """SQL for the fields of `ShownChange`, over a relation with `id`, `kind`, `before` and `payload`."""
    names = [each.name for each in stored.plan.attributes] if wanted.attribute is None else [wanted.attribute]
    after = _object_sql({name: _value_sql("payload", name) for name in names})
    before = _object_sql(
        {name: f"CASE WHEN {_value_sql('payload', name)} IS NOT NULL THEN "
         f"coalesce({_value_sql('before', name)}, 'null') END" for name in names}
    )  # fmt: skip
    return f"id, kind, {before}, {after}, payload"


def changes_condition(stored: StoredPlan, wanted: Filter) -> tuple[str, list[Any]]:
    """SQL that picks the wanted rows of changes.parquet, and the values of its parameters."""
    conditions, values = _user_condition(stored, wanted)
    if wanted.kind:
        conditions.append("kind = ?")
        values.append(wanted.kind)
    if wanted.attribute is not None:
        conditions.append(f"{_value_sql('payload', wanted.attribute)} IS NOT NULL")
    return _where(conditions), values


def withheld_condition(stored: StoredPlan, wanted: Filter) -> tuple[str, list[Any]]:
    """SQL that picks the wanted rows of withheld.parquet, and the values of its parameters."""
    conditions, values = _user_condition(stored, wanted)
    if wanted.attribute is not None:
        conditions.append("attribute = ?")
        values.append(wanted.attribute)
    return _where(conditions), values


def sql_text(value: str) -> str:
    """A string literal."""
    return "'" + value.replace("'", "''") + "'"


def _user_condition(stored: StoredPlan, wanted: Filter) -> tuple[list[str], list[Any]]:
    if wanted.user is None:
        return [], []
    if stored.plan.identifier == "user_alias":
        # In parentheses: = binds more tightly than ->> in DuckDB.
        alias = "(try_cast(id AS JSON) ->> 'alias_name')"
        return [f"(id = ? OR {alias} = ?)"], [wanted.user, wanted.user]
    return ["id = ?"], [wanted.user]


def _object_sql(members: Mapping[str, str]) -> str:
    """SQL for a JSON object of the members whose text is not NULL."""
    parts = [f"{sql_text(json.dumps(name, ensure_ascii=False) + ':')} || ({value})" for name, value in members.items()]
    return f"'{{' || concat_ws(',', {', '.join(parts)}) || '}}'" if parts else "'{}'"


def _value_sql(document: str, name: str) -> str:
    """SQL for the JSON text of one member of a document; NULL if it has none."""
    return f"json_extract({document}, {sql_text(pointer_to(name))})::VARCHAR"


def _where(conditions: Sequence[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _limit(limit: int | None) -> str:
    return "" if limit is None else f"LIMIT {int(limit)}"
