"""What can go wrong on the way to Braze in a simulated world, and with which weights."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tui_app.braze.sandbox.fault_spec import parse_fault
from tui_app.braze.sandbox.faults import LIMIT_STYLES, SHAPES, Action

NOT_SENT = "not-sent"
"""No connection: no byte left."""

_PASSING = (
    *(f"429:retry=2,style={style}" for style in LIMIT_STYLES),
    *(f"{status}:applied={applied}" for status in (500, 502, 503, 504) for applied in ("yes", "no")),
    *(f"{kind}:applied={applied}" for kind in ("reset", "hang") for applied in ("yes", "no")),
    "slow:seconds=3,applied=yes",
    "slow:seconds=45,applied=yes",
    "cut:bytes=10",
    *(shape for shape in SHAPES if shape != "html"),
    *("queued",) * 4,
    *(NOT_SENT,) * 2,
)
_STOPPING = ("html", "redirect", "401", "403")
"""After these nothing more is sent by the run."""
SPECS = (*_PASSING, *_STOPPING)
REVOKED = "key revoked"
"""From now on, not just once."""
ACTIONS: dict[str, Action] = {spec: parse_fault(spec).action for spec in {*SPECS} - {NOT_SENT}}
ACTIONS[REVOKED] = ACTIONS["401"]
_LONGEST_STORM = 60
"""Requests of one process. Stoker waits out refusals for their rate as long as they last."""


@dataclass(frozen=True, slots=True)
class Weather:
    """How requests fare during one run."""

    share: float = 0.0
    """0..1 of the requests that meet a fault."""
    specs: tuple[str, ...] = SPECS
    key_is_revoked_after: int | None = None
    """Requests of this run; every later one gets 401."""

    def __str__(self) -> str:
        kinds = ", ".join(self.specs) if len(self.specs) <= 3 else f"{len(set(self.specs))} kinds"
        revoked = "" if self.key_is_revoked_after is None else f", key revoked after {self.key_is_revoked_after}"
        return f"fair weather{revoked}" if not self.share else f"{self.share:.0%} of {kinds}{revoked}"

    def strikes(self, number: int, chance: random.Random, *, is_part: bool) -> str | None:
        """The fault that request `number` of the run meets, counted from 0; halved ones are rare, so they meet more."""
        if self.key_is_revoked_after is not None and number >= self.key_is_revoked_after:
            return REVOKED
        share = self.share * 3 if is_part else self.share
        return chance.choice(self.specs) if number < _LONGEST_STORM and chance.random() < share else None


FAIR = Weather()


def some_weather(chance: random.Random) -> Weather:
    """Fair, showers, an end that comes soon, or a storm of few kinds of faults."""
    roll = chance.random()
    if roll < 0.25:
        return FAIR
    revoked = chance.randrange(6) if chance.random() < 0.05 else None
    if roll < 0.30:
        return Weather(chance.choice((0.2, 0.5)), _STOPPING, revoked)
    if roll < 0.75:
        specs = SPECS if chance.random() < 0.5 else _PASSING
        return Weather(chance.choice((0.1, 0.3, 0.6)), specs, revoked)
    return Weather(chance.choice((0.8, 1.0)), tuple(chance.sample(_PASSING, chance.randint(1, 3))), revoked)
