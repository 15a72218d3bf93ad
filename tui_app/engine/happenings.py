"""The plan of purchases and events: rows whose key the ledger does not know yet, each checked before it can be sent.

Relations in the work engine, in the order in which they come to be: rows_raw (mapped rows) · rows_judged (with the
first fault of each) · whole (rows without a fault) · known_parts (what became of their keys) · differing and doubtful
(keys that were sent with other values, or may have been) · objects (of which there is something to say) · withheld ·
ready.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
from ibis import Schema
from ibis.backends.duckdb import Backend

from tui_app.core.errors import FixInput, Problem
from tui_app.core.happenings import (
    BAD_QUANTITY,
    IN_DOUBT_BEFORE,
    MAX_QUANTITY,
    MAX_ROW_QUANTITY,
    ROW_FIELD_MISSING,
    ROW_KEY_TWICE,
    SENT_IN_PART,
    UNKNOWN_CURRENCY,
    HappeningField,
    Happenings,
    currency_codes,
)
from tui_app.core.job import Job
from tui_app.core.known_rows import sent_rows_sql
from tui_app.core.mapping import AttributeMapping, Template, ValueType
from tui_app.core.plan import DiffOutcome
from tui_app.core.requests import RequestLimits
from tui_app.engine.figures import number_of
from tui_app.engine.happening_outcome import outcome_of_happenings
from tui_app.engine.identity import can_identify
from tui_app.engine.json_text import NUMBERS, kind_of
from tui_app.engine.payload import payload_sql, write_changes, write_requests
from tui_app.engine.profile import mapped_rows, mapping_problems, text_columns
from tui_app.engine.sources import Sources
from tui_app.engine.sql_quoting import sql_literal
from tui_app.engine.withheld import REFUSED_BEFORE, TOO_LARGE, json_name, write_withheld

_TYPES: dict[str, ValueType] = {
    "row_key": "string", "product_id": "string", "currency": "string", "name": "string",
    "time": "datetime", "quantity": "integer",
}  # fmt: skip
_KEY_TEXT = "row key as text"
_MOMENT = "time of seconds"
_LAST_SECOND = 33_000_000_000
"""In the year 3015, when no date is kept as one; see `core.values.MAX_YEAR`."""
_PROPERTY = "property "
"""Before the name of one, so that none is taken for a standard field of Braze."""


def happening_problems(sources: Sources, job: Job, asked: Happenings) -> list[Problem]:
    """Everything about columns that must be mended before this can be planned."""
    schema = _with_moment(sources.schema(job.table), asked)
    problems = list(mapping_problems(schema, _template(job, asked, schema), job.destination))
    column = asked.row_key.column
    if column in schema and not can_identify(schema[column]):
        message = (
            f'row_key: column "{column}" of type {schema[column]} cannot name rows for ever, because one value can be '
            "written in many ways. Nothing can be planned. Use strings, whole numbers or UUIDs, such as "
            f'CAST("{column}" AS VARCHAR) in the query.'
        )
        problems.append(Problem(message, asked.row_key.place, "row_key_type"))
    return problems


def write_happening_files(sources: Sources, job: Job, asked: Happenings, folder: Path) -> DiffOutcome:
    """Write the files of `core.plan.DiffOutcome` into `folder`.

    Raises:
        FixInput: The source cannot be used, or a file changed while it was read.
    """
    problems = happening_problems(sources, job, asked)
    if problems:
        raise FixInput(*problems)
    work = sources.work
    limits = RequestLimits(max_objects=job.destination.objects_per_request)
    with sources.reading():
        columns = _stage_rows(sources, job, asked)
        _stage_faults(work, asked, columns)
        sources.confirm_unchanged()
        _stage_whole(work, job, asked, columns)
        _stage_objects(work, job, asked, limits)
        write_changes(
            work,
            ["id", f"'{asked.noun}' AS kind", "NULL::BIGINT AS not_before", "payload", "'{}' AS before",
             "data_points", "key AS row_key", "part", "parts", "digest"],
            "id, row_key, part",
            folder / "changes.parquet",
        )  # fmt: skip
        largest = number_of(work, "SELECT coalesce(max(strlen(payload)), 0) FROM ready")
        requests = write_requests(work, folder / "changes.parquet", folder / "requests.parquet", limits, largest)
        write_withheld(work, folder / "withheld.parquet")
        return outcome_of_happenings(work, asked, requests)


def _template(job: Job, asked: Happenings, schema: Schema) -> Template:
    """The columns of a row as if they were attributes: they are read, checked and written by the same rules."""
    fields = [field for field in (asked.row_key, *asked.fields) if field.column is not None]
    mappings = []
    for each in fields:
        column = _MOMENT if each.name == "time" and _MOMENT in schema else each.column or ""
        mappings.append(AttributeMapping(each.name, column, each.place, _type(each, schema)))
    mappings += [
        AttributeMapping(_PROPERTY + each.name, each.column, each.place)
        for each in asked.properties
        if each.column is not None
    ]
    own = job.template
    return Template(
        name=own.name,
        destination=own.destination,
        attributes=tuple(mappings),
        place=own.place,
        identifier_column=own.identifier_column,
        alias_name_column=own.alias_name_column,
        alias_label_column=own.alias_label_column,
    )


def _time_column(asked: Happenings) -> str:
    return next(field.column or "" for field in asked.fields if field.name == "time")


def _with_moment(schema: Schema, asked: Happenings) -> Schema:
    """The columns of a row, with `_MOMENT` where a whole number feeds the time: the seconds since 1970."""
    column = _time_column(asked)
    if column not in schema or kind_of(schema[column]) != "integer":
        return schema
    return Schema({**schema, _MOMENT: dt.Timestamp(timezone="UTC")})


def _moment(seconds: ir.Column) -> ir.Value:
    number = seconds.try_cast("int64")
    # Milliseconds taken for seconds are thousands of years away: beyond what Braze keeps, and withheld as that.
    return ibis.ifelse(number.isnull() | number.between(0, _LAST_SECOND), number, _LAST_SECOND).as_timestamp("s")


def _type(field: HappeningField, schema: Schema) -> ValueType | None:
    if field.name != "price":
        return _TYPES[field.name]
    is_number = field.column in schema and kind_of(schema[field.column]) in NUMBERS
    return None if is_number else "float"


def _stage_rows(sources: Sources, job: Job, asked: Happenings) -> dict[str, int]:
    """Table rows_raw; field or property → the position of its columns."""
    schema = _with_moment(sources.schema(job.table), asked)
    template = _template(job, asked, schema)
    texts = {name: f"{name} as text" for name in sorted(text_columns(template, job.destination))}
    key = asked.row_key.column or ""
    if key in texts:
        rows = sources.relation_with_texts(job.table, texts)
    else:
        # The exact text of a key, whatever else its column feeds: with another text the row would be another one.
        rows = sources.relation_with_texts(job.table, {**texts, key: _KEY_TEXT})
        own, *others = template.attributes
        template = replace(template, attributes=(replace(own, column=_KEY_TEXT), *others))
    if _MOMENT in schema:
        rows = rows.mutate(**{_MOMENT: _moment(rows[_time_column(asked)])})
    mapped = mapped_rows(rows.drop(*texts).rename(texts), template, job.destination)
    sources.work.raw_sql(f"CREATE TEMP TABLE rows_raw AS {sources.work.compile(mapped)}")
    return {each.attribute: position for position, each in enumerate(template.attributes)}


def _stage_faults(work: Backend, asked: Happenings, columns: dict[str, int]) -> None:
    """Table rows_judged: rows_raw with `key` and `fault`, the first of its faults or NULL."""
    work.raw_sql(
        f"""CREATE TEMP TABLE keyed AS
            SELECT *, json_extract_string(v{columns[asked.row_key.name]}, '$') AS key FROM rows_raw"""
    )
    work.raw_sql(
        """CREATE TEMP TABLE double_keys AS
           SELECT key FROM keyed WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1"""
    )
    cases = " ".join(f"WHEN {condition} THEN {fault}" for condition, fault in _faults(asked, columns))
    work.raw_sql(f"CREATE TEMP TABLE rows_judged AS SELECT *, CASE {cases} END AS fault FROM keyed")


def _faults(asked: Happenings, columns: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Condition and fault as SQL, in the order in which they are looked for."""
    yield "bad_id IS NOT NULL", _fault(None, "bad_id", "raw_id")
    for name, i in columns.items():
        yield f"p{i} IS NOT NULL", _fault(name, f"p{i}", f"w{i}")
    for field in (asked.row_key, *asked.fields):
        if field.column is not None:
            code = sql_literal(ROW_FIELD_MISSING.code)
            yield f"v{columns[field.name]} IS NULL", _fault(field.name, code, "NULL")
    yield "key IN (FROM double_keys)", _fault(asked.row_key.name, sql_literal(ROW_KEY_TWICE.code), "key")
    if "currency" in columns:
        value = f"json_extract_string(v{columns['currency']}, '$')"
        known = ", ".join(sql_literal(each) for each in sorted(currency_codes()))
        yield f"{value} NOT IN ({known})", _fault("currency", sql_literal(UNKNOWN_CURRENCY.code), value)
    if "quantity" in columns:
        value = f"v{columns['quantity']}"
        yield (
            f"try_cast({value} AS BIGINT) NOT BETWEEN 1 AND {MAX_ROW_QUANTITY}",
            _fault("quantity", sql_literal(BAD_QUANTITY.code), value),
        )


def _fault(attribute: str | None, code: str, value: str) -> str:
    name = "NULL::VARCHAR" if attribute is None else sql_literal(attribute)
    return f"{{'attribute': {name}, 'code': {code}, 'value': ({value})::VARCHAR}}"


def _stage_whole(work: Backend, job: Job, asked: Happenings, columns: dict[str, int]) -> None:
    """Tables whole and known_parts."""
    fields = [field for field in asked.fields if field.name != "quantity"]
    values = [f"{_value(field, columns)} AS f{i}" for i, field in enumerate(fields)]
    members = [
        f"{sql_literal(json_name(field.name) + ':')} || {_value(field, columns, _PROPERTY)}"
        for field in asked.properties
    ]
    joined = f"nullif('{{' || concat_ws(',', {', '.join(members)}) || '}}', '{{}}')" if members else "NULL::VARCHAR"
    quantity = f"try_cast(v{columns['quantity']} AS BIGINT)" if "quantity" in columns else "1::BIGINT"
    work.raw_sql(
        f"""CREATE TEMP TABLE good AS
            SELECT id, key, {quantity} AS quantity, {joined} AS properties{"".join(", " + each for each in values)}
            FROM rows_judged WHERE fault IS NULL"""
    )
    everything = ", ".join([f"f{i}" for i in range(len(fields))] + ["quantity", "properties", "id"])
    work.raw_sql(
        f"""CREATE TEMP TABLE whole AS
            SELECT *, md5_number_lower(to_json([{_as_texts(everything)}])::VARCHAR) AS digest,
                   ceil(quantity / {MAX_QUANTITY})::INTEGER AS parts
            FROM good"""
    )
    known = sent_rows_sql(job.view)
    nothing = """SELECT NULL::VARCHAR AS key, NULL::INTEGER AS part, NULL::INTEGER AS parts, NULL::UBIGINT AS digest,
                        NULL::VARCHAR AS state, NULL::VARCHAR AS run WHERE false"""
    remembered = (
        f"""SELECT row_key AS key, part, parts, digest, state, run FROM ({known})
            WHERE remembered_as = {sql_literal(asked.remembered_as)}"""
        if known
        else nothing
    )
    work.raw_sql(f"CREATE TEMP TABLE all_known_parts AS {remembered}")
    work.raw_sql("CREATE TEMP TABLE known_parts AS FROM all_known_parts SEMI JOIN whole USING (key)")
    work.raw_sql(
        """CREATE TEMP TABLE differing AS
           SELECT key, count(*) < any_value(known_parts.parts) AS in_part
           FROM known_parts JOIN whole USING (key)
           WHERE state = 'sent' GROUP BY key HAVING bool_or(known_parts.digest <> whole.digest)"""
    )
    # Of a row that may have arrived with other values nothing more is sent either.
    work.raw_sql(
        """CREATE TEMP TABLE doubtful AS
           SELECT DISTINCT key FROM known_parts JOIN whole USING (key)
           WHERE state = 'in_doubt' AND known_parts.digest <> whole.digest"""
    )


def _as_texts(names: str) -> str:
    return ", ".join(f"({name})::VARCHAR" for name in names.split(", "))


def _value(field: HappeningField, columns: dict[str, int], prefix: str = "") -> str:
    return sql_literal(field.json) if field.json is not None else f"v{columns[prefix + field.name]}"


def _stage_objects(work: Backend, job: Job, asked: Happenings, limits: RequestLimits) -> None:
    """Tables objects and withheld, and view ready."""
    order = [field.name for field in asked.fields]
    plain = iter(range(len(order)))
    is_one_each = "quantity" in order
    sets = [
        f"least({MAX_QUANTITY}, quantity - {MAX_QUANTITY} * part)" if name == "quantity" else f"f{next(plain)}"
        for name in order
    ]
    # Braze takes a quantity of n as n purchases, which the page on data points does not speak of: the upper bound.
    points = sets[order.index("quantity")] if is_one_each else "1"
    numbered = [f"({value})::VARCHAR AS s{i}" for i, value in enumerate([*sets, "properties"])]
    payload = payload_sql(job.destination, [json_name(name) for name in (*order, "properties")])
    work.raw_sql(
        f"""CREATE TEMP TABLE objects AS
            SELECT *, {payload} AS payload FROM (
                SELECT id, key, part, parts, digest, state, known_digest, run, ({points})::INTEGER AS data_points,
                       {", ".join(numbered)}
                FROM (SELECT *, unnest(range(parts))::INTEGER AS part FROM whole ANTI JOIN differing USING (key)) each
                LEFT JOIN (SELECT key, part, state, digest AS known_digest, run FROM known_parts) known
                USING (key, part)
                WHERE state IS DISTINCT FROM 'sent')"""
    )
    is_doubtful = f"{not job.resends_doubt} AND (state = 'in_doubt' OR key IN (FROM doubtful))"
    fault = f"""CASE WHEN {is_doubtful} THEN '{IN_DOUBT_BEFORE.code}'
                     WHEN state = 'refused' AND known_digest = digest THEN '{REFUSED_BEFORE.code}'
                     WHEN strlen(payload) > {limits.max_object_bytes} THEN '{TOO_LARGE.code}' END"""
    work.raw_sql(f"CREATE TEMP TABLE judged_objects AS SELECT *, {fault} AS fault FROM objects")
    work.raw_sql(
        f"""CREATE TEMP TABLE withheld AS
            SELECT coalesce(id, raw_id) AS id, fault.attribute, fault.code,
                   coalesce(key, 'no key') || coalesce(': ' || fault.value, '') AS value
            FROM rows_judged WHERE fault IS NOT NULL
            UNION ALL
            SELECT id, NULL, any_value(fault), key || coalesce(': run ' || any_value(run), '')
            FROM judged_objects WHERE fault IS NOT NULL GROUP BY id, key
            UNION ALL
            SELECT id, NULL, '{SENT_IN_PART.code}', key
            FROM whole SEMI JOIN (FROM differing WHERE in_part) USING (key)"""
    )
    work.raw_sql("CREATE TEMP VIEW ready AS FROM judged_objects WHERE fault IS NULL")
