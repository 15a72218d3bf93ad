"""What keys do to the conditions of the segment that is shown, step by step, back and forth."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Literal, TypeAlias

from tui_app.core.segment import Group
from tui_app.core.segment_draft import SegmentDraft
from tui_app.core.segment_editing import Path, cycled, inserted, moved, place_after, removed, unwrapped, wrapped
from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.widgets.segment_editor import SegmentEditor

_Change: TypeAlias = Callable[[Group, Path], Group]

_EMPTY: Group = Group("any", ())


class EditingStage(StageScreen):
    """A stage with one editor of conditions. A key takes effect before the next one does, however fast they come."""

    @property
    @abstractmethod
    def draft(self) -> SegmentDraft | None:
        """What is shown."""

    @abstractmethod
    def keep(self, draft: SegmentDraft, path: Path | None) -> None:
        """Go on with a draft; `path` is where the cursor goes, None leaves it."""

    @property
    def editor(self) -> SegmentEditor:
        """The outline."""
        return self.query_one(SegmentEditor)

    def action_add(self) -> None:
        """Ask for a condition and put it behind the cursor."""
        self.editor.add()

    def action_edit(self) -> None:
        """Change what the cursor is on."""
        if not self.editor.edit():
            self.action_cycle()

    def action_pick(self) -> None:
        """Pick values for what the cursor is on."""
        if not self.editor.pick():
            self.action_edit()

    def action_add_group(self) -> None:
        """Put an empty group behind the cursor."""
        if self.draft is not None:
            path = place_after(self.draft.segment.condition, self.editor.path)
            self._take(inserted(self.draft.segment.condition, path, _EMPTY), path)

    def action_cycle(self) -> None:
        """All, any, none: the group under or around the cursor."""
        self._change(cycled)

    def action_move(self, step: Literal[-1, 1]) -> None:
        """Move what the cursor is on."""
        if self.draft is not None:
            self._take(*moved(self.draft.segment.condition, self.editor.path, step))

    def action_wrap(self) -> None:
        """Into a group of its own."""
        self._change(wrapped)

    def action_unwrap(self) -> None:
        """Out of its group."""
        self._change(unwrapped)

    def action_remove(self) -> None:
        """Remove what the cursor is on."""
        if self.editor.path:
            self._change(removed)
        else:
            self.notify("The outermost group stays. D deletes the whole segment.", markup=False)

    def action_undo_step(self) -> None:
        """A step of the draft back, else one of the file."""
        back = self.draft.undone() if self.draft else None
        if back is None:
            self.stoker.action_undo()
        else:
            self.keep(back, None)

    def action_redo_step(self) -> None:
        """A step of the draft again, else one of the file."""
        again = self.draft.redone() if self.draft else None
        if again is None:
            self.stoker.action_redo()
        else:
            self.keep(again, None)

    def action_discard(self) -> None:
        """What the project file says, as one more step of the draft."""
        draft = self.draft
        if draft is not None and draft.saved is not None:
            self.keep(draft.changed(draft.saved.condition), ())

    def _change(self, change: _Change) -> None:
        if self.draft is not None:
            path = self.editor.path
            self._take(change(self.draft.segment.condition, path), path)

    def _take(self, condition: Group, path: Path) -> None:
        if self.draft is not None:
            self.keep(self.draft.changed(condition), path)
