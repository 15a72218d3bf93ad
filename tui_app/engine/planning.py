"""One diff from beginning to end: source, mapping and segments against the ledger, into the files of a plan.

Relations in the work engine, in the order in which they come to be:
ledger_wide, doubt_wide (what is known, by position of the attribute) · members_raw (mapped rows in the segments; once
there is a ledger, only those of which something may have to be sent or told) · member_ids (identifiers of all rows in
the segments, NULL where unusable) · others_raw (of the other rows) · doubles (identifiers of several rows) · usable
(members_raw with a usable identifier) · changed_values · changed (with payloads, which are written only where somebody
reads them) · withheld · ready (changed, without what is withheld).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from tui_app.core.activation import Campaign
from tui_app.core.audience import audience_segment, matching_segment, segments_of
from tui_app.core.errors import FixInput, Problem
from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.job import Job
from tui_app.core.known_rows import doubt_rows_sql, known_rows_sql, recipients_sql
from tui_app.core.plan import DiffOutcome, LedgerView
from tui_app.core.requests import RequestLimits
from tui_app.core.segment import Segment
from tui_app.engine.diff import DiffAttribute, member_changes_sql, outsider_changes_sql
from tui_app.engine.figures import count_of, number_of, rows_of
from tui_app.engine.first_plan import (
    MAX_ATTRIBUTES,
    first_counts_sql,
    first_data_points_sql,
    stage_first_changes,
    stage_first_members,
)
from tui_app.engine.groups import Grouping, grouped_sql, grouping_of
from tui_app.engine.later_plan import stage_later_members
from tui_app.engine.outcome import counts_sql, outcome_of
from tui_app.engine.payload import before_sql, data_points_sql, payload_sql, write_changes, write_requests
from tui_app.engine.places import place_counts
from tui_app.engine.profile import mapped_rows, mapping_problems, sent_attributes, text_columns
from tui_app.engine.recipients import write_recipients
from tui_app.engine.segment import Surroundings, members, segment_problems
from tui_app.engine.sources import Sources
from tui_app.engine.sql_quoting import sql_literal
from tui_app.engine.withheld import json_name, stage_withheld, write_withheld

_IS_MEMBER = "is_member_of_activation"
_MATCHES = "matches_audience_"


def activation_problems(sources: Sources, job: Job) -> list[Problem]:
    """Everything about columns that must be mended before this activation can be planned."""
    schema = sources.schema(job.table)
    grouping = _grouping(job)
    problems = list(mapping_problems(schema, grouping.template if grouping else job.template, job.destination))
    if isinstance(job.activation, Campaign):
        for name in segments_of(job.activation):
            segment = job.project.segments[name]
            problems += segment_problems(segment, sources.schema(segment.table), job.project)
    return problems


def write_plan_files(sources: Sources, job: Job, folder: Path) -> DiffOutcome:
    """Compute the diff and write the files of `core.plan.DiffOutcome` into `folder`.

    Raises:
        FixInput: The source or the mapping cannot be used, or a file changed while it was read.
    """
    problems = activation_problems(sources, job)
    if problems:
        raise FixInput(*problems)
    work = sources.work
    with sources.reading():
        attributes = _attributes(work, job)
        is_first = _is_first(job.view, attributes)
        _stage_known(work, job.view, attributes)
        _stage_rows(sources, job, attributes, is_first=is_first)
        limits = RequestLimits(max_objects=job.destination.objects_per_request)
        if is_first:
            stage_first_changes(work)
        else:
            _stage_changes(work, job, attributes)
        largest_bytes = _largest_payload_bytes(work, job, None if is_first else attributes)
        is_too_large = largest_bytes > limits.max_object_bytes
        stage_withheld(work, attributes, job.view.refused, limits.max_object_bytes if is_too_large else None)
        sources.confirm_unchanged()
        counts = first_counts_sql(attributes) if is_first else counts_sql(attributes)
        without_doubles = _without_doubles(work)
        outcome = outcome_of(work, job, attributes, counts, without_doubles)
        grouping = _grouping(job)
        if grouping:
            outcome = replace(outcome, places=place_counts(work, grouping, without_doubles))
        points = data_points_sql([each.data_points for each in attributes])
        columns = [
            *("id", "kind", "not_before", "payload"),
            f"{before_sql([] if is_first else _json_names(attributes))} AS before",
            f"{first_data_points_sql(attributes) if is_first else points} AS data_points",
        ]
        order = "id" if is_first else "not_before NULLS FIRST, id"
        write_changes(work, columns, order, folder / "changes.parquet")
        requests = write_requests(work, folder / "changes.parquet", folder / "requests.parquet", limits, largest_bytes)
        write_withheld(work, folder / "withheld.parquet")
        if isinstance(job.activation, Campaign):
            path = folder / "recipients.parquet"
            outcome = replace(outcome, recipients=write_recipients(work, job.activation.name, grouping, job.view, path))
    return replace(outcome, requests=requests)


def _attributes(work: Backend, job: Job) -> tuple[DiffAttribute, ...]:
    """What may be sent: the mapped attributes, the audience attribute, then others of which a value is in doubt."""
    grouping = _grouping(job)
    attributes = [
        DiffAttribute(each.name, each.kind, "mapped", each.on_null, each.data_points)
        for each in sent_attributes(job.template, job.destination)
    ]
    if grouping:
        attributes = list(grouping.attributes)
    if isinstance(job.activation, Campaign):
        attributes.append(DiffAttribute(job.activation.audience_attribute, "audience", "audience"))
    if job.view.doubt:
        known = {each.name for each in attributes}
        doubtful = rows_of(
            work, f"SELECT DISTINCT attribute FROM read_parquet({sql_literal(job.view.doubt)}) ORDER BY 1"
        )
        for (name,) in doubtful:
            if name not in known:
                attributes.append(_settled(name))
    return tuple(attributes)


def _grouping(job: Job) -> Grouping | None:
    if not isinstance(job.activation, Campaign):
        return None
    return grouping_of(job.activation, job.template, job.destination)


def _settled(name: str) -> DiffAttribute:
    field = STANDARD_FIELDS.get(name)
    if field:
        return DiffAttribute(name, "standard", "settled", data_points=field.data_points)
    return DiffAttribute(name, "custom", "settled")


def _stage_rows(sources: Sources, job: Job, attributes: Sequence[DiffAttribute], *, is_first: bool) -> None:
    """Relations members_raw, member_ids, others_raw, doubles and usable."""
    work = sources.work
    mapped_sql = _mapped_sql(sources, job)
    inside = f"SELECT * EXCLUDE ({_IS_MEMBER}) FROM ({mapped_sql}) WHERE {_IS_MEMBER}"
    if job.view.snapshot:
        stage_later_members(work, inside, attributes, has_doubt=job.view.doubt is not None)
    else:
        if is_first:
            stage_first_members(work, inside, attributes, job.destination, _json_names(attributes))
        else:
            work.raw_sql(f"CREATE TEMP TABLE members_raw AS {inside}")
        work.raw_sql("CREATE TEMP VIEW member_ids AS SELECT id, place FROM members_raw")
    work.raw_sql(f"CREATE TEMP TABLE others_raw AS SELECT id, place FROM ({mapped_sql}) WHERE NOT {_IS_MEMBER}")
    work.raw_sql(
        """CREATE TEMP TABLE doubles AS
           SELECT id FROM (SELECT id FROM member_ids UNION ALL SELECT id FROM others_raw) WHERE id IS NOT NULL
           GROUP BY id HAVING count(*) > 1"""
    )
    work.raw_sql(f"CREATE TEMP VIEW usable AS SELECT * FROM members_raw {_without_doubles(work)} WHERE bad_id IS NULL")


def _mapped_sql(sources: Sources, job: Job) -> str:
    """SQL of the mapped rows with their place, see `groups`, and `_IS_MEMBER`."""
    grouping = _grouping(job)
    template = grouping.template if grouping else job.template
    texts = {name: f"{name} as text" for name in sorted(text_columns(template, job.destination))}
    table = sources.relation_with_texts(job.table, texts)
    flags = {_IS_MEMBER: _membership(sources, job, table)}
    if grouping:
        campaign = grouping.campaign
        asking = [audience for audience in campaign.audiences if audience.segments]
        for i, audience in enumerate(asking):
            flags[f"{_MATCHES}{i}"] = _matching(sources, job, table, matching_segment(campaign, audience))
    rows = table.mutate(**flags)
    # Segments compare the typed columns; what is sent as text is the exact text of the source.
    exact = rows.drop(*texts).rename(texts)
    mapped = mapped_rows(exact, template, job.destination, keep=tuple(flags))
    # The text of an identifier is wanted only where it is withheld; a copy of each would cost as much as a value.
    mapped = mapped.mutate(raw_id=ibis.ifelse(mapped.bad_id.notnull(), mapped.raw_id, ibis.null("string")))
    mapped_sql = sources.work.compile(mapped)
    if grouping:
        return grouped_sql(mapped_sql, grouping, list(flags)[1:], _IS_MEMBER, job.today)
    return f"SELECT *, NULL::SMALLINT AS place FROM ({mapped_sql})"


def _without_doubles(work: Backend) -> str:
    """SQL that leaves out the identifiers of several rows; nearly always there are none."""
    return "ANTI JOIN doubles USING (id)" if count_of(work, "doubles") else ""


def _membership(sources: Sources, job: Job, table: ir.Table) -> ir.BooleanValue:
    """Whether a row of the profile table is in the activation; never NULL."""
    audience = audience_segment(job.activation) if isinstance(job.activation, Campaign) else None
    return ibis.literal(True) if audience is None else _matching(sources, job, table, audience)


def _matching(sources: Sources, job: Job, table: ir.Table, segment: Segment) -> ir.BooleanValue:
    return members(
        segment,
        table,
        Surroundings(
            project=job.project,
            today=job.today,
            id_column=job.template.identifier_column,
            relation=sources.relation,
            log_of=lambda campaign: recipients_sql(job.logs[campaign]),
        ),
    )


def _stage_known(work: Backend, view: LedgerView, attributes: Sequence[DiffAttribute]) -> None:
    """Relations ledger_wide and doubt_wide, where there is something to know."""
    known = known_rows_sql(view)
    if known:
        columns = ", ".join(
            f"{view.columns[each.name]} AS l{i}" if each.name in view.columns else f"NULL::VARCHAR AS l{i}"
            for i, each in enumerate(attributes)
        )
        work.raw_sql(f"CREATE TEMP VIEW ledger_wide AS SELECT id, sent_at, {columns} FROM ({known})")
    if view.doubt:
        columns = ", ".join(
            f"max(value) FILTER (attribute = {sql_literal(each.name)}) AS d{i}" for i, each in enumerate(attributes)
        )
        work.raw_sql(
            f"""CREATE TEMP TABLE doubt_wide AS
                SELECT id, max(since) AS since, max(not_before) AS doubt_not_before, {columns}
                FROM ({doubt_rows_sql(view.doubt)}) GROUP BY id"""
        )


def _stage_changes(work: Backend, job: Job, attributes: Sequence[DiffAttribute]) -> None:
    """Table changed."""
    ledger = "ledger_wide" if job.view.snapshot else None
    doubt = "doubt_wide" if job.view.doubt else None
    on_leave = job.activation.on_leave if isinstance(job.activation, Campaign) else "keep"
    # Customers with several rows stay where they are: which row speaks for them is unknown.
    accounted = "SELECT id FROM member_ids UNION ALL SELECT id FROM doubles"
    changes = [
        member_changes_sql("usable", ledger, doubt, attributes),
        outsider_changes_sql(ledger, doubt, accounted, attributes, on_leave),
    ]
    work.raw_sql(f"CREATE TEMP TABLE changed_values AS {' UNION ALL '.join(filter(None, changes))}")
    payload = payload_sql(job.destination, _json_names(attributes))
    work.raw_sql(f"CREATE TEMP VIEW changed AS SELECT *, {payload} AS payload FROM changed_values")


def _largest_payload_bytes(work: Backend, job: Job, attributes: Sequence[DiffAttribute] | None) -> int:
    """What no payload exceeds: the largest value of each attribute, together, and all that stands around them.

    Without `attributes` the payloads are written already.
    """
    if attributes is None:
        return number_of(work, "SELECT coalesce(max(strlen(payload)), 0) FROM changed_values")
    sizes = [f"coalesce(max(strlen(s{i})), 0)" for i in range(len(attributes))]
    # An identifier is escaped: every byte of it can become six.
    values = number_of(work, f"SELECT 6 * coalesce(max(strlen(id)), 0) + {' + '.join(sizes)} FROM changed_values")
    names = sum(len(name.encode()) + 2 for name in _json_names(attributes))
    return values + names + len(payload_sql(job.destination, []))


def _is_first(view: LedgerView, attributes: Sequence[DiffAttribute]) -> bool:
    """Whether there is nothing to compare with."""
    return view.snapshot is None and view.doubt is None and 0 < len(attributes) <= MAX_ATTRIBUTES


def _json_names(attributes: Sequence[DiffAttribute]) -> list[str]:
    return [json_name(each.name) for each in attributes]
