"""What the keys of the stage Mapping change in the project file: each change with its title, for undo.

Only what differs is written, so that a mapping keeps its comments, however it is laid out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from tui_app.config.edit import AddTable, Edit, Keys, RemoveKey, RenameKey, SetValue, attribute_path
from tui_app.config.splice import TomlValue
from tui_app.core.errors import Place
from tui_app.core.mapping import AttributeMapping, Bucket, OnNull, Template
from tui_app.core.project import Destination, Identifier
from tui_app.tui.text import counted
from tui_app.tui.widgets.mapping_rows import MappingRow

_UNPLACED: Final = Place("", 0)
_DEFAULTS: Final = AttributeMapping("", "", _UNPLACED)

Written: TypeAlias = Mapping[str, Any]
"""Attribute → how it is written in the file: a column's name, or a table of settings."""


@dataclass(frozen=True, slots=True)
class Change:
    """Edits that are made, undone and made again together."""

    title: str
    """What they do, such as `Rename birthday to dob`."""
    edits: tuple[Edit, ...]


def written_attributes(text: str, template: str) -> Written:
    """How a template's attributes are written; nothing where the file is broken, which the edit itself will meet."""
    try:
        written: object = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
    for key in ("templates", template, "attributes"):
        written = written.get(key, {}) if isinstance(written, dict) else {}
    return written if isinstance(written, dict) else {}


def drafted(column: str, attribute: str) -> AttributeMapping:
    """A mapping that is not in the file yet."""
    return AttributeMapping(attribute, column, _UNPLACED)


def mapped(template: str, rows: Sequence[MappingRow]) -> Change | None:
    """Map each row's column to the attribute that is suggested for it; None if none is."""
    pairs = [(row.column, row.suggestion.attribute) for row in rows if row.suggestion is not None]
    if not pairs:
        return None
    column, attribute = pairs[0]
    title = f"Map {column} to {attribute}" if len(pairs) == 1 else f"Map {counted(len(pairs), 'column')}"
    return Change(title, tuple(SetValue(attribute_path(template, name), column) for column, name in pairs))


def unmapped(template: str, rows: Sequence[MappingRow]) -> Change | None:
    """Remove the attributes of rows; None if there is none."""
    names = _names(rows)
    if not names:
        return None
    title = f"Unmap {names[0]}" if len(names) == 1 else f"Unmap {counted(len(names), 'attribute')}"
    return Change(title, tuple(RemoveKey(attribute_path(template, name)) for name in names))


def toggled_on_null(template: str, rows: Sequence[MappingRow], written: Written) -> Change | None:
    """Clear or keep Braze's value where a column turns NULL: all of them the same, other than the first does now."""
    mappings = {row.attribute: row.mapping for row in rows if row.mapping is not None}
    if not mappings:
        return None
    first = next(iter(mappings.values()))
    wanted: OnNull = "keep" if first.on_null == "clear" else "clear"
    subject = first.attribute if len(mappings) == 1 else counted(len(mappings), "attribute")
    edits = [
        edit
        for mapping in mappings.values()
        for edit in _differences(template, mapping, replace(mapping, on_null=wanted), written)
    ]
    return Change(f"{wanted.capitalize()} {subject} on NULL", tuple(edits))


def renamed(template: str, pairs: Sequence[tuple[str, str]]) -> Change:
    """Give attributes other names; `pairs` are (old, new)."""
    old, new = pairs[0]
    title = f"Rename {old} to {new}" if len(pairs) == 1 else f"Rename {counted(len(pairs), 'attribute')}"
    return Change(title, tuple(RenameKey(attribute_path(template, old), new) for old, new in pairs))


def safe_renames(template: Template, rows: Sequence[MappingRow]) -> list[tuple[str, str]]:
    """The fixes that only rename, (old, new), as far as no two end in one name."""
    taken = {mapping.attribute for mapping in template.attributes}
    pairs: dict[str, str] = {}
    for row in rows:
        remedy = row.remedy
        if remedy is None or remedy.kind != "rename" or remedy.to is None or row.attribute in pairs:
            continue
        if remedy.to not in taken:
            pairs[row.attribute] = remedy.to
            taken.add(remedy.to)
    return list(pairs.items())


def edited_mapping(
    template: str, before: AttributeMapping | None, after: AttributeMapping, written: Written
) -> Change | None:
    """Make a mapping what it became in a dialog; None if nothing differs.

    Args:
        template: Its name.
        before: The mapping; None for a column that fed nothing.
        after: What it is to be.
        written: Of the template.
    """
    if before is None:
        path = attribute_path(template, after.attribute)
        return Change(f"Map {after.column} to {after.attribute}", (SetValue(path, _entry(after)),))
    is_renamed = before.attribute != after.attribute
    edits: list[Edit] = []
    if is_renamed:
        edits.append(RenameKey(attribute_path(template, before.attribute), after.attribute))
    edits += _differences(template, before, after, written)
    if not edits:
        return None
    is_all = is_renamed and len(edits) == 1
    return Change(
        f"Rename {before.attribute} to {after.attribute}" if is_all else f"Edit {after.attribute}", tuple(edits)
    )


def with_ranges(
    template: str, mapping: AttributeMapping, ranges: tuple[Bucket, ...], written: Written
) -> Change | None:
    """Send the name of a range instead of a number."""
    after = replace(mapping, buckets=ranges)
    change = edited_mapping(template, mapping, after, written)
    return replace(change, title=f"Give {mapping.attribute} ranges") if change else None


def with_column(template: str, row: MappingRow, column: str, written: Written) -> Change | None:
    """Feed what a row feeds from another column."""
    mapping = row.mapping
    if mapping is None:
        key = row.identifier if row.identifier in {"alias_name", "alias_label"} else "identifier"
        return Change(
            f"Take the identifier from {column}", (SetValue(("templates", template, f"{key}_column"), column),)
        )
    is_latitude = row.column == mapping.latitude_column
    after = replace(mapping, latitude_column=column) if is_latitude else replace(mapping, column=column)
    return edited_mapping(template, mapping, after, written)


def with_consent(destination: str) -> Change:
    """Let a destination send subscription states."""
    return Change(
        f"Let {destination} send consent", (SetValue(("destinations", destination, "send_consent"), value=True),)
    )


def new_template(name: str, destination: Destination, columns: Sequence[str]) -> Change:
    """A template that maps nothing yet; `columns` hold the identifier, for user_alias its name and its label."""
    keys = identifier_keys(destination.identifier)
    content: dict[str, TomlValue] = {"destination": destination.name, **dict(zip(keys, columns, strict=True))}
    return Change(f"Add template {name}", (AddTable(("templates", name), {**content, "attributes": {}}),))


def identifier_keys(identifier: Identifier) -> tuple[str, ...]:
    """The settings of a template that name the identifier's columns."""
    return ("alias_name_column", "alias_label_column") if identifier == "user_alias" else ("identifier_column",)


def _names(rows: Iterable[MappingRow]) -> list[str]:
    """A location has two rows and is one attribute."""
    return list(dict.fromkeys(row.attribute for row in rows if row.mapping is not None))


def _differences(template: str, before: AttributeMapping, after: AttributeMapping, written: Written) -> Iterator[Edit]:
    """Edits of the settings that differ; the attribute already has its new name."""
    path = attribute_path(template, after.attribute)
    old, new = _settings(before), _settings(after)
    if old == new:
        return
    entry = written.get(before.attribute)
    if not isinstance(entry, dict) or (before.latitude_column is None) != (after.latitude_column is None):
        yield SetValue(path, _entry(after))
        return
    yield from _setting_edits(path, entry, old, new)


def _setting_edits(
    path: Keys, entry: Mapping[str, object], old: Mapping[str, TomlValue], new: Mapping[str, TomlValue]
) -> Iterator[Edit]:
    for key in dict.fromkeys((*old, *new)):
        if key not in new and key in entry:
            yield RemoveKey((*path, key))
        elif key in new and new[key] != old.get(key):
            yield SetValue((*path, key), new[key])


def _entry(mapping: AttributeMapping) -> TomlValue:
    """A mapping as it is written: its column alone, if that says all."""
    settings = _settings(mapping)
    return mapping.column if settings.keys() == {"column"} else settings


def _settings(mapping: AttributeMapping) -> dict[str, TomlValue]:
    """The settings of a mapping that are not their defaults."""
    is_pair = mapping.latitude_column is not None
    settings: dict[str, TomlValue] = {"longitude_column" if is_pair else "column": mapping.column}
    if mapping.latitude_column is not None:
        settings["latitude_column"] = mapping.latitude_column
    for name in ("type", "on_null", "keep_empty", "trim", "lower", "upper", "round", "date_only"):
        value = getattr(mapping, name)
        if value != getattr(_DEFAULTS, name):
            settings[name] = value
    if mapping.buckets:
        settings["buckets"] = bucket_table(mapping.buckets)
    return settings


def bucket_table(buckets: Sequence[Bucket]) -> dict[str, TomlValue]:
    """Ranges as they are written, with whole numbers where that is what they are."""
    return {each.name: int(each.at_least) if float(each.at_least).is_integer() else each.at_least for each in buckets}
