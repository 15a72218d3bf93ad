"""What became of purchases and events, key by key, so that none is sent twice. It only grows.

As the log of recipients, it has a small part beside the large one, until writing both anew costs little more.
"""

from __future__ import annotations

from dataclasses import replace

from tui_app.core.known_rows import sent_rows_sql
from tui_app.core.plan import LedgerView
from tui_app.store.ledger import Manifest
from tui_app.store.overlay import Writer, sql_text

_LARGEST_RECENT_SHARE = 0.2
"""Rows of the new part by rows of the large one, 0..1."""


def remember_rows(writer: Writer, manifest: Manifest, view: LedgerView, run: tuple[str, str], sent_at: int) -> Manifest:
    """The manifest with the files that hold what a run told Braze.

    Args:
        writer: Its connection has relations `acked`, `doubted` and `rejected_rows`.
        manifest: The ledger before.
        view: Its files.
        run: The name under which the keys are kept, and that of the run.
        sent_at: Epoch seconds.
    """
    remembered_as, name = run
    # Who was rejected after an attempt that may have got through is in doubt, not refused.
    parts = [
        f"SELECT {_KEPT}, '{state}' AS state FROM {relation}"
        for state, relation in (
            ("sent", "acked"),
            ("in_doubt", "doubted"),
            ("refused", "(FROM rejected_rows ANTI JOIN doubted USING (row_key, part))"),
        )
    ]
    writer.connection.execute(
        f"""CREATE TEMP TABLE new_sent_rows AS
            SELECT {sql_text(remembered_as)} AS remembered_as, *, {sql_text(name)} AS run, {sent_at}::BIGINT AS sent_at
            FROM ({" UNION ALL ".join(parts)})"""
    )
    added = writer.number("SELECT count(*) FROM new_sent_rows")
    if not added:
        return manifest
    recent_rows = manifest.recent_sent_rows.rows if manifest.recent_sent_rows else 0
    largest = manifest.sent_rows.rows * _LARGEST_RECENT_SHARE if manifest.sent_rows else 0
    is_small = added + recent_rows <= largest
    kept = sent_rows_sql(replace(view, sent_rows=None) if is_small else view)
    older = f"SELECT * FROM ({kept}) ANTI JOIN new_sent_rows USING (remembered_as, row_key, part)" if kept else ""
    rows = " UNION ALL BY NAME ".join([*([older] if older else []), "SELECT * FROM new_sent_rows"])
    writer.connection.execute(f"CREATE TEMP VIEW next_sent_rows AS {rows}")
    ordered = "next_sent_rows ORDER BY remembered_as, row_key, part"
    if is_small:
        return replace(manifest, recent_sent_rows=writer.write("recent-sent-rows", ordered))
    return replace(manifest, sent_rows=writer.write("sent-rows", ordered), recent_sent_rows=None)


_KEPT = "row_key, part, parts, digest"
