"""Which user an object names.

Sources: braze.com/docs/api/endpoints/user_data/post_user_track, "Request parameters"; braze.com/docs/api/basics,
"User IDs"; braze.com/docs/api/objects_filters/user_alias_object.
"""

from __future__ import annotations

from tui_app.braze.sandbox.contact import is_email, is_phone_identifier, stored_phone
from tui_app.braze.sandbox.json_types import JsonObject, JsonValue
from tui_app.braze.sandbox.profiles import Address
from tui_app.braze.sandbox.refusals import Refusal
from tui_app.braze.sandbox.text import readable

MAX_EXTERNAL_ID_BYTES = 987
MAX_ALIAS_BYTES = 236
"""Of an alias' name and of its label."""


def address_of(tracked: JsonObject, blocked_external_ids: frozenset[str]) -> Address | Refusal:
    """The one identifier of an attributes, event or purchase object.

    Exactly one of external_id, braze_id and user_alias decides; without any, the email address, then the phone
    number. A null counts as absent.
    """
    external_id, alias, braze_id = tracked.get("external_id"), tracked.get("user_alias"), tracked.get("braze_id")
    if (external_id is not None) + (alias is not None) + (braze_id is not None) > 1:
        return Refusal.TWO_IDENTIFIERS
    if external_id is not None:
        return _external_id(external_id, blocked_external_ids)
    if alias is not None:
        return _user_alias(alias)
    if braze_id is not None:
        return Address("braze_id", braze_id) if isinstance(braze_id, str) and braze_id else Refusal.NO_IDENTIFIER
    if tracked.get("push_token_import") is True:
        return Address("anonymous")
    return _contact(tracked)


def _external_id(external_id: JsonValue, blocked_external_ids: frozenset[str]) -> Address | Refusal:
    if isinstance(external_id, int) and not isinstance(external_id, bool):
        external_id = str(external_id)
    if not isinstance(external_id, str) or not external_id:
        return Refusal.NO_IDENTIFIER
    external_id = readable(external_id)
    if len(external_id.encode()) > MAX_EXTERNAL_ID_BYTES:
        return Refusal.LONG_EXTERNAL_ID
    if external_id in blocked_external_ids:
        return Refusal.BLOCKED_EXTERNAL_ID
    return Address("external_id", external_id)


def _user_alias(alias: JsonValue) -> Address | Refusal:
    name, label = (alias.get("alias_name"), alias.get("alias_label")) if isinstance(alias, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(label, str):
        return Refusal.NO_IDENTIFIER
    name, label = readable(name), readable(label)
    is_usable = all(1 <= len(part.encode()) <= MAX_ALIAS_BYTES for part in (name, label))
    return Address("user_alias", name, label) if is_usable else Refusal.NO_IDENTIFIER


def _contact(tracked: JsonObject) -> Address | Refusal:
    email, phone = tracked.get("email"), tracked.get("phone")
    if email is not None:
        return Address("email", email) if isinstance(email, str) and is_email(email) else Refusal.EMAIL
    if isinstance(phone, str) and is_phone_identifier(phone):
        return Address("phone", stored_phone(phone) or "")
    return Refusal.NO_IDENTIFIER
