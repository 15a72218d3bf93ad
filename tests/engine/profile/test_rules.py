"""Standard fields: good, bad and borderline values of each rule.

Braze answers "processed" to most of the bad ones and drops them, or refuses the customer for them, so they must be
caught here. Sources: braze.com/docs, user attributes object, email validation, user phone numbers.
"""

from __future__ import annotations

import json

import pytest

from tui_app.core import values as reasons
from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.time_zones import RAILS_TIME_ZONES

GROUP = "8c1a2f1e-0000-4000-8000-000000000001"
SUBSCRIBED = f'{{"subscription_group_id":"{GROUP}","subscription_state":"subscribed"'

TEXT_CASES = {
    "email": {
        " jo@example.com\u00a0": '"jo@example.com"',
        "Jo.Doe+tag@Example.com": '"Jo.Doe+tag@Example.com"',
        "müller@example.com": '"müller@example.com"',
        "o'hara@mail.example.co.uk": '"o\'hara@mail.example.co.uk"',
        "jo@xn--bcher-kva.example": '"jo@xn--bcher-kva.example"',
        f"{'a' * 64}@example.com": f'"{"a" * 64}@example.com"',
        f"{'a' * 65}@example.com": reasons.BAD_EMAIL,
        f"ab@{'b' * 61}.{'c' * 61}.{'d' * 61}.{'e' * 61}.com": f'"ab@{"b" * 61}.{"c" * 61}.{"d" * 61}.{"e" * 61}.com"',
        f"abc@{'b' * 61}.{'c' * 61}.{'d' * 61}.{'e' * 61}.com": reasons.BAD_EMAIL,
        f"a@{'b' * 64}.com": reasons.BAD_EMAIL,
        "": None,
        "  ": None,
        None: None,
        **dict.fromkeys(
            (
                "example", "example@", "@example.com", "jo@example", "user@50", "a@1.2.3.4", "a..b@example.com",
                "-a@example.com", ".a@example.com", "a.@example.com", "a@exa_mple.com", "a@example.123",
                "a b@example.com", "a@b@example.com", "a@-example.com", "a@example-.com", "a@.example.com",
                "a@example..com", "a@example.com.", "jo@example.com, al@example.com", "Jo <jo@example.com>",
                "jo@exämple.com", "jo\n@example.com", "jo@example.com\0",
            ),
            reasons.BAD_EMAIL,
        ),
    },
    "phone": {
        "+12025550142": '"+12025550142"',
        " (202) 555-0142 ": '"+12025550142"',
        "2025550142": '"+12025550142"',
        "12025550142": '"+12025550142"',
        "+44 20 7946 0958": '"+442079460958"',
        "442079460958": '"+442079460958"',
        "+49 (030) 901820": '"+49030901820"',
        "+1234567": reasons.BAD_PHONE,
        "+12345678": '"+12345678"',
        "+123456789012345": '"+123456789012345"',
        "+1234567890123456": reasons.BAD_PHONE,
        "123456789012345": '"+123456789012345"',
        "1234567890123456": reasons.BAD_PHONE,
        "+0442079460958": reasons.BAD_PHONE,
        "0612345678": reasons.BAD_PHONE,
        "1612345678": reasons.BAD_PHONE,
        "00442079460958": reasons.BAD_PHONE,
        "555-0142": reasons.BAD_PHONE,
        "202 555 0142 ext. 5": reasons.BAD_PHONE,
        "unknown": reasons.BAD_PHONE,
        "": None,
    },
    "first_name": {
        "Ana": '"Ana"',
        " Ana ": '" Ana "',
        "é" * 255: f'"{"é" * 255}"',
        "é" * 256: reasons.TEXT_TOO_LONG,
        "\0": reasons.TEXT_HAS_NUL,
        "": None,
    },
    "image_url": {"u" * 1024: f'"{"u" * 1024}"', "u" * 1025: reasons.TEXT_TOO_LONG},
    "dob": {
        "1990-02-28": '"1990-02-28"',
        " 1990-02-28 ": '"1990-02-28"',
        "1990-02-30": reasons.NOT_A_DATE,
        "1990-2-8": reasons.NOT_A_DATE,
        "02/28/1990": reasons.NOT_A_DATE,
        "1990-02-28T00:00:00Z": reasons.NOT_A_DATE,
        "19900228": reasons.NOT_A_DATE,
        "31990-02-28": reasons.NOT_A_DATE,
        "3001-01-01": reasons.YEAR_OUT_OF_RANGE,
        "": None,
    },
    "gender": {"M": '"M"', " f ": '"F"', "n": '"N"', "O": '"O"', "p": '"P"', "male": reasons.NOT_ALLOWED, "": None},
    "country": {
        "DE": '"DE"',
        " us ": '"US"',
        "deu": '"DE"',
        "Germany": '"DE"',
        "UNITED STATES": '"US"',
        "Korea, Republic of": '"KR"',
        "Bolivia": '"BO"',
        "Federal Republic of Germany": '"DE"',
        "UK": '"GB"',
        "usa": '"US"',
        "South Korea": '"KR"',
        "Russia": '"RU"',
        "Vietnam": '"VN"',
        "Czech Republic": '"CZ"',
        "Turkey": '"TR"',
        "Türkiye": '"TR"',
        "Côte d'Ivoire": '"CI"',
        "Atlantis": reasons.UNKNOWN_COUNTRY,
        "XX": reasons.UNKNOWN_COUNTRY,
        "": None,
    },
    "language": {
        "en": '"en"',
        " DE ": '"de"',
        "FIL": '"fil"',
        "xx": reasons.UNKNOWN_LANGUAGE,
        "eng": reasons.UNKNOWN_LANGUAGE,
        "en-US": reasons.UNKNOWN_LANGUAGE,
    },
    "time_zone": {
        "Europe/Berlin": '"Europe/Berlin"',
        "america/new_york": '"America/New_York"',
        "UTC": '"UTC"',
        "Eastern Time (US & Canada)": '"Eastern Time (US & Canada)"',
        "Nuku'alofa": '"Nuku\'alofa"',
        "Mars/Olympus": reasons.UNKNOWN_TIME_ZONE,
        "Factory": reasons.UNKNOWN_TIME_ZONE,
        "+02:00": reasons.UNKNOWN_TIME_ZONE,
    },
    "email_subscribe": {"Opted_In": '"opted_in"', "unsubscribed": '"unsubscribed"', "yes": reasons.NOT_ALLOWED},
    "push_subscribe": {"subscribed": '"subscribed"', "true": reasons.NOT_ALLOWED},
    "email_open_tracking_disabled": {"true": "true", "0": "false", "off?": reasons.NOT_A_BOOLEAN},
    "marked_email_as_spam_at": {"2024-05-01T10:00:00+02:00": '"2024-05-01T08:00:00Z"', "x": reasons.NOT_A_DATETIME},
    "date_of_first_session": {"2024-05-01 10:00:00.5": '"2024-05-01T10:00:00.500Z"', "": None},
    "current_location": {
        '{"latitude": 52.52, "longitude": 13.405}': '{"longitude":13.405,"latitude":52.52}',
        '{"longitude": "13.405", "latitude": 52}': '{"longitude":13.405,"latitude":52}',
        '{"longitude": 180, "latitude": -90}': '{"longitude":180,"latitude":-90}',
        '{"longitude": 180.1, "latitude": 0}': reasons.BAD_LOCATION,
        '{"longitude": 0, "latitude": 91}': reasons.BAD_LOCATION,
        '{"longitude": 0}': reasons.BAD_LOCATION,
        '{"longitude": null, "latitude": null}': reasons.BAD_LOCATION,
        "40.7,-73.9": reasons.BAD_LOCATION,
        "[1,2]": reasons.BAD_LOCATION,
        '{"longitude"': reasons.BAD_LOCATION,
        "": None,
    },
    "subscription_groups": {
        f'[{{"subscription_state": "subscribed", "subscription_group_id": "{GROUP}"}}]': f"[{SUBSCRIBED}}}]",
        f'[{SUBSCRIBED},"use_double_opt_in_logic":false}}]': f'[{SUBSCRIBED},"use_double_opt_in_logic":false}}]',
        "[]": "[]",
        "x": reasons.BAD_SHAPE,
        '"x"': reasons.BAD_SHAPE,
        "null": reasons.BAD_SHAPE,
        '["x"]': reasons.BAD_SHAPE,
        "[null]": reasons.BAD_SHAPE,
        f"{SUBSCRIBED}}}": reasons.BAD_SHAPE,
        '[{"subscription_group_id":"not-a-uuid","subscription_state":"subscribed"}]': reasons.BAD_SHAPE,
        f'[{{"subscription_group_id":"{GROUP}","subscription_state":"opted_in"}}]': reasons.BAD_SHAPE,
        f'[{{"subscription_group_id":"{GROUP}"}}]': reasons.BAD_SHAPE,
        f'[{SUBSCRIBED},"note":1}}]': reasons.BAD_SHAPE,
        f"[{SUBSCRIBED}}}, 5]": reasons.BAD_SHAPE,
    },
    "push_tokens": {
        '[{"app_id":"a","token":"t","device_id":null}]': '[{"app_id":"a","token":"t"}]',
        '[{"app_id":"a","token":5}]': reasons.BAD_SHAPE,
        '[{"app_id":"a","token":"\\u0000"}]': reasons.BAD_SHAPE,
    },
    "facebook": {
        r'{"num_friends": 3, "likes": ["t", "\"x"], "id": "9"}': r'{"id":"9","likes":["t","\"x"],"num_friends":3}',
        '{"likes": [1]}': reasons.BAD_SHAPE,
        '{"likes": "tea"}': reasons.BAD_SHAPE,
        "[]": reasons.BAD_SHAPE,
    },
    "twitter": {
        '{"id": 7, "screen_name": "jo", "followers_count": 1}': '{"id":7,"screen_name":"jo","followers_count":1}',
        '{"id": "7"}': reasons.BAD_SHAPE,
    },
}  # fmt: skip


@pytest.mark.parametrize(("field", "expected"), TEXT_CASES.items(), ids=TEXT_CASES)
def test_a_text_follows_the_rule_of_its_field(outcomes, field, expected):
    sent = outcomes("VARCHAR", list(expected), field)

    assert dict(zip(expected, sent, strict=True)) == expected
    assert all(json.loads(text) is not None for text in sent if isinstance(text, str))


def test_every_rule_is_tried():
    assert {type(STANDARD_FIELDS[name].rule) for name in TEXT_CASES} == {type(f.rule) for f in STANDARD_FIELDS.values()}


def test_every_time_zone_that_rails_knows_is_accepted(outcomes):
    assert [json.loads(text) for text in outcomes("VARCHAR", RAILS_TIME_ZONES, "time_zone")] == list(RAILS_TIME_ZONES)


TYPED_CASES = {
    "a date is a birthday": ("DATE", "dob", {}, "1990-02-28", '"1990-02-28"'),
    "a datetime is a birthday by its UTC date": ("TIMESTAMPTZ", "dob", {}, "1990-02-28 23:00:00-02", '"1990-03-01"'),
    "a birthday may say its type": ("DATE", "dob", {"type": "date"}, "1990-02-28", '"1990-02-28"'),
    "a time is cut off a birthday": ("VARCHAR", "dob", {"date_only": True}, "1990-02-28 10:00", '"1990-02-28"'),
    "a phone number without plus": ("BIGINT", "phone", {}, "12025550142", '"+12025550142"'),
    "a number as a name": ("INTEGER", "first_name", {}, "7", '"7"'),
    "a name may be cut to size": ("VARCHAR", "last_name", {"trim": True, "upper": True}, " doe ", '"DOE"'),
    "a kept empty name": ("VARCHAR", "last_name", {"keep_empty": True}, "", '""'),
    "an email is never kept empty": ("VARCHAR", "email", {"keep_empty": True}, "", None),
    "a flag": ("BOOLEAN", "email_click_tracking_disabled", {}, "true", "true"),
    "a flag as a number": ("INTEGER", "email_click_tracking_disabled", {}, "2", reasons.NOT_A_BOOLEAN),
    "a moment": ("TIMESTAMP", "date_of_last_session", {}, "2024-05-01 10:00", '"2024-05-01T10:00:00Z"'),
    "a date as a moment": ("DATE", "date_of_last_session", {}, "2024-05-01", '"2024-05-01T00:00:00Z"'),
    "a struct as a location": (
        "STRUCT(latitude DOUBLE, longitude DOUBLE)", "current_location", {}, {"latitude": 1.5, "longitude": -2.0},
        '{"longitude":-2,"latitude":1.5}',
    ),
    "a location that is not a number": (
        "STRUCT(latitude DOUBLE, longitude DOUBLE)", "current_location", {},
        {"latitude": 1.5, "longitude": float("nan")}, reasons.BAD_LOCATION,
    ),
    "a JSON column": ("JSON", "twitter", {}, '{"screen_name": "jo"}', '{"screen_name":"jo"}'),
    "a list of structs": (
        "STRUCT(subscription_group_id UUID, subscription_state VARCHAR)[]", "subscription_groups", {},
        [{"subscription_group_id": GROUP, "subscription_state": "subscribed"}],
        f'[{{"subscription_group_id":"{GROUP}","subscription_state":"subscribed"}}]',
    ),
    "an empty list of structs": (
        "STRUCT(app_id VARCHAR, token VARCHAR)[]", "push_tokens", {}, [], "[]",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sql_type", "field", "mapping", "value", "expected"), TYPED_CASES.values(), ids=TYPED_CASES)
def test_a_typed_column_follows_the_rule_of_its_field(outcomes, sql_type, field, mapping, value, expected):
    assert outcomes(sql_type, [value, None], field, **mapping) == [expected, None]
