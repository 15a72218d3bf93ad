"""What can happen to one customer in a plan, and why a value or a customer is not sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["join", "update", "leave", "purchase", "event"]
KINDS: tuple[Kind, ...] = ("join", "update", "leave", "purchase", "event")

CLEARED = "null"
"""The canonical JSON text of a value that a plan removes from a profile."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a value or a customer is withheld."""

    code: str
    sentence: str
    """What is wrong with the value, to stand after "the value" or "the customer"."""


def pointer_to(attribute: str) -> str:
    """The JSON pointer to an attribute of a payload. Source: RFC 6901."""
    return "/" + attribute.replace("~", "~0").replace("/", "~1")
