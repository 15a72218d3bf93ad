"""What a plan of purchases or events says about itself, counted where its rows are."""

from __future__ import annotations

from collections.abc import Sequence

from ibis.backends.duckdb import Backend

from tui_app.core.happenings import Happenings
from tui_app.core.plan import AttributeCounts, DiffOutcome, PlanCounts
from tui_app.engine.figures import count_of, number_of, rows_of
from tui_app.engine.withheld import reason_counts


def outcome_of_happenings(work: Backend, asked: Happenings, requests: int) -> DiffOutcome:
    """The counts of a plan whose relations are all there; see `engine.happenings`."""
    ((sent, points, rows_sent),) = rows_of(
        work, "SELECT count(*), coalesce(sum(data_points), 0), count(DISTINCT key) FROM ready"
    )
    usable = count_of(work, "whole")
    faulty = number_of(work, "SELECT count(*) FROM rows_judged WHERE fault IS NOT NULL")
    touched = number_of(
        work,
        """SELECT count(*) FROM (SELECT key FROM judged_objects UNION SELECT key FROM differing WHERE in_part)""",
    )
    held_back = touched - rows_sent
    return DiffOutcome(
        counts=PlanCounts(happenings=sent, unchanged=usable - touched, withheld=faulty + held_back),
        members=usable - held_back,
        known=usable - held_back - rows_sent,
        known_audience=0,
        bad_ids=number_of(work, "SELECT count(*) FROM rows_judged WHERE bad_id IS NOT NULL"),
        with_withheld=faulty + held_back,
        in_doubt=number_of(work, "SELECT count(*) FROM objects WHERE state = 'in_doubt'"),
        resent=number_of(work, "SELECT count(*) FROM ready WHERE state = 'in_doubt'"),
        attributes=_attribute_counts(work, asked, int(points)),
        reasons=reason_counts(work),
        requests=requests,
        sent_differently=number_of(work, "SELECT count(*) FROM differing WHERE NOT in_part"),
    )


def _attribute_counts(work: Backend, asked: Happenings, points: int) -> tuple[AttributeCounts, ...]:
    """One per member of the payload. The whole object is what Braze counts, which stands with the first."""
    names: Sequence[str] = (*(field.name for field in asked.fields), *(["properties"] if asked.properties else []))
    withheld = dict(rows_of(work, "SELECT attribute, count(*) FROM withheld GROUP BY attribute"))
    counted = ", ".join(f"count(s{i})" for i in range(len(names)))
    ((*given,),) = rows_of(work, f"SELECT {counted} FROM ready")
    return tuple(
        AttributeCounts(
            name=name,
            kind="custom",
            changed=count,
            cleared=0,
            backfill=0,
            known=0,
            data_points=0 if i else points,
            withheld=withheld.get(name, 0),
        )
        for i, (name, count) in enumerate(zip(names, given, strict=True))
    )
