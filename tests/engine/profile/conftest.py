"""Real DuckDB, and builders that turn a column of source values into what would be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pytest
from ibis.backends.duckdb import Backend

from tui_app.core.change import Reason
from tui_app.core.errors import Place
from tui_app.core.mapping import AttributeMapping, Template
from tui_app.core.project import Destination, KeyReference
from tui_app.core.values import REASONS
from tui_app.engine.profile import mapped_rows

PLACE = Place("stoker.toml", 7)
Outcome = str | Reason | None


@pytest.fixture(scope="session")
def engine() -> Iterator[Backend]:
    backend = ibis.duckdb.connect()
    backend.raw_sql("SET TimeZone = 'UTC'")
    yield backend
    backend.disconnect()


@pytest.fixture(scope="session")
def a_mapping() -> Callable[..., AttributeMapping]:
    def build(attribute: str = "score", column: str = "x", **settings: Any) -> AttributeMapping:
        return AttributeMapping(attribute, column, PLACE, **settings)

    return build


@pytest.fixture(scope="session")
def a_template() -> Callable[..., Template]:
    def build(*attributes: AttributeMapping, **settings: Any) -> Template:
        return Template("profile", "braze", attributes, PLACE, **{"identifier_column": "id", **settings})

    return build


@pytest.fixture(scope="session")
def a_destination() -> Callable[..., Destination]:
    def build(**settings: Any) -> Destination:
        return Destination("braze", "https://rest.example.com", KeyReference("env", "KEY"), PLACE, **settings)

    return build


@pytest.fixture(scope="session")
def a_table(engine: Backend) -> Callable[..., ir.Table]:
    """Build a table with an id and one column `x` of an SQL type, given as texts that are cast to it."""

    def build(sql_type: str, values: Sequence[Any]) -> ir.Table:
        rows = ", ".join(f"('c{position}', CAST($value{position} AS {sql_type}))" for position in range(len(values)))
        parameters = {f"value{position}": value for position, value in enumerate(values)}
        engine.con.execute("DROP TABLE IF EXISTS source")
        engine.con.execute(f"CREATE TABLE source AS SELECT * FROM (VALUES {rows}) AS t (id, x)", parameters)
        return engine.table("source")

    return build


@pytest.fixture(scope="session")
def outcomes(
    a_table: Callable[..., ir.Table],
    a_mapping: Callable[..., AttributeMapping],
    a_template: Callable[..., Template],
    a_destination: Callable[..., Destination],
) -> Callable[..., list[Outcome]]:
    """Map one column to one attribute: for each value its JSON text, its reason, or None where nothing is said."""

    def build(sql_type: str, values: Sequence[Any], attribute: str = "score", **settings: Any) -> list[Outcome]:
        template = a_template(a_mapping(attribute, **settings))
        mapped = mapped_rows(a_table(sql_type, values), template, a_destination(send_consent=True))
        rows = mapped.order_by(mapped.id[1:].cast("int64")).to_pyarrow().to_pylist()
        assert all(row["v0"] is None or row["p0"] is None for row in rows), "a withheld value has no text"
        assert all((row["w0"] is None) == (row["p0"] is None) for row in rows if row["w0"] != ""), "shown if withheld"
        return [REASONS[row["p0"]] if row["p0"] else row["v0"] for row in rows]

    return build
