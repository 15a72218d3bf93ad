"""A row of figures, each above its label, in columns that line up when they wrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from tui_app.tui.text import cut, line, lines
from tui_app.tui.widgets.fitted import FittedText
from tui_app.tui.widgets.tones import MARKS, TEXT_STYLES, Tone

_GAP: Final = 4


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure."""

    label: str
    value: str
    tone: Tone = "normal"
    """Warnings and what is bad carry a mark as well."""

    @property
    def shown(self) -> str:
        """The value with its mark."""
        mark = MARKS[self.tone] if self.tone in {"warning", "bad"} else ""
        return f"{mark} {self.value}" if mark else self.value

    @property
    def width(self) -> int:
        """In cells."""
        return max(cell_len(self.shown), cell_len(self.label))


class Figures(FittedText):
    """Figures side by side. Updating one repaints; only a change of height lays out anew.

    Args:
        figures: From left to right. Labels are unique.
        id: As usual.
        classes: As usual.
    """

    def __init__(
        self,
        figures: Sequence[Figure] = (),
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        self._figures = {figure.label: figure for figure in figures}
        super().__init__(lambda width: _grid(figures, width), id=id, classes=classes)

    def show(self, figures: Sequence[Figure]) -> None:
        """Show other figures."""
        self._figures = {figure.label: figure for figure in figures}
        self._fit_figures()

    def update_figure(self, label: str, value: str, tone: Tone = "normal") -> None:
        """Change one figure; one that is new comes last."""
        self._figures[label] = replace(self._figures.get(label, Figure(label, "")), value=value, tone=tone)
        self._fit_figures()

    def _fit_figures(self) -> None:
        figures = tuple(self._figures.values())
        self.fit(lambda width: _grid(figures, width))


def _grid(figures: Sequence[Figure], width: int) -> Content:
    """Values over labels, row by row; an empty line sets rows apart."""
    columns = _column_widths(figures, width)
    shown: list[Content] = []
    for first in range(0, len(figures), len(columns) or 1):
        row = figures[first : first + len(columns)]
        if shown:
            shown.append(Content())
        shown.append(_row([(figure.shown, f"bold {TEXT_STYLES[figure.tone]}") for figure in row], columns))
        shown.append(_row([(figure.label, TEXT_STYLES["muted"]) for figure in row], columns))
    return lines(*shown)


def _column_widths(figures: Sequence[Figure], width: int) -> tuple[int, ...]:
    """Widths of as many columns as fit, at least one; what stands under each other shares a column."""
    for count in range(len(figures), 0, -1):
        widths = tuple(max(figure.width for figure in figures[column::count]) for column in range(count))
        if sum(widths) + _GAP * (count - 1) <= width:
            return widths
    return (width,) if figures else ()


def _row(cells: Sequence[tuple[str, str]], columns: Sequence[int]) -> Content:
    parts: list[Content] = []
    for (text, style), column in zip(cells, columns, strict=False):
        shown = line((cut(text, column), style))
        parts.append(shown.pad_right(column - shown.cell_length))
    return (" " * _GAP + Content()).join(parts) if parts else Content()
