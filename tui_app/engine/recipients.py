"""Who comes into a campaign, moves between its groups or leaves it: what a plan will add to the log of recipients."""

from __future__ import annotations

import json
from pathlib import Path

from ibis.backends.duckdb import Backend

from tui_app.core.groups import EVERYONE, ONLY_GROUP, Assigned
from tui_app.core.known_rows import recipients_sql
from tui_app.core.plan import LedgerView
from tui_app.engine.groups import Grouping
from tui_app.engine.payload import PARQUET
from tui_app.engine.sql_quoting import sql_list, sql_literal

_EVERYWHERE = json.dumps([[EVERYONE, ONLY_GROUP]], separators=(",", ":"))


def write_recipients(work: Backend, campaign: str, grouping: Grouping | None, view: LedgerView, path: Path) -> int:
    """Write what differs between the log of recipients and this plan; see `core.plan.DiffOutcome`.

    Whoever has a change that is withheld is left where the log has him: he gets nothing new.

    Args:
        work: Has `member_ids`, `others_raw`, `doubles`, `changed_values` and `ready`; see `planning`.
        campaign: Its name.
        grouping: Its groups; None if it has none.
        view: Holds the log.
        path: Where recipients.parquet is wanted.

    Returns:
        The number of rows.
    """
    work.raw_sql(
        f"""COPY (
            SELECT id, CASE WHEN was.places IS NULL THEN 'entered' WHEN now.places IS NULL THEN 'left' ELSE 'moved' END
                       AS event, coalesce(now.places, was.places) AS places, sent.id IS NOT NULL AS is_sent
            FROM ({_now_sql(grouping)}) now FULL OUTER JOIN ({_before_sql(campaign, view)}) was USING (id)
            LEFT JOIN (SELECT id FROM ready) sent USING (id)
            WHERE now.places IS DISTINCT FROM was.places AND id NOT IN (SELECT id FROM doubles)
              AND id NOT IN (SELECT id FROM changed_values ANTI JOIN ready USING (id))
            ORDER BY id
        ) TO {sql_literal(str(path))} {PARQUET}"""
    )
    ((count,),) = work.con.execute(f"SELECT count(*) FROM read_parquet({sql_literal(str(path))})").fetchall()
    return int(count)


def _now_sql(grouping: Grouping | None) -> str:
    """SQL of: id · places, of everybody who is in the campaign, held out or not."""
    members = "SELECT id, place FROM member_ids"
    if grouping is None:
        return f"SELECT id, {sql_literal(_EVERYWHERE)} AS places FROM ({members}) WHERE id IS NOT NULL"
    pairs = sql_list(_pair(place) for place in grouping.places)
    texts = f"{pairs}[place + 1]"
    if not grouping.campaign.first_match_only:
        texts = f"array_to_string(list_transform(place, lambda code: {pairs}[code + 1]), ',')"
    held_out = "SELECT id, place FROM others_raw WHERE place IS NOT NULL"
    return f"""SELECT id, '[' || {texts} || ']' AS places FROM ({members} UNION ALL {held_out}) WHERE id IS NOT NULL"""


def _pair(place: Assigned) -> str:
    names = [place.audience.name, place.group.name if place.group else None]
    return json.dumps(names, ensure_ascii=False, separators=(",", ":"))


def _before_sql(campaign: str, view: LedgerView) -> str:
    """SQL of: id · places, of everybody whom the log has in the campaign."""
    log = recipients_sql(view)
    if log is None:
        return "SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS places WHERE false"
    return f"""SELECT id, places FROM (
                   SELECT id, arg_max(places, position) AS places, arg_max(event, position) AS event
                   FROM ({log}) WHERE campaign = {sql_literal(campaign)} GROUP BY id
               ) WHERE event <> 'left'"""
