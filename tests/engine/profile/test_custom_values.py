"""Custom attributes: every type that Amperity has, as the bytes that Braze is sent."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui_app.core import values as reasons
from tui_app.core.mapping import Bucket

BUCKETS = (Bucket("low", 0), Bucket("mid", 100), Bucket("high", 500))
LONG = "x" * 255
WIDE = "é" * 239

CASES = {
    "booleans": ("BOOLEAN", {}, {"true": "true", "false": "false", None: None}),
    "small integers": ("TINYINT", {}, {"-128": "-128", "0": "0"}),
    "64-bit integers": ("BIGINT", {}, {"9223372036854775807": "9223372036854775807"}),
    "integers beyond 64 bit": (
        "HUGEINT",
        {},
        {"9223372036854775808": reasons.NUMBER_TOO_LARGE, "-9223372036854775808": "-9223372036854775808"},
    ),
    "unsigned integers": (
        "UBIGINT",
        {},
        {"18446744073709551615": reasons.NUMBER_TOO_LARGE, "7": "7"},
    ),
    "decimals without a scale are integers": ("DECIMAL(38,0)", {}, {"123456789012345678": "123456789012345678"}),
    "decimals": (
        "DECIMAL(38,10)",
        {},
        {"12.50": "12.5", "3.00": "3", "-0.0": "0", "0.0000000001": "1e-10", "123456789.123456789": "123456789.123457"},
    ),
    "floats": (
        "DOUBLE",
        {},
        {
            "0.30000000000000004": "0.3",
            "3.0": "3",
            "-0.0": "0",
            "-2.5": "-2.5",
            "0.0001": "0.0001",
            "0.00001": "0.00001",
            "123456789012345": "123456789012345",
            "1e15": "1000000000000000.0",
            "1e25": "1e25",
            "5e-324": "5e-324",
            "1.79769313486231e308": "1.79769313486231e308",
            "1.7976931348623157e308": reasons.NOT_FINITE,
            "nan": reasons.NOT_FINITE,
            "inf": reasons.NOT_FINITE,
            "-inf": reasons.NOT_FINITE,
            None: None,
        },
    ),
    "floats of 32 bit": ("FLOAT", {}, {"0.1": "0.1", "123456.79": "123456.79", "nan": reasons.NOT_FINITE}),
    "dates": (
        "DATE",
        {},
        {
            "2024-02-29": '"2024-02-29"',
            "0044-03-15": '"0044-03-15"',
            "0000-01-01": '"0000-01-01"',
            "3000-12-31": '"3000-12-31"',
            "3001-01-01": reasons.YEAR_OUT_OF_RANGE,
            "0044-03-15 (BC)": reasons.YEAR_OUT_OF_RANGE,
            "infinity": reasons.YEAR_OUT_OF_RANGE,
        },
    ),
    "datetimes without zone": (
        "TIMESTAMP",
        {},
        {
            "2024-05-01 12:30:00": '"2024-05-01T12:30:00Z"',
            "2024-05-01 12:30:00.25": '"2024-05-01T12:30:00.250Z"',
            "2024-05-01 12:30:00.000999": '"2024-05-01T12:30:00Z"',
            "1969-12-31 23:59:59.9995": '"1969-12-31T23:59:59.999Z"',
            "3001-01-01 00:00:00": reasons.YEAR_OUT_OF_RANGE,
            "-infinity": reasons.YEAR_OUT_OF_RANGE,
        },
    ),
    "datetimes with zone": (
        "TIMESTAMPTZ",
        {},
        {"2024-05-01 12:30:00+02:00": '"2024-05-01T10:30:00Z"', "infinity": reasons.YEAR_OUT_OF_RANGE},
    ),
    "datetimes of nanoseconds": ("TIMESTAMP_NS", {}, {"2024-05-01 12:30:00.125000001": '"2024-05-01T12:30:00.125Z"'}),
    "datetimes of seconds": ("TIMESTAMP_S", {}, {"2024-05-01 12:30:00": '"2024-05-01T12:30:00Z"'}),
    "strings": (
        "VARCHAR",
        {},
        {
            'He said "hi"\n\t\\': r'"He said \"hi\"\n\t\\"',
            "007": '"007"',
            " padded ": '" padded "',
            "null": '"null"',
            "": None,
            "   ": '"   "',
            LONG: f'"{LONG}"',
            LONG + "x": reasons.TEXT_TOO_LONG,
            WIDE: f'"{WIDE}"',
            WIDE + "éé": reasons.TEXT_TOO_LONG,
            "a\0b": reasons.TEXT_HAS_NUL,
            None: None,
        },
    ),
    "strings that keep the empty one": ("VARCHAR", {"keep_empty": True}, {"": '""', " ": '" "', None: None}),
    "trimmed strings": (
        "VARCHAR",
        {"trim": True},
        {
            "\u00a0 a b\t": '"a b"',
            "\u2003a": '"a"',
            "\ta": '"a"',
            "a\u3000": '"a"',
            "a ": '"a"',
            "é": '"é"',
            "   ": None,
        },
    ),
    "lower case": ("VARCHAR", {"lower": True}, {"GOLD": '"gold"'}),
    "upper case": ("VARCHAR", {"upper": True}, {"gold": '"GOLD"', "é": '"É"'}),
    "UUIDs": ("UUID", {}, {"8c1a2f1e-0000-4000-8000-000000000001": '"8c1a2f1e-0000-4000-8000-000000000001"'}),
    "enums": ("ENUM('gold', 'silver')", {}, {"gold": '"gold"'}),
    "texts as integers": (
        "VARCHAR",
        {"type": "integer"},
        {
            " 42 ": "42",
            "-7": "-7",
            "+7": "7",
            "007": "7",
            "5.00": "5",
            "1.6": reasons.NOT_AN_INTEGER,
            "0x10": reasons.NOT_AN_INTEGER,
            "abc": reasons.NOT_AN_INTEGER,
            "99999999999999999999": reasons.NUMBER_TOO_LARGE,
            "": None,
            "  ": None,
        },
    ),
    "texts as floats": (
        "VARCHAR",
        {"type": "float"},
        {
            "0.1": "0.1",
            "1e3": "1000",
            "1,5": reasons.NOT_A_NUMBER,
            "nan": reasons.NOT_FINITE,
            "1e999": reasons.NOT_FINITE,
        },
    ),
    "texts as decimals": ("VARCHAR", {"type": "decimal"}, {"12.50": "12.5", "x": reasons.NOT_A_NUMBER}),
    "texts as booleans": (
        "VARCHAR",
        {"type": "boolean"},
        {"TRUE": "true", " f ": "false", "0": "false", "maybe": reasons.NOT_A_BOOLEAN},
    ),
    "texts as dates": (
        "VARCHAR",
        {"type": "date"},
        {"2024-05-01": '"2024-05-01"', "2024-05-01T23:30:00-05:00": '"2024-05-02"', "2024-02-30": reasons.NOT_A_DATE},
    ),
    "texts as datetimes": (
        "VARCHAR",
        {"type": "datetime"},
        {
            "2024-05-01": '"2024-05-01T00:00:00Z"',
            "2024-05-01T10:00:00+02:00": '"2024-05-01T08:00:00Z"',
            "2024-05-01 10:00:00": '"2024-05-01T10:00:00Z"',
            "soon": reasons.NOT_A_DATETIME,
            "3001-01-01": reasons.YEAR_OUT_OF_RANGE,
        },
    ),
    "integers as strings": ("INTEGER", {"type": "string"}, {"7": '"7"'}),
    "integers as booleans": ("INTEGER", {"type": "boolean"}, {"1": "true", "0": "false", "2": reasons.NOT_A_BOOLEAN}),
    "integers as floats stay exact": ("BIGINT", {"type": "float"}, {"12345678901234567": "12345678901234567"}),
    "decimals as strings": ("DECIMAL(10,2)", {"type": "varchar"}, {"12.50": '"12.5"'}),
    "decimals as integers": ("DECIMAL(10,2)", {"type": "integer"}, {"12.00": "12", "12.50": reasons.NOT_AN_INTEGER}),
    "floats as strings": ("DOUBLE", {"type": "string"}, {"0.1": '"0.1"', "nan": reasons.NOT_FINITE}),
    "floats as integers": (
        "DOUBLE",
        {"type": "integer"},
        {"3": "3", "3.5": reasons.NOT_AN_INTEGER, "1e30": reasons.NUMBER_TOO_LARGE, "nan": reasons.NOT_FINITE},
    ),
    "booleans as strings": ("BOOLEAN", {"type": "string"}, {"true": '"true"'}),
    "dates as strings": (
        "DATE",
        {"type": "string"},
        {"2024-05-01": '"2024-05-01"', "infinity": reasons.YEAR_OUT_OF_RANGE},
    ),
    "dates as datetimes": ("DATE", {"type": "datetime"}, {"2024-05-01": '"2024-05-01T00:00:00Z"'}),
    "datetimes as dates": ("TIMESTAMPTZ", {"type": "date"}, {"2024-05-01 23:30:00-05:00": '"2024-05-02"'}),
    "datetimes as strings": ("TIMESTAMP", {"type": "string"}, {"2024-05-01 01:02:03": '"2024-05-01T01:02:03Z"'}),
    "date_only": ("TIMESTAMP", {"date_only": True}, {"2024-05-01 01:02:03": '"2024-05-01"'}),
    "date_only of a text": (
        "VARCHAR",
        {"date_only": True},
        {"2024-05-01 01:02:03": '"2024-05-01"', "x": reasons.NOT_A_DATE},
    ),
    "date_only of a datetime text": (
        "VARCHAR",
        {"date_only": True, "type": "datetime"},
        {"2024-05-01T23:30:00-05:00": '"2024-05-02"'},
    ),
    "rounded floats": ("DOUBLE", {"round": 1}, {"2.55": "2.6", "-0.04": "0", "inf": reasons.NOT_FINITE}),
    "rounded to hundreds": ("DECIMAL(10,2)", {"round": -2}, {"12345.60": "12300"}),
    "decimals rounded exactly": ("DECIMAL(10,3)", {"round": 2}, {"1.005": "1.01"}),
    "integers rounded to tens": (
        "BIGINT",
        {"round": -1},
        {"15": "20", "9223372036854775807": reasons.NUMBER_TOO_LARGE},
    ),
    "integers rounded to nothing": ("BIGINT", {"round": 2}, {"15": "15"}),
    "floats rounded to integers": (
        "DOUBLE",
        {"round": 0, "type": "integer"},
        {"2.5": "3", "1e300": reasons.NUMBER_TOO_LARGE},
    ),
    "rounded texts": ("VARCHAR", {"round": 1, "type": "float"}, {" 2.55 ": "2.6", "x": reasons.NOT_A_NUMBER}),
    "buckets": (
        "DOUBLE",
        {"buckets": BUCKETS},
        {
            "-1": None,
            "0": '"low"',
            "99.99": '"low"',
            "100": '"mid"',
            "1e9": '"high"',
            "nan": reasons.NOT_FINITE,
            None: None,
        },
    ),
    "buckets after rounding": ("DECIMAL(10,2)", {"round": 0, "buckets": BUCKETS}, {"99.50": '"mid"', "-0.40": '"low"'}),
    "buckets of texts": (
        "VARCHAR",
        {"type": "integer", "buckets": BUCKETS},
        {"": None, "-5": None, "150": '"mid"', "many": reasons.NOT_AN_INTEGER},
    ),
}


@pytest.mark.parametrize(("sql_type", "mapping", "expected"), CASES.values(), ids=CASES)
def test_a_value_becomes_its_canonical_json_or_is_withheld_with_a_reason(outcomes, sql_type, mapping, expected):
    assert dict(zip(expected, outcomes(sql_type, list(expected), **mapping), strict=True)) == expected


def test_arrays_of_strings_keep_order_and_are_withheld_whole(outcomes):
    """An array without its bad element would say something else."""
    sent = outcomes(
        "VARCHAR[]", [["b", 'a"', "b"], [], ["a", None], ["a" * 256], ["a\0"], ["a"] * 500, ["a"] * 501, None]
    )

    assert sent == [
        r'["b","a\"","b"]',
        "[]",
        *[reasons.ARRAY_ELEMENT] * 3,
        json.dumps(["a"] * 500, separators=(",", ":")),
        reasons.ARRAY_TOO_LONG,
        None,
    ]


def test_an_array_over_100_kb_is_withheld(outcomes):
    """Braze drops it and still answers success."""
    sent = outcomes("VARCHAR[]", [["é" * 200] * 200, ["é" * 200] * 300])

    assert len(str(sent[0]).encode()) < 100_000
    assert sent[1] == reasons.ARRAY_TOO_LARGE


def test_arrays_of_numbers_follow_the_rules_of_numbers(outcomes):
    assert outcomes("DOUBLE[]", [[0.1 + 0.2, -0.0, 3.0], [math.nan], []]) == ["[0.3,0,3]", reasons.ARRAY_ELEMENT, "[]"]
    assert outcomes("FLOAT[]", [[0.1]]) == ["[0.1]"]
    assert outcomes("DECIMAL(10,2)[]", [[Decimal("1.50")]]) == ["[1.5]"]
    assert outcomes("HUGEINT[]", [[1, 2], [2**64]]) == ["[1,2]", reasons.ARRAY_ELEMENT]


quick = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(st.lists(st.floats(width=64), min_size=1, max_size=80))
def test_floats_are_their_fifteen_digits(outcomes, numbers):
    """Noise in the last digits would make a value differ from itself after a recalculation upstream."""
    for number, text in zip(numbers, outcomes("DOUBLE", numbers), strict=True):
        rounded = float(f"{number:.15g}")
        if math.isfinite(rounded):
            assert json.loads(text) == rounded
            assert "e" in f"{rounded:.15g}" or text == f"{rounded + 0.0:.15g}"
        else:
            assert text == reasons.NOT_FINITE


@quick
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=80))
def test_numbers_read_back_from_a_payload_are_the_same_bytes(engine, outcomes, numbers):
    """The ledger is folded from payloads; another spelling there would be a change for ever."""
    for text in outcomes("DOUBLE", numbers):
        if isinstance(text, str):
            payload = engine.con.execute("SELECT json_extract($1, '$.x')::VARCHAR", [f'{{"x":{text}}}'])
            assert payload.fetchone() == (text,)


@quick
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=80))
def test_integers_are_exact(outcomes, numbers):
    assert [json.loads(text) for text in outcomes("BIGINT", numbers)] == numbers


@quick
@given(st.lists(st.text(max_size=300), min_size=1, max_size=80))
def test_texts_survive_json(outcomes, texts):
    for text, sent in zip(texts, outcomes("VARCHAR", texts), strict=True):
        if text == "":
            assert sent is None
        elif len(text) > 255 or len(text.encode()) > 479:
            assert sent == reasons.TEXT_TOO_LONG
        elif "\0" in text:
            assert sent == reasons.TEXT_HAS_NUL
        else:
            assert json.loads(sent) == text


@quick
@given(st.lists(st.datetimes(datetime(1, 1, 1), datetime(2999, 12, 31)), min_size=1, max_size=80))  # noqa: DTZ001 - naive
def test_datetimes_are_kept_to_the_millisecond(outcomes, moments):
    for moment, sent in zip(moments, outcomes("TIMESTAMP", moments), strict=True):
        expected = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
        assert datetime.fromisoformat(json.loads(sent)) == expected
