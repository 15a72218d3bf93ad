"""The profiles of the workspace and the ways to find one.

Sources: braze.com/docs/api/endpoints/user_data/post_user_track, "Frequently asked questions" (which profile an email
address picks); braze.com/docs/api/objects_filters/user_alias_object.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tui_app.braze.sandbox.json_types import JsonObject

Contact = Literal["email", "phone"]


@dataclass(frozen=True, slots=True)
class Address:
    """How an object names its user: one identifier."""

    kind: Literal["external_id", "braze_id", "user_alias", "email", "phone", "anonymous"]
    """`anonymous`: no identifier, the object imports tokens of anonymous users."""
    value: str = ""
    """As stored; for user_alias its name."""
    label: str = ""
    """Only for user_alias."""


@dataclass(slots=True)
class Tally:
    """How often something happened, and when first and last, as an export shows a Time."""

    first: str
    last: str
    count: int = 0


@dataclass(slots=True)
class Profile:
    """One user."""

    braze_id: str
    created_at: float
    """Seconds since 1970-01-01 UTC."""
    external_id: str | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    """Label → name."""
    standard: JsonObject = field(default_factory=dict)
    """Standard fields but identifiers, subscription groups and push tokens."""
    custom: JsonObject = field(default_factory=dict)
    subscription_groups: dict[str, str] = field(default_factory=dict)
    """Group id → state."""
    push_tokens: list[JsonObject] = field(default_factory=list)
    events: dict[str, Tally] = field(default_factory=dict)
    purchases: dict[str, Tally] = field(default_factory=dict)
    """By product id."""
    revenue: float = 0.0
    updates: int = 0
    """Grows over all profiles with every update: the larger, the more recent."""


class Profiles:
    """All profiles, found by any identifier."""

    def __init__(self) -> None:
        self._by_braze_id: dict[str, Profile] = {}
        self._by_external_id: dict[str, Profile] = {}
        self._by_alias: dict[tuple[str, str], Profile] = {}
        self._by_contact: dict[tuple[Contact, str], list[Profile]] = defaultdict(list)
        self._tokens: set[str] = set()
        self._updates = 0

    def __len__(self) -> int:
        return len(self._by_braze_id)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self._by_braze_id.values())

    def find(self, address: Address) -> Profile | None:
        """The profile that an address picks, if there is one."""
        match address.kind:
            case "external_id":
                return self._by_external_id.get(address.value)
            case "braze_id":
                return self._by_braze_id.get(address.value)
            case "user_alias":
                return self._by_alias.get((address.label, address.value))
            case "email" | "phone" as contact:
                return self._most_recent(contact, address.value)
            case "anonymous":
                return None

    def _most_recent(self, contact: Contact, value: str) -> Profile | None:
        found = self._by_contact.get((contact, _contact_key(value)), [])
        return max(found, key=lambda profile: (profile.external_id is not None, profile.updates), default=None)

    def find_all(self, contact: Contact, value: str) -> list[Profile]:
        """Every profile with an email address or a phone number; neither is unique."""
        return list(self._by_contact.get((contact, _contact_key(value)), []))

    def create(self, address: Address, now: float) -> Profile:
        """A new profile with one identifier. `now`: seconds since 1970-01-01 UTC."""
        profile = Profile(f"{0x5F0000000000000000000000 + len(self._by_braze_id) + 1:024x}", now)
        match address.kind:
            case "external_id":
                profile.external_id = address.value
            case "user_alias":
                profile.aliases[address.label] = address.value
            case "email" | "phone" as contact:
                profile.standard[contact] = address.value
            case "braze_id" | "anonymous":
                pass
        self.add(profile)
        return profile

    def add(self, profile: Profile) -> None:
        """Take in a whole profile, such as one from a file."""
        self._by_braze_id[profile.braze_id] = profile
        self._updates = max(self._updates, profile.updates)
        if profile.external_id is not None:
            self._by_external_id[profile.external_id] = profile
        for label, name in profile.aliases.items():
            self._by_alias[label, name] = profile
        contacts: tuple[Contact, Contact] = ("email", "phone")
        for contact in contacts:
            if contact in profile.standard:
                self._by_contact[contact, _contact_key(str(profile.standard[contact]))].append(profile)
        self._tokens.update(str(token["token"]) for token in profile.push_tokens)

    def touch(self, profile: Profile) -> None:
        """Note that a profile was updated just now."""
        self._updates += 1
        profile.updates = self._updates

    def set_contact(self, profile: Profile, contact: Contact, value: str | None) -> None:
        """Set or remove (None) the email address or the phone number."""
        before = profile.standard.pop(contact, None)
        if before is not None:
            self._by_contact[contact, _contact_key(str(before))].remove(profile)
        if value is not None:
            profile.standard[contact] = value
            self._by_contact[contact, _contact_key(value)].append(profile)

    def has_token(self, token: str) -> bool:
        """Whether any profile has this push token."""
        return token in self._tokens

    def add_token(self, profile: Profile, token: JsonObject) -> None:
        """Give a profile a push token, once."""
        if token not in profile.push_tokens:
            profile.push_tokens.append(token)
            self._tokens.add(str(token["token"]))


def _contact_key(value: str) -> str:
    # Mail providers ignore case; Braze's pages do not say how it compares.
    return value.lower()
