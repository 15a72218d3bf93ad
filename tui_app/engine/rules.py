"""The rules of Braze's standard fields as expressions: what a field takes, in which form, and why not."""

from __future__ import annotations

from typing import TypeAlias, assert_never

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tui_app.core import values
from tui_app.core.fields import Date, Email, Flag, JsonShape, Location, Lookup, Moment, OneOf, Phone, Rule, Text
from tui_app.core.mapping import ValueType
from tui_app.engine import json_text, lookups, nested
from tui_app.engine.json_text import FORMS, NO_REASON, Form, Kind
from tui_app.engine.reading import CONVERSIONS, Mismatch, Reading, converted, through

Judged: TypeAlias = tuple[Reading, Form]

_NOTHING_MORE = Form(lambda _text: NO_REASON, json_text.quoted)
"""For readings that already give NULL for everything that breaks the rule."""

_ATOM = r"[^\s\pZ\pC@.,:;<>()\[\]\\\"]"
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = rf"^(?:[^-\s\pZ\pC@.,:;<>()\[\]\\\"]{_ATOM}*)(?:\.{_ATOM}+)*@(?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$"
"""One @, a local part without dots at its ends or side by side and without a hyphen first, at least two labels of
letters, digits and hyphens, and a last label that is no number.

Source: braze.com/docs, "Email validation", general rules.
"""
_MAX_EMAIL_CHARACTERS = 254
_MAX_LOCAL_PART = 64
"""Source of both: RFC 5321, 4.5.3.1."""
_MIN_PHONE_DIGITS = 8
_MAX_PHONE_DIGITS = 15
"""After the plus. Source: ITU-T E.164, 6."""
_AMERICAN_DIGITS = 10
"""Without country code. Braze takes such a number as North American.

Source: braze.com/docs, "User phone numbers", importing.
"""
_ISO_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def wanted_kind(rule: Rule) -> Kind:
    """What a column is read as for this rule."""
    match rule:
        case Date():
            return "date"
        case Moment():
            return "datetime"
        case Flag():
            return "boolean"
        case Location() | JsonShape():
            return "object"
        case Text() | Email() | Phone() | OneOf() | Lookup():
            return "string"
        case _:
            assert_never(rule)


def takes_type(rule: Rule, declared: ValueType) -> bool:
    """Whether a mapping to this field may say `type = declared`."""
    if isinstance(rule, JsonShape):
        return declared in {"string", "varchar"} or (declared == "array" and rule.is_array)
    return ("string" if declared == "varchar" else declared) in {wanted_kind(rule), "string"}


def judged(rule: Rule, reading: Reading, kind: Kind, dtype: dt.DataType) -> Judged:
    """The reading of a column under a rule, and the form of what it gives.

    Args:
        rule: Of a standard field.
        reading: Gives values of `kind`; strings arrive without surrounding whitespace, if they need none.
        kind: What the column holds after its transforms.
        dtype: The column's type, for nested columns.

    Raises:
        Mismatch: The field cannot be fed from such a column.
    """
    fitting, form = reading, _NOTHING_MORE
    match rule:
        case Text():
            fitting, form = _text_like(reading, kind), _text_form(rule)
        case Phone():
            fitting = _text_like(reading, kind).then(PHONE)
        case Email():
            fitting = _text_only(reading, kind).then(EMAIL)
        case OneOf():
            fitting = _text_only(reading, kind).then(_one_of(rule))
        case Lookup():
            fitting = _text_only(reading, kind).then(_lookup(rule))
        case Date() if kind == "string":
            fitting, form = reading.then(_ISO_DATE_TEXT), FORMS["date"]
        case Date() | Moment() | Flag():
            fitting, fitting_kind = converted(reading, kind, wanted_kind(rule))
            form = FORMS[fitting_kind]
        case Location():
            fitting, form = reading.then(nested.location_of(dtype)), nested.FORM
        case JsonShape():
            fitting, form = reading.then(nested.shape_of(rule, kind)), nested.FORM
        case _:
            assert_never(rule)
    return fitting, form


def _text_form(rule: Text) -> Form:
    return Form(lambda text: json_text.judge_text(text, rule.max_characters), json_text.quoted)


def _email(text: ir.StringValue) -> ir.StringValue:
    is_short = (text.length() <= _MAX_EMAIL_CHARACTERS) & (text.find("@") <= _MAX_LOCAL_PART)
    return (text.re_search(_EMAIL) & is_short).ifelse(text, ibis.null("string"))


def _dialled(text: ir.StringValue) -> ir.StringValue:
    """Digits, after a plus if there was one. With letters NULL: an extension would become part of the number."""
    plus = text.startswith("+").ifelse("+", "")
    return text.re_search(r"\pL").ifelse(ibis.null("string"), plus.concat(text.re_replace(r"[^0-9]+", "")))


def _e164(dialled: ir.StringValue) -> ir.StringValue:
    has_plus = dialled.startswith("+")
    count = dialled.length()
    # Nowhere does a number begin with 0 after the plus, nor an American area code with 0 or 1: what looks like that
    # is another country's number without its country code.
    return ibis.cases(
        (dialled.startswith("0") | dialled.startswith("+0"), ibis.null("string")),
        (has_plus & count.between(_MIN_PHONE_DIGITS + 1, _MAX_PHONE_DIGITS + 1), dialled),
        (~has_plus & (count == _AMERICAN_DIGITS) & ~dialled.startswith("1"), "+1" + dialled),
        (~has_plus & count.between(_AMERICAN_DIGITS + 1, _MAX_PHONE_DIGITS), "+" + dialled),
        else_=ibis.null("string"),
    )


EMAIL = through(_email, unless=values.BAD_EMAIL)
"""The address, if it has the shape of one. Case is kept."""
PHONE = through(_dialled, _e164, unless=values.BAD_PHONE)
"""The number in E.164."""


def _one_of(rule: OneOf) -> Reading:
    is_upper = all(word.isupper() for word in rule.allowed)

    def read(text: ir.StringValue) -> ir.StringValue:
        word = text.upper() if is_upper else text.lower()
        return word.isin(rule.allowed).ifelse(word, ibis.null("string"))

    return through(read, unless=values.NOT_ALLOWED)


def _lookup(rule: Lookup) -> Reading:
    reason = {
        "country": values.UNKNOWN_COUNTRY,
        "language": values.UNKNOWN_LANGUAGE,
        "time_zone": values.UNKNOWN_TIME_ZONE,
    }[rule.table]
    return through(lambda text: lookups.canonical(text, rule.table), unless=reason)


_ISO_DATE_TEXT = through(
    lambda text: text.re_search(_ISO_DATE).ifelse(text.try_cast("date"), ibis.null("date")),
    unless=values.NOT_A_DATE,
)
"""Stricter than other dates: `3/4/1990` is two days, and nobody can say which."""


def _text_only(reading: Reading, kind: Kind) -> Reading:
    if kind != "string":
        raise Mismatch("the field needs a string")
    return reading


def _text_like(reading: Reading, kind: Kind) -> Reading:
    if kind == "integer":
        return reading.then(CONVERSIONS["integer", "string"])
    return _text_only(reading, kind)
