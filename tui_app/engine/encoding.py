"""One mapped attribute: from its columns to JSON text or a reason, in steps that the profile runs one after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tui_app.core.fields import STANDARD_FIELDS, Location, Rule, Text
from tui_app.core.mapping import AttributeMapping
from tui_app.engine import duckdb_functions as duck
from tui_app.engine import json_text, nested, rules
from tui_app.engine.json_text import FORMS, NUMBERS, Form, Kind, trimmed
from tui_app.engine.reading import Mismatch, Reading, article, converted, transformed


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the values of one attribute are made: columns → given → value → reason → text.

    Every arrow, and every step to the value, is meant for a projection of its own, so that nothing is computed twice.
    """

    columns: tuple[str, ...]
    """Of the source."""
    give: Callable[..., Any]
    """The columns → what the row says, or NULL if it says nothing."""
    steps: tuple[Callable[[Any], Any], ...]
    """Given → value, one after the other; NULL where it cannot be read."""
    judge: Callable[[Any, Any], ir.StringValue]
    """Given and value → code of the reason to withhold it, or NULL."""
    write: Callable[[Any], ir.StringValue]
    """Value that was judged well → canonical JSON text."""
    show: Callable[..., ir.StringValue]
    """The columns → the source value as a person would write it."""


def encoding_of(mapping: AttributeMapping, schema: ibis.Schema) -> Encoding:
    """How a mapping's values are made from its columns, all of which are in `schema`.

    Raises:
        Mismatch: Column, type and transforms do not fit each other or the field.
    """
    dtype = schema[mapping.column]
    field = STANDARD_FIELDS.get(mapping.attribute)
    if mapping.latitude_column is not None:
        if field is None or not isinstance(field.rule, Location):
            raise Mismatch("latitude_column is for current_location")
        return _located(mapping.column, mapping.latitude_column, schema)
    if field is not None:
        return _standard(mapping, dtype, field.rule)
    return _custom(mapping, dtype)


def source_text(column: ir.Value) -> ir.StringValue:
    """A value of the source as text: itself, or JSON if it has members or elements."""
    if column.type().is_nested() or column.type().is_json():
        return duck.to_json(column).cast("string")
    return column.cast("string")


def _standard(mapping: AttributeMapping, dtype: dt.DataType, rule: Rule) -> Encoding:
    if mapping.type is not None and not rules.takes_type(rule, mapping.type):
        raise Mismatch(f'the field has a type of its own; remove type = "{mapping.type}"')
    reading, kind = transformed(mapping, dtype, rules.wanted_kind(rule))
    return _encoding(mapping, *rules.judged(rule, reading, kind, dtype), is_free_text=isinstance(rule, Text))


def _custom(mapping: AttributeMapping, dtype: dt.DataType) -> Encoding:
    kind = json_text.kind_of(dtype)
    if kind is None or kind == "object":
        raise Mismatch(
            "Braze attributes are booleans, numbers, dates, datetimes, strings and arrays of numbers or strings"
        )
    wanted = _kind_wanted(mapping, kind)
    reading, kind = transformed(mapping, dtype, wanted)
    if mapping.buckets and wanted not in NUMBERS | {"string"}:
        raise Mismatch(f"buckets give names, and a name cannot be sent as {article(wanted)}")
    if not (mapping.buckets or (mapping.date_only and wanted == "datetime")):
        reading, kind = converted(reading, kind, wanted)
    if kind == "array":
        return _array(mapping, dtype)
    return _encoding(mapping, reading, FORMS[kind], is_free_text=wanted == "string" and not mapping.buckets)


def _kind_wanted(mapping: AttributeMapping, kind: Kind) -> Kind:
    if mapping.type is None:
        return "date" if mapping.date_only else kind
    return "string" if mapping.type == "varchar" else mapping.type


def _encoding(mapping: AttributeMapping, reading: Reading, form: Form, *, is_free_text: bool) -> Encoding:
    def give(column: ir.Column) -> ir.Value:
        if json_text.kind_of(column.type()) != "string":
            return column
        return _given_text(mapping, column.cast("string"), is_free_text=is_free_text)

    return Encoding((mapping.column,), give, reading.steps, _judge_by(reading, form), form.write, source_text)


def _judge_by(reading: Reading, form: Form) -> Callable[[Any, Any], ir.StringValue]:
    def judge(given: ir.Value, value: ir.Value) -> ir.StringValue:
        return (given.notnull() & value.isnull()).ifelse(reading.unreadable(given), form.judge(value))

    return judge


def _given_text(mapping: AttributeMapping, text: ir.StringValue, *, is_free_text: bool) -> ir.StringValue:
    def unless_empty(part: ir.StringValue) -> ir.StringValue:
        return part if mapping.keep_empty and is_free_text else part.nullif("")

    # Where a text is parsed or looked up, whitespace around it means nothing, and nothing is no value.
    text = trimmed(text, unless_empty) if mapping.trim or not is_free_text else unless_empty(text)
    if mapping.lower:
        text = text.lower()
    if mapping.upper:
        text = text.upper()
    return text


def _array(mapping: AttributeMapping, dtype: dt.DataType) -> Encoding:
    reading, judge = nested.array_of(dtype)
    return Encoding((mapping.column,), lambda column: column, reading.steps, judge, nested.FORM.write, source_text)


def _located(longitude: str, latitude: str, schema: ibis.Schema) -> Encoding:
    for column in (longitude, latitude):
        if json_text.kind_of(schema[column]) not in NUMBERS | {"string"}:
            raise Mismatch(f'column "{column}" holds no numbers')
    reading = nested.location_of(dt.Struct({"longitude": schema[longitude], "latitude": schema[latitude]}))

    def give(east: ir.Column, north: ir.Column) -> ir.StructValue:
        degrees = ibis.struct({"longitude": _blank_as_null(east), "latitude": _blank_as_null(north)})
        is_absent = degrees["longitude"].isnull() & degrees["latitude"].isnull()
        return is_absent.ifelse(ibis.null(degrees.type()), degrees)

    def show(east: ir.Column, north: ir.Column) -> ir.StringValue:
        return ibis.array([source_text(column).fill_null("NULL") for column in (east, north)]).join(", ")

    judge = _judge_by(reading, nested.FORM)
    return Encoding((longitude, latitude), give, reading.steps, judge, nested.FORM.write, show)


def _blank_as_null(column: ir.Column) -> ir.Value:
    return trimmed(column).nullif("") if column.type().is_string() else column
