"""The standard fields: what Braze stores of a value, and what it ignores or clears without a word.

Sources: braze.com/docs/api/objects_filters/user_attributes_object, "Braze user profile fields"; braze.com/docs,
standard attributes. What it does with an invalid gender, date of birth or language is not documented: ignored here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tui_app.braze.sandbox.contact import stored_phone
from tui_app.braze.sandbox.dates import stored_time
from tui_app.braze.sandbox.dropped import Dropped
from tui_app.braze.sandbox.json_types import JsonObject, JsonValue
from tui_app.braze.sandbox.locale_fields import is_language, is_time_zone, stored_country
from tui_app.braze.sandbox.profiles import Profile, Profiles
from tui_app.braze.sandbox.text import stored_text

MAX_URL_CHARACTERS = 1024
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_GENDERS = frozenset("MFONP")

IGNORED = frozenset(
    {
        "external_id", "braze_id", "user_alias", "alias_name", "alias_label", "bio",
        "_update_existing_only", "_merge_objects", "push_token_import",
    }
)  # fmt: skip
"""Keys of an attributes object that are neither standard nor custom attributes. `bio` is not processed any more."""
_SPECIAL = frozenset({"email", "phone", "subscription_groups", "push_tokens"})
"""Fields that are more than a value of the profile."""
_FREE = frozenset({"email_subscribe", "push_subscribe"})
"""No data points. Source: braze.com/docs, "Data points"."""


def set_field(profiles: Profiles, profile: Profile, name: str, value: JsonValue) -> int:
    """Set or remove (null) a standard field that the refusals let pass.

    Returns:
        The data points charged; 0 for a free field and for a value that is ignored.
    """
    try:
        kept = None if value is None else FIELDS[name](value)
    except Dropped:
        return 0
    if name not in _SPECIAL:
        if kept is None:
            profile.standard.pop(name, None)
        else:
            profile.standard[name] = kept
        return 0 if name in _FREE else 1
    match name:
        case "email" | "phone" as contact:
            profiles.set_contact(profile, contact, None if kept is None else str(kept))
            return 1
        case "subscription_groups" if isinstance(kept, list):
            _set_groups(profile, kept)
        case "push_tokens" if isinstance(kept, list):
            for token in kept:
                if isinstance(token, dict):
                    profiles.add_token(profile, token)
    return 0


def _set_groups(profile: Profile, groups: list[JsonValue]) -> None:
    for group in groups:
        if isinstance(group, dict):
            profile.subscription_groups[str(group["subscription_group_id"])] = str(group["subscription_state"])


def _string(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise Dropped
    return value


def _text(value: JsonValue) -> JsonValue:
    return stored_text(_string(value), max_bytes=None)


def _url(value: JsonValue) -> JsonValue:
    return stored_text(_string(value), MAX_URL_CHARACTERS, max_bytes=None)


def _phone(value: JsonValue) -> JsonValue:
    phone = stored_phone(_string(value))
    if phone is None:
        raise Dropped
    return phone


def _country(value: JsonValue) -> JsonValue:
    return stored_country(value) if isinstance(value, str) else None


def _day(value: JsonValue) -> JsonValue:
    text = _string(value)
    if not _DAY.fullmatch(text) or stored_time(text) is None:
        raise Dropped
    return text


def _moment(value: JsonValue) -> JsonValue:
    time = stored_time(_string(value))
    if time is None:
        raise Dropped
    return time


def _flag(value: JsonValue) -> JsonValue:
    if not isinstance(value, bool):
        raise Dropped
    return value


def _members(value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise Dropped
    return value


def _only_if(is_kept: Callable[[str], bool]) -> Callable[[JsonValue], JsonValue]:
    def keep(value: JsonValue) -> JsonValue:
        text = _string(value)
        if not is_kept(text):
            raise Dropped
        return text

    return keep


def _as_received(value: JsonValue) -> JsonValue:
    return value


FIELDS: dict[str, Callable[[JsonValue], JsonValue]] = {
    "first_name": _text,
    "last_name": _text,
    "home_city": _text,
    "email": _as_received,
    "phone": _phone,
    "dob": _day,
    "gender": _only_if(_GENDERS.__contains__),
    "country": _country,
    "language": _only_if(is_language),
    "time_zone": _only_if(is_time_zone),
    "image_url": _url,
    "current_location": _as_received,
    "email_subscribe": _as_received,
    "push_subscribe": _as_received,
    "subscription_groups": _as_received,
    "push_tokens": _as_received,
    "email_open_tracking_disabled": _flag,
    "email_click_tracking_disabled": _flag,
    "marked_email_as_spam_at": _moment,
    "date_of_first_session": _moment,
    "date_of_last_session": _moment,
    "facebook": _members,
    "twitter": _members,
}
"""Name → the value as stored; None clears the field, `Dropped` leaves it."""
