"""Where one is in the journey: a column beside wide screens, one line above narrow ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from tui_app.tui.stages import STAGES, Stage
from tui_app.tui.text import content, line

Mark = Literal["", "done", "attention", "running"]

_MARKS: Mapping[Mark, tuple[str, str]] = {
    "": (" ", ""),
    "done": ("✓", "$success"),
    "attention": ("!", "$warning"),
    "running": ("»", "$accent"),
}


class _StageItem(Static):
    """One stage; a click goes there."""

    def __init__(self, stage: Stage, *, is_here: bool) -> None:
        super().__init__(classes="-here" if is_here else "")
        self.stage = stage
        self.tooltip = content(stage.help)

    def show(self, mark: Mark, *, is_narrow: bool) -> None:
        sign, tone = _MARKS[mark]
        if is_narrow and self.has_class("-here"):
            # It stands in reverse, where a second colour would be a hole.
            tone = ""
        number = (self.stage.key, "$foreground-muted")
        if is_narrow:
            # One line holds all stages, so the mark takes the place of the space.
            self.update(line(number, (sign, tone), self.stage.title))
        else:
            self.update(line(number, f" {self.stage.title} ", (sign, tone)))

    async def on_click(self) -> None:
        await self.run_action(f"app.go('{self.stage.name}')")


class StageBar(Container):
    """All stages, with the one that is shown.

    Args:
        here: Name of the stage that is shown.
    """

    DEFAULT_CSS = """
    StageBar {
        background: $surface;
        & #where { padding: 1 2 0 2; height: auto; }
        & #stages { height: auto; margin-top: 1; }
        & _StageItem { height: 1; padding: 0 2; width: 1fr; }
        & _StageItem:hover { background: $panel; }
        & _StageItem.-here { background: $panel; text-style: bold; border-left: outer $primary; padding: 0 1; }
        & #workspace { dock: bottom; height: auto; padding: 0 2 1 2; color: $text-muted; }
    }
    """

    def __init__(self, here: str) -> None:
        super().__init__(id="stage-bar")
        self._here = here
        self._marks: Mapping[str, Mark] = {}

    def compose(self) -> ComposeResult:
        """The project's name, the stages, and the workspace."""
        yield Static(id="where")
        with Container(id="stages"):
            for stage in STAGES:
                yield _StageItem(stage, is_here=stage.name == self._here)
        yield Static(id="workspace")

    def show(self, heading: Content, foot: Content, marks: Mapping[str, Mark]) -> None:
        """Say which project and workspace this is, and what the stages hold.

        Args:
            heading: Above the stages; only beside wide screens.
            foot: Below them; only beside wide screens.
            marks: Stage → its mark.
        """
        self.query_one("#where", Static).update(heading)
        self.query_one("#workspace", Static).update(foot)
        self._marks = marks
        self._show_stages()

    def on_resize(self) -> None:
        """One line, or a column."""
        self._show_stages()

    def _show_stages(self) -> None:
        is_narrow = self.screen.has_class("-narrow")
        for item in self.query(_StageItem):
            item.show(self._marks.get(item.stage.name, ""), is_narrow=is_narrow)
