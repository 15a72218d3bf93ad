"""The plan that undoes a run: attribute by attribute, what the ledger knew before it, unless a later run changed that.

What the ledger knew nothing of before is cleared. Relations in the work engine: undone (what the run got acknowledged)
· ledger_wide, doubt_wide (what is known now) · judged (each value that the run set, beside what is known now) ·
changed_values (what is brought back) · withheld · ready.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ibis.backends.duckdb import Backend

from tui_app.core.change import CLEARED, pointer_to
from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.job import UndoJob
from tui_app.core.known_rows import doubt_rows_sql, known_rows_sql, recipients_sql
from tui_app.core.plan import AttributeCounts, DiffOutcome, PlanCounts
from tui_app.core.project import Destination
from tui_app.core.requests import RequestLimits
from tui_app.core.sent_names import is_sent
from tui_app.core.values import CHANGED_SINCE, NOT_SETTLED
from tui_app.engine.diff import MEMBER_OF_AUDIENCE
from tui_app.engine.figures import number_of, rows_of
from tui_app.engine.payload import PARQUET, before_sql, data_points_sql, payload_sql, write_changes, write_requests
from tui_app.engine.sql_quoting import sql_literal
from tui_app.engine.withheld import json_name, reason_counts, write_withheld


def write_undo_files(work: Backend, job: UndoJob, folder: Path) -> DiffOutcome:
    """Write the files of `core.plan.DiffOutcome` into `folder`.

    Args:
        work: May read the files of `job`, and write in `folder`.
        job: What is undone.
        folder: Of a plan in the making.
    """
    names = [each.name for each in job.undone.attributes]
    sent = [is_sent(name, job.destination) for name in names]
    audience = next((i for i, each in enumerate(job.undone.attributes) if each.kind == "audience"), None)
    _stage_undone(work, job, names)
    _stage_known(work, job, names)
    _stage_changes(work, names, sent, audience)
    _stage_withheld(work, job, names)
    requests = write_made_up(work, job.destination, names, folder)
    recipients = 0
    if audience is not None:
        recipients = _write_recipients(work, job, names[audience], folder / "recipients.parquet")
    return _outcome(work, job, (requests, recipients))


def write_made_up(work: Backend, destination: Destination, names: Sequence[str], folder: Path) -> int:
    """Write the files of a plan that no diff has made.

    Args:
        work: Has changed_values, as of `planning`, and withheld.
        destination: Where it goes.
        names: Attributes, by position.
        folder: Of a plan in the making.

    Returns:
        The number of requests.
    """
    limits = RequestLimits(max_objects=destination.objects_per_request)
    quoted = [json_name(name) for name in names]
    payload = payload_sql(destination, quoted)
    work.raw_sql(f"CREATE TEMP VIEW ready AS SELECT *, {payload} AS payload FROM changed_values")
    points = data_points_sql([points_of(name) for name in names])
    columns = ["id", "kind", "not_before", "payload", f"{before_sql(quoted)} AS before", f"{points} AS data_points"]
    write_changes(work, columns, "not_before NULLS FIRST, id", folder / "changes.parquet")
    largest = number_of(work, "SELECT coalesce(max(strlen(payload)), 0) FROM ready")
    requests = write_requests(work, folder / "changes.parquet", folder / "requests.parquet", limits, largest)
    write_withheld(work, folder / "withheld.parquet")
    return requests


def points_of(attribute: str) -> int:
    """What setting or clearing an attribute costs."""
    field = STANDARD_FIELDS.get(attribute)
    return field.data_points if field else 1


def _stage_undone(work: Backend, job: UndoJob, names: Sequence[str]) -> None:
    """Relation undone: id · u{i}, what the run set each attribute to, as JSON text · b{i}, what was known before."""
    pointers = ", ".join(sql_literal(pointer_to(name)) for name in names)
    columns = [f"sets[{i + 1}]::VARCHAR AS u{i}, befores[{i + 1}]::VARCHAR AS b{i}" for i in range(len(names))]
    work.raw_sql(
        f"""CREATE TEMP TABLE undone AS SELECT id, {", ".join(columns)} FROM (
                SELECT id, json_extract(payload, [{pointers}]) AS sets, json_extract(before, [{pointers}]) AS befores
                FROM read_parquet({sql_literal(str(job.acknowledged))}))"""
    )


def _stage_known(work: Backend, job: UndoJob, names: Sequence[str]) -> None:
    known = known_rows_sql(job.view)
    columns = [
        f"{job.view.columns[name]} AS l{i}" if name in job.view.columns else f"NULL::VARCHAR AS l{i}"
        for i, name in enumerate(names)
    ]
    nobody = ", ".join(f"NULL::VARCHAR AS l{i}" for i in range(len(names)))
    empty = f"SELECT NULL::VARCHAR AS id, NULL::BIGINT AS sent_at, {nobody} WHERE false"
    wide = f"SELECT id, sent_at, {', '.join(columns)} FROM ({known}) SEMI JOIN undone USING (id)" if known else empty
    work.raw_sql(f"CREATE TEMP TABLE ledger_wide AS {wide}")
    doubtful = "SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS attribute WHERE false"
    if job.view.doubt:
        doubtful = f"SELECT id, attribute FROM ({doubt_rows_sql(job.view.doubt)}) SEMI JOIN undone USING (id)"
    work.raw_sql(f"CREATE TEMP TABLE doubtful AS {doubtful}")


def _stage_changes(work: Backend, names: Sequence[str], sent: Sequence[bool], audience: int | None) -> None:
    """Relations judged and changed_values. What the destination does not send any more is not brought back either."""
    judged = []
    for i, name in enumerate(names):
        is_doubtful = f"EXISTS (FROM doubtful WHERE doubtful.id = undone.id AND attribute = {sql_literal(name)})"
        is_as_left = f"l{i} IS NOT DISTINCT FROM nullif(u{i}, '{CLEARED}')"
        judged.append(
            f"""CASE WHEN u{i} IS NULL THEN NULL WHEN {is_doubtful} THEN {sql_literal(NOT_SETTLED.code)}
                     WHEN NOT {is_as_left} THEN {sql_literal(CHANGED_SINCE.code)} END AS p{i}"""
        )
    work.raw_sql(
        f"CREATE TEMP TABLE judged AS SELECT *, {', '.join(judged)} FROM undone LEFT JOIN ledger_wide USING (id)"
    )
    wanted = [
        f"""CASE WHEN u{i} IS NOT NULL AND p{i} IS NULL AND b{i} IS DISTINCT FROM l{i}
                 THEN coalesce(b{i}, '{CLEARED}') END AS s{i}"""
        if sent[i]
        else f"NULL::VARCHAR AS s{i}"
        for i in range(len(names))
    ]
    kind = "'update'"
    if audience is not None:
        is_in = f"s{audience} = '{MEMBER_OF_AUDIENCE}'"
        kind = f"CASE WHEN {is_in} THEN 'join' WHEN s{audience} IS NOT NULL THEN 'leave' ELSE 'update' END"
    # What is known now becomes what was before.
    before = [f"l{i} AS b{i}" for i in range(len(names))]
    sets = [f"s{i}" for i in range(len(names))]
    work.raw_sql(
        f"""CREATE TEMP TABLE changed_values AS
            SELECT id, {kind} AS kind, sent_at AS not_before, true AS inside, {", ".join([*sets, *before])}
            FROM (SELECT *, {", ".join(wanted)} FROM judged)
            WHERE {" OR ".join(f"{each} IS NOT NULL" for each in sets)}"""
    )


def _stage_withheld(work: Backend, job: UndoJob, names: Sequence[str]) -> None:
    """Table withheld: what was changed since, with the run that did it, and what is not settled."""
    parts = [
        f"SELECT id, {sql_literal(name)} AS attribute, p{i} AS code, l{i} AS value FROM judged WHERE p{i} IS NOT NULL"
        for i, name in enumerate(names)
    ]
    work.raw_sql(f"CREATE TEMP TABLE refused_values AS {' UNION ALL '.join(parts)}")
    # Who set what is known now: the newest run that says so.
    pointers = ", ".join(sql_literal(pointer_to(name)) for name in names)
    listed = ", ".join(sql_literal(name) for name in names)
    later = [
        f"""SELECT id, unnest([{listed}]) AS attribute, unnest(json_extract(payload, [{pointers}]))::VARCHAR AS given,
                   {position} AS position, {sql_literal(run)} AS run
            FROM read_parquet({sql_literal(str(changes))}) SEMI JOIN refused_values USING (id)"""
        for position, (run, changes) in enumerate(job.later)
    ]
    nobody = (
        "SELECT NULL::VARCHAR AS id, NULL AS attribute, NULL::VARCHAR AS given, 0 AS position, '' AS run WHERE false"
    )
    work.raw_sql(
        f"""CREATE TEMP TABLE withheld AS
            SELECT refused.id, refused.attribute, code, arg_max(run, position) AS value
            FROM refused_values refused LEFT JOIN ({" UNION ALL ".join(later) or nobody}) later
                ON refused.id = later.id AND refused.attribute = later.attribute AND given IS NOT NULL
                AND code = {sql_literal(CHANGED_SINCE.code)} AND nullif(given, '{CLEARED}') IS NOT DISTINCT FROM value
            GROUP BY ALL"""
    )


def _write_recipients(work: Backend, job: UndoJob, audience: str, path: Path) -> int:
    """The way back of everybody whom the run moved and no later run did.

    Whose membership stays stays where he is; and so does who was moved and keeps something of where he is.
    """
    log = recipients_sql(job.view)
    rows = "SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS event, NULL::VARCHAR AS places, false AS is_sent WHERE false"
    if log is not None:
        mine = f"SELECT * FROM ({log}) WHERE campaign = {sql_literal(job.undone.activation)}"
        rows = f"""
            SELECT id, CASE event WHEN 'entered' THEN 'left' WHEN 'left' THEN 'entered' ELSE 'moved' END AS event,
                   CASE event WHEN 'moved' THEN earlier ELSE places END AS places, sent.id IS NOT NULL AS is_sent
            FROM (SELECT *, lag(places) OVER each AS earlier, lead(run) OVER each AS next
                  FROM ({mine}) WINDOW each AS (PARTITION BY id ORDER BY position))
            LEFT JOIN (SELECT id FROM ready) sent USING (id)
            WHERE run = {sql_literal(job.run)} AND next IS NULL
              AND id NOT IN (SELECT id FROM withheld WHERE attribute = {sql_literal(audience)} OR event = 'moved')
            ORDER BY id"""
    work.raw_sql(f"COPY ({rows}) TO {sql_literal(str(path))} {PARQUET}")
    return number_of(work, f"SELECT count(*) FROM read_parquet({sql_literal(str(path))})")


def _outcome(work: Backend, job: UndoJob, written: tuple[int, int]) -> DiffOutcome:
    requests, recipients = written
    kinds = dict(rows_of(work, "SELECT kind, count(*) FROM ready GROUP BY kind"))
    of_run = number_of(work, "SELECT count(*) FROM undone")
    with_withheld = number_of(work, "SELECT count(DISTINCT id) FROM withheld")
    withheld_whole = number_of(work, "SELECT count(DISTINCT id) FROM withheld ANTI JOIN ready USING (id)")
    sent = sum(kinds.values())
    withheld = dict(rows_of(work, "SELECT attribute, count(*) FROM withheld GROUP BY attribute"))
    attributes = []
    for i, each in enumerate(job.undone.attributes):
        ((changed, cleared, known),) = rows_of(
            work,
            f"""SELECT count(*) FILTER (s{i} <> '{CLEARED}'), count(*) FILTER (s{i} = '{CLEARED}'), count(b{i})
                FROM ready""",
        )
        points = (changed + cleared) * points_of(each.name)
        attributes.append(
            AttributeCounts(each.name, each.kind, changed, cleared, 0, known, points, withheld.get(each.name, 0))
        )
    return DiffOutcome(
        counts=PlanCounts(
            join=kinds.get("join", 0),
            update=kinds.get("update", 0),
            leave=kinds.get("leave", 0),
            unchanged=of_run - sent - withheld_whole,
            withheld=withheld_whole,
        ),
        members=of_run - withheld_whole,
        known=of_run - withheld_whole,
        known_audience=of_run,
        bad_ids=0,
        with_withheld=with_withheld,
        in_doubt=0,
        attributes=tuple(attributes),
        reasons=reason_counts(work),
        requests=requests,
        recipients=recipients,
    )
