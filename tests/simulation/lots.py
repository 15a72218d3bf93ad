"""Lots of groups, computed a second time: in plain Python, from the digest alone."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence

CAMPAIGN = "club"
OFFER = "offer"
"""An attribute that only the first group has."""
GROUP = "group"


def is_held_out(customer: str, share: float) -> bool:
    """Whether a customer is in the held-out part of the campaign."""
    return _lot("control", customer) < share


def group_of(customer: str, groups: Sequence[str]) -> str:
    """The group of a customer who is not held out; all shares are equal."""
    return max(groups, key=lambda name: math.log(_lot(f"group {name}", customer)) * len(groups))


def _lot(purpose: str, customer: str) -> float:
    text = json.dumps([CAMPAIGN, purpose]) + customer
    return int.from_bytes(hashlib.md5(text.encode(), usedforsecurity=False).digest(), "little") / 2**128
