"""The mapped profile as a whole: identifiers, which attributes are sent, mistakes in a mapping, and hostile names."""

from __future__ import annotations

import json

import ibis
import pyarrow as pa
import pytest

from tui_app.core import values as reasons
from tui_app.core.errors import FixInput
from tui_app.core.mapping import Bucket
from tui_app.engine.profile import (
    SentAttribute,
    mapped_rows,
    mapping_problems,
    sent_attributes,
    text_columns,
)


@pytest.fixture
def identifiers(a_table, a_template, a_destination):
    """Map a column as identifier: for each value the id, or the code of the reason against it."""

    def build(sql_type, values, identifier="external_id"):
        mapped = mapped_rows(
            a_table(sql_type, values), a_template(identifier_column="x"), a_destination(identifier=identifier)
        )
        rows = mapped.to_pyarrow().to_pylist()
        assert all((row["id"] is None) == (row["bad_id"] is not None) for row in rows)
        return {row["raw_id"]: row["id"] or row["bad_id"] for row in rows}

    return build


def test_an_identifier_is_taken_exactly_or_refused(identifiers):
    """One blank or careless identifier would gather strangers in one profile."""
    expected = {
        "007": "007",
        "1e5": "1e5",
        " c7 ": " c7 ",
        "Ünïcode": "Ünïcode",
        "nullable": "nullable",
        "x" * 987: "x" * 987,
        "x" * 988: "id_too_long",
        "é" * 494: "id_too_long",
        None: "id_missing",
        "": "id_empty",
        " \t": "id_empty",
        "\u00a0": "id_empty",
        "a\nb": "id_control",
        "a\0b": "id_control",
        "a\u0085b": "id_control",
        **dict.fromkeys(("null", "NULL", " None", "undefined", "NaN"), "id_sentinel"),
    }

    assert identifiers("VARCHAR", list(expected)) == expected
    assert identifiers("VARCHAR", list(expected), "braze_id") == expected


def test_a_whole_number_identifies_by_its_digits(identifiers):
    assert identifiers("HUGEINT", ["12345678901234567890", "7"]) == {
        "12345678901234567890": "12345678901234567890",
        "7": "7",
    }


def test_an_email_address_identifies_in_its_normal_form(identifiers):
    expected = {" jo@example.com": "jo@example.com", "jo": "id_invalid", " ": "id_empty", None: "id_missing"}

    assert identifiers("VARCHAR", list(expected), "email") == expected


def test_a_phone_number_identifies_in_its_normal_form(identifiers):
    assert identifiers("VARCHAR", ["(202) 555-0142", "x"], "phone") == {
        "(202) 555-0142": "+12025550142",
        "x": "id_invalid",
    }


def test_an_alias_identifies_by_name_and_label(engine, a_template, a_destination):
    rows = [
        ("jo", "crm"),
        ('"a"', "b"),
        (None, "crm"),
        ("jo", " "),
        ("null", "crm"),
        ("jo", "none"),
        ("é" * 119, "crm"),
    ]
    source = pa.table({"n": [name for name, _ in rows], "l": [label for _, label in rows]})
    template = a_template(identifier_column=None, alias_name_column="n", alias_label_column="l")

    engine.con.register("aliases", source)
    mapped = mapped_rows(engine.table("aliases"), template, a_destination(identifier="user_alias"))

    found = mapped.to_pyarrow().to_pylist()
    assert [row["id"] or row["bad_id"] for row in found] == [
        '{"alias_name":"jo","alias_label":"crm"}',
        r'{"alias_name":"\"a\"","alias_label":"b"}',
        "id_missing",
        "id_empty",
        "id_sentinel",
        '{"alias_name":"jo","alias_label":"none"}',
        "id_too_long",
    ]
    assert found[2]["raw_id"] == '{"alias_name":null,"alias_label":"crm"}'


def test_attributes_are_sent_in_the_order_of_the_file_with_what_they_cost(a_mapping, a_template, a_destination):
    template = a_template(
        a_mapping("tier", "t", on_null="keep"), a_mapping("email_subscribe", "s"), a_mapping("dob", "birthdate")
    )

    assert sent_attributes(template, a_destination(send_consent=True)) == (
        SentAttribute("tier", "custom", "keep", 1, "t"),
        SentAttribute("email_subscribe", "standard", "clear", 0, "s"),
        SentAttribute("dob", "standard", "clear", 1, "birthdate"),
    )


@pytest.mark.parametrize(
    ("identifier", "left"),
    [
        ("external_id", ["email", "phone", "tier"]),
        ("email", ["phone", "tier"]),
        ("phone", ["tier"]),
    ],
)
def test_what_braze_would_misread_or_refuse_is_never_sent(a_mapping, a_template, a_destination, identifier, left):
    """An email beside the identifier phone would address another customer; consent needs a switch."""
    identifiers = ["external_id", "braze_id", "user_alias"]
    refused = ["bio", "email_subscription_info", "_merge_objects", "push_token_import", "$x", " y", "x" * 256]
    consent = ["email_subscribe", "push_subscribe", "subscription_groups"]
    names = (*identifiers, *refused, *consent, "email", "phone", "tier")
    template = a_template(*(a_mapping(name) for name in names))

    assert [sent.name for sent in sent_attributes(template, a_destination(identifier=identifier))] == left


def test_a_withheld_value_is_shown_as_the_source_has_it(a_table, a_mapping, a_template, a_destination):
    template = a_template(a_mapping("email"), a_mapping("note", trim=True, upper=True))

    rows = (
        mapped_rows(a_table("VARCHAR", [" Jo ", "jo@example.com"]), template, a_destination()).to_pyarrow().to_pylist()
    )

    assert [(row["v0"], row["p0"], row["w0"]) for row in rows] == [
        (None, "bad_email", " Jo "),
        ('"jo@example.com"', None, None),
    ]
    assert [(row["v1"], row["p1"], row["w1"]) for row in rows] == [
        ('"JO"', None, None),
        ('"JO@EXAMPLE.COM"', None, None),
    ]


def test_a_location_may_come_from_two_columns(engine, a_mapping, a_template, a_destination):
    engine.con.execute(
        """CREATE OR REPLACE TABLE places AS SELECT * FROM (VALUES
           ('c0', 13.4050::DECIMAL(9,4), ' 52.52 '), ('c1', NULL, ' '), ('c2', 1, NULL), ('c3', 1, 'north')
        ) AS t (id, east, north)"""
    )
    template = a_template(a_mapping("current_location", "east", latitude_column="north"))

    rows = mapped_rows(engine.table("places"), template, a_destination()).to_pyarrow().to_pylist()

    assert [(row["v0"], row["p0"], row["w0"]) for row in rows] == [
        ('{"longitude":13.405,"latitude":52.52}', None, None),
        (None, None, None),
        (None, "bad_location", "1.0000, NULL"),
        (None, "bad_location", "1.0000, north"),
    ]


def test_columns_to_keep_come_through_unchanged(a_table, a_template, a_destination):
    mapped = mapped_rows(a_table("DATE", ["2024-05-01"]), a_template(), a_destination(), keep=("x",))

    assert mapped.columns == ("id", "bad_id", "raw_id", "x")
    assert mapped.x.type().is_date()


HOSTILE = ['a"b', "x); drop table t; --", "[/]", "名", "a'b", "given1", "value1", "keep0", "v0", "{x}", "a\\b"]


def test_names_of_columns_are_only_names(engine, a_mapping, a_template, a_destination):
    """Column names come from files; as SQL, markup or names of our own steps they must mean nothing."""
    source = pa.table({"id": ["c0"], **{name: [position] for position, name in enumerate(HOSTILE)}})
    template = a_template(*(a_mapping(name, name) for name in HOSTILE))

    engine.con.register("hostile", source)
    (row,) = mapped_rows(engine.table("hostile"), template, a_destination()).to_pyarrow().to_pylist()

    assert [row[f"v{position}"] for position in range(len(HOSTILE))] == [
        str(position) for position in range(len(HOSTILE))
    ]


SCHEMA = ibis.schema(
    {
        "id": "string",
        "loyalty_tier": "string",
        "visits": "int64",
        "active": "boolean",
        "born": "date",
        "tags": "array<string>",
        "address": "struct<city: string>",
        "blob": "binary",
        "ratio": "float64",
    }
)

MISMATCHES = {
    "unknown column": (
        "tier",
        "loyalty_teir",
        {},
        'has no column "loyalty_teir". Nothing can be planned. Nearest: "loyalty_tier"',
    ),
    "column in another case": ("tier", "Loyalty_Tier", {}, 'Nearest: "loyalty_tier"'),
    "struct": ("address", "address", {}, "Braze attributes are booleans, numbers"),
    "blob": ("blob", "blob", {}, "type binary: Braze attributes are"),
    "array as string": ("tags", "tags", {"type": "string"}, "an array cannot be sent as a string"),
    "string as array": ("tier", "loyalty_tier", {"type": "array"}, "a string cannot be sent as an array"),
    "boolean as integer": ("a", "active", {"type": "integer"}, "a boolean cannot be sent as an integer"),
    "trimmed number": ("v", "visits", {"trim": True}, "trim, lower and upper are for strings"),
    "rounded string": ("t", "loyalty_tier", {"round": 1}, 'say type = "float"'),
    "rounded date": ("b", "born", {"round": 1}, "round and buckets are for numbers"),
    "bucketed boolean": ("a", "active", {"buckets": (Bucket("x", 0),)}, "round and buckets are for numbers"),
    "bucket as date": ("v", "visits", {"buckets": (Bucket("x", 0),), "type": "date"}, "cannot be sent as a date"),
    "bucket with date_only": (
        "v",
        "visits",
        {"buckets": (Bucket("x", 0),), "date_only": True},
        "date_only is for dates",
    ),
    "date_only of a number": ("v", "visits", {"date_only": True}, "date_only is for dates"),
    "date_only as number": ("b", "born", {"date_only": True, "type": "integer"}, "a date cannot be sent as an integer"),
    "email from a number": ("email", "visits", {}, "the field needs a string"),
    "birthday from a number": ("dob", "visits", {}, "an integer cannot be sent as a date"),
    "birthday as integer": ("dob", "born", {"type": "integer"}, 'remove type = "integer"'),
    "location from one number": ("current_location", "ratio", {}, "name the other one with latitude_column"),
    "location from a date": (
        "current_location",
        "born",
        {"latitude_column": "ratio"},
        'column "born" holds no numbers',
    ),
    "unknown latitude": ("current_location", "ratio", {"latitude_column": "lat"}, 'no column "lat"'),
    "latitude of a name": ("first_name", "loyalty_tier", {"latitude_column": "ratio"}, "is for current_location"),
    "groups from a number": ("subscription_groups", "visits", {}, "needs a nested column or JSON text"),
}


@pytest.mark.parametrize("mismatch", MISMATCHES.values(), ids=MISMATCHES)
def test_a_mapping_that_cannot_work_is_named_with_its_place(a_mapping, a_template, a_destination, mismatch):
    attribute, column, settings, text = mismatch
    template = a_template(a_mapping(attribute, column, **settings))

    (problem,) = mapping_problems(SCHEMA, template, a_destination(send_consent=True))

    assert str(problem).startswith(f'stoker.toml:7: attribute "{attribute}": ')
    assert text in problem.message


def test_all_mistakes_are_named_at_once_and_stop_the_mapping(a_table, a_mapping, a_template, a_destination):
    template = a_template(a_mapping("a", "nope"), a_mapping("b", "x", trim=True), identifier_column="idd")
    table = a_table("INTEGER", ["1"])

    with pytest.raises(FixInput) as stopped:
        mapped_rows(table, template, a_destination())

    assert [problem.code for problem in stopped.value.problems] == [
        "unknown_column",
        "unknown_column",
        "mapping_mismatch",
    ]
    assert 'template "profile": the table has no column "idd"' in str(stopped.value)


@pytest.mark.parametrize("column", ["ratio", "active", "born", "tags"])
def test_an_identifier_needs_one_exact_text_per_value(a_template, a_destination, column):
    """1.10 and 1.1 are one float and two customers."""
    (problem,) = mapping_problems(SCHEMA, a_template(identifier_column=column), a_destination())

    assert problem.code == "identifier_type"
    assert f'column "{column}" of type {SCHEMA[column]} cannot be the external_id' in problem.message


def test_a_missing_alias_column_is_a_mistake(a_template, a_destination):
    template = a_template(identifier_column=None, alias_name_column="id")

    (problem,) = mapping_problems(SCHEMA, template, a_destination(identifier="user_alias"))

    assert "Set alias_name_column and alias_label_column" in problem.message


def test_types_of_attributes_that_are_never_sent_do_not_matter(a_mapping, a_template, a_destination):
    template = a_template(a_mapping("email_subscribe", "visits"), a_mapping("bio", "blob"))

    assert mapping_problems(SCHEMA, template, a_destination()) == []


def test_exact_text_is_wanted_only_where_nothing_else_needs_the_type(a_mapping, a_template, a_destination):
    """`007` in a CSV file is a text if it is sent as one, and a number if a bucket needs it."""
    template = a_template(
        a_mapping("zip", "zip", type="string"),
        a_mapping("gender", "sex"),
        a_mapping("plain", "plain"),
        a_mapping("dob", "born"),
        a_mapping("code", "both", type="varchar"),
        a_mapping("band", "both", buckets=(Bucket("x", 0),)),
        a_mapping("price", "price", type="string", round=1),
        a_mapping("bio", "bio", type="string"),
    )

    assert text_columns(template, a_destination()) == {"id", "zip", "sex"}


def test_every_value_is_json(outcomes):
    """A plan joins these texts into requests unseen."""
    types = {
        "DOUBLE": ["1e-7", "1e300"],
        "DECIMAL(38,38)": ["0.1"],
        "TIMESTAMP": ["0001-01-01"],
        "VARCHAR": ["\u2028\x01"],
    }

    for sql_type, values in types.items():
        assert all(json.loads(text) is not None for text in outcomes(sql_type, values))


def test_the_reason_of_an_outcome_is_one_that_can_be_explained(outcomes):
    assert outcomes("VARCHAR", ["?"], "country") == [reasons.UNKNOWN_COUNTRY]
