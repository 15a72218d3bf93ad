"""The custom attributes of the workspace: their names and types, and how a value reaches a profile."""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.braze.sandbox import arrays, nested
from tui_app.braze.sandbox.coercion import coerced
from tui_app.braze.sandbox.dates import stored_time
from tui_app.braze.sandbox.dropped import Dropped
from tui_app.braze.sandbox.json_types import JsonObject, JsonValue
from tui_app.braze.sandbox.settings import AttributeType, SandboxSettings
from tui_app.braze.sandbox.text import stored_name, stored_text


@dataclass(frozen=True, slots=True)
class KnownType:
    """The type of one custom attribute of the workspace."""

    type: AttributeType
    is_forced: bool = False
    """False: detected from the first value that was ever received.

    Source: braze.com/docs, "Managing custom data": since 2026-03-30 detected at the first ingestion only.
    """


class CustomAttributes:
    """Types by name, and the one way to set a value."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._blocked = settings.blocked_attribute_names
        self._max_array_length = settings.max_array_length
        self._stored_names: dict[str, str] = {}
        """As received → as kept. Names repeat in every object, so trimming them once is enough."""
        self.known: dict[str, KnownType] = {name: KnownType(kind) for name, kind in settings.known_attributes.items()}
        for name, kind in settings.forced_types.items():
            self.known[name] = KnownType(kind, is_forced=True)

    def set_value(self, values: JsonObject, name: str, value: JsonValue, *, is_merge: bool) -> int:
        """Set, change or remove (null) one attribute in `values`, the custom attributes of a profile.

        Returns:
            The data points charged; 0 if the value is dropped.
        """
        kept_name = self._stored_names.get(name)
        if kept_name is None:
            kept_name = self._stored_names[name] = stored_name(name)
        if not kept_name or kept_name in self._blocked:
            return 0
        if value is None:
            values.pop(kept_name, None)
            return 1
        try:
            return self._set(values, kept_name, value, is_merge=is_merge)
        except Dropped:
            return 0

    def _set(self, values: JsonObject, name: str, value: JsonValue, *, is_merge: bool) -> int:
        known = self.known.get(name)
        if known is not None and known.is_forced:
            value = coerced(value, known.type)
        if isinstance(value, str):
            text = stored_text(value)
            # A string fits an attribute of type String even if it looks like a date.
            time = None if known is not None and known.type == "String" else stored_time(text)
            kind: AttributeType = "String" if time is None else "Time"
            kept: JsonValue = text if time is None else time
        elif isinstance(value, bool):
            kind, kept = "Boolean", value
        elif isinstance(value, (int, float)):
            kind, kept = "Number", nested.stored_number(value)
        elif isinstance(value, list):
            return self._set_array(values, name, value)
        else:
            return self._set_object(values, name, value or {}, is_merge=is_merge)
        self._admit(name, kind)
        values[name] = kept
        return 1

    def _admit(self, name: str, kind: AttributeType) -> None:
        """Learn the type of a new attribute; refuse a value of another type.

        Braze does not say what becomes of a mismatch with a type that was detected; ignoring it is the strict reading.
        """
        known = self.known.get(name)
        if known is None:
            self.known[name] = KnownType(kind)
        elif known.type != kind:
            raise Dropped

    def _set_array(self, values: JsonObject, name: str, elements: list[JsonValue]) -> int:
        known = self.known.get(name)
        # An empty array fits both kinds.
        holds_objects = isinstance(elements[0], dict) if elements else known is not None and known.type != "Array"
        kept = arrays.stored_objects(elements) if holds_objects else arrays.stored_scalars(elements)
        self._keep_array(values, name, kept, holds_objects=holds_objects)
        return nested.data_points(kept)

    def _keep_array(self, values: JsonObject, name: str, kept: list[JsonValue], *, holds_objects: bool) -> None:
        """Store an array; of too many scalars the last ones stay.

        Source: braze.com/docs, custom attribute data types: the first elements fall off when one is added.
        """
        if not holds_objects:
            kept = kept[-self._max_array_length :]
        nested.check_size(kept)
        self._admit(name, "Array of objects" if holds_objects else "Array")
        values[name] = kept

    def _set_object(self, values: JsonObject, name: str, members: JsonObject, *, is_merge: bool) -> int:
        before = values.get(name)
        keys = members.keys()
        if keys == {"inc"}:
            return self._increment(values, name, members["inc"])
        if keys and keys <= arrays.SCALAR_OPERATORS:
            kept = arrays.changed_scalars(before if isinstance(before, list) else [], members)
            self._keep_array(values, name, kept, holds_objects=False)
            # Braze's page says one per call and one per value; this is the upper bound.
            return max(1, sum(len(elements) for elements in members.values() if isinstance(elements, list)))
        if keys and keys <= arrays.OBJECT_OPERATORS:
            objects = before if isinstance(before, list) else []
            kept = arrays.changed_objects(objects, members, is_merge=is_merge)
            self._keep_array(values, name, kept, holds_objects=True)
            return _operator_points(members)
        new = nested.stored_object(members, is_merge=is_merge)
        whole = nested.merged(before, new) if is_merge and isinstance(before, dict) else nested.merged({}, new)
        nested.check_size(whole)
        self._admit(name, "Object")
        values[name] = whole
        return nested.data_points(new)

    def _increment(self, values: JsonObject, name: str, step: JsonValue) -> int:
        """Add an integer; a missing attribute counts as 0, one that is no integer stays as it is."""
        before = values.get(name, 0)
        if not isinstance(step, int) or not isinstance(before, int) or bool in (type(step), type(before)):
            raise Dropped
        self._admit(name, "Number")
        values[name] = nested.stored_number(before + step)
        return 1


def _operator_points(members: JsonObject) -> int:
    """One per key that `$add` or `$update` sets and one per `$remove`."""
    points = 0
    for operator, items in members.items():
        for item in items if isinstance(items, list) else []:
            new = item.get("$new_object") if operator == "$update" and isinstance(item, dict) else item
            points += 1 if operator == "$remove" else nested.data_points(new)
    return max(1, points)
