"""Any value of any type of column, sent as any type of attribute: exactly that value as JSON, or a reason.

The oracle is plain Python on the same values; it shares nothing with the engine but the numbers of Braze's limits.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_app.core import values
from tui_app.core.change import Reason

FEWER = settings(max_examples=max(settings.default.max_examples // 25, 1))
"""An example is a whole table, and the engine plans a statement for it."""
WITHHELD = object()
SAID = object()
"""Some value that the oracle does not predict to the byte."""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300) | st.sampled_from(
    [
        "",
        " ",
        "\u00a0",
        "\0",
        "a\0b",
        "x" * 255,
        "x" * 256,
        "ü" * 239,
        "ü" * 240,
        "👩‍👩‍👧",
        "e\u0301",
        '"\\\n\t\x1f\x7f',
        "\u2028",
        "null",
    ]
)
WHOLE = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([0, 2**53, 2**53 + 1, -(2**63), 2**63 - 1])
FLOATS = st.floats() | st.sampled_from([0.1 + 0.2, -0.0, 5e-324, 1.7976931348623157e308, 1e15, 1e16, 123456789012345.6])
DATES = st.dates()
MOMENTS = st.datetimes()
NUMBER_TEXTS = st.one_of(
    st.integers().map(str), st.floats().map(repr), st.decimals(places=3, allow_nan=False, allow_infinity=False).map(str)
)


def string(text: str) -> Any:
    """A free text: exact, and NULL if it is empty."""
    if text == "":
        return None
    is_too_long = len(text) > values.MAX_STRING_CHARACTERS or len(text.encode()) > values.MAX_STRING_BYTES
    return WITHHELD if is_too_long or "\0" in text else text


def finite(number: float) -> Any:
    return number if math.isfinite(number) and abs(number) <= 1.79769313486231e308 else WITHHELD


def whole(number: float) -> Any:
    is_whole = math.isfinite(number) and number % 1 == 0 and -(2.0**63) <= number < 2.0**63
    return int(number) if is_whole else WITHHELD


def whole_text(text: str) -> Any:
    """Digits, and at most zeros behind a point."""
    if not re.fullmatch(r"[+-]?\d+(\.0*)?", text):
        return WITHHELD
    number = int(text.partition(".")[0])
    return number if -(2**63) <= number < 2**63 else WITHHELD


def in_years(day: date) -> bool:
    return values.MIN_YEAR <= day.year <= values.MAX_YEAR


def day_text(day: date) -> Any:
    return f"{day.year:04}-{day.month:02}-{day.day:02}" if in_years(day) else WITHHELD


def moment_text(moment: datetime) -> Any:
    """Braze keeps milliseconds."""
    if not in_years(moment):
        return WITHHELD
    seconds = f"{day_text(moment)}T{moment:%H:%M:%S}"
    milliseconds = moment.microsecond // 1000
    return f"{seconds}.{milliseconds:03}Z" if milliseconds else f"{seconds}Z"


def array(elements: list[Any]) -> Any:
    """All of them or none: without one the rest would say something else."""
    has_misfit = any(each is None or (isinstance(each, str) and string(each) is WITHHELD) for each in elements)
    return WITHHELD if has_misfit else elements


CASES: dict[str, tuple[str, str | None, st.SearchStrategy[Any], Callable[[Any], Any]]] = {
    "texts": ("VARCHAR", None, TEXTS, string),
    "texts as strings": ("VARCHAR", "string", TEXTS, string),
    "booleans": ("BOOLEAN", None, st.booleans(), lambda value: value),
    "booleans as strings": ("BOOLEAN", "string", st.booleans(), lambda value: "true" if value else "false"),
    "integers": ("BIGINT", None, WHOLE, lambda value: value),
    "integers as strings": ("BIGINT", "string", WHOLE, str),
    "integers as booleans": (
        "BIGINT", "boolean", st.integers(-2, 2), lambda value: bool(value) if value in (0, 1) else WITHHELD,
    ),
    "unsigned integers": (
        "UBIGINT", None, st.integers(0, 2**64 - 1), lambda value: value if value < 2**63 else WITHHELD,
    ),
    "floats": ("DOUBLE", None, FLOATS, finite),
    "floats as integers": ("DOUBLE", "integer", FLOATS, whole),
    "decimals": ("DECIMAL(12, 2)", None, st.decimals("-9999999999.99", "9999999999.99", places=2), float),
    "dates": ("DATE", None, DATES, day_text),
    "dates as strings": ("DATE", "string", DATES, day_text),
    "times": ("TIMESTAMP", None, MOMENTS, moment_text),
    "times as dates": ("TIMESTAMP", "date", MOMENTS, day_text),
    "arrays of texts": ("VARCHAR[]", None, st.lists(TEXTS | st.none(), max_size=6), array),
    "arrays of integers": ("BIGINT[]", None, st.lists(WHOLE | st.none(), max_size=6), array),
    "texts of numbers as integers": ("VARCHAR", "integer", NUMBER_TEXTS, whole_text),
    "texts as booleans": ("VARCHAR", "boolean", TEXTS, lambda _text: SAID),
    "texts as numbers": ("VARCHAR", "float", TEXTS | NUMBER_TEXTS, lambda _text: SAID),
    "texts as dates": ("VARCHAR", "date", TEXTS, lambda _text: SAID),
    "texts as times": ("VARCHAR", "datetime", TEXTS | MOMENTS.map(str), lambda _text: SAID),
}  # fmt: skip


def same(sent: Any, expected: Any) -> bool:
    if isinstance(expected, float) and not isinstance(sent, bool):
        # At most 15 significant digits are sent, as Braze keeps no more.
        return sent == float(f"{expected:.15g}")
    return type(sent) is type(expected) and sent == expected


@pytest.mark.parametrize("name", CASES)
def test_a_value_is_sent_exactly_or_withheld_with_a_reason(outcomes, name):
    sql_type, attribute_type, strategy, oracle = CASES[name]

    @FEWER
    @given(st.lists(strategy, min_size=1, max_size=80))
    def holds(given_values):
        results = outcomes(sql_type, given_values, type=attribute_type)

        for value, outcome in zip(given_values, results, strict=True):
            expected = oracle(value)
            if isinstance(outcome, Reason):
                assert expected in (WITHHELD, SAID), (value, outcome)
            elif outcome is None:
                assert expected in (None, SAID), value
            else:
                sent = json.loads(outcome, parse_constant=pytest.fail)
                assert expected is SAID or same(sent, expected), (value, outcome)
                assert "\n" not in outcome
                assert isinstance(sent, bool | int | float | str | list)

    holds()


MOMENTS_WITH_ZONES = st.builds(
    lambda moment, minutes: (moment, minutes),
    st.datetimes(datetime(2, 1, 1), datetime(2999, 12, 30)),  # noqa: DTZ001 - wall clocks of the zones beside them
    st.integers(-14 * 60, 14 * 60),
)


def offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


@FEWER
@given(st.lists(MOMENTS_WITH_ZONES, min_size=1, max_size=80))
def test_a_text_with_an_offset_is_that_moment_in_utc(outcomes, moments):
    """A wrong zone is wrong by hours for everybody, and nobody sees it."""
    texts = [f"{moment.isoformat(timespec='microseconds')}{offset(minutes)}" for moment, minutes in moments]
    expected = [moment_text(moment - timedelta(minutes=minutes)) for moment, minutes in moments]

    assert [json.loads(each) for each in outcomes("VARCHAR", texts, type="datetime")] == expected


@FEWER
@given(st.lists(st.decimals("-1e12", "1e12", places=4).map(Decimal), min_size=1, max_size=80))
def test_equal_numbers_have_equal_texts_however_they_are_stored(outcomes, numbers):
    """A column that turns from decimal to float must not send everybody again."""
    as_decimals = outcomes("DECIMAL(18, 4)", numbers)
    as_floats = outcomes("DOUBLE", [float(number) for number in numbers])

    pairs = zip(numbers, as_decimals, as_floats, strict=True)
    assert [(number, one) for number, one, other in pairs if one != other and len(number.as_tuple().digits) <= 15] == []
