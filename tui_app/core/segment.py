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
class Group:
    """Conditions joined: `all` (and), `any` (or), `none` (not any)."""

    kind: Literal["all", "any", "none"]
    members: tuple[Condition, ...]


Condition: TypeAlias = "Comparison | InSegment | InFile | Group"


@dataclass(frozen=True, slots=True)
class Segment:
    """A named group of conditions over one table or query."""

    name: str
    table: str
    condition: Group
    place: Place
