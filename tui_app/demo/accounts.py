"""Whether everybody is accounted for: counts of the same customers, made in different places, that must agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tui_app.core.plan import PlanCounts
from tui_app.core.run import RunTotals


@dataclass(frozen=True, slots=True)
class Accounts:
    """The customers of one demo, as each part counted them."""

    customers: int
    """Of the sample data."""
    planned: PlanCounts
    sent: RunTotals
    planned_again: PlanCounts
    profiles: int
    """That the sandbox has; it began with none."""

    def disagreements(self) -> tuple[str, ...]:
        """What is not as it must be, as sentences; none if all is well."""
        return tuple(self._disagreements())

    def _disagreements(self) -> Iterator[str]:
        for name, counts in (("plan", self.planned), ("second plan", self.planned_again)):
            everyone = counts.changes + counts.unchanged + counts.outside + counts.withheld
            if everyone != self.customers:
                yield f"The {name} knows {everyone:,} customers, the sample data has {self.customers:,}."
        sent = self.sent
        answered = sent.acknowledged + sent.rejected
        if sent.in_doubt or sent.not_sent or answered != self.planned.changes:
            yield (
                f"Of {self.planned.changes:,} planned customers {answered:,} were answered; {sent.in_doubt:,} are in "
                f"doubt and {sent.not_sent:,} were not sent."
            )
        if self.planned_again.changes:
            yield f"The second plan is not empty: {self.planned_again.changes:,} customers would be sent again."
        if self.planned_again.unchanged != sent.acknowledged:
            yield (
                f"Braze acknowledged {sent.acknowledged:,} customers, and the second plan finds "
                f"{self.planned_again.unchanged:,} of them unchanged."
            )
        if self.profiles != sent.acknowledged:
            yield f"The sandbox has {self.profiles:,} profiles, and {sent.acknowledged:,} customers were acknowledged."
