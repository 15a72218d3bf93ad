"""`[orchestrations.NAME.purchases]` and `….events`: how rows become what Braze counts."""

from __future__ import annotations

import json

from tui_app.config.table import TableReader
from tui_app.config.template_section import fixed_json
from tui_app.config.wording import has_invisible, kind_of, quoted
from tui_app.core.happenings import (
    HAPPENING_ARRAYS,
    MAX_NAME_CHARACTERS,
    PROPERTIES,
    RESERVED_PROPERTIES,
    ROW_KEY,
    HappeningArray,
    HappeningField,
    Happenings,
    currency_codes,
)

_FIELDS: dict[HappeningArray, tuple[str, ...]] = {
    "purchases": ("product_id", "currency", "price", "quantity", "time"),
    "events": ("name", "time"),
}
_OPTIONAL = frozenset({"quantity"})
_MAY_BE_FIXED = frozenset({"product_id", "currency", "name"})


def read_happenings(orchestration: TableReader, name: str) -> Happenings | None:
    """What an orchestration says of its rows; None: they are customers with attributes."""
    written = [array for array in HAPPENING_ARRAYS if array in orchestration]
    if not written:
        return None
    if len(written) > 1:
        orchestration.problem(
            "purchases and events exclude each other. Make two orchestrations.", "both_keys", "events"
        )
        orchestration.ignore(*written[1:])
    array = written[0]
    reader = orchestration.table(array)
    fields = [_field(reader, key) for key in _FIELDS[array] if key in reader or key not in _OPTIONAL]
    happenings = Happenings(
        array=array,
        row_key=_field(reader, ROW_KEY),
        fields=tuple(fields),
        place=reader.place(),
        properties=_properties(reader, array),
        remembered_as=reader.text("remembered_as") or name,
    )
    for field in fields:
        _check_fixed(reader, field)
    reader.close()
    return happenings


def _field(reader: TableReader, key: str) -> HappeningField:
    if not isinstance(reader.raw(key), dict):
        return HappeningField(key, reader.place(key), reader.needed_text(key))
    table = reader.table(key, f"{reader.subject}, {key}")
    value = fixed_json(table) if "value" in table else None
    if value is None or key not in _MAY_BE_FIXED:
        fact = "it needs a column" if key not in _MAY_BE_FIXED else 'it must be a column\'s name or { value = "…" }'
        table.problem(f"{fact}. Write the name of one.", "wrong_type")
    table.ignore("value")
    table.close()
    return HappeningField(key, table.place(), json=value)


def _check_fixed(reader: TableReader, field: HappeningField) -> None:
    if field.json is None:
        return
    value = json.loads(field.json)
    fact = None
    if field.name == "currency":
        fact = None if value in currency_codes() else "is no ISO 4217 currency code in capitals, such as EUR"
    elif not isinstance(value, str) or not 0 < len(value) <= MAX_NAME_CHARACTERS:
        fact = f"must be a text of 1 to {MAX_NAME_CHARACTERS} characters"
    if fact is not None:
        reader.problem(f"{field.name} {fact}. Write another.", "bad_value", field.name)


def _properties(reader: TableReader, array: HappeningArray) -> tuple[HappeningField, ...]:
    table = reader.table(PROPERTIES, f"{reader.subject}, {PROPERTIES}")
    fields = []
    for name in table:
        entry = table.raw(name)
        if has_invisible(name) or not name.strip() or name.startswith("$") or len(name) > MAX_NAME_CHARACTERS:
            fact = "is empty, too long, begins with $ or holds a control or invisible character"
            table.problem(f"property {quoted(name)}: its name {fact}. Rename it.", "bad_name", name)
        if name in RESERVED_PROPERTIES[array]:
            table.problem(f"property {quoted(name)} is reserved by Braze. Rename it.", "reserved", name)
        if isinstance(entry, dict):
            inner = table.inner(entry, f"{table.subject}, {quoted(name)}", name)
            fields.append(HappeningField(name, inner.place(), json=fixed_json(inner)))
            inner.close()
        elif isinstance(entry, str):
            fields.append(HappeningField(name, table.place(name), table.needed_text(name)))
        else:
            table.problem(
                f"property {quoted(name)} is {kind_of(entry)}; it must be a column's name.", "wrong_type", name
            )
            table.ignore(name)
    table.close()
    return tuple(fields)
