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
from tui_app.core.fields import JsonShape, Member
from tui_app.engine import duckdb_functions as duck
from tui_app.engine.json_text import FORMS, NO_REASON, NUMBERS, Form, Kind, code_where, kind_of, number_text, trimmed
from tui_app.engine.reading import Mismatch, Reading, read_column, through

FORM = Form(lambda _text: NO_REASON, lambda text: text)
"""Of values that were read as JSON text already."""

_UUID = r'^"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"$'
_NUMBER_TYPES = ("BIGINT", "UBIGINT", "DOUBLE")
_ESCAPED_NUL = "\\u0000"
_DEGREES = ("longitude", "latitude")
_IS_OBJECT = "is object"
_NULL_TEXT = ibis.null("string")


def location_of(dtype: dt.DataType) -> Reading:
    """JSON text of a location, from JSON text or from a struct with longitude and latitude.

    Raises:
        Mismatch: The column is neither.
    """
    if dtype.is_string() or dtype.is_json():
        return through(_as_json, _degrees_in_json, _location_text, unless=values.BAD_LOCATION)
    if dtype.is_struct() and {"longitude", "latitude"} <= set(dtype.names):
        return through(_degrees_in_struct, _location_text, unless=values.BAD_LOCATION)
    if kind_of(dtype) in NUMBERS:
        raise Mismatch("a location needs two columns; name the other one with latitude_column")
    raise Mismatch("a location needs two columns, a struct with longitude and latitude, or JSON text")


def _degrees_in_json(document: ir.JSONValue) -> ir.StructValue:
    return ibis.struct({name: _degrees(duck.json_member_text(document, f"$.{name}")) for name in _DEGREES})


def _degrees_in_struct(struct: ir.StructValue) -> ir.StructValue:
    return ibis.struct({name: _degrees(struct[name]) for name in _DEGREES})


def _degrees(value: ir.Value) -> ir.NumericValue:
    if value.type().is_string():
        return trimmed(value).try_cast("float64")
    return read_column(value.type()).read(value)


def _location_text(degrees: ir.StructValue) -> ir.StringValue:
    longitude, latitude = degrees["longitude"], degrees["latitude"]
    is_on_earth = longitude.between(-180, 180) & latitude.between(-90, 90)
    text = ibis.literal('{"longitude":').concat(number_text(longitude), ',"latitude":', number_text(latitude), "}")
    return is_on_earth.ifelse(text, _NULL_TEXT)


def shape_of(shape: JsonShape, kind: Kind) -> Reading:
    """JSON text of the members that a shape names, from a nested column or from JSON text.

    Raises:
        Mismatch: The column is neither.
    """
    if kind not in {"string", "object"}:
        raise Mismatch("the field needs a nested column or JSON text")
    if shape.is_array:
        return through(
            _as_json,
            _elements,
            lambda elements: elements.map(lambda element: _taken_apart(element, shape)),
            lambda objects: objects.map(lambda parts: _object_text(parts, shape)),
            _array_text,
            unless=values.BAD_SHAPE,
        )
    return through(
        _as_json,
        lambda document: _taken_apart(document, shape),
        lambda parts: _object_text(parts, shape),
        _without_nul,
        unless=values.BAD_SHAPE,
    )


def _as_json(value: ir.Value) -> ir.JSONValue:
    if value.type().is_string():
        return value.try_cast("json")
    return value if value.type().is_json() else duck.to_json(value)


def _elements(document: ir.JSONValue) -> ir.ArrayValue:
    return (duck.json_type(document) == "ARRAY").ifelse(document, ibis.null("json")).cast(dt.Array(dt.json))


def _array_text(texts: ir.ArrayValue) -> ir.StringValue:
    has_misfit = texts.map(lambda text: text.isnull()).anys().fill_null(False)
    return _without_nul(has_misfit.ifelse(_NULL_TEXT, _bracketed(texts)))


def _bracketed(texts: ir.ArrayValue) -> ir.StringValue:
    return ibis.literal("[").concat(texts.join(","), "]")


def _without_nul(text: ir.StringValue) -> ir.StringValue:
    return text.contains(_ESCAPED_NUL).ifelse(_NULL_TEXT, text)


def _taken_apart(document: ir.JSONValue, shape: JsonShape) -> ir.StructValue:
    """The members of an object, each found once, and whether there are no others."""
    names = tuple(member.name for member in shape.members)
    is_object = (duck.json_type(document) == "OBJECT") & (
        duck.json_keys(document).filter(lambda key: key.notin(names)).length() == 0
    )
    return ibis.struct({_IS_OBJECT: is_object, **{name: document[name] for name in names}})


def _object_text(parts: ir.StructValue, shape: JsonShape) -> ir.StringValue:
    """The object with its members in the order of the shape, or NULL if a member is missing or strange."""
    is_sound = parts[_IS_OBJECT]
    for member in shape.members:
        is_sound &= _is_sound(parts[member.name], member)
    # Joining leaves out NULLs, which is what absent members are.
    text = ibis.array([_member_text(parts, member.name) for member in shape.members]).join(",")
    return is_sound.fill_null(False).ifelse(ibis.literal("{").concat(text, "}"), _NULL_TEXT)


def _is_absent(value: ir.JSONValue) -> ir.BooleanValue:
    return duck.json_type(value).fill_null("NULL") == "NULL"


def _member_text(parts: ir.StructValue, name: str) -> ir.StringValue:
    return _is_absent(parts[name]).ifelse(_NULL_TEXT, ibis.literal(f'"{name}":').concat(parts[name].cast("string")))


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
    elements = _elements(value)
    has_misfit = elements.map(lambda each: duck.json_type(each) != "VARCHAR").anys().fill_null(False)
    return elements.notnull() & ~has_misfit


def array_of(dtype: dt.Array) -> tuple[Reading, Callable[[Any, Any], ir.StringValue]]:
    """An array of strings or numbers as JSON text, and the reason against it, given the array and its text.

    One element that cannot be sent withholds the whole array: without it the array would say something else.
    """
    kind = kind_of(dtype.value_type)
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

        has_misfit = array.map(is_misfit).anys().fill_null(False)
        if kind == "string":
            # The text clears nearly all arrays: it is longer than each element, and tells of each NULL and NUL.
            is_suspect = duck.strlen(text) > values.MAX_STRING_CHARACTERS
            has_misfit = (is_suspect | text.contains("null") | text.contains(_ESCAPED_NUL)) & has_misfit
        return code_where(
            (array.length() > values.MAX_ARRAY_ELEMENTS, values.ARRAY_TOO_LONG),
            (has_misfit, values.ARRAY_ELEMENT),
            (duck.strlen(text) > values.MAX_ARRAY_BYTES, values.ARRAY_TOO_LARGE),
        )

    return through(read), judge
