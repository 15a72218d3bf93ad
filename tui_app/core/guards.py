"""Limits that refuse a plan until a person allows it, with the exact figures in the refusal."""

from __future__ import annotations

from dataclasses import dataclass, fields

CONCERNED_FLOOR = 100
"""Shares only count once this many customers are concerned, so that small tables do not cry wolf."""


@dataclass(frozen=True, slots=True)
class Guards:
    """The limits of one activation. Shares are 0..1; 1.0 switches a share off; None switches a count off."""

    min_members: int = 1
    max_leave_share: float = 0.20
    """Leaves, of the members known to the ledger."""
    max_clear_share: float = 0.20
    """Values of one attribute that turn NULL, of those known to the ledger."""
    max_change_share: float = 0.50
    """Updates, of the customers known to the ledger, while the mapping is the same."""
    max_bad_id_share: float = 0.001
    """Customers without a usable identifier, of all customers."""
    max_rejected_share: float = 0.05
    """Customers that Braze refuses, of those answered so far. Judged while a run sends."""
    max_changes: int | None = None
    """Joins, updates and leaves."""
    max_data_points: int | None = None
    max_withheld_share: float | None = None
    """Customers of whom a value or everything is withheld, of all customers."""


GUARD_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Guards))
