"""One customer of a plan: before and after side by side, the exact JSON, or why nothing of him is sent."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_app.backstage.questions.plan import ChangeRow
from tui_app.tui.text import line, lines
from tui_app.tui.widgets.json_view import JsonView
from tui_app.tui.widgets.preview_rows import KIND_WORDS
from tui_app.tui.widgets.record_diff import RecordDiff
from tui_app.tui.widgets.tones import TEXT_STYLES


class ChangeRecord(Vertical):
    """A head with identifier and kind, and below it one of three views.

    Args:
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ChangeRecord {
        & > #record-head { height: 1; padding: 0 1; background: $panel; }
        & > RecordDiff, & > JsonView, & > #withheld-why { height: 1fr; display: none; }
        & > #withheld-why { background: $surface; padding: 0 1; &:focus { background-tint: $foreground 4%; } }
        &.-diff > RecordDiff, &.-json > JsonView, &.-withheld > #withheld-why { display: block; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._change: ChangeRow | None = None
        self._wants_json = False

    def compose(self) -> ComposeResult:
        """The head and the three views."""
        yield Static(id="record-head")
        yield RecordDiff(id="before-after")
        yield JsonView(id="exact-json")
        with VerticalScroll(id="withheld-why"):
            yield Static()

    def show(self, change: ChangeRow | None) -> None:
        """Show a customer; None shows nobody."""
        self._change = change
        self.query_one("#record-head", Static).update(_head(change, wants_json=self._wants_json))
        is_withheld = change is not None and change.kind == "withheld"
        self.set_class(is_withheld, "-withheld")
        self.set_class(change is not None and not is_withheld and self._wants_json, "-json")
        self.set_class(change is not None and not is_withheld and not self._wants_json, "-diff")
        if change is None:
            return
        if is_withheld:
            self.query_one("#withheld-why > Static", Static).update(_why_withheld(change))
        elif self._wants_json:
            self.query_one(JsonView).show(change.payload)
        else:
            self.query_one(RecordDiff).show(change.before, change.after)

    def toggle_json(self) -> None:
        """The exact JSON instead of before and after, and back."""
        self._wants_json = not self._wants_json
        self.show(self._change)

    def focus_view(self) -> None:
        """Let keys scroll what is shown."""
        shown = next((each for each in self.query("RecordDiff, JsonView, #withheld-why") if each.display), None)
        if shown is not None:
            shown.focus()


def _head(change: ChangeRow | None, *, wants_json: bool) -> Content:
    if change is None:
        return Content()
    words, tone = KIND_WORDS[change.kind]
    about = "  exact JSON" if wants_json and change.payload else ""
    return line((words, f"bold {TEXT_STYLES[tone]}"), "  ", (change.id, "bold"), (about, "$foreground-muted"))


def _why_withheld(change: ChangeRow) -> Content:
    rows: list[Content] = []
    for attribute, reason, value in change.reasons:
        rows.append(line((attribute or "whole customer", "bold"), "  ", (reason, TEXT_STYLES["warning"])))
        if value is not None:
            rows.append(line(("in the source: ", "$foreground-muted"), value))
        rows.append(Content())
    return lines(*rows)
