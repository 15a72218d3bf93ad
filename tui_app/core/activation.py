"""What can be planned and run: campaigns (segments → destination) and orchestrations (query → destination)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tui_app.core.errors import Place
from tui_app.core.guards import Guards

OnLeave = Literal["false", "null", "keep"]


@dataclass(frozen=True, slots=True)
class Campaign:
    """Segments in, segments out, attributes and membership → a destination."""

    name: str
    table: str
    include: tuple[str, ...]
    """Segments; a customer of any of them is a member. Empty: everybody in the table."""
    template: str
    audience_attribute: str
    """Custom attribute that is true for members."""
    place: Place
    exclude: tuple[str, ...] = ()
    """Segments; a customer of any of them is not a member."""
    on_leave: OnLeave = "false"
    """What the audience attribute becomes for a customer who leaves."""
    guards: Guards = field(default_factory=Guards)
    control_share: float = 0.0
    """0..1. Read and checked; groups are not formed yet."""
    schedule: str | None = None
    """Cron in UTC. Read and checked; nothing is scheduled yet."""


@dataclass(frozen=True, slots=True)
class Orchestration:
    """Every row of a query → a destination with a template."""

    name: str
    query: str
    """A query or a table."""
    template: str
    place: Place
    guards: Guards = field(default_factory=Guards)
    schedule: str | None = None


Activation: TypeAlias = Campaign | Orchestration
