"""The mapped profile: one row per row of the profile table, with an identifier and every attribute as JSON text.

It is one expression over the source, with nothing but DuckDB's own functions: no Python runs per customer. A value
that breaks a rule is withheld with a reason; nothing in the data can make the expression fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from tui_app.core.errors import FixInput, Problem
from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.mapping import AttributeMapping, OnNull, Template
from tui_app.core.project import Destination
from tui_app.core.sent_names import is_sent
from tui_app.engine.encoding import Encoding, encoding_of
from tui_app.engine.identity import can_identify, identifier_columns, identity_of
from tui_app.engine.nearest import nearest_sentence
from tui_app.engine.reading import Mismatch
from tui_app.engine.rules import wanted_kind

_NULL_TEXT = ibis.null("string")
SHOWN_CHARACTERS = 1_000
"""Of a source value that is withheld: more than any text that is sent. Of a cell of megabytes the beginning is kept."""


@dataclass(frozen=True, slots=True)
class SentAttribute:
    """An attribute that is sent. Its position in `sent_attributes` is the suffix of its columns in `mapped_rows`."""

    name: str
    kind: Literal["standard", "custom"]
    on_null: OnNull
    data_points: int
    """What setting or clearing it costs for one customer."""
    column: str
    """Of the profile table; the longitude of a location in two columns."""


def sent_attributes(template: Template, destination: Destination) -> tuple[SentAttribute, ...]:
    """The attributes of a template that are sent to a destination, in the order of the project file.

    Left out are names that Braze takes for something else, alters or refuses, identifiers, and subscription states
    unless the destination says `send_consent`.
    """
    return tuple(
        SentAttribute(
            name=mapping.attribute,
            kind="standard" if mapping.attribute in STANDARD_FIELDS else "custom",
            on_null=mapping.on_null,
            data_points=field.data_points if (field := STANDARD_FIELDS.get(mapping.attribute)) else 1,
            column=mapping.column,
        )
        for mapping in sent_mappings(template, destination)
    )


def sent_mappings(template: Template, destination: Destination) -> tuple[AttributeMapping, ...]:
    """The mappings of `sent_attributes`."""
    return tuple(mapping for mapping in template.attributes if is_sent(mapping.attribute, destination))


def text_columns(template: Template, destination: Destination) -> frozenset[str]:
    """The columns of which the exact source text is wanted: `007` in a CSV file is a text if it is sent as one.

    A column that also feeds a number, a date or an attribute that follows the column's type is not among them.
    """
    uses = [(column, True) for column in identifier_columns(template, destination) if column is not None]
    uses += [(mapping.column, _wants_text(mapping)) for mapping in sent_mappings(template, destination)]
    columns = frozenset(column for column, wants_text in uses if wants_text)
    return columns - {column for column, wants_text in uses if not wants_text}


def _wants_text(mapping: AttributeMapping) -> bool:
    if mapping.round is not None or mapping.buckets or mapping.date_only:
        return False
    field = STANDARD_FIELDS.get(mapping.attribute)
    return wanted_kind(field.rule) == "string" if field else mapping.type in {"string", "varchar"}


def mapped_rows(source: ir.Table, template: Template, destination: Destination, keep: tuple[str, ...] = ()) -> ir.Table:
    """Every row of `source`, mapped.

    Args:
        source: The profile table, on a DuckDB connection whose TimeZone is UTC.
        template: Which column feeds which attribute.
        destination: Decides the identifier and what is not sent.
        keep: Columns of `source` to pass on. None may be called like a column of the result.

    Returns:
        id string, NULL if unusable · bad_id string, code of the reason against it or NULL · raw_id string, the
        identifier as the source has it · then for attribute i of `sent_attributes`: v{i} string, canonical JSON text
        or NULL · p{i} string, code of the reason why the value is withheld, or NULL; then v{i} is NULL · w{i} string,
        the source value as text where p{i} is set · then the columns of `keep`. As many rows as `source`. What shows
        the source, raw_id and w{i}, is cut after `SHOWN_CHARACTERS`.

    Raises:
        FixInput: All that `mapping_problems` finds.
    """
    problems = mapping_problems(source.schema(), template, destination)
    if problems:
        raise FixInput(*problems)
    identity = identity_of(template, destination)
    encodings = [encoding_of(mapping, source.schema()) for mapping in sent_mappings(template, destination)]
    judged = _judged(source, [identity, *encodings], keep)
    columns = {
        "id": _unless_withheld(judged, 0, identity),
        "bad_id": judged["reason0"],
        "raw_id": _shown(judged, 0, identity),
    }
    for position, encoding in enumerate(encodings):
        step = position + 1
        reason = judged[f"reason{step}"]
        columns[f"v{position}"] = _unless_withheld(judged, step, encoding)
        columns[f"p{position}"] = reason
        columns[f"w{position}"] = reason.notnull().ifelse(_shown(judged, step, encoding), _NULL_TEXT)
    return judged.select(**columns, **{name: judged[f"keep{position}"] for position, name in enumerate(keep)})


def _judged(source: ir.Table, encodings: list[Encoding], keep: tuple[str, ...]) -> ir.Table:
    """What all encodings give, read and judge, under names that no source can collide with."""
    steps = tuple(enumerate(encodings))
    columns = {f"keep{position}": source[name] for position, name in enumerate(keep)}
    for step, encoding in steps:
        sources = [source[column] for column in encoding.columns]
        columns[f"given{step}"] = encoding.give(*sources)
        columns.update({f"source{step}_{part}": column for part, column in enumerate(sources)})
    read = source.select(**columns)
    for depth in range(max(len(encoding.steps) for encoding in encodings)):
        deeper = {
            f"value{step}": encoding.steps[depth](read[_value(step, encoding, depth)])
            for step, encoding in steps
            if depth < len(encoding.steps)
        }
        read = read.mutate(**deeper)
    return read.mutate(
        **{
            f"reason{step}": encoding.judge(read[f"given{step}"], read[_value(step, encoding)])
            for step, encoding in steps
        }
    )


def _value(step: int, encoding: Encoding, depth: int | None = None) -> str:
    """The column that has the value after `depth` steps, or after all of them."""
    # Before the first step it is what was given, and no copy of that: DuckDB would compute it twice.
    return f"value{step}" if (len(encoding.steps) if depth is None else depth) else f"given{step}"


def _unless_withheld(judged: ir.Table, step: int, encoding: Encoding) -> ir.StringValue:
    return judged[f"reason{step}"].isnull().ifelse(encoding.write(judged[_value(step, encoding)]), _NULL_TEXT)


def _shown(judged: ir.Table, step: int, encoding: Encoding) -> ir.StringValue:
    shown = encoding.show(*(judged[f"source{step}_{part}"] for part in range(len(encoding.columns))))
    return shown.left(SHOWN_CHARACTERS)


def mapping_problems(schema: ibis.Schema, template: Template, destination: Destination) -> list[Problem]:
    """Everything about a template that does not fit the columns of its profile table, known without reading a row.

    Attributes that are never sent only need their columns to exist.
    """
    problems = list(_identifier_problems(schema, template, destination))
    for mapping in template.attributes:
        columns = (mapping.column,) if mapping.latitude_column is None else (mapping.column, mapping.latitude_column)
        unknown = [column for column in columns if column not in schema]
        subject = f'attribute "{mapping.attribute}"'
        problems += [
            Problem(_unknown_column(subject, column, schema), mapping.place, "unknown_column") for column in unknown
        ]
        if not unknown and is_sent(mapping.attribute, destination):
            problems += _mismatches(schema, mapping)
    return problems


def _identifier_problems(schema: ibis.Schema, template: Template, destination: Destination) -> Iterator[Problem]:
    subject = f'template "{template.name}"'
    for column in identifier_columns(template, destination):
        if column is None:
            setting = "alias_name_column and alias_label_column"
            if destination.identifier != "user_alias":
                setting = "identifier_column"
            message = f"{subject}: no column holds the {destination.identifier}. Nothing can be planned. Set {setting}."
            yield Problem(message, template.place, "identifier_missing")
        elif column not in schema:
            yield Problem(_unknown_column(subject, column, schema), template.place, "unknown_column")
        elif not can_identify(schema[column]):
            yield Problem(
                f'{subject}: column "{column}" of type {schema[column]} cannot be the {destination.identifier}, because'
                " one value can be written in many ways. Nothing can be planned. Use strings, whole numbers or UUIDs.",
                template.place,
                "identifier_type",
            )


def _unknown_column(subject: str, column: str, schema: ibis.Schema) -> str:
    nearest = nearest_sentence(column, schema.names)
    return f'{subject}: the table has no column "{column}". Nothing can be planned.{nearest}'


def _mismatches(schema: ibis.Schema, mapping: AttributeMapping) -> Iterator[Problem]:
    try:
        encoding_of(mapping, schema)
    except Mismatch as mismatch:
        yield Problem(
            f'attribute "{mapping.attribute}": column "{mapping.column}" of type {schema[mapping.column]}: {mismatch}.'
            " Nothing can be planned. Map another column, or change the column's or the mapping's type.",
            mapping.place,
            "mapping_mismatch",
        )
