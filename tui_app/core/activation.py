"""What can be planned and run: campaigns (segments → destination) and orchestrations (query → destination)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from tui_app.core.errors import Place
from tui_app.core.groups import GroupValue, SubAudience
from tui_app.core.guards import NO_LIMITS, Guards
from tui_app.core.happenings import Happenings
from tui_app.core.schedule import Schedule

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
    warn: Guards = NO_LIMITS
    """Limits beyond which a plan warns and is not refused."""
    audiences: tuple[SubAudience, ...] = ()
    """Whoever remains last. Empty: nobody is held out, and everybody gets the same."""
    first_match_only: bool = True
    """False: a customer is in every sub-audience that he matches, and in the last only if he matches none."""
    assignment_key: str = ""
    """What groups are drawn with, beside the identifier. The same customers get the same lots by the same key."""
    attributes: tuple[GroupValue, ...] = ()
    """What members get beside the template, or instead of it where the names are the same."""
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class Orchestration:
    """Every row of a query → a destination with a template."""

    name: str
    query: str
    """A query or a table."""
    template: str
    place: Place
    guards: Guards = field(default_factory=Guards)
    warn: Guards = NO_LIMITS
    schedule: Schedule | None = None
    only_if_changed: bool = False
    """Whether it is left out where its source is as it was when it was last sent whole."""
    happenings: Happenings | None = None
    """What each row is; None: a customer with the attributes of the template."""


@dataclass(frozen=True, slots=True)
class ActivationGroup:
    """Activations that run as one unit, one after the other."""

    name: str
    activations: tuple[str, ...]
    """In the order in which they run."""
    place: Place
    schedule: Schedule | None = None
    go_on: bool = False
    """Whether the next runs although one was refused or stopped."""


Activation: TypeAlias = Campaign | Orchestration
