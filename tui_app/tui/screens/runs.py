"""The stage runs."""

from __future__ import annotations

from tui_app.tui.screens.stage_screen import StageScreen


class Runs(StageScreen):
    """The stage runs."""

    STAGE = "runs"
