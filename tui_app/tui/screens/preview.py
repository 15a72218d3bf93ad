"""The stage preview."""

from __future__ import annotations

from tui_app.tui.screens.stage_screen import StageScreen


class Preview(StageScreen):
    """The stage preview."""

    STAGE = "preview"
