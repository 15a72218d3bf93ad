"""What keys do to the conditions of a segment: the stage hands them to its editor."""

from __future__ import annotations

from typing import Literal

from tui_app.tui.screens.stage_screen import StageScreen
from tui_app.tui.widgets.segment_editor import SegmentEditor


class EditingStage(StageScreen):
    """A stage with one editor of conditions."""

    @property
    def editor(self) -> SegmentEditor:
        """The outline."""
        return self.query_one(SegmentEditor)

    def action_add(self) -> None:
        """Add a condition."""
        self.editor.add()

    def action_edit(self) -> None:
        """Change what the cursor is on."""
        self.editor.edit()

    def action_pick(self) -> None:
        """Pick values."""
        self.editor.pick()

    def action_add_group(self) -> None:
        """Add a group."""
        self.editor.add_group()

    def action_cycle(self) -> None:
        """All, any, none."""
        self.editor.cycle()

    def action_move(self, step: Literal[-1, 1]) -> None:
        """Move what the cursor is on."""
        self.editor.move(step)

    def action_wrap(self) -> None:
        """Into a group of its own."""
        self.editor.wrap()

    def action_unwrap(self) -> None:
        """Out of its group."""
        self.editor.unwrap()

    def action_remove(self) -> None:
        """Remove what the cursor is on."""
        self.editor.take_out()
