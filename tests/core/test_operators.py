"""The operators and their names. Amperity's users know them by heart, and project files repeat them."""

from __future__ import annotations

import pytest

from tui_app.core.mapping import VALUE_TYPES, ValueType
from tui_app.core.operators import OPERATORS, find_operator, operators_for

DATES = (
    "is", "is not", "is after", "is before", "is on or after", "is on or before",
    "is between", "is not between", "is NULL", "is not NULL",
)  # fmt: skip
NUMBERS = (
    "is", "is not", "is greater than", "is greater than or equal to", "is less than", "is less than or equal to",
    "is between", "is not between", "is in list", "is not in list", "is NULL", "is not NULL",
)  # fmt: skip
TEXTS = (
    "contains", "does not contain", "starts with", "ends with", "is exactly", "is not exactly",
    "is in list", "is not in list", "is empty", "is not empty", "is blank", "is not blank", "is NULL", "is not NULL",
)  # fmt: skip


@pytest.mark.parametrize(
    ("value_type", "names"),
    [
        ("boolean", ("is true", "is false", "is NULL", "is not NULL")),
        ("date", DATES),
        ("datetime", DATES),
        ("decimal", NUMBERS),
        ("float", NUMBERS),
        ("integer", NUMBERS),
        ("string", TEXTS),
        ("varchar", TEXTS),
        ("array", ("is NULL", "is not NULL")),
    ],
)
def test_a_type_has_the_operators_that_amperity_documents(value_type: ValueType, names: tuple[str, ...]) -> None:
    """Source: docs.amperity.com, reference, "About the Segment Editor", "Operators"."""
    assert sorted(operator.name for operator in operators_for(value_type)) == sorted(names)


def test_every_type_has_operators() -> None:
    assert all(operators_for(value_type) for value_type in VALUE_TYPES)


@pytest.mark.parametrize("written", ["has", "has (contains)", "HAS", "Contains"])
def test_contains_is_also_found_by_what_the_editor_calls_it(written: str) -> None:
    operator = find_operator(written)

    assert operator is not None
    assert operator.name == "contains"


@pytest.mark.parametrize("written", ["is not null", "is NOT NULL", "  is   not NULL "])
def test_an_operator_is_found_in_any_case_and_spacing(written: str) -> None:
    assert find_operator(written) is OPERATORS["is not NULL"]


def test_an_unknown_operator_is_not_found() -> None:
    assert find_operator("is like") is None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("is NULL", "none"),
        ("is true", "none"),
        ("is", "one"),
        ("contains", "one"),
        ("is between", "two"),
        ("is in list", "many"),
    ],
)
def test_an_operator_says_how_many_values_it_takes(name: str, values: str) -> None:
    assert OPERATORS[name].values == values
