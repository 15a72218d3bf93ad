"""`[templates.NAME]` and the attributes of campaigns and groups: what feeds which Braze attribute."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from tui_app.config.destination_section import OBJECTS_PER_REQUEST
from tui_app.config.known_names import KnownNames
from tui_app.config.table import MAX_INTEGER, Range, TableReader
from tui_app.config.wording import has_invisible, kind_of, quoted, shown
from tui_app.core.fields import STANDARD_FIELDS, problem_of_name
from tui_app.core.groups import CAMPAIGN_FACTS, FactValue, FixedValue, GroupValue
from tui_app.core.mapping import VALUE_TYPES, AttributeMapping, Bucket, OnNull, Template, ValueType
from tui_app.core.project import SETTINGS_OF_TEMPLATES, Destination
from tui_app.core.values import MAX_DECIMAL_DIGITS, MAX_STRING_BYTES, MAX_STRING_CHARACTERS, NOT_FINITE, TEXT_TOO_LONG

_LOCATION = "current_location"
_ON_NULL: tuple[OnNull, ...] = ("clear", "keep")
_DIGITS: Final = Range(-15, 15, remark="It counts digits after the decimal point; negative ones before it.")
_LEAST_PLAIN, _MOST_PLAIN = 1e-4, 1e14
"""Sizes of numbers that are written without an exponent."""
_THRESHOLD: Final = Range(-MAX_INTEGER, MAX_INTEGER)


def read_templates(top: TableReader, known: KnownNames, destinations: Mapping[str, Destination]) -> dict[str, Template]:
    """Every template; `destinations` are those that could be read."""
    templates = {}
    for name, reader in top.named_tables("templates", "template"):
        destination = reader.reference("destination", known.destinations, "destination")
        template = Template(
            name=name,
            destination=destination,
            attributes=_read_attributes(reader),
            place=reader.place(),
            identifier_column=reader.text("identifier_column"),
            alias_name_column=reader.text("alias_name_column"),
            alias_label_column=reader.text("alias_label_column"),
            update_existing_only=_open_flag(reader, "update_existing_only"),
            send_consent=_open_flag(reader, "send_consent"),
            objects_per_request=reader.whole("objects_per_request", OBJECTS_PER_REQUEST, None),
        )
        _check_settings(reader, top.raw("destinations"), destination)
        if destination in destinations:
            _check_identifier(reader, destinations[destination])
        reader.close()
        templates[name] = template
    return templates


def read_group_values(owner: TableReader) -> tuple[GroupValue, ...]:
    """The attributes that a campaign or a group adds: columns as in a template, fixed values, facts of the campaign."""
    reader = owner.table("attributes", owner.subject)
    values: list[GroupValue] = []
    for name in reader:
        entry = reader.raw(name)
        subject = f"{owner.subject}, attribute {quoted(name)}"
        keys = [key for key in ("value", "fact") if isinstance(entry, dict) and key in entry]
        if not keys:
            values += _read_attribute(name, entry, reader, subject)
            continue
        table = reader.inner(entry, subject, name)
        reason = problem_of_name(name)
        if reason is not None:
            table.problem(f"its name {reason.sentence}. Rename it.", reason.code)
        if name in STANDARD_FIELDS:
            fact = f"it is a standard field of Braze, which only a column can feed. Write column instead of {keys[0]}."
            table.problem(fact, "standard_field", keys[0])
        if len(keys) == 2 or "column" in entry:
            table.problem("column, value and fact exclude each other. Keep one.", "both_keys", keys[-1])
        table.ignore("column")
        if keys == ["value"]:
            values.append(FixedValue(name, fixed_json(table), table.place()))
        else:
            table.ignore("value")
            values.append(FactValue(name, table.choice("fact", CAMPAIGN_FACTS, "group"), table.place()))
        table.close()
    return tuple(values)


def fixed_json(table: TableReader) -> str:
    """A fixed value as canonical JSON text."""
    value = table.raw("value")
    fact = None
    if isinstance(value, str):
        if not value.strip() or has_invisible(value):
            fact = "is empty or holds a control or invisible character"
        elif len(value) > MAX_STRING_CHARACTERS or len(value.encode()) > MAX_STRING_BYTES:
            fact = TEXT_TOO_LONG.sentence
    elif isinstance(value, float):
        if not math.isfinite(value):
            fact = NOT_FINITE.sentence
        elif value and not _LEAST_PLAIN <= abs(value) < _MOST_PLAIN:
            fact = f"is {shown(value)}, which has many spellings in JSON; it must be 0 or {_LEAST_PLAIN:g}..1e14"
        else:
            # Adding zero turns -0.0 into 0.0.
            return f"{value + 0.0:.{MAX_DECIMAL_DIGITS}g}"
    elif not isinstance(value, bool | int):
        fact = f"is {kind_of(value)}; it must be text, a number, true or false"
    if fact is not None:
        table.problem(f"value {fact}. Write another.", "bad_value", "value")
    return json.dumps(value if fact is None else "", ensure_ascii=False)


def _open_flag(reader: TableReader, key: str) -> bool | None:
    return reader.flag(key, default=False) if key in reader else None


def _check_settings(reader: TableReader, destinations: object, destination: str) -> None:
    """A template speaks only of what its destination leaves open, so that no setting means two things."""
    written = destinations.get(destination) if isinstance(destinations, dict) else None
    for key in SETTINGS_OF_TEMPLATES:
        if key in reader and isinstance(written, dict) and key in written:
            fact = (
                f"{key} is set by destination {quoted(destination)}, and a template's counts only where that leaves it"
            )
            reader.problem(f"{fact} open. Remove one.", "both_keys", key)


def _check_identifier(reader: TableReader, destination: Destination) -> None:
    """A template names exactly the columns that its destination's identifier is made of."""
    alias_columns, id_column = ("alias_name_column", "alias_label_column"), ("identifier_column",)
    is_alias = destination.identifier == "user_alias"
    needed, unused = (alias_columns, id_column) if is_alias else (id_column, alias_columns)
    whose = f"destination {quoted(destination.name)} addresses customers by {destination.identifier}"
    for key in needed:
        if key not in reader:
            reader.problem(f'{whose}, so it needs {key} = "COLUMN". Add it.', "missing_key")
    for key in unused:
        if key in reader:
            reader.problem(f"{whose}, so {key} has no use. Remove it.", "unused_key", key)


def _read_attributes(template: TableReader) -> tuple[AttributeMapping, ...]:
    reader = template.table("attributes", template.subject)
    mappings = []
    for name in reader:
        subject = f"{template.subject}, attribute {quoted(name)}"
        mappings += _read_attribute(name, reader.raw(name), reader, subject)
    return tuple(mappings)


def _read_attribute(name: str, entry: Any, reader: TableReader, subject: str) -> list[AttributeMapping]:
    """One attribute that a column feeds; nothing if it is neither a name nor a table."""
    # Names that Braze reserves or alters are for the warnings of a mapping, which know the fix of each.
    if has_invisible(name) or not name.strip():
        fact = "its name is empty or holds a control or invisible character. Rename or remove it."
        reader.report.add(f"{subject}: {fact}", reader.place(name), "bad_name")
    if isinstance(entry, dict):
        return [_read_mapping(name, reader.inner(entry, subject, name))]
    if isinstance(entry, str):
        return [_plain_mapping(name, reader, subject)]
    fact = f"it is {kind_of(entry)}; it must be a column's name or {{ column = … }}."
    reader.report.add(f"{subject}: {fact}", reader.place(name), "wrong_type")
    return []


def _plain_mapping(name: str, attributes: TableReader, subject: str) -> AttributeMapping:
    """`attribute = "column"`."""
    column = attributes.text(name) or ""
    if name == _LOCATION:
        fact = f"it needs two columns. {_LOCATION_REMEDY}"
        attributes.report.add(f"{subject}: {fact}", attributes.place(name), "missing_key")
    return AttributeMapping(name, column, attributes.place(name))


_LOCATION_REMEDY = 'Write { longitude_column = "COLUMN", latitude_column = "COLUMN" }.'


def _read_mapping(name: str, reader: TableReader) -> AttributeMapping:
    """`attribute = { column = …, … }`."""
    column, latitude_column = _columns(name, reader)
    mapping = AttributeMapping(
        attribute=name,
        column=column,
        place=reader.place(),
        type=_value_type(reader),
        on_null=reader.choice("on_null", _ON_NULL, "clear"),
        keep_empty=reader.flag("keep_empty", default=False),
        trim=reader.flag("trim", default=False),
        lower=reader.flag("lower", default=False),
        upper=reader.flag("upper", default=False),
        round=reader.whole("round", _DIGITS, None),
        buckets=_read_buckets(reader),
        date_only=reader.flag("date_only", default=False),
        latitude_column=latitude_column,
    )
    if mapping.lower and mapping.upper:
        reader.problem("lower and upper exclude each other. Keep one.", "both_keys", "upper")
    reader.close()
    return mapping


def _columns(name: str, reader: TableReader) -> tuple[str, str | None]:
    """The column of the value, or those of longitude and latitude."""
    pair = ("longitude_column", "latitude_column")
    if name == _LOCATION:
        missing = [key for key in pair if key not in reader]
        if missing or "column" in reader:
            reader.problem(f"it needs two columns and no other. {_LOCATION_REMEDY}", "missing_key")
            reader.ignore("column", *pair)
            return "", None
        return reader.needed_text(pair[0]), reader.text(pair[1])
    for key in pair:
        if key in reader:
            reader.problem(f"{key} is for the attribute {_LOCATION} only. Write column.", "unused_key", key)
            reader.ignore(key)
    return reader.needed_text("column"), None


def _value_type(reader: TableReader) -> ValueType | None:
    return reader.choice("type", VALUE_TYPES, "string") if "type" in reader else None


def _read_buckets(reader: TableReader) -> tuple[Bucket, ...]:
    """Names for ranges of numbers, ascending, whatever their order in the file."""
    table = reader.table("buckets")
    buckets = []
    for name in table:
        if not name.strip():
            table.problem("a bucket's name is empty. Give it one.", "empty", name)
        threshold = table.number(name, _THRESHOLD, None)
        if threshold is not None:
            buckets.append(Bucket(name, threshold))
    if "buckets" in reader and not table:
        table.problem("there is none. Name at least one, such as { low = 0, high = 100 }.", "empty")
    buckets.sort(key=lambda bucket: bucket.at_least)
    for lower, upper in pairwise(buckets):
        if lower.at_least == upper.at_least:
            fact = f"{quoted(lower.name)} and {quoted(upper.name)} both begin at {shown(upper.at_least)}. Change one."
            table.problem(fact, "twice", upper.name)
    return tuple(buckets)
