"""What Braze said about a key and an endpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_app.core.delivery import StopCause

ProbeOutcome = Literal["ready", "unreachable", "untrusted", "busy"] | StopCause


@dataclass(frozen=True, slots=True)
class Probe:
    """What Braze said about a key and an endpoint."""

    outcome: ProbeOutcome
    """`ready`: attributes may be sent. `busy`: the key could not be judged now. Else what must be mended."""
    message: str
    """The outcome in words, with the remedy."""
    latency_seconds: float | None = None
    """From sending to the last byte of the answer, connecting included; None without an answer."""
    custom_attributes: tuple[str, ...] | None = None
    """The names that the workspace has; None if they were not asked for or could not be read."""
    custom_attributes_message: str | None = None
    """Why the names could not be read."""

    @property
    def may_send(self) -> bool:
        """Whether a run with this key and endpoint can work."""
        return self.outcome == "ready"
