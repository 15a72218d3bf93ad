"""The workspace: what an accepted object does to a profile, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from tui_app.braze.sandbox import standard_fields
from tui_app.braze.sandbox.custom_attributes import CustomAttributes
from tui_app.braze.sandbox.dates import export_time
from tui_app.braze.sandbox.happenings import add_event, add_purchase
from tui_app.braze.sandbox.json_types import JsonObject
from tui_app.braze.sandbox.profiles import Address, Profile, Profiles
from tui_app.braze.sandbox.settings import SandboxSettings


class Workspace:
    """Profiles, custom attributes and the data points charged so far."""

    def __init__(self, settings: SandboxSettings, epoch_seconds: Callable[[], float]) -> None:
        self._epoch_seconds = epoch_seconds
        self.profiles = Profiles()
        self.custom = CustomAttributes(settings)
        self.data_points = 0
        """Every value that is set or removed counts, changed or not; a dropped value and a skipped user do not.

        Source: braze.com/docs, "Data points".
        """

    def apply_attributes(self, address: Address, attributes: JsonObject, *, keeps_nested: bool = True) -> None:
        """Carry out an attributes object that was not refused.

        Args:
            address: Whom it names.
            attributes: The object as received.
            keeps_nested: False drops every object and array of objects in it.
        """
        if address.kind == "anonymous":
            self._import_tokens(attributes)
            return
        profile = self._profile(address, attributes)
        if profile is not None:
            self._set_all(profile, address, attributes, keeps_nested=keeps_nested)

    def apply_event(self, address: Address, event: JsonObject) -> None:
        """Carry out an event that was not refused."""
        profile = self._profile(address, event)
        if profile is not None:
            add_event(profile, event, self._now())
            self.data_points += 1

    def apply_purchase(self, address: Address, purchase: JsonObject) -> None:
        """Carry out a purchase that was not refused."""
        profile = self._profile(address, purchase)
        if profile is not None:
            add_purchase(profile, purchase, self._now())
            self.data_points += 1

    def _now(self) -> str:
        return export_time(datetime.fromtimestamp(self._epoch_seconds(), UTC))

    def _profile(self, address: Address, tracked: JsonObject) -> Profile | None:
        """The profile to update; None skips the object, which the answer does not tell.

        Unknown users are created but for braze_id, and but for an alias unless the object says that more than
        existing users may be updated.
        Source: braze.com/docs/api/objects_filters/user_attributes_object, "Update existing profiles only".
        """
        profile = self.profiles.find(address)
        if profile is None:
            default_is_update_only = address.kind == "user_alias"
            update_only = tracked.get("_update_existing_only")
            is_update_only = update_only if isinstance(update_only, bool) else default_is_update_only
            if is_update_only or address.kind == "braze_id":
                return None
            profile = self.profiles.create(address, self._epoch_seconds())
        self.profiles.touch(profile)
        return profile

    def _set_all(self, profile: Profile, address: Address, attributes: JsonObject, *, keeps_nested: bool) -> None:
        is_merge = attributes.get("_merge_objects") is True
        standard, ignored = standard_fields.FIELDS, standard_fields.IGNORED
        points = 0
        for name, value in attributes.items():
            if name in standard:
                # What finds the profile is not an update of it.
                if name != address.kind:
                    points += standard_fields.set_field(self.profiles, profile, name, value)
            elif name not in ignored and (keeps_nested or not _is_nested(value)):
                points += self.custom.set_value(profile.custom, name, value, is_merge=is_merge)
        self.data_points += points

    def _import_tokens(self, attributes: JsonObject) -> None:
        """Create an anonymous profile for each token that no profile has yet; known tokens are ignored.

        Source: braze.com/docs/api/objects_filters/user_attributes_object, "Push token import".
        """
        tokens = attributes["push_tokens"]
        for token in tokens if isinstance(tokens, list) else []:
            if isinstance(token, dict) and not self.profiles.has_token(str(token["token"])):
                address = Address("anonymous")
                profile = self.profiles.create(address, self._epoch_seconds())
                self.profiles.touch(profile)
                self._set_all(profile, address, {**attributes, "push_tokens": [token]}, keeps_nested=True)


def _is_nested(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value))
