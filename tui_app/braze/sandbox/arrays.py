"""Arrays as values: sets of scalars, arrays of objects, and the operators that change a stored one.

Sources: braze.com/docs/api/objects_filters/user_attributes_object, "Arrays"; braze.com/docs, "Array of objects".
"""

from __future__ import annotations

from tui_app.braze.sandbox.dropped import Dropped
from tui_app.braze.sandbox.json_types import JsonObject, JsonValue
from tui_app.braze.sandbox.nested import merged, stored_number, stored_object
from tui_app.braze.sandbox.text import stored_text

SCALAR_OPERATORS = frozenset({"add", "remove"})
OBJECT_OPERATORS = frozenset({"$add", "$remove", "$update"})


def stored_scalars(elements: JsonValue) -> list[JsonValue]:
    """The elements as Braze keeps them: each once, in order.

    Raises:
        Dropped: Not an array, or an element that is not a string, a number or a boolean.
    """
    if not isinstance(elements, list):
        raise Dropped
    return list({_identity(scalar): scalar for scalar in map(_stored_scalar, elements)}.values())


def changed_scalars(before: list[JsonValue], operators: JsonObject) -> list[JsonValue]:
    """`before` with the values of `add` at its end and those of `remove` gone. An added value moves to the end.

    Raises:
        Dropped: As `stored_scalars`.
    """
    elements = {_identity(element): element for element in before}
    for element in stored_scalars(operators.get("add", [])):
        elements.pop(_identity(element), None)
        elements[_identity(element)] = element
    for element in stored_scalars(operators.get("remove", [])):
        elements.pop(_identity(element), None)
    return list(elements.values())


def _stored_scalar(element: JsonValue) -> JsonValue:
    if isinstance(element, bool):
        return element
    if isinstance(element, str):
        return stored_text(element)
    if isinstance(element, (int, float)):
        return stored_number(element)
    raise Dropped


def _identity(element: JsonValue) -> tuple[type, JsonValue]:
    # 1, 1.0 and true are equal in Python and different in JSON.
    return type(element), element


def stored_objects(elements: JsonValue) -> list[JsonValue]:
    """An array of objects as Braze keeps it.

    Raises:
        Dropped: Not an array, an element that is not an object, or a bad value in one.
    """
    if not isinstance(elements, list):
        raise Dropped
    return [stored_object(_as_object(element), is_merge=False) for element in elements]


def changed_objects(before: list[JsonValue], operators: JsonObject, *, is_merge: bool) -> list[JsonValue]:
    """`before` after `$add`, `$remove` and `$update`, in this order whatever the order in `operators`.

    `$remove` deletes every element that matches. `$update` merges its `$new_object` into every element that matches,
    or puts it in their place without merge; it cannot delete a key.

    Raises:
        Dropped: An operator without the shape that it needs.
    """
    elements = before + stored_objects(operators.get("$add", []))
    for removal in _as_array(operators.get("$remove", [])):
        elements = [element for element in elements if not _matches(element, _as_object(removal))]
    for update in _as_array(operators.get("$update", [])):
        selector = _as_object(update)
        new = stored_object(_as_object(selector.get("$new_object")), is_merge=False)
        elements = [
            (merged(_as_object(element), new) if is_merge else new) if _matches(element, selector) else element
            for element in elements
        ]
    return elements


def _matches(element: JsonValue, selector: JsonObject) -> bool:
    key, value = selector.get("$identifier_key"), selector.get("$identifier_value")
    if not isinstance(key, str) or value is None:
        raise Dropped
    return isinstance(element, dict) and key in element and _identity(element[key]) == _identity(value)


def _as_array(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise Dropped
    return value


def _as_object(value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise Dropped
    return value
