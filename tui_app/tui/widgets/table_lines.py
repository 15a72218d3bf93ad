"""The lines of a table: a head that stays, and rows that scroll, of which only those in sight are drawn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Final

from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_app.tui.widgets.table_columns import Column, Row
from tui_app.tui.widgets.table_painter import RowState, TablePainter

HEAD: Final = 1
"""Lines of the head."""
_MOST_STRIPS: Final = 1024
"""Drawn lines that are kept: several screens of them."""


class TableLines(ScrollView):
    """What every table looks like. Which rows there are is said by those that build on it.

    Its speed does not depend on the number of rows: a row is asked for when it comes into sight.

    Args:
        columns: From left to right.
        empty_message: Shown where there are no rows.
        id: As usual.
        classes: As usual.
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--head",
        "table--cursor",
        "table--hover",
        "table--pointer",
        "table--normal",
        "table--accent",
        "table--good",
        "table--warning",
        "table--bad",
        "table--muted",
    }

    DEFAULT_CSS: ClassVar[str] = """
    TableLines {
        background: $surface;
        color: $foreground;
        height: 1fr;
        & > .table--head { background: $panel; color: $foreground; text-style: bold; }
        & > .table--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus > .table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
        & > .table--hover { background: $panel; }
        & > .table--pointer { color: $primary; }
        & > .table--normal { color: $foreground; }
        & > .table--accent { color: $text-accent; }
        & > .table--good { color: $text-success; }
        & > .table--warning { color: $text-warning; }
        & > .table--bad { color: $text-error; }
        & > .table--muted { color: $text-muted; }
    }
    """

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        empty_message: str = "Nothing to show.",
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._columns = tuple(columns)
        self._empty_message = empty_message
        self._was_shown = False
        """Until rows are shown for the first time, nobody knows whether there are any."""
        self._painter = TablePainter(self)
        self._strips: LRUCache[tuple[int, RowState, int], Strip] = LRUCache(_MOST_STRIPS)

    # What a table says of its rows

    @property
    @abstractmethod
    def total_rows(self) -> int:
        """Rows of the whole table."""

    @abstractmethod
    def row(self, index: int) -> Row | None:
        """The cells of a row; None if it is not there now."""

    @abstractmethod
    def row_state(self, index: int) -> RowState:
        """What a row looks like beside its cells."""

    def absent_row(self, index: int, state: RowState) -> Strip:  # noqa: ARG002 - for those whose rows may fail
        """What stands where a row is not there now."""
        return self._painter.absent_row(state)

    def rows_come_into_sight(self, first_row: int, last_row: int) -> None:
        """Called with what is in sight whenever that may have changed, for those that have to fetch it."""

    # What is shown

    @property
    def rows_on_screen(self) -> int:
        """How many rows are seen at once."""
        return max(self.scrollable_content_region.height - HEAD, 0)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Take other columns; the rows stay."""
        self._columns = tuple(columns)
        self.lay_out()

    def set_empty_message(self, message: str) -> None:
        """Say something else where there are no rows."""
        self._empty_message = message
        self.refresh()

    def lay_out(self) -> None:
        """Fit columns and rows anew: the width, the columns, or the rows are others."""
        self._strips.clear()
        width = self._painter.lay_out(self._columns, self.scrollable_content_region.width)
        self.virtual_size = Size(width, self.total_rows + HEAD)
        self.refresh()

    def look(self) -> None:
        """Tell which rows are in sight."""
        if self.rows_on_screen:
            top_row = self.scroll_offset.y
            self.rows_come_into_sight(top_row, top_row + self.rows_on_screen - 1)

    def refresh_row(self, index: int) -> None:
        """Paint one row again."""
        self.refresh_line(index + HEAD)

    def scroll_to_row(self, top_row: int) -> None:
        """Bring a row to the top, as far as there are rows below it."""
        self.scroll_to(y=top_row, animate=False, force=True, immediate=True)

    def render_lines(self, crop: Region) -> list[Strip]:
        """What is seen; the columns are fitted first, if the widget or its scroll bar changed."""
        if self._painter.width != self.scrollable_content_region.width:
            self.lay_out()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of what is seen; `y` counts from the top of the widget."""
        scroll_x, top_row = self.scroll_offset
        if y < HEAD:
            return self._painter.head(scroll_x)
        index = top_row + y - HEAD
        if index < self.total_rows:
            return self._row_strip(index, scroll_x)
        message = self._empty_message if self._was_shown and not self.total_rows else ""
        return self._painter.nothing(message, y - HEAD, self.size.height - HEAD)

    def _row_strip(self, index: int, scroll_x: int) -> Strip:
        state = self.row_state(index)
        key = (index, state, scroll_x)
        strip = self._strips.get(key)
        if strip is None:
            row = self.row(index)
            if row is None:
                return self.absent_row(index, state)
            strip = self._strips[key] = self._painter.row(row, state, scroll_x)
        return strip

    def notify_style_update(self) -> None:
        """Another theme, or the focus came or went: the lines look different."""
        super().notify_style_update()
        self._painter.forget_styles()
        self._strips.clear()
        self.refresh()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows come into sight."""
        super().watch_scroll_y(old_value, new_value)
        self.look()
