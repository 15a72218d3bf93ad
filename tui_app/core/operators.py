"""What a condition of a segment can ask of a column, by the column's type. The names are Amperity's.

Source of names and meanings: docs.amperity.com, reference, "About the Segment Editor", "Operators". The lists for
strings are completed by what its examples use ("is in list", "is blank", "is NULL").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tui_app.core.mapping import VALUE_TYPES, ValueType

ValueCount = Literal["none", "one", "two", "many"]

_TEXT: frozenset[ValueType] = frozenset(("string", "varchar"))
_NUMBER: frozenset[ValueType] = frozenset(("decimal", "float", "integer"))
_TIME: frozenset[ValueType] = frozenset(("date", "datetime"))
_BOOLEAN: frozenset[ValueType] = frozenset(("boolean",))
_ANY: frozenset[ValueType] = frozenset(VALUE_TYPES)


@dataclass(frozen=True, slots=True)
class Operator:
    """One question that a condition asks of a column."""

    name: str
    """As Amperity's users know it, such as `is on or after`."""
    types: frozenset[ValueType]
    """Column types that it applies to."""
    values: ValueCount
    """How many values stand beside it: none, one, two (the ends of between) or a list of at least one."""
    meaning: str
    """One clause to stand after "customers whose value …"; says what NULL, case and the ends do."""


_ALL_OPERATORS: tuple[Operator, ...] = (
    Operator("is true", _BOOLEAN, "none", "is true"),
    Operator("is false", _BOOLEAN, "none", "is false"),
    Operator("is", _TIME | _NUMBER, "one", "equals it"),
    Operator("is not", _TIME | _NUMBER, "one", "is known and differs from it"),
    Operator("is after", _TIME, "one", "is later than it"),
    Operator("is before", _TIME, "one", "is earlier than it"),
    Operator("is on or after", _TIME, "one", "is it or later"),
    Operator("is on or before", _TIME, "one", "is it or earlier"),
    Operator("is greater than", _NUMBER, "one", "is greater than it"),
    Operator("is greater than or equal to", _NUMBER, "one", "is it or greater"),
    Operator("is less than", _NUMBER, "one", "is less than it"),
    Operator("is less than or equal to", _NUMBER, "one", "is it or less"),
    Operator("is between", _TIME | _NUMBER, "two", "lies between the two; neither end counts"),
    Operator("is not between", _TIME | _NUMBER, "two", "is known and one of the ends or outside of them"),
    Operator("contains", _TEXT, "one", "holds it anywhere, in any case"),
    Operator("does not contain", _TEXT, "one", "is known and does not hold it, in any case"),
    Operator("starts with", _TEXT, "one", "starts with it, in any case"),
    Operator("ends with", _TEXT, "one", "ends with it, in any case"),
    Operator("is exactly", _TEXT, "one", "equals it, in any case"),
    Operator("is not exactly", _TEXT, "one", "is known and differs from it, in any case"),
    Operator("is in list", _NUMBER | _TEXT, "many", "is one of the list; text in any case"),
    Operator("is not in list", _NUMBER | _TEXT, "many", "is known and none of the list; text in any case"),
    Operator("is empty", _TEXT, "none", "is unknown or has no character"),
    Operator("is not empty", _TEXT, "none", "has a character, even if only a space"),
    Operator("is blank", _TEXT, "none", "is unknown, has no character or only white space"),
    Operator("is not blank", _TEXT, "none", "has a character that is not white space"),
    Operator("is NULL", _ANY, "none", "was never set"),
    Operator("is not NULL", _ANY, "none", "was set, even to a blank text or to zero"),
)

OTHER_NAMES: Mapping[str, str] = {"has": "contains", "has (contains)": "contains"}
"""Names that Amperity uses beside the ones above: its editor says `has` where its reference says `contains`."""

_BY_NAME: dict[str, Operator] = {operator.name: operator for operator in _ALL_OPERATORS}

OPERATORS: Mapping[str, Operator] = _BY_NAME | {other: _BY_NAME[name] for other, name in OTHER_NAMES.items()}
"""Every accepted name; two names of one operator lead to the same value."""

_BY_FOLDED_NAME: Mapping[str, Operator] = {name.casefold(): operator for name, operator in OPERATORS.items()}


def find_operator(name: str) -> Operator | None:
    """The operator of that name, whatever its case and spacing, so that `is not null` works too."""
    return _BY_FOLDED_NAME.get(" ".join(name.split()).casefold())


def operators_for(value_type: ValueType) -> tuple[Operator, ...]:
    """The operators of a column type, in the order in which a picker shows them."""
    return tuple(operator for operator in _ALL_OPERATORS if value_type in operator.types)
