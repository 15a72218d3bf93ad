"""The figures of a run while it goes on."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from tui_app.ports import OutgoingCustomer

RECENT = 50
"""Rejected customers that are told with their reasons while a run goes on."""


@dataclass(slots=True)
class Tally:
    """Counts of customers and requests; every customer of the plan is in exactly one of the first four."""

    not_sent: int
    acknowledged: int = 0
    rejected: int = 0
    in_doubt: int = 0
    requests: int = 0
    """Sent by this worker, repeats included."""
    retries: int = 0
    data_points: int = 0
    note: str = ""
    """Why something was left for later."""
    recent_rejections: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=RECENT))

    @property
    def answered(self) -> int:
        """Customers of whom Braze has said what it did."""
        return self.acknowledged + self.rejected

    def acknowledge(self, customer: OutgoingCustomer) -> None:
        """Braze took it."""
        self.not_sent -= 1
        self.acknowledged += 1
        self.data_points += customer.data_points

    def reject(self, customer: OutgoingCustomer, reason: str) -> None:
        """Braze refused it."""
        self.not_sent -= 1
        self.rejected += 1
        self.recent_rejections.append((customer.id, reason))

    def leave(self, customers: int, reason: str, *, in_doubt: bool) -> None:
        """It is left for later."""
        if in_doubt:
            self.not_sent -= customers
            self.in_doubt += customers
        self.note = reason or self.note
