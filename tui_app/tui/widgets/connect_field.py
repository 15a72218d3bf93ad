"""One line of a form: its label, what is filled in, and beneath it one sentence that helps, warns or refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from tui_app.core.connection_words import Remark, Weight
from tui_app.tui.text import content, line, lines
from tui_app.tui.widgets.tones import TEXT_STYLES, Tone

_TONES: Final[Mapping[Weight, tuple[str, Tone]]] = {
    "good": ("✓ ", "good"),
    "warning": ("! ", "warning"),
    "bad": ("✗ ", "bad"),
    "note": ("", "normal"),
    "plain": ("", "muted"),
}


class Field(Horizontal):
    """A label with one or two controls beside it.

    Args:
        label: What is filled in.
        controls: From left to right; they share the width.
        id: As usual; the form finds its field by it.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Field {
        height: auto;
        & > .label { width: 17; padding-right: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        & > .body { width: 1fr; height: auto; }
        & .controls { height: auto; }
        & .remark { height: auto; }
    }
    """

    def __init__(self, label: str, *controls: Widget, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._label = label
        self._controls = controls
        self._remark = Static(classes="remark -hidden")
        self._said: tuple[Remark, ...] = ()

    def compose(self) -> ComposeResult:
        """Label, controls, remark."""
        yield Static(content(self._label), classes="label")
        with Vertical(classes="body"):
            yield Horizontal(*self._controls, classes="controls")
            yield self._remark

    def say(self, *remarks: Remark) -> None:
        """Say something beneath; nothing hides the line."""
        # Whoever types must not wait: what is said already lays nothing out anew.
        if remarks != self._said:
            self._said = remarks
            self._remark.update(remark_lines(remarks))
            self._remark.set_class(not remarks, "-hidden")


def remark_lines(remarks: Sequence[Remark]) -> Content:
    """Remarks under each other, each with a sign that needs no colour."""
    rows = []
    for remark in remarks:
        sign, tone = _TONES[remark.weight]
        rows.append(
            line((sign, TEXT_STYLES[tone]), (remark.text, TEXT_STYLES["muted" if tone == "muted" else "normal"]))
        )
    return lines(*rows)
