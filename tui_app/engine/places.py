"""How many customers of a campaign are in each group, and how many of them a plan sends: the delivery summary."""

from __future__ import annotations

from collections import Counter

from ibis.backends.duckdb import Backend

from tui_app.core.plan import PlaceCounts
from tui_app.engine.figures import rows_of
from tui_app.engine.groups import Grouping


def place_counts(work: Backend, grouping: Grouping, without_doubles: str) -> tuple[PlaceCounts, ...]:
    """Every group and held-out part of every sub-audience, in the order of the project file.

    Customers of several sub-audiences count in each; those without a usable identifier count nowhere.

    Args:
        work: Has `member_ids`, `others_raw`, `doubles` and `ready`; see `planning`.
        grouping: The campaign's.
        without_doubles: SQL that leaves out the identifiers of several rows.
    """
    place = "place" if grouping.campaign.first_match_only else "unnest(place)"
    everybody = "SELECT id, place FROM member_ids UNION ALL SELECT id, place FROM others_raw WHERE place IS NOT NULL"
    customers = Counter(
        dict(
            rows_of(
                work,
                f"""SELECT place, count(*) FROM (SELECT {place} AS place FROM ({everybody}) {without_doubles}
                    WHERE id IS NOT NULL) GROUP BY place""",
            )
        )
    )
    sent = {
        (code, kind): count
        for code, kind, count in rows_of(
            work,
            f"""SELECT place, kind, count(*) FROM (
                    SELECT {place} AS place, kind FROM ready JOIN member_ids USING (id) WHERE inside
                ) GROUP BY place, kind""",
        )
    }
    return tuple(
        PlaceCounts(
            audience=each.audience.name,
            group=each.group.name if each.group else None,
            share=each.group.share if each.group else each.audience.control_share,
            customers=customers[code],
            join=sent.get((code, "join"), 0),
            update=sent.get((code, "update"), 0),
        )
        for code, each in enumerate(grouping.places)
        if each.group or each.audience.control_share
    )
