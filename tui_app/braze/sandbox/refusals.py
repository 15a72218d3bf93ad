"""Which objects Braze refuses whole, and in which words.

An object with one bad field of this kind changes nothing and is listed in `errors`.
Sources: braze.com/docs/api/endpoints/user_data/post_user_track, "Non-fatal errors", for the names; the prose was sent
by the live API to github.com/leemour/braze-cli (2026-09) or is in tests of github.com/rudderlabs/rudder-transformer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum

from tui_app.braze.sandbox.contact import is_email
from tui_app.braze.sandbox.json_types import JsonObject, JsonValue
from tui_app.braze.sandbox.settings import ErrorStyle, SandboxSettings

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_SUBSCRIPTION_STATES = ("opted_in", "subscribed", "unsubscribed")
_GROUP_STATES = ("subscribed", "unsubscribed")
_DEVICE_ID_BYTES = range(8, 256)


class Refusal(Enum):
    """Why an object is refused: documented name and prose; where only one is known, it serves both styles."""

    NO_IDENTIFIER = (None, "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required")
    TWO_IDENTIFIERS = (None, "You must specify only one of 'external_id', 'user_alias' or 'braze_id'")
    LONG_EXTERNAL_ID = ("EXTERNAL_USER_ID_TOO_LARGE", "'external_id' must be fewer than 988 bytes")
    BLOCKED_EXTERNAL_ID = ("BLACKLISTED_EXTERNAL_USER_ID", "provided external_id is blacklisted and disallowed")
    EMAIL = ("EMAIL_BAD_FORMAT", "The value provided for the 'email' field is not a valid email.")
    EMAIL_SUBSCRIBE = (
        "BAD_EMAIL_SUBSCRIPTION_STATE",
        "'email_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'",
    )
    PUSH_SUBSCRIBE = (
        "BAD_PUSH_SUBSCRIPTION_STATE",
        "'push_subscribe' must be 'subscribed', 'unsubscribed', or 'opted_in'",
    )
    EMAIL_SUBSCRIPTION_INFO = ("INVALID_ATTRIBUTE_EMAIL_SUBSCRIPTION_INFO", None)
    LOCATION = ("BAD_LOCATION_UPDATE", None)
    GROUPS_NO_ARRAY = ("BAD_SUBSCRIPTION_GROUP_ARRAY", None)
    GROUP_NO_OBJECT = ("BAD_SUBSCRIPTION_GROUP_HASH", None)
    GROUP_ID = ("BAD_SUBSCRIPTION_GROUP_ID", None)
    GROUP_STATE = ("BAD_SUBSCRIPTION_GROUP_STATE", None)
    TOKENS_NO_ARRAY = ("BAD_PUSH_TOKEN_VALUE", None)
    TOKEN_NO_STRING = ("BAD_PUSH_TOKEN_STRING", None)
    TOKEN_APP = ("BAD_PUSH_TOKEN_APP_ID", None)
    TOKEN_IMPORT = ("BAD_PUSH_TOKEN_IMPORT", None)
    DEVICE_ID = ("BAD_DEVICE_ID", None)
    # Of events and purchases. Only the quantity's words are known; the others follow them.
    NAME = (None, "'name' is not valid")
    TIME = (None, "'time' is not valid")
    PRODUCT_ID = (None, "'product_id' is not valid")
    CURRENCY = (None, "'currency' is not valid")
    PRICE = (None, "'price' is not valid")
    QUANTITY = (None, "'quantity' is not valid")

    def words(self, style: ErrorStyle) -> str:
        """What stands in `type` of the answer's error."""
        name, prose = self.value
        preferred, other = (name, prose) if style == "enum" else (prose, name)
        return str(preferred or other)


class AttributesCheck:
    """Judges the fields of attributes objects that can make Braze refuse one; identifiers are judged elsewhere."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._group_ids = settings.subscription_group_ids
        self._app_ids = settings.app_ids
        self._fields: dict[str, Callable[[JsonValue], Refusal | None]] = {
            "email": _email,
            "email_subscribe": _email_subscribe,
            "push_subscribe": _push_subscribe,
            "email_subscription_info": lambda _: Refusal.EMAIL_SUBSCRIPTION_INFO,
            "current_location": _location,
            "subscription_groups": self._groups,
            "push_tokens": self._tokens,
        }

    def refusal(self, attributes: JsonObject) -> Refusal | None:
        """The first reason to refuse the object, or None."""
        for name, judge in self._fields.items():
            if name in attributes and (refusal := judge(attributes[name])):
                return refusal
        if attributes.get("push_token_import") is True:
            has_identifier = attributes.keys() & {"external_id", "braze_id"}
            return Refusal.TOKEN_IMPORT if has_identifier or not attributes.get("push_tokens") else None
        return None

    def _groups(self, groups: JsonValue) -> Refusal | None:
        if not isinstance(groups, list):
            return Refusal.GROUPS_NO_ARRAY
        return next(filter(None, map(self._group, groups)), None)

    def _group(self, group: JsonValue) -> Refusal | None:
        if not isinstance(group, dict) or not {"subscription_group_id", "subscription_state"} <= group.keys():
            return Refusal.GROUP_NO_OBJECT
        group_id = group["subscription_group_id"]
        if not isinstance(group_id, str) or not self._is_group(group_id):
            return Refusal.GROUP_ID
        return None if group["subscription_state"] in _GROUP_STATES else Refusal.GROUP_STATE

    def _is_group(self, group_id: str) -> bool:
        if self._group_ids is None:
            return _UUID.fullmatch(group_id) is not None
        return group_id in self._group_ids

    def _tokens(self, tokens: JsonValue) -> Refusal | None:
        if not isinstance(tokens, list):
            return Refusal.TOKENS_NO_ARRAY
        return next(filter(None, map(self._token, tokens)), None)

    def _token(self, token: JsonValue) -> Refusal | None:
        if not isinstance(token, dict):
            return Refusal.TOKENS_NO_ARRAY
        if not isinstance(token.get("token"), str):
            return Refusal.TOKEN_NO_STRING
        app_id = token.get("app_id")
        if not isinstance(app_id, str) or (self._app_ids is not None and app_id not in self._app_ids):
            return Refusal.TOKEN_APP
        device_id = token.get("device_id", "00000000")
        has_device_id = isinstance(device_id, str) and len(device_id.encode(errors="ignore")) in _DEVICE_ID_BYTES
        return None if has_device_id else Refusal.DEVICE_ID


def _email(email: JsonValue) -> Refusal | None:
    return None if email is None or (isinstance(email, str) and is_email(email)) else Refusal.EMAIL


def _email_subscribe(state: JsonValue) -> Refusal | None:
    return None if state in _SUBSCRIPTION_STATES else Refusal.EMAIL_SUBSCRIBE


def _push_subscribe(state: JsonValue) -> Refusal | None:
    return None if state in _SUBSCRIPTION_STATES else Refusal.PUSH_SUBSCRIBE


def _location(location: JsonValue) -> Refusal | None:
    if location is None:
        return None
    if not isinstance(location, dict) or location.keys() != {"longitude", "latitude"}:
        return Refusal.LOCATION
    is_on_earth = _is_within(location["longitude"], 180.0) and _is_within(location["latitude"], 90.0)
    return None if is_on_earth else Refusal.LOCATION


def _is_within(degrees: JsonValue, limit: float) -> bool:
    return isinstance(degrees, (int, float)) and not isinstance(degrees, bool) and -limit <= degrees <= limit
