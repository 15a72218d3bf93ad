"""Commands that hold on every stage."""

from __future__ import annotations

from typing import Final

from tui_app.tui.command import Command
from tui_app.tui.stages import STAGES

STAGE_COMMANDS: Final = tuple(
    Command(f"go('{stage.name}')", stage.key, stage.title, stage.help, in_footer=False) for stage in STAGES
)

EVERYWHERE: Final = (
    *STAGE_COMMANDS,
    Command("command_palette", "ctrl+p,colon", "Palette", "Find any command, stage, activation or run by its name.",
            shown_key="^p"),
    Command("keys", "question_mark,f1", "Keys", "All keys of this stage, and those that hold everywhere.",
            shown_key="?"),
    Command("undo", "ctrl+z,u", "Undo", "Take the last change of stoker.toml back.", in_footer=False),
    Command("redo", "ctrl+y,U", "Redo", "Make the change again that was taken back last.", in_footer=False),
    Command("contrast", "f9", "Contrast", "The theme of high contrast, and back.", in_footer=False),
    Command("screenshot", "f12", "Screenshot", "Save what the screen shows as an SVG file.", in_footer=False),
    Command("leave", "q,ctrl+q", "Quit", "Leave. A run goes on without the screen; open Stoker again to watch it.",
            shown_key="q"),
)  # fmt: skip
