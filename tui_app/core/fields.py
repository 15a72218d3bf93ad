"""Braze's standard attributes with the rule of each, and what a custom attribute may be called.

Braze answers "processed" to many values that it then drops or alters without a word, so each rule is judged here
before anything is sent. A rule is data: the engine turns it into an expression, the sandbox may judge by it too.

Sources: braze.com/docs/api/objects_filters/user_attributes_object and braze.com/docs, "Standard attributes".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui_app.core import values
from tui_app.core.change import Reason


@dataclass(frozen=True, slots=True)
class Text:
    """Any text up to a length."""

    max_characters: int = values.MAX_STRING_CHARACTERS


@dataclass(frozen=True, slots=True)
class Email:
    """An address by its shape only; rules of single providers are left to Braze.

    Source: braze.com/docs, "Email validation".
    """


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that becomes E.164: all but digits is stripped, ten digits without + are North American.

    Source: braze.com/docs, "User phone numbers", importing.
    """


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words; surrounding whitespace and case are forgiven."""

    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A word of a long list, replaced by its canonical form."""

    table: Literal["country", "language", "time_zone"]


@dataclass(frozen=True, slots=True)
class Date:
    """A day, as YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date with a time, as ISO 8601 in UTC."""


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""


@dataclass(frozen=True, slots=True)
class Location:
    """Longitude in -180..180 and latitude in -90..90, in degrees."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a JSON object."""

    name: str
    kind: Literal["text", "uuid", "number", "flag", "texts"]
    """`texts` is an array of strings."""
    is_required: bool = False
    allowed: tuple[str, ...] = ()
    """For text: the only words that it may be; empty means any."""


@dataclass(frozen=True, slots=True)
class JsonShape:
    """A JSON object, or an array of them, with these members and no others."""

    members: tuple[Member, ...]
    is_array: bool


Rule: TypeAlias = Text | Email | Phone | OneOf | Lookup | Date | Moment | Flag | Location | JsonShape


@dataclass(frozen=True, slots=True)
class Field:
    """One standard attribute."""

    name: str
    """Exact and lower case: any other spelling becomes a custom attribute, without a warning from Braze."""
    rule: Rule
    is_consent: bool = False
    """A subscription state: sent only where the destination says `send_consent`."""
    data_points: int = 1
    """What setting or clearing it costs.

    Source: braze.com/docs, "Data points": subscription states are free, everything else that is set by hand counts.
    """


_SUBSCRIPTION = OneOf(("opted_in", "subscribed", "unsubscribed"))
_GROUPS = JsonShape(
    (
        Member("subscription_group_id", "uuid", is_required=True),
        Member("subscription_state", "text", is_required=True, allowed=("subscribed", "unsubscribed")),
        Member("use_double_opt_in_logic", "flag"),
    ),
    is_array=True,
)
_PUSH_TOKENS = JsonShape(
    (
        Member("app_id", "text", is_required=True),
        Member("token", "text", is_required=True),
        Member("device_id", "text"),
    ),
    is_array=True,
)
_FACEBOOK = JsonShape((Member("id", "text"), Member("likes", "texts"), Member("num_friends", "number")), is_array=False)
_TWITTER = JsonShape(
    (
        Member("id", "number"),
        Member("screen_name", "text"),
        Member("followers_count", "number"),
        Member("friends_count", "number"),
        Member("statuses_count", "number"),
    ),
    is_array=False,
)

STANDARD_FIELDS: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("first_name", Text()),
        Field("last_name", Text()),
        Field("email", Email()),
        Field("phone", Phone()),
        Field("dob", Date()),
        Field("gender", OneOf(("M", "F", "O", "N", "P"))),
        Field("country", Lookup("country")),
        Field("home_city", Text()),
        Field("language", Lookup("language")),
        Field("time_zone", Lookup("time_zone")),
        Field("current_location", Location()),
        Field("image_url", Text(max_characters=1024)),
        Field("email_subscribe", _SUBSCRIPTION, is_consent=True, data_points=0),
        Field("push_subscribe", _SUBSCRIPTION, is_consent=True, data_points=0),
        Field("subscription_groups", _GROUPS, is_consent=True, data_points=0),
        Field("email_open_tracking_disabled", Flag()),
        Field("email_click_tracking_disabled", Flag()),
        Field("marked_email_as_spam_at", Moment()),
        Field("date_of_first_session", Moment()),
        Field("date_of_last_session", Moment()),
        Field("push_tokens", _PUSH_TOKENS),
        Field("facebook", _FACEBOOK),
        Field("twitter", _TWITTER),
    )
}
"""Name → field, in the order in which people look for them."""

IDENTIFIER_NAMES = frozenset({"external_id", "user_alias", "braze_id", "alias_name", "alias_label"})
"""Never attributes: two of them in one object make Braze refuse it."""

REFUSED_NAMES: Mapping[str, Reason] = {
    **dict.fromkeys(sorted(IDENTIFIER_NAMES), values.NAME_IDENTIFIER),
    "bio": values.NAME_RETIRED,
    "email_subscription_info": values.NAME_REFUSED,
    "_update_existing_only": values.NAME_CONTROL_KEY,
    "_merge_objects": values.NAME_CONTROL_KEY,
    "push_token_import": values.NAME_CONTROL_KEY,
}
"""Names that are never sent as attributes → why.

Source: braze.com/docs/api/endpoints/user_data/post_user_track, request parameters and
INVALID_ATTRIBUTE_EMAIL_SUBSCRIPTION_INFO.
"""

MAX_NAME_CHARACTERS = 255
MAX_NAME_BYTES = 479
"""As UTF-8. Source: braze.com/docs, "Custom attributes", naming: about 479 ASCII or 160 CJK characters; older pages
say 255 characters. A longer name is cut off, and two cut names may become one attribute."""


def problem_of_name(name: str) -> Reason | None:
    """Why `name` cannot be an attribute, or None if it can.

    Standard fields pass; names in `REFUSED_NAMES` and names that Braze would alter do not.
    """
    verdicts = (
        (not name.strip(), values.NAME_EMPTY),
        (any(unicodedata.category(character) == "Cc" for character in name), values.NAME_CONTROL),
        (name != name.strip(), values.NAME_WHITESPACE),
        (name.startswith("$"), values.NAME_DOLLAR),
        (len(name) > MAX_NAME_CHARACTERS or len(name.encode()) > MAX_NAME_BYTES, values.NAME_TOO_LONG),
    )
    return REFUSED_NAMES.get(name) or next((reason for is_bad, reason in verdicts if is_bad), None)
