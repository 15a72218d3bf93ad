"""Values as people type and pick them mean what they look like."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tui_app.core.segment_values import parted, picked_value, typed_value, values_of


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("90", "integer", 90),
        (" 90 ", "integer", 90),
        ("-7", "decimal", -7),
        ("1.10", "decimal", 1.1),
        ("1e3", "float", 1000.0),
        ("ninety", "integer", "ninety"),
        ("1_000", "integer", "1_000"),
        ("1,000", "decimal", "1,000"),
        ("inf", "float", "inf"),
        ("nan", "float", "nan"),
        (" 90 days ago ", "date", "90 days ago"),
        (" gold ", "string", " gold "),
        ("90", "varchar", "90"),
    ],
)
def test_what_is_typed_becomes_what_the_column_holds_or_stays_as_it_is(text, kind, value):
    """What cannot be meant stays text, so that the fault can name what was typed."""
    assert (typed_value(text, kind), type(typed_value(text, kind))) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("gold, silver", ("gold", "silver")),
        ("gold", ("gold",)),
        ("", ()),
        (" , ,", ()),
        ('"with, comma", plain', ("with, comma", "plain")),
        ('"say ""hi""", ""', ('say "hi"', "")),
        ('"never closed, b', ('"never closed', "b")),
        ('6" pipe', ('6" pipe',)),
        ('"a" b, c', ('"a" b', "c")),
    ],
)
def test_a_typed_list_is_parted_at_commas_outside_of_quotes(text, parts):
    assert parted(text) == parts


@pytest.mark.parametrize(
    ("value", "picked"),
    [
        ("gold", "gold"),
        ("", ""),
        (7, 7),
        (1.5, 1.5),
        (Decimal("10.50"), 10.5),
        (Decimal("3.00"), 3),
        (date(2026, 1, 31), "2026-01-31"),
        (datetime.fromisoformat("2026-01-31T18:30"), "2026-01-31 18:30:00"),
        (None, None),
        (float("nan"), None),
        (float("inf"), None),
        (Decimal("NaN"), None),
    ],
)
def test_a_value_of_a_table_is_picked_as_a_condition_can_hold_it(value, picked):
    assert (picked_value(value), type(picked_value(value))) == (picked, type(picked))


def test_the_values_of_an_operator_are_none_one_or_many():
    assert (values_of(None), values_of("x"), values_of(("x", "y"))) == ((), ("x",), ("x", "y"))
