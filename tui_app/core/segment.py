"""Named conditions that pick customers, without SQL. Operators carry the names that Amperity's users know.

Source of operators and of their meaning (between excludes both ends, strings compare without case):
docs.amperity.com, reference, "Segment Editor" and "Conditions and operators".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tui_app.core.errors import Place

ConditionValue: TypeAlias = "str | int | float | bool | tuple[str | int | float | bool, ...] | None"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column compared with one value (or two for between, many for lists, none for NULL and booleans)."""

    column: str
    op: str
    value: ConditionValue
    place: Place


@dataclass(frozen=True, slots=True)
class InSegment:
    """Customers of another segment."""

    segment: str
    place: Place
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InFile:
    """Customers whose `column` is listed in a file: one id per line, or the first column of a CSV with a header."""

    path: str
    """As written; relative to the project file."""
    column: str
    place: Place
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InCampaign:
    """Customers whom a campaign has reached, as the log of recipients knows them; who is held out is among them."""

    campaign: str
    place: Place
    negated: bool = False
    ever: bool = False
    """False: who is in it now."""
    audience: str | None = None
    group: str | None = None
    held_out: bool | None = None
    """True: only who is held out; False: only who is not; None: both."""
    min_entries: int | None = None
    """How often they came into the campaign, at least and at most."""
    max_entries: int | None = None
    first_entry: tuple[str | None, str | None] = (None, None)
    """On or after, and before: days in UTC, which may be relative to the day of the plan."""
    last_entry: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined: `all` (and), `any` (or), `none` (not any)."""

    kind: Literal["all", "any", "none"]
    members: tuple[Condition, ...]


Condition: TypeAlias = "Comparison | InSegment | InFile | InCampaign | Group"


@dataclass(frozen=True, slots=True)
class Segment:
    """A named group of conditions over one table or query."""

    name: str
    table: str
    condition: Group
    place: Place
