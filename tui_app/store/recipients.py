"""The log of recipients: who came into which group of a campaign with which run, and who left. It only grows.

New rows are laid beside the log in a file of their own, until they are so many that writing the log anew costs little
more.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tui_app.core.known_rows import recipients_sql
from tui_app.core.plan import LedgerView
from tui_app.store.ledger import Manifest
from tui_app.store.overlay import Writer, sql_text

_LARGEST_RECENT_SHARE = 0.2
"""Rows of the new part by rows of the log, 0..1."""


def log_recipients(
    writer: Writer, manifest: Manifest, view: LedgerView, planned: Path, run: tuple[str, str, float]
) -> Manifest:
    """The manifest with the files that hold what a run adds to the log.

    Args:
        writer: Its connection has relation `acked`.
        manifest: The ledger before.
        view: Its files.
        planned: recipients.parquet of the run's plan.
        run: Campaign, name of the run, and when it began in epoch seconds.
    """
    campaign, name, began = run
    log = recipients_sql(view)
    # A run that is folded again has logged some already.
    logged = f"SELECT id FROM ({log}) WHERE run = {sql_text(name)}" if log else "SELECT NULL::VARCHAR AS id WHERE false"
    writer.connection.execute(
        f"""CREATE TEMP TABLE new_recipients AS
            SELECT {sql_text(campaign)} AS campaign, id, {writer.serial}::BIGINT AS position, event, places,
                   {sql_text(name)} AS run, {int(began)}::BIGINT AS began
            FROM read_parquet({sql_text(str(planned))}) planned
            WHERE (NOT is_sent OR EXISTS (FROM acked WHERE acked.id = planned.id))
              AND NOT EXISTS (FROM ({logged}) logged WHERE logged.id = planned.id)"""
    )
    added = writer.number("SELECT count(*) FROM new_recipients")
    if not added:
        return manifest
    recent_rows = manifest.recent_recipients.rows if manifest.recent_recipients else 0
    largest = manifest.recipients.rows * _LARGEST_RECENT_SHARE if manifest.recipients else 0
    is_small = added + recent_rows <= largest
    kept = recipients_sql(replace(view, recipients=None) if is_small else view)
    parts = [*([kept] if kept else []), "SELECT * FROM new_recipients"]
    writer.connection.execute(f"CREATE TEMP VIEW next_recipients AS {' UNION ALL BY NAME '.join(parts)}")
    ordered = "next_recipients ORDER BY campaign, id, position"
    if is_small:
        return replace(manifest, recent_recipients=writer.write("recent-recipients", ordered))
    return replace(manifest, recipients=writer.write("recipients", ordered), recent_recipients=None)
