"""The stage mapping."""

from __future__ import annotations

from tui_app.tui.screens.stage_screen import StageScreen


class Mapping(StageScreen):
    """The stage mapping."""

    STAGE = "mapping"
