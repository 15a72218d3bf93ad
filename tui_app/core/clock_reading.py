"""How a machine's clock is set, so that times of several processes can be compared although somebody sets it meanwhile.

The time since the machine was started runs evenly whatever is done to the clock. Two readings of one boot therefore
tell by how much the clock was set between them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What a process finds when it begins."""

    boot: str = ""
    """Names the time from one start of the machine to the next; empty where the machine does not tell."""
    booted_at: float = 0.0
    """Epoch seconds, by the clock as it is set, at which the machine was started."""


def translated(time: float, spoken: ClockReading, wanted: ClockReading) -> float:
    """What another clock showed when one showed `time`.

    Between two boots, or two machines, nothing can be compared: there the clocks count as right.

    Args:
        time: Epoch seconds by the clock `spoken`.
        spoken: The clock that was looked at.
        wanted: The clock that is asked for.

    Returns:
        Epoch seconds by the clock `wanted`.
    """
    if not spoken.boot or spoken.boot != wanted.boot:
        return time
    return time - spoken.booted_at + wanted.booted_at


def lasting(kept: ClockReading, now: ClockReading) -> ClockReading:
    """The clock by which a ledger goes on to keep its times: the one it has, as long as the machine is up."""
    return kept if kept.boot and kept.boot == now.boot else now
