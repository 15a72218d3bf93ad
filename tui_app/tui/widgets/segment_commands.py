"""What can be done on the stage Segment, and the line of those commands that the footer has no room for."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from tui_app.tui.command import Command
from tui_app.tui.text import line

SEGMENT_COMMANDS: Final = (
    Command("add", "a", "Add", "Add a condition behind the cursor, or into the group that it is on."),
    Command("edit", "e", "Edit", "Change the condition under the cursor; enter does the same."),
    Command("save", "s,ctrl+s", "Save", "Write this segment to stoker.toml; everything else in it stays.",
            shown_key="s"),
    Command("new", "n", "New", "Begin another segment. It is in stoker.toml once it is saved."),
    Command("campaign", "c", "Campaign", "Make something to run of this segment, or of everybody in its table."),
    Command("preview", "p", "Preview", "Plan the first activation that includes this segment; sends nothing."),
    Command("add_group", "g", "Group", "Add a group: all, any or none of the conditions in it.", in_footer=False),
    Command("cycle", "o", "All, any, none", "Turn the group under the cursor, or around it: all, any, none of.",
            in_footer=False),
    Command("pick", "v", "Values", "Pick values from what is in the column, with counts.", in_footer=False),
    Command("wrap", "w", "Wrap", "Put the condition under the cursor into a group of its own.", in_footer=False),
    Command("unwrap", "W", "Unwrap", "Take what is in the group under the cursor out of it.", in_footer=False),
    Command("remove", "x,delete", "Remove", "Remove the condition or group under the cursor; u brings it back.",
            in_footer=False, shown_key="x"),
    Command("move(-1)", "K,ctrl+up", "Move up", "Move the condition up: past its neighbour, into a group or out of it.",
            in_footer=False),
    Command("move(1)", "J,ctrl+down", "Move down", "Move the condition down: past its neighbour, into a group or out.",
            in_footer=False),
    Command("other_tab", "t", "Members, SQL", "Show the SQL instead of the members, and back.", in_footer=False),
    Command("count_again", "r", "Count again", "Count once more, after the table has changed.", in_footer=False),
    Command("undo_step", "u,ctrl+z", "Undo step", "Take the last change of the draft back; without one, the file's.",
            in_footer=False, shown_key="u"),
    Command("redo_step", "U,ctrl+y", "Redo step", "Make the change of the draft again; without one, the file's.",
            in_footer=False, shown_key="U"),
    Command("discard", "R", "Discard draft", "Go back to what stoker.toml says; u brings the draft back.",
            in_footer=False),
    Command("delete", "D", "Delete segment", "Remove this segment from stoker.toml; refused while it is used.",
            in_footer=False),
)  # fmt: skip

_ON_LINE: Final = ("add_group", "cycle", "pick", "wrap", "remove")
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_ACTION_META: Final = "segment_action"


class SegmentKeys(Static):
    """Keys beneath the outline; a click does what the key does.

    Args:
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = "SegmentKeys { height: auto; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(_command_line(), id=id)

    async def on_click(self, event: events.Click) -> None:
        """Do it."""
        action = event.style.meta.get(_ACTION_META)
        if isinstance(action, str):
            event.stop()
            await self.run_action(f"screen.{action}")


def _command_line() -> Content:
    """Breaks between commands only."""
    shown = [
        _key(each.keys, each.title.lower()).stylize(Style.from_meta({_ACTION_META: each.action}))
        for each in SEGMENT_COMMANDS
        if each.action in _ON_LINE
    ]
    return Content("  ").join([*shown, _key("J K", "move")])


def _key(keys: str, does: str) -> Content:
    unbroken = (keys.replace(" ", _NO_BREAK), f"{_NO_BREAK}{does.replace(' ', _NO_BREAK)}")
    return line((unbroken[0], "$footer-key-foreground"), (unbroken[1], "$foreground-muted"))
