"""Purchases and events: what happened to a customer, told to Braze once and never again.

An attribute that is sent twice is as it was; a purchase that is sent twice is two. So each row of the source has a key,
the ledger remembers what became of each key, and what may have arrived is not sent again unless a person asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

from tui_app.core.change import Reason
from tui_app.core.errors import Place

HappeningArray: TypeAlias = Literal["purchases", "events"]
HAPPENING_ARRAYS: tuple[HappeningArray, ...] = ("purchases", "events")

MAX_QUANTITY = 100
"""Of one purchase object. Source: braze.com/docs/api/objects_filters/purchase_object, "quantity"."""
MAX_ROW_QUANTITY = 7_500
"""Of one row: 75 objects. More is nearly always a mistake of units."""
MAX_NAME_CHARACTERS = 255
"""Of a product id and of an event's name.

Source: braze.com/docs/api/objects_filters/purchase_object and …/event_object."""
ROW_KEY = "row_key"
PROPERTIES = "properties"
RESERVED_PROPERTIES: dict[HappeningArray, frozenset[str]] = {
    "purchases": frozenset({"time", "product_id", "quantity", "event_name", "price", "currency"}),
    "events": frozenset({"time", "event_name"}),
}
"""Source: the same two pages, "properties"."""

ROW_FIELD_MISSING = Reason("row_field_missing", "is missing, and Braze needs it")
ROW_KEY_TWICE = Reason("row_key_twice", "is the key of several rows, and nobody can say which of them was sent")
UNKNOWN_CURRENCY = Reason("unknown_currency", "is no ISO 4217 currency code in capitals, such as EUR")
BAD_QUANTITY = Reason("bad_quantity", f"is not a quantity of 1 to {MAX_ROW_QUANTITY:,}")
IN_DOUBT_BEFORE = Reason("in_doubt_before", "may have arrived already, and would count twice")
SENT_IN_PART = Reason("sent_in_part", "was sent in part, and with other values than it has now")


@cache
def currency_codes() -> frozenset[str]:
    """Every code of ISO 4217, in capitals."""
    import pycountry

    return frozenset(each.alpha_3 for each in pycountry.currencies)


@dataclass(frozen=True, slots=True)
class HappeningField:
    """One member of a purchase or an event, or of its properties."""

    name: str
    """In the payload; of a property, its own name."""
    place: Place
    column: str | None = None
    """That feeds it; None: `json` does."""
    json: str | None = None
    """What is the same for every row, as JSON text."""


@dataclass(frozen=True, slots=True)
class Happenings:
    """How each row of a query becomes a purchase or an event."""

    array: HappeningArray
    row_key: HappeningField
    """What names a row for ever."""
    fields: tuple[HappeningField, ...]
    """In the order of payloads. Without `quantity` it is 1."""
    place: Place
    properties: tuple[HappeningField, ...] = ()
    remembered_as: str = ""
    """The name under which the ledger keeps the keys: whoever shares it never sends a key twice."""

    @property
    def noun(self) -> str:
        """One of them."""
        return self.array.removesuffix("s")
