"""Values with members: locations, subscription groups, push tokens, social profiles and arrays of scalars.

They come as structs, lists of structs or JSON text, and leave as compact JSON with the members in one order, so that
the same content always gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tui_app.core import values
from tui_app.core.fields import JsonShape, Location, Member
from tui_app.engine import duckdb_functions as duck
from tui_app.engine import json_text
from tui_app.engine.json_text import FORMS, NO_REASON, Form, Kind, code_where, trimmed
from tui_app.engine.reading import Mismatch, Reading, because, read_column

FORM = Form(lambda _text: NO_REASON, lambda text: text)
"""Of values that were read as JSON text already."""

_UUID = r'^"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"$'
_NUMBER_TYPES = ("BIGINT", "UBIGINT", "DOUBLE")
_ESCAPED_NUL = "\\u0000"
_NULL_TEXT = ibis.null("string")


def reading_of(rule: Location | JsonShape, kind: Kind) -> Reading:
    """JSON text of the members that a rule names, from a column with members or from JSON text.

    Raises:
        Mismatch: The column can hold neither.
    """
    if isinstance(rule, Location):
        if kind not in {"string", "object"}:
            raise Mismatch("a location needs two columns; name the other one with latitude_column")
        return Reading(_location_text, because(values.BAD_LOCATION))
    if kind not in {"string", "object"}:
        raise Mismatch("the field needs a nested column or JSON text")
    return Reading(lambda value: _shaped(_as_json(value), rule), because(values.BAD_SHAPE))


def _as_json(value: ir.Value) -> ir.JSONValue:
    if value.type().is_string():
        return value.try_cast("json")
    return value if value.type().is_json() else duck.to_json(value)


def _location_text(value: ir.Value) -> ir.StringValue:
    document = _as_json(value)
    longitude, latitude = (_degrees(document, name) for name in ("longitude", "latitude"))
    is_on_earth = longitude.between(-180, 180) & latitude.between(-90, 90)
    text = ibis.literal('{"longitude":').concat(
        json_text.number_text(longitude), ',"latitude":', json_text.number_text(latitude), "}"
    )
    return is_on_earth.ifelse(text, _NULL_TEXT)


def _degrees(document: ir.JSONValue, name: str) -> ir.FloatingValue:
    """A member that is a number, or a number in a string, as two text columns give it."""
    return trimmed(duck.json_member_text(document, f"$.{name}")).try_cast("float64")


def _shaped(document: ir.JSONValue, shape: JsonShape) -> ir.StringValue:
    if not shape.is_array:
        return _without_nul(_object_text(document, shape.members))
    objects = (duck.json_type(document) == "ARRAY").ifelse(document, ibis.null("json")).cast(dt.Array(dt.json))
    texts = objects.map(lambda element: _object_text(element, shape.members))
    has_misfit = texts.map(lambda text: text.isnull()).anys().fill_null(False)
    return _without_nul(has_misfit.ifelse(_NULL_TEXT, _bracketed(texts)))


def _without_nul(text: ir.StringValue) -> ir.StringValue:
    return text.contains(_ESCAPED_NUL).ifelse(_NULL_TEXT, text)


def _bracketed(texts: ir.ArrayValue) -> ir.StringValue:
    return ibis.literal("[").concat(texts.join(","), "]")


def _object_text(document: ir.JSONValue, members: tuple[Member, ...]) -> ir.StringValue:
    """The object with its members in the order of the rule, or NULL if a member is missing, strange or unknown."""
    names = tuple(member.name for member in members)
    is_sound = (duck.json_type(document) == "OBJECT") & (
        duck.json_keys(document).filter(lambda key: key.notin(names)).length() == 0
    )
    for member in members:
        is_sound &= _is_sound(document[member.name], member)
    # Joining leaves out NULLs, which is what absent members are.
    text = ibis.array([_member_text(document, member.name) for member in members]).join(",")
    return is_sound.fill_null(False).ifelse(ibis.literal("{").concat(text, "}"), _NULL_TEXT)


def _is_absent(value: ir.JSONValue) -> ir.BooleanValue:
    return value.isnull() | (duck.json_type(value) == "NULL")


def _member_text(document: ir.JSONValue, name: str) -> ir.StringValue:
    value = document[name]
    return _is_absent(value).ifelse(_NULL_TEXT, ibis.literal(f'"{name}":').concat(value.cast("string")))


def _is_sound(value: ir.JSONValue, member: Member) -> ir.BooleanValue:
    tests: dict[str, Callable[[Any], ir.BooleanValue]] = {
        "text": lambda each: duck.json_type(each) == "VARCHAR",
        "uuid": lambda each: each.cast("string").re_search(_UUID),
        "number": lambda each: duck.json_type(each).isin(_NUMBER_TYPES),
        "flag": lambda each: duck.json_type(each) == "BOOLEAN",
        "texts": _is_array_of_texts,
    }
    is_sound = tests[member.kind](value)
    if member.allowed:
        is_sound &= value.cast("string").isin(tuple(f'"{word}"' for word in member.allowed))
    return is_sound if member.is_required else _is_absent(value) | is_sound


def _is_array_of_texts(value: ir.JSONValue) -> ir.BooleanValue:
    elements = (duck.json_type(value) == "ARRAY").ifelse(value, ibis.null("json")).cast(dt.Array(dt.json))
    has_misfit = elements.map(lambda each: duck.json_type(each) != "VARCHAR").anys().fill_null(False)
    return elements.notnull() & ~has_misfit


def array_of(dtype: dt.Array) -> tuple[Reading, Callable[[Any, Any], ir.StringValue]]:
    """An array of strings or numbers as JSON text, and the reason against it, given the array and its text.

    One element that cannot be sent withholds the whole array: without it the array would say something else.
    """
    kind = json_text.kind_of(dtype.value_type)
    if kind is None:
        raise Mismatch("Braze has no attribute for such values")
    reading, form = read_column(dtype.value_type), FORMS[kind]

    def read(array: ir.ArrayValue) -> ir.StringValue:
        if kind == "string":
            return duck.to_json(array).cast("string")
        return _bracketed(array.map(lambda element: form.write(reading.read(element))))

    def judge(array: ir.ArrayValue, text: ir.StringValue) -> ir.StringValue:
        def is_misfit(element: ir.Value) -> ir.BooleanValue:
            plain = reading.read(element)
            return plain.isnull() | form.judge(plain).notnull()

        return code_where(
            (array.length() > values.MAX_ARRAY_ELEMENTS, values.ARRAY_TOO_LONG),
            (array.map(is_misfit).anys().fill_null(False), values.ARRAY_ELEMENT),
            (duck.strlen(text) > values.MAX_ARRAY_BYTES, values.ARRAY_TOO_LARGE),
        )

    return Reading(read, lambda _array: NO_REASON), judge
