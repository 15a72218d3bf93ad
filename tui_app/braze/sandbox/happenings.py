"""Events and purchases: which are refused, and the tally that a profile keeps of them.

Sources: braze.com/docs/api/objects_filters/event_object and …/purchase_object.
"""

from __future__ import annotations

import re

from tui_app.braze.sandbox.dates import stored_time
from tui_app.braze.sandbox.json_types import JsonObject, JsonValue
from tui_app.braze.sandbox.profiles import Profile, Tally
from tui_app.braze.sandbox.refusals import Refusal

MAX_NAME_CHARACTERS = 255
MAX_QUANTITY = 100
_CURRENCY = re.compile(r"[A-Z]{3}")
"""The shape of an ISO 4217 code."""


def event_refusal(event: JsonObject) -> Refusal | None:
    """Why an event is refused, or None."""
    if not _is_name(event.get("name")):
        return Refusal.NAME
    return None if _is_time(event.get("time")) else Refusal.TIME


def purchase_refusal(purchase: JsonObject) -> Refusal | None:
    """Why a purchase is refused, or None."""
    currency, price, quantity = purchase.get("currency"), purchase.get("price"), purchase.get("quantity", 1)
    if not _is_name(purchase.get("product_id")):
        return Refusal.PRODUCT_ID
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return Refusal.CURRENCY
    if not isinstance(price, (int, float)) or isinstance(price, bool):
        return Refusal.PRICE
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity <= MAX_QUANTITY:
        return Refusal.QUANTITY
    return None if _is_time(purchase.get("time")) else Refusal.TIME


def add_event(profile: Profile, event: JsonObject, now: str) -> None:
    """Count an event that was not refused; a time after `now` becomes `now`.

    Source: braze.com/docs/api/objects_filters/user_attributes_object: timestamps in the future default to the present.
    """
    _count(profile.events, str(event["name"]), min(str(stored_time(str(event["time"]))), now), 1)


def add_purchase(profile: Profile, purchase: JsonObject, now: str) -> None:
    """Count a purchase that was not refused, as `add_event`; a quantity of n is n purchases."""
    quantity, price = purchase.get("quantity", 1), purchase["price"]
    if isinstance(quantity, int) and isinstance(price, (int, float)):
        time = min(str(stored_time(str(purchase["time"]))), now)
        _count(profile.purchases, str(purchase["product_id"]), time, quantity)
        profile.revenue += quantity * price


def _is_name(name: JsonValue) -> bool:
    return isinstance(name, str) and 1 <= len(name) <= MAX_NAME_CHARACTERS


def _is_time(time: JsonValue) -> bool:
    return isinstance(time, str) and stored_time(time) is not None


def _count(tallies: dict[str, Tally], name: str, time: str, quantity: int) -> None:
    # Times in one format and zone compare as text.
    tally = tallies.setdefault(name, Tally(time, time))
    tally.count += quantity
    tally.first, tally.last = min(tally.first, time), max(tally.last, time)
