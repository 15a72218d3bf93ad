"""Where one is in the journey: a column beside wide screens, one line above narrow ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widget import Widget
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


class _StageItem(Widget):
    """One stage; a click goes there."""

    def __init__(self, stage: Stage, *, is_here: bool) -> None:
        super().__init__(classes="-here" if is_here else "")
        self.stage = stage
        self.tooltip = content(stage.help)
        self._mark: Mark = ""

    def show(self, mark: Mark) -> None:
        if mark != self._mark:
            self._mark = mark
            self.refresh(layout=True)

    def render(self) -> Content:
        # Asked for whenever it is measured, so it is never measured with the words of another width.
        sign, tone = _MARKS[self._mark]
        number = (self.stage.key, "$foreground-muted")
        if not self.screen.has_class("-narrow"):
            return line(number, f" {self.stage.title} ", (sign, tone))
        # One line holds all stages, so the mark takes the place of the space.
        # The stage that is shown stands in reverse, where a second colour would be a hole.
        return line(number, (sign, "" if self.has_class("-here") else tone), self.stage.title)

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
        for item in self.query(_StageItem):
            item.show(marks.get(item.stage.name, ""))
