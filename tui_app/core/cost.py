"""What runs have cost, attribute by attribute, and which mapping would have cost less for the same changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DAYS_OF_MONTH = 30


@dataclass(frozen=True, slots=True)
class Cheaper:
    """Another mapping of an attribute, judged by the changes that runs have sent."""

    mapping: str
    """As the project file says it, such as `round = 0`."""
    vanished: int
    """Changes that it would not have seen, because the values before and after become one."""
    vanished_alone: int
    """Of these: changes of customers who were sent for nothing else."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run that is looked at."""

    activation: str
    attributes: tuple[str, ...]
    updates: Path
    """Parquet file of what Braze acknowledged of it; see `core.job.UndoJob.acknowledged`."""
    has_firsts: bool
    """Whether the file has customers too of whom nothing was known before."""


@dataclass(frozen=True, slots=True)
class Changes:
    """How often an attribute changed."""

    activation: str
    attribute: str
    changed: int
    alone: int
    first: int
    """First values, of the runs whose files have them."""
    cheaper: Cheaper | None


@dataclass(frozen=True, slots=True)
class AttributeCost:
    """One attribute of one activation."""

    activation: str
    attribute: str
    first_time: int
    """Values of which the ledger knew nothing before."""
    changed: int
    """Values that were known before and became others, or were cleared."""
    alone: int
    """Of `changed`: of customers of whom nothing else was sent."""
    data_points: int
    """Of first values and changes together."""
    points_each: int
    """What one value costs."""
    cheaper: Cheaper | None = None


@dataclass(frozen=True, slots=True)
class CostReport:
    """Some runs of one destination."""

    destination: str
    runs: int
    days: float
    """From the first of them to the last, and a day for that."""
    requests: int
    data_points: int
    money_per_1000: float
    """In the currency that the project file thinks in; 0: not known."""
    attributes: tuple[AttributeCost, ...]
    """The dearest first."""

    @property
    def a_month(self) -> float:
        """What turns figures of these runs into figures of thirty days."""
        return DAYS_OF_MONTH / self.days if self.days else 0.0

    def money(self, data_points: float) -> float:
        """What data points cost."""
        return data_points * self.money_per_1000 / 1000


@dataclass(frozen=True, slots=True)
class Tried:
    """A mapping that was tried on changes."""

    mapping: str
    vanished: int
    vanished_alone: int


_WORTH_NAMING = 0.1
"""Share of changes, 0..1, that a mapping must save to be named."""
_GOOD_ENOUGH = 0.5
"""Share of changes, 0..1, at which a coarser mapping is not looked for."""


def cheapest(changed: int, tried: tuple[Tried, ...]) -> Cheaper | None:
    """The finest mapping that saves half of the changes, or else the one that saves most.

    Args:
        changed: The changes that it was tried on.
        tried: From fine to coarse.

    Returns:
        None if none saves one change in ten.
    """
    good = [each for each in tried if each.vanished >= _GOOD_ENOUGH * changed]
    worth = [each for each in tried if each.vanished >= _WORTH_NAMING * changed]
    if not changed or not worth:
        return None
    best = good[0] if good else max(worth, key=lambda each: each.vanished)
    return Cheaper(best.mapping, best.vanished, best.vanished_alone)
