"""Braze's standard attributes and what an attribute may be called."""

from __future__ import annotations

import pytest

from tui_app.core import values
from tui_app.core.fields import IDENTIFIER_NAMES, REFUSED_NAMES, STANDARD_FIELDS, problem_of_name
from tui_app.core.values import REASONS

DOCUMENTED = [
    *("first_name", "last_name", "email", "phone", "dob", "gender", "country", "home_city", "language", "time_zone"),
    *("current_location", "image_url", "email_subscribe", "push_subscribe", "subscription_groups"),
    *("email_open_tracking_disabled", "email_click_tracking_disabled", "marked_email_as_spam_at"),
    *("date_of_first_session", "date_of_last_session", "push_tokens", "facebook", "twitter"),
]
"""Source: braze.com/docs, user attributes object and "Standard attributes"."""


def test_every_documented_field_is_known_by_its_own_name():
    assert sorted(STANDARD_FIELDS) == sorted(DOCUMENTED)
    assert all(field.name == name for name, field in STANDARD_FIELDS.items())


def test_subscription_states_are_consent_and_free_and_nothing_else_is():
    """Source: braze.com/docs, "Data points"."""
    consent = {"email_subscribe", "push_subscribe", "subscription_groups"}

    assert {name for name, field in STANDARD_FIELDS.items() if field.is_consent} == consent
    assert {name for name, field in STANDARD_FIELDS.items() if field.data_points == 0} == consent
    assert {field.data_points for name, field in STANDARD_FIELDS.items() if name not in consent} == {1}


@pytest.mark.parametrize(
    "name", ["tier", "Loyalty Tier", "first_name", "a$", "名" * 159, "x" * 255, "a.b", 'a"b', "x); drop"]
)
def test_a_sound_name_passes(name):
    assert problem_of_name(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", values.NAME_EMPTY),
        ("  ", values.NAME_EMPTY),
        (" tier", values.NAME_WHITESPACE),
        ("tier\u00a0", values.NAME_WHITESPACE),
        ("$tier", values.NAME_DOLLAR),
        ("ti\ner", values.NAME_CONTROL),
        ("x" * 256, values.NAME_TOO_LONG),
        ("名" * 160, values.NAME_TOO_LONG),
        ("external_id", values.NAME_IDENTIFIER),
        ("alias_label", values.NAME_IDENTIFIER),
        ("bio", values.NAME_RETIRED),
        ("email_subscription_info", values.NAME_REFUSED),
        ("_merge_objects", values.NAME_CONTROL_KEY),
    ],
)
def test_a_name_that_braze_would_alter_or_misread_has_its_reason(name, reason):
    """Braze strips and cuts names without a word, and two names may become one attribute."""
    assert problem_of_name(name) == reason


def test_no_name_is_both_sent_and_refused():
    assert not IDENTIFIER_NAMES & set(STANDARD_FIELDS)
    assert not set(REFUSED_NAMES) & set(STANDARD_FIELDS)


def test_reasons_are_found_by_their_own_code():
    """Plans carry codes only; a code without a sentence could not be explained any more."""
    reasons = [value for value in vars(values).values() if isinstance(value, values.Reason)]

    assert {reason.code: reason for reason in reasons} == REASONS
    assert len(REASONS) == len(reasons)
