"""How the lines of a table look: head, rows, rows that are not there, and no rows at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui_app.tui.text import content
from tui_app.tui.widgets.table_columns import COLUMN_GAP, Cell, Column, Row, column_widths, fitted
from tui_app.tui.widgets.tones import Tone

GUTTER: Final = 3
"""Cells left of the first column, which stay when columns scroll: the cursor's sign, a mark, and a gap."""
_MARGIN: Final = 1
"""Cells right of the last column."""
_POINTER: Final = "▌"
_MARK: Final = "✓"
_ON_ITS_WAY: Final = "…"
_NOT_READ: Final = "✗ These rows could not be read. Press r to try again."


class RowState(NamedTuple):
    """What a row's look depends on, besides its cells."""

    has_cursor: bool = False
    has_focus: bool = False
    """Of the table; matters for the cursor only."""
    is_hovered: bool = False
    is_marked: bool = False

    @property
    def style_names(self) -> tuple[str, ...]:
        """Component classes of its background."""
        if self.has_cursor:
            return ("table--cursor",)
        return ("table--hover",) if self.is_hovered else ()


class TablePainter:
    """Paints lines; knows no rows.

    Args:
        widget: Whose styles are used.
    """

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[tuple[str, ...], Style] = {}
        self.lay_out((), 0)

    def lay_out(self, columns: Sequence[Column], width: int) -> int:
        """Fit columns into `width` cells.

        Args:
            columns: From left to right.
            width: Of the table, with its gutter and its margin.

        Returns:
            Cells of a whole line: `width`, or more if the columns need more.
        """
        self._columns = tuple(columns)
        self.width = width
        self._widths = column_widths(self._columns, width - GUTTER - _MARGIN)
        return GUTTER + sum(self._widths) + COLUMN_GAP * max(len(self._widths) - 1, 0) + _MARGIN

    def forget_styles(self) -> None:
        """Another theme, or the focus came or went."""
        self._styles.clear()

    def head(self, scroll_x: int) -> Strip:
        """The titles."""
        style = self._style("table--head")
        titles = [Segment(self._in_column(column.title, index), style) for index, column in enumerate(self._columns)]
        return self._line([Segment(" " * GUTTER, style)], titles, style, scroll_x)

    def row(self, row: Row, state: RowState, scroll_x: int) -> Strip:
        """A row with its cells."""
        cells = [self._cell(cell, index, state) for index, cell in zip(range(len(self._columns)), row, strict=False)]
        return self._line(self._gutter(state), cells, self._style(*state.style_names), scroll_x)

    def absent_row(self, state: RowState) -> Strip:
        """A row that is on its way."""
        return self._instead(_ON_ITS_WAY, "muted", state)

    def failed_row(self, state: RowState, *, says_so: bool) -> Strip:
        """A row that could not be read; the first of them says so."""
        return self._instead(_NOT_READ if says_so else "", "bad", state)

    def _instead(self, text: str, tone: Tone, state: RowState) -> Strip:
        style = self._style(*state.style_names, *(() if state.has_cursor else (f"table--{tone}",)))
        return self._line(self._gutter(state), [Segment(text, style)], self._style(*state.style_names), 0)

    def nothing(self, message: str, line: int, height: int) -> Strip:
        """A line below the head of a table without rows, with `message` in the middle of `height` lines."""
        style = self._style("table--muted")
        lines = content(message).wrap(max(self.width - 2 * GUTTER, 2))
        first_line = max((height - len(lines)) // 2, 0)
        if not first_line <= line < first_line + len(lines):
            return Strip.blank(self.width, style)
        text = lines[line - first_line].center(self.width).plain
        return Strip([Segment(text, style)]).adjust_cell_length(self.width, style)

    def _gutter(self, state: RowState) -> list[Segment]:
        style = self._style(*state.style_names)
        pointer = self._style(*state.style_names, *(() if state.has_focus else ("table--pointer",)))
        return [
            Segment(_POINTER if state.has_cursor else " ", pointer),
            Segment(_MARK if state.is_marked else " ", style),
            Segment(" ", style),
        ]

    def _cell(self, cell: Cell, index: int, state: RowState) -> Segment:
        text, tone = cell if isinstance(cell, tuple) else (cell, "normal")
        return Segment(self._in_column(text, index), self._cell_style(tone, state))

    def _cell_style(self, tone: Tone, state: RowState) -> Style:
        # The cursor's background is chosen for the cursor's own colour: no tone can be relied on to be read on it.
        is_plain = tone == "normal" or (state.has_cursor and state.has_focus)
        return self._style(*state.style_names, *(() if is_plain else (f"table--{tone}",)))

    def _in_column(self, text: str, index: int) -> str:
        gap = " " * (COLUMN_GAP if index < len(self._columns) - 1 else _MARGIN)
        return fitted(text, self._widths[index], self._columns[index].align) + gap

    def _line(self, gutter: list[Segment], body: list[Segment], style: Style, scroll_x: int) -> Strip:
        shown = Strip(body).crop_extend(scroll_x, scroll_x + max(self.width - GUTTER, 0), style)
        return Strip([*gutter, *shown]).simplify()

    def _style(self, *names: str) -> Style:
        style = self._styles.get(names)
        if style is None:
            style = self._styles[names] = self._widget.get_visual_style(*names).rich_style
        return style
