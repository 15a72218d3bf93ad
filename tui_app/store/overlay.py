"""What was acknowledged, laid over what was known: the part of a fold that writes the ledger's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import duckdb

from tui_app.core.change import CLEARED
from tui_app.core.known_rows import known_rows_sql
from tui_app.core.plan import LedgerView
from tui_app.store.ledger import Ledger, Manifest, StoredFile

_PARQUET = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes relations of the engine into files of the ledger."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    serial: int
    """That the files are for."""

    def write(self, kind: str, relation: str) -> StoredFile:
        """The new file, durable."""
        path = self.ledger.folder / f"{kind}-{self.serial:08d}.parquet"
        path.unlink(missing_ok=True)
        rows = self.number(f"COPY (FROM {relation}) TO {sql_text(str(path))} {_PARQUET}")
        return self.ledger.seal(path, rows)

    def write_unless_empty(self, kind: str, relation: str) -> StoredFile | None:
        """The new file; None if there are no rows for it."""
        return self.write(kind, relation) if self.number(f"SELECT count(*) FROM {relation}") else None

    def number(self, statement: str) -> int:
        """The one number that a statement gives."""
        row = self.connection.execute(statement).fetchone()
        return int(row[0]) if row else 0

    def known_counts(self, relation: str, columns: Mapping[str, str]) -> dict[str, int]:
        """Attribute → rows that have a value of it."""
        counts = ", ".join(["count(*)", *(f"count({column})" for column in columns.values())])
        row = self.connection.execute(f"SELECT {counts} FROM {relation}").fetchone() or ()
        return dict(zip(columns, row[1:], strict=True))


@dataclass(frozen=True, slots=True)
class Overlay:
    """What relation `acked` lays over what was known."""

    names: list[str]
    """Attributes, by the position of their s columns."""
    sent_at: int
    customers: int


def fold_known(
    writer: Writer, manifest: Manifest, view: LedgerView, overlay: Overlay, largest_delta_share: float
) -> Manifest:
    """The manifest with the files that know `acked` too: the old snapshot and a new delta, or a new snapshot.

    A delta has the columns of its snapshot, and grows until writing a snapshot costs little more than carrying it on.
    """
    columns = _columns_with(manifest.columns, overlay.names)
    known = known_rows_sql(view)
    rows = overlay.customers + (manifest.delta.rows if manifest.delta else 0)
    largest = manifest.snapshot.rows * largest_delta_share if manifest.snapshot else 0
    if columns == manifest.columns and rows <= largest:
        _delta(writer.connection, known or "", view.delta, columns, overlay)
        known_before = writer.number("SELECT count(*) FROM known_before")
        before, after = (writer.known_counts(relation, columns) for relation in ("known_before", "touched"))
        return replace(
            manifest,
            delta=writer.write("delta", "next_delta"),
            customers=manifest.customers + overlay.customers - known_before,
            known={name: count + after[name] - before[name] for name, count in manifest.known.items()},
        )
    _snapshot(writer.connection, known, manifest.columns, columns, overlay)
    snapshot = writer.write("snapshot", "next_snapshot")
    counts = writer.known_counts(f"read_parquet({sql_text(str(writer.ledger.folder / snapshot.name))})", columns)
    return replace(manifest, columns=columns, snapshot=snapshot, delta=None, customers=snapshot.rows, known=counts)


def _columns_with(known: Mapping[str, str], names: list[str]) -> dict[str, str]:
    columns = dict(known)
    for name in names:
        columns.setdefault(name, f"a{len(columns)}")
    return columns


def _snapshot(
    connection: duckdb.DuckDBPyConnection,
    known: str | None,
    old_columns: Mapping[str, str],
    columns: Mapping[str, str],
    overlay: Overlay,
) -> None:
    """Relation `next_snapshot`: the old values, overlaid with the acknowledged ones."""
    # An absent column is not known; without a ledger none is.
    absent = ", ".join(f"NULL::VARCHAR AS {column}" for name, column in columns.items() if name not in old_columns)
    everything = ", ".join(
        [
            "NULL::VARCHAR AS id",
            "NULL::BIGINT AS sent_at",
            *(f"NULL::VARCHAR AS {column}" for column in columns.values()),
        ]
    )
    old = f"SELECT *{', ' + absent if absent else ''} FROM ({known})" if known else f"SELECT {everything} WHERE false"
    connection.execute(
        f"""CREATE TEMP VIEW next_snapshot AS
            SELECT {_overlaid(columns, overlay)} FROM ({old}) old FULL OUTER JOIN acked new ON old.id = new.id"""
    )


def _delta(
    connection: duckdb.DuckDBPyConnection, known: str, delta: str | None, columns: Mapping[str, str], overlay: Overlay
) -> None:
    """Tables `known_before` and `touched`, the old and new rows of those acknowledged, and relation `next_delta`."""
    connection.execute("CREATE TEMP TABLE new_values AS FROM acked")
    connection.execute(f"CREATE TEMP TABLE known_before AS FROM ({known}) SEMI JOIN new_values USING (id)")
    kept = f"UNION ALL BY NAME FROM read_parquet({sql_text(delta)}) ANTI JOIN new_values USING (id)" if delta else ""
    connection.execute(
        f"""CREATE TEMP TABLE touched AS
            SELECT {_overlaid(columns, overlay)} FROM new_values new LEFT JOIN known_before old ON old.id = new.id"""
    )
    connection.execute(f"CREATE TEMP VIEW next_delta AS FROM touched {kept}")


def _overlaid(columns: Mapping[str, str], overlay: Overlay) -> str:
    """SQL for a row of the ledger, from its `old` one and the `new` values that were acknowledged."""
    positions = {name: position for position, name in enumerate(overlay.names)}
    parts = [
        "coalesce(new.id, old.id) AS id",
        f"CASE WHEN new.id IS NULL THEN old.sent_at ELSE {overlay.sent_at} END AS sent_at",
    ]
    for name, column in columns.items():
        value = f"old.{column}"
        if name in positions:
            new = f"new.s{positions[name]}"
            value = f"CASE WHEN {new} IS NULL THEN {value} WHEN {new} = '{CLEARED}' THEN NULL ELSE {new} END"
        parts.append(f"{value} AS {column}")
    return ", ".join(parts)


def sql_text(value: str | None) -> str:
    """An SQL string literal."""
    return "'" + (value or "").replace("'", "''") + "'"
