"""The stage connect."""

from __future__ import annotations

from tui_app.tui.screens.stage_screen import StageScreen


class Connect(StageScreen):
    """The stage connect."""

    STAGE = "connect"
