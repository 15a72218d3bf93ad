"""The stage sync."""

from __future__ import annotations

from tui_app.tui.screens.stage_screen import StageScreen


class Sync(StageScreen):
    """The stage sync."""

    STAGE = "sync"
