"""The stage source."""

from __future__ import annotations

from tui_app.tui.screens.stage_screen import StageScreen


class Source(StageScreen):
    """The stage source."""

    STAGE = "source"
