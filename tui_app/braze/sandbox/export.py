"""POST /users/export/ids: read profiles back.

Source: braze.com/docs/api/endpoints/export/user_data/post_users_identifier.
"""

from __future__ import annotations

from tui_app.braze.sandbox.answer import Answer, refused
from tui_app.braze.sandbox.contact import stored_phone
from tui_app.braze.sandbox.dates import export_created_at
from tui_app.braze.sandbox.json_types import JsonObject, JsonValue
from tui_app.braze.sandbox.profiles import Address, Profile, Profiles, Tally
from tui_app.braze.sandbox.settings import SandboxSettings

MAX_IDS = 50
"""External ids and aliases together."""

_PLAIN_FIELDS = (
    "first_name", "last_name", "email", "dob", "home_city", "country", "phone", "language", "time_zone", "gender",
    "push_subscribe", "email_subscribe",
)  # fmt: skip


class Export:
    """The endpoint."""

    def __init__(self, settings: SandboxSettings, profiles: Profiles) -> None:
        self._requires_fields = settings.requires_fields_to_export
        self._profiles = profiles

    def answer(self, document: JsonValue) -> Answer:
        """Answer a request. A field that is null or empty is left out; unknown users are listed, not an error."""
        request = document if isinstance(document, dict) else {}
        fields = request.get("fields_to_export")
        if not isinstance(fields, list) and (fields is not None or self._requires_fields):
            # The words of this refusal are not documented.
            return refused(400, "'fields_to_export' must be an array of strings")
        addresses = _addresses(request)
        if sum(address.kind in ("external_id", "user_alias") for address in addresses) > MAX_IDS:
            return refused(400, "The max number of external_ids and aliases per request was exceeded")
        if not addresses:
            return refused(400, "At least one user identifier must be provided")
        users: dict[str, Profile] = {}
        unknown: list[JsonValue] = []
        for address in addresses:
            found = self._find(address)
            users.update((profile.braze_id, profile) for profile in found)
            if not found:
                unknown.append(address.value)
        wanted = None if fields is None else {str(field) for field in fields}
        body: JsonObject = {"message": "success", "users": [_exported(user, wanted) for user in users.values()]}
        return Answer(201, {**body, "invalid_user_ids": unknown} if unknown else body)

    def _find(self, address: Address) -> list[Profile]:
        match address.kind:
            case "email" | "phone" as contact:
                return self._profiles.find_all(contact, address.value)
            case _:
                profile = self._profiles.find(address)
                return [] if profile is None else [profile]


def _addresses(request: JsonObject) -> list[Address]:
    external_ids, aliases = request.get("external_ids"), request.get("user_aliases")
    addresses = [Address("external_id", str(each)) for each in external_ids] if isinstance(external_ids, list) else []
    addresses += [
        Address("user_alias", str(alias.get("alias_name")), str(alias.get("alias_label")))
        for alias in (aliases if isinstance(aliases, list) else [])
        if isinstance(alias, dict)
    ]
    braze_id, email, phone = request.get("braze_id"), request.get("email_address"), request.get("phone")
    if isinstance(braze_id, str):
        addresses.append(Address("braze_id", braze_id))
    if isinstance(email, str):
        addresses.append(Address("email", email))
    if isinstance(phone, str):
        addresses.append(Address("phone", stored_phone(phone) or phone))
    return addresses


def _exported(profile: Profile, wanted: set[str] | None) -> JsonObject:
    everything = _everything(profile)
    opt_ins = {"push_opted_in_at": "push_subscribe", "email_opted_in_at": "email_subscribe"}
    return {
        name: value
        for name, value in everything.items()
        if value not in (None, [], {}) and (wanted is None or opt_ins.get(name, name) in wanted)
    }


def _everything(profile: Profile) -> JsonObject:
    location = profile.standard.get("current_location")
    aliases: list[JsonValue] = [{"alias_name": name, "alias_label": label} for label, name in profile.aliases.items()]
    tokens: list[JsonValue] = [{"app": token["app_id"], "token": token["token"]} for token in profile.push_tokens]
    return {
        "created_at": export_created_at(profile.created_at),
        "external_id": profile.external_id,
        "user_aliases": aliases,
        "braze_id": profile.braze_id,
        "random_bucket": int(profile.braze_id, 16) * 7919 % 10_000,
        **{name: profile.standard.get(name) for name in _PLAIN_FIELDS},
        # The page documents [longitude, latitude]; its sample shows the other order.
        "last_coordinates": [location["longitude"], location["latitude"]] if isinstance(location, dict) else None,
        "total_revenue": profile.revenue or None,
        "custom_attributes": profile.custom,
        "custom_events": _tallies(profile.events),
        "purchases": _tallies(profile.purchases),
        "push_tokens": tokens,
    }


def _tallies(tallies: dict[str, Tally]) -> list[JsonValue]:
    return [
        {"name": name, "first": tally.first, "last": tally.last, "count": tally.count}
        for name, tally in tallies.items()
    ]
