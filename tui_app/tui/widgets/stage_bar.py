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
        self.show("")

    def show(self, mark: Mark) -> None:
        sign, tone = _MARKS[mark]
        self.update(line((self.stage.key, "$text-muted"), f" {self.stage.title} ", (sign, tone)))

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
        & .heading { padding: 1 2 0 2; height: auto; }
        & #stages { height: auto; margin-top: 1; }
        & _StageItem { height: 1; padding: 0 2; width: 1fr; }
        & _StageItem:hover { background: $panel; }
        & _StageItem.-here { background: $panel; text-style: bold; border-left: outer $primary; padding: 0 1; }
        & .foot { dock: bottom; height: auto; padding: 0 2 1 2; color: $text-muted; }
    }
    .-narrow StageBar {
        & .heading, & .foot { display: none; }
        & #stages { layout: horizontal; margin-top: 0; height: 1; }
        & _StageItem { width: auto; padding: 0 0 0 1; }
        & _StageItem.-here { border: none; padding: 0 0 0 1; text-style: bold reverse; }
    }
    """

    def __init__(self, here: str) -> None:
        super().__init__(id="stage-bar")
        self._here = here

    def compose(self) -> ComposeResult:
        """The project's name, the stages, and the workspace."""
        yield Static(classes="heading")
        with Container(id="stages"):
            for stage in STAGES:
                yield _StageItem(stage, is_here=stage.name == self._here)
        yield Static(classes="foot")

    def show(self, heading: Content, foot: Content, marks: Mapping[str, Mark]) -> None:
        """Say which project and workspace this is, and what the stages hold.

        Args:
            heading: Above the stages; only beside wide screens.
            foot: Below them; only beside wide screens.
            marks: Stage → its mark.
        """
        self.query_one(".heading", Static).update(heading)
        self.query_one(".foot", Static).update(foot)
        for item in self.query(_StageItem):
            item.show(marks.get(item.stage.name, ""))
