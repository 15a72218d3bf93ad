"""How customers are addressed in Braze: one identifier per destination, as exact text, with a reason against bad ones."""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tui_app.core import values
from tui_app.core.change import Reason
from tui_app.core.mapping import Template
from tui_app.core.project import Destination
from tui_app.engine import duckdb_functions as duck
from tui_app.engine import json_text, rules
from tui_app.engine.encoding import Encoding, source_text
from tui_app.engine.json_text import code_where
from tui_app.engine.reading import Reading

_BLANK = r"^[\s\pZ]*$"
_CONTROL = r"\p{Cc}"


def identifier_columns(template: Template, destination: Destination) -> tuple[str | None, ...]:
    """The columns that hold the identifier: name and label of an alias, else one. None where the template has none."""
    if destination.identifier == "user_alias":
        return template.alias_name_column, template.alias_label_column
    return (template.identifier_column,)


def can_identify(dtype: dt.DataType) -> bool:
    """Whether each value of a column has one exact text: strings, whole numbers and UUIDs have."""
    return json_text.kind_of(dtype) in {"string", "integer"}


def identity_of(template: Template, destination: Destination) -> Encoding:
    """How identifiers are made: written as plain text, for an alias as the JSON object that Braze takes.

    The columns exist and `can_identify`. Text is taken exactly, whitespace included, but email addresses and phone
    numbers, which Braze compares in one form.
    """
    columns = [column for column in identifier_columns(template, destination) if column is not None]
    match destination.identifier:
        case "user_alias":
            return _alias(*columns)
        case "email":
            return _normalised(columns[0], rules.EMAIL)
        case "phone":
            return _normalised(columns[0], rules.PHONE)
        case _:
            return _exact(columns[0])


def _text(column: ir.Column) -> ir.StringValue:
    return column.cast("string")


def _itself(value: ir.Value) -> ir.Value:
    return value


def _exact(column: str) -> Encoding:
    def judge(text: ir.StringValue, _value: ir.StringValue) -> ir.StringValue:
        return code_where(*_verdicts(text, values.MAX_IDENTIFIER_BYTES), _is_sentinel(text))

    return Encoding((column,), _text, _itself, judge, _itself, _text)


def _normalised(column: str, reading: Reading) -> Encoding:
    def judge(text: ir.StringValue, value: ir.StringValue) -> ir.StringValue:
        return code_where(
            (text.isnull(), values.ID_MISSING),
            (text.re_search(_BLANK), values.ID_EMPTY),
            (value.isnull(), values.ID_INVALID),
        )

    return Encoding((column,), _text, lambda text: reading.read(text.strip()), judge, _itself, _text)


def _alias(name_column: str, label_column: str) -> Encoding:
    def give(name: ir.Column, label: ir.Column) -> ir.StructValue:
        return ibis.struct({"alias_name": _text(name), "alias_label": _text(label)})

    def judge(alias: ir.StructValue, _value: ir.StructValue) -> ir.StringValue:
        # A label such as "none" is odd, but only a name gathers strangers.
        return code_where(
            *_verdicts(alias["alias_name"], values.MAX_ALIAS_BYTES),
            *_verdicts(alias["alias_label"], values.MAX_ALIAS_BYTES),
            _is_sentinel(alias["alias_name"]),
        )

    def show(name: ir.Column, label: ir.Column) -> ir.StringValue:
        return source_text(give(name, label))

    return Encoding((name_column, label_column), give, _itself, judge, source_text, show)


def _verdicts(text: ir.StringValue, max_bytes: int) -> tuple[tuple[ir.BooleanValue, Reason], ...]:
    return (
        (text.isnull(), values.ID_MISSING),
        (text.re_search(_BLANK), values.ID_EMPTY),
        (duck.strlen(text) > max_bytes, values.ID_TOO_LONG),
        (text.re_search(_CONTROL), values.ID_CONTROL),
    )


def _is_sentinel(text: ir.StringValue) -> tuple[ir.BooleanValue, Reason]:
    return text.strip().lower().isin(values.SENTINEL_IDENTIFIERS), values.ID_SENTINEL
