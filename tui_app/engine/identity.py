"""How customers are addressed in Braze: one identifier per destination, as exact text, and the reason against it."""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tui_app.core import values
from tui_app.core.mapping import Template
from tui_app.core.project import Destination
from tui_app.engine import duckdb_functions as duck
from tui_app.engine import json_text, rules
from tui_app.engine.encoding import Encoding, source_text
from tui_app.engine.json_text import code_where, trimmed
from tui_app.engine.reading import Reading

_BLANK = r"^[\s\pZ]*$"
_CONTROL = r"\p{Cc}"
_SENTINEL = rf"^[\s\pZ]*(?i:{'|'.join(values.SENTINEL_IDENTIFIERS)})[\s\pZ]*$"


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


def identifier_text(table: ir.Table, template: Template, destination: Destination) -> ir.StringValue:
    """The identifier of each row as it is sent, whether or not it can be; see `identity_of`."""
    encoding = identity_of(template, destination)
    value = encoding.give(*(table[column] for column in encoding.columns))
    for step in encoding.steps:
        value = step(value)
    return encoding.write(value)


def _text(column: ir.Column) -> ir.StringValue:
    return column.cast("string")


def _itself(value: ir.Value) -> ir.Value:
    return value


def _exact(column: str) -> Encoding:
    def judge(text: ir.StringValue, _value: ir.StringValue) -> ir.StringValue:
        return _reason_against(text, values.MAX_IDENTIFIER_BYTES)

    return Encoding((column,), _text, (), judge, _itself, _text)


def _normalised(column: str, reading: Reading) -> Encoding:
    def judge(text: ir.StringValue, value: ir.StringValue) -> ir.StringValue:
        return code_where(
            (text.isnull(), values.ID_MISSING),
            (text.re_search(_BLANK), values.ID_EMPTY),
            (value.isnull(), values.ID_INVALID),
        )

    return Encoding((column,), _text, (trimmed, *reading.steps), judge, _itself, _text)


def _alias(name_column: str, label_column: str) -> Encoding:
    def give(name: ir.Column, label: ir.Column) -> ir.StructValue:
        return ibis.struct({"alias_name": _text(name), "alias_label": _text(label)})

    def judge(alias: ir.StructValue, _value: ir.StructValue) -> ir.StringValue:
        # A label such as "none" is odd, but only a name gathers strangers.
        return ibis.coalesce(
            _reason_against(alias["alias_name"], values.MAX_ALIAS_BYTES),
            _reason_against(alias["alias_label"], values.MAX_ALIAS_BYTES, is_label=True),
        )

    def show(name: ir.Column, label: ir.Column) -> ir.StringValue:
        return source_text(give(name, label))

    return Encoding((name_column, label_column), give, (), judge, source_text, show)


def _reason_against(text: ir.StringValue, max_bytes: int, *, is_label: bool = False) -> ir.StringValue:
    # One search clears nearly all rows; only the others are looked at closely.
    is_suspect = text.isnull() | (duck.strlen(text) > max_bytes) | text.re_search(f"{_BLANK}|{_CONTROL}|{_SENTINEL}")
    verdicts = (
        (text.isnull(), values.ID_MISSING),
        (text.re_search(_BLANK), values.ID_EMPTY),
        (duck.strlen(text) > max_bytes, values.ID_TOO_LONG),
        (text.re_search(_CONTROL), values.ID_CONTROL),
        (text.re_search(_SENTINEL), values.ID_SENTINEL),
    )
    return is_suspect.ifelse(code_where(*(verdicts[:-1] if is_label else verdicts)), ibis.null("string"))
