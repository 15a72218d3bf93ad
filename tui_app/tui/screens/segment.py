"""The stage segment."""

from __future__ import annotations

from tui_app.tui.screens.stage_screen import StageScreen


class SegmentStage(StageScreen):
    """The stage segment."""

    STAGE = "segment"
