"""The figures of a run while it goes on."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

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

    def acknowledge(self, customers: int, data_points: int) -> None:
        """Braze took them."""
        self.not_sent -= customers
        self.acknowledged += customers
        self.data_points += data_points

    def reject(self, customer_id: str, reason: str) -> None:
        """Braze refused one."""
        self.not_sent -= 1
        self.rejected += 1
        self.recent_rejections.append((customer_id, reason))

    def leave(self, customers: int, reason: str, *, in_doubt: bool) -> None:
        """They are left for later."""
        if in_doubt:
            self.not_sent -= customers
            self.in_doubt += customers
        self.note = reason or self.note
