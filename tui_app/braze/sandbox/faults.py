"""Faults on purpose: what can go wrong, and the decision which request it strikes.

Of several faults, the first that strikes a request decides. Chance is seeded: the same requests in the same order
meet the same faults. How a fault is written is in `fault_spec`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

LimitStyle = Literal["epoch", "seconds", "mau", "retry-after", "none", "past", "huge", "text"]
Shape = Literal[
    "html", "truncated", "wrong-counts", "index-out-of-range", "index-text", "index-missing", "other-array",
    "duplicate-keys", "empty",
]  # fmt: skip
LIMIT_STYLES: tuple[LimitStyle, ...] = ("epoch", "seconds", "mau", "retry-after", "none", "past", "huge", "text")
SHAPES: tuple[Shape, ...] = (
    "html", "truncated", "wrong-counts", "index-out-of-range", "index-text", "index-missing", "other-array",
    "duplicate-keys", "empty",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RateLimited:
    """429; nothing is applied."""

    retry_seconds: float
    style: LimitStyle


@dataclass(frozen=True, slots=True)
class ServerError:
    """A 5xx."""

    status: int
    is_applied: bool


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset instead of an answer."""

    is_applied: bool


@dataclass(frozen=True, slots=True)
class Slow:
    """The right answer, late; `is_applied` says whether the effect comes before the wait."""

    seconds: float
    is_applied: bool


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer; the connection stays open."""

    is_applied: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """The full length is declared and fewer bytes follow."""

    sent_bytes: int


@dataclass(frozen=True, slots=True)
class Malformed:
    """A success in a shape that cannot be believed."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Queued:
    """202, as older pages document for maintenance."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """302; nothing is applied."""

    location: str


@dataclass(frozen=True, slots=True)
class KeyRefused:
    """401 or 403; nothing is applied."""

    status: int


@dataclass(frozen=True, slots=True)
class RefuseHolding:
    """400 for every request that holds a customer; nothing is applied."""

    external_id: str


Action: TypeAlias = (
    RateLimited | ServerError | Reset | Slow | Hang | Cut | Malformed | Queued | Redirect | KeyRefused | RefuseHolding
)


@dataclass(frozen=True, slots=True)
class Selector:
    """Which requests a fault strikes. Requests are counted from 1 and only those of `path`."""

    after: int = 0
    first: int | None = None
    every: int = 1
    share: float = 1.0
    seed: int = 0
    times: int | None = None
    path: str = "/users/track"


@dataclass(slots=True)
class Fault:
    """A spec that is in force."""

    spec: str
    action: Action
    selector: Selector
    seen: int = 0
    struck: int = 0
    _random: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._random.seed(self.selector.seed)

    def strikes(self, path: str, external_ids: frozenset[str]) -> bool:
        """Count a request and say whether it is struck.

        Args:
            path: Of the request.
            external_ids: Of the attributes objects in it.
        """
        selector = self.selector
        if selector.path not in (path, "*"):
            return False
        if isinstance(self.action, RefuseHolding) and self.action.external_id not in external_ids:
            return False
        self.seen += 1
        number = self.seen - selector.after
        is_struck = (
            number > 0
            and (selector.first is None or number <= selector.first)
            and number % selector.every == 0
            and (selector.times is None or self.struck < selector.times)
            and (selector.share >= 1.0 or self._random.random() < selector.share)
        )
        self.struck += is_struck
        return is_struck


def striking(faults: Iterable[Fault], path: str, external_ids: frozenset[str]) -> Action | None:
    """What goes wrong with a request, or None. Faults behind the one that strikes do not count the request."""
    return next((fault.action for fault in faults if fault.strikes(path, external_ids)), None)
