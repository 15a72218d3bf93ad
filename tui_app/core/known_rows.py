"""What the ledger knows, as one SQL text for whoever computes over its files."""

from __future__ import annotations

from tui_app.core.plan import LedgerView


def known_rows_sql(view: LedgerView) -> str | None:
    """DuckDB's SQL of one row per customer: id · sent_at · one column per attribute; see `core.plan.LedgerView`.

    Returns:
        A SELECT statement; None if nobody is known.
    """
    if view.snapshot is None:
        return None
    if view.delta is None:
        return f"SELECT * FROM {_file(view.snapshot)}"
    return f"""SELECT * FROM {_file(view.snapshot)} ANTI JOIN (SELECT id FROM {_file(view.delta)}) USING (id)
               UNION ALL BY NAME SELECT * FROM {_file(view.delta)}"""


def doubt_rows_sql(path: str) -> str:
    """DuckDB's SQL of what is in doubt: id · attribute · value · since · not_before; see `core.plan.LedgerView`.

    Args:
        path: `LedgerView.doubt`; a file of an earlier version has no not_before, which is NULL then.
    """
    return f"""SELECT id, attribute, value, since, not_before
               FROM (SELECT NULL::BIGINT AS not_before WHERE false UNION ALL BY NAME SELECT * FROM {_file(path)})"""


def recipients_sql(view: LedgerView) -> str | None:
    """DuckDB's SQL of the log of recipients; see `core.plan.LedgerView`.

    Returns:
        A SELECT statement; None if there is no log.
    """
    files = [path for path in (view.recipients, view.recent_recipients) if path]
    return " UNION ALL BY NAME ".join(f"SELECT * FROM {_file(path)}" for path in files) or None


def sent_rows_sql(view: LedgerView) -> str | None:
    """DuckDB's SQL of what became of purchases and events; see `core.plan.LedgerView`.

    Returns:
        A SELECT statement; None if there were none.
    """
    if view.sent_rows is None or view.recent_sent_rows is None:
        path = view.sent_rows or view.recent_sent_rows
        return f"SELECT * FROM {_file(path)}" if path else None
    recent = f"SELECT * FROM {_file(view.recent_sent_rows)}"
    key = "(remembered_as, row_key, part)"
    return f"SELECT * FROM {_file(view.sent_rows)} ANTI JOIN ({recent}) USING {key} UNION ALL BY NAME {recent}"


def _file(path: str) -> str:
    quoted = path.replace("'", "''")
    return f"read_parquet('{quoted}')"
