"""Questions about a segment that is being built, saved or not."""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.backstage.questions.question import Question
from tui_app.backstage.questions.source import Rows
from tui_app.core.segment import Segment


@dataclass(frozen=True, slots=True)
class MemberCount:
    """How many a segment picks."""

    members: int
    rows: int
    """Of the segment's table."""


@dataclass(frozen=True, slots=True)
class CountMembers(Question[MemberCount]):
    """Count. FixInput: a condition does not fit; its problems say which."""

    segment: Segment
    """A draft need not be in the project; one of its name is replaced for the question."""


@dataclass(frozen=True, slots=True)
class SampleMembers(Question[Rows]):
    """Some members with all columns; `total` is the number of rows that came back."""

    segment: Segment
    count: int = 50


@dataclass(frozen=True, slots=True)
class SegmentSql(Question[str]):
    """The SQL of a segment, laid out."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class Overlap:
    """Customers who are in exactly these of some segments."""

    segments: tuple[str, ...]
    customers: int


@dataclass(frozen=True, slots=True)
class CompareSegments(Question[tuple[Overlap, ...]]):
    """How segments overlap, most customers first. FixInput: one cannot be used, or its table has no customer ids."""

    segments: tuple[str, ...]
    """Of the project."""
