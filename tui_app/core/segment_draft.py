"""A segment that somebody works on, with the steps that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tui_app.core.segment import Group, Segment
from tui_app.core.segment_editing import says_the_same

_MOST_STEPS: Final = 200


@dataclass(frozen=True, slots=True)
class SegmentDraft:
    """One segment as it is now, beside what the project file says of it."""

    segment: Segment
    saved: Segment | None
    """As the project file has it; None: not there."""
    past: tuple[Group, ...] = ()
    """Conditions before each step, oldest first."""
    future: tuple[Group, ...] = ()
    """Conditions that were taken back, the last taken first."""
    is_overtaken: bool = False
    """Whether somebody else changed the segment in the project file during this work, and nobody was told yet."""

    @property
    def is_saved(self) -> bool:
        """Whether the project file says the same."""
        return self.saved is not None and says_the_same(self.segment.condition, self.saved.condition)

    def changed(self, condition: Group) -> SegmentDraft:
        """One step further; a step that changes nothing is none."""
        if condition == self.segment.condition:
            return self
        past = (*self.past, self.segment.condition)[-_MOST_STEPS:]
        after = replace(self, segment=replace(self.segment, condition=condition), past=past, future=())
        # Who took over what the file says has seen it.
        return replace(after, is_overtaken=False) if after.is_saved else after

    def told(self) -> SegmentDraft:
        """The same work, of somebody who knows now that the project file was changed meanwhile."""
        return replace(self, is_overtaken=False)

    def undone(self) -> SegmentDraft | None:
        """One step back; None if there is none."""
        if not self.past:
            return None
        segment = replace(self.segment, condition=self.past[-1])
        return replace(self, segment=segment, past=self.past[:-1], future=(self.segment.condition, *self.future))

    def redone(self) -> SegmentDraft | None:
        """The step again that was taken back last; None if there is none."""
        if not self.future:
            return None
        segment = replace(self.segment, condition=self.future[0])
        return replace(self, segment=segment, past=(*self.past, self.segment.condition), future=self.future[1:])

    def beside(self, saved: Segment | None) -> SegmentDraft | None:
        """The same work beside a project file that was read again; where there was no work, what the file says now.

        Once the file says the same as the draft, its steps belong to the file: undoing then takes the file back.

        Returns:
            None if the file does not have the segment any more and nothing is lost with it.
        """
        if saved is None:
            if self.saved is None:
                return self
            return None if self.is_saved else replace(self, saved=None, is_overtaken=True)
        if self.saved is not None and _is_same(saved, self.saved):
            return self
        if self.is_saved or _is_same(saved, self.segment):
            return draft_of(saved)
        return replace(self, saved=saved, segment=replace(self.segment, table=saved.table), is_overtaken=True)


def draft_of(saved: Segment) -> SegmentDraft:
    """Where work on a segment of the project begins."""
    return SegmentDraft(saved, saved)


def drafts_beside(drafts: Mapping[str, SegmentDraft], segments: Mapping[str, Segment]) -> dict[str, SegmentDraft]:
    """Work on every segment of a project that was read again, in its order, and then what it does not have.

    Args:
        drafts: Name → the work so far.
        segments: Of the project.
    """
    kept = {name: draft.beside(segments.get(name)) for name, draft in drafts.items()}
    ordered = {name: kept.get(name) or draft_of(segment) for name, segment in segments.items()}
    return ordered | {name: draft for name, draft in kept.items() if draft is not None and name not in ordered}


def _is_same(one: Segment, other: Segment) -> bool:
    return one.table == other.table and says_the_same(one.condition, other.condition)
