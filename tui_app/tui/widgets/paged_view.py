"""The lines of a table of any length: only those that are seen are drawn, only the pages looked at last are held.

Its speed does not depend on the number of rows, and it never waits: rows that are not there yet are shown as such.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, ClassVar, Final

from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.worker import Worker

from tui_app.core.errors import StokerError
from tui_app.tui.widgets.pages import Fetch, Pages
from tui_app.tui.widgets.table_columns import Column, Row
from tui_app.tui.widgets.table_painter import RowState, TablePainter

HEAD: Final = 1
"""Lines of the head, which stays while the rows scroll."""
_MOST_STRIPS: Final = 1024
"""Drawn lines that are kept: several screens of them."""


async def _no_rows(_first_row: int, _count: int) -> Sequence[Row]:
    return ()


class PagedView(ScrollView):
    """A head and rows that scroll; what a row looks like beside its cells is said by `row_state`.

    Args:
        columns: From left to right.
        page_rows: How many rows are fetched at once, from 1.
        empty_message: Shown where there are no rows.
        id: As usual.
        classes: As usual.
    """

    ALLOW_SELECT = False

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "paged-table--head",
        "paged-table--cursor",
        "paged-table--hover",
        "paged-table--pointer",
        "paged-table--normal",
        "paged-table--accent",
        "paged-table--good",
        "paged-table--warning",
        "paged-table--bad",
        "paged-table--muted",
    }

    DEFAULT_CSS: ClassVar[str] = """
    PagedView {
        background: $surface;
        color: $foreground;
        height: 1fr;
        & > .paged-table--head { background: $panel; color: $foreground; text-style: bold; }
        & > .paged-table--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus > .paged-table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
        & > .paged-table--hover { background: $panel; }
        & > .paged-table--pointer { color: $primary; }
        & > .paged-table--normal { color: $foreground; }
        & > .paged-table--accent { color: $text-accent; }
        & > .paged-table--good { color: $text-success; }
        & > .paged-table--warning { color: $text-warning; }
        & > .paged-table--bad { color: $text-error; }
        & > .paged-table--muted { color: $text-muted; }
    }
    """

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        page_rows: int = 200,
        empty_message: str = "Nothing to show.",
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._empty_message = empty_message
        self._page_rows = page_rows
        self._was_shown = False
        self._pages = Pages(_no_rows, 0, page_rows, self)
        self._painter = TablePainter(self, columns)
        self._strips: LRUCache[tuple[int, RowState, int], Strip] = LRUCache(_MOST_STRIPS)

    @property
    def total_rows(self) -> int:
        """Rows of the whole table."""
        return self._pages.total_rows

    @property
    def rows_on_screen(self) -> int:
        """How many rows are seen at once."""
        return max(self.scrollable_content_region.height - HEAD, 0)

    @property
    def has_failed(self) -> bool:
        """Whether rows could not be read."""
        return self._pages.has_failed

    def row(self, index: int) -> Row | None:
        """A row as `fetch` gave it; None if it is not there now."""
        return self._pages.row(index)

    def row_state(self, index: int) -> RowState:  # noqa: ARG002 - for those that build on this
        """What a row looks like beside its cells."""
        return RowState()

    def show(self, total_rows: int, fetch: Fetch) -> None:
        """Show other rows, from the first.

        Args:
            total_rows: How many there are, from 0.
            fetch: Where they come from. Asked for pages as they are looked at, and cancelled when they no longer are.
        """
        self._pages.close()
        self._pages = Pages(fetch, total_rows, self._page_rows, self)
        self._was_shown = True
        self._lay_out()
        self.scroll_to(0, 0, animate=False, force=True, immediate=True)
        self._look()

    def grow(self, total_rows: int) -> None:
        """More rows came at the end; what is shown stays."""
        self._pages.grow(total_rows)
        self._lay_out()
        self._look()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Take other columns; the rows stay until `show`."""
        self._painter = TablePainter(self, columns)
        self._lay_out()

    def set_empty_message(self, message: str) -> None:
        """Say something else where there are no rows."""
        self._empty_message = message
        self.refresh()

    def refresh_row(self, index: int) -> None:
        """Paint one row again."""
        self.refresh_line(index + HEAD)

    def scroll_to_row(self, top_row: int) -> None:
        """Bring a row to the top."""
        self.scroll_to(y=top_row, animate=False, force=True, immediate=True)

    def retry(self) -> None:
        """Fetch again what could not be read."""
        self._pages.retry()
        self.refresh()
        self._look()

    def render_lines(self, crop: Region) -> list[Strip]:
        """What is seen; the columns are fitted first, if the widget or its scroll bar changed."""
        if self._painter.width != self.scrollable_content_region.width:
            self._lay_out()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of what is seen; `y` counts from the top of the widget."""
        scroll_x, top_row = self.scroll_offset
        if y < HEAD:
            return self._painter.head(scroll_x)
        index = top_row + y - HEAD
        if index < self.total_rows:
            return self._row_strip(index, top_row, scroll_x)
        message = self._empty_message if self._was_shown and not self.total_rows else ""
        return self._painter.nothing(message, y - HEAD, self.size.height - HEAD)

    def _row_strip(self, index: int, top_row: int, scroll_x: int) -> Strip:
        state = self.row_state(index)
        row = self._pages.row(index)
        if row is None:
            if not self._pages.is_failed(index):
                return self._painter.absent_row(state)
            is_first = index == top_row or not self._pages.is_failed(index - 1)
            return self._painter.failed_row(state, says_so=is_first)
        key = (index, state, scroll_x)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._painter.row(row, state, scroll_x)
        return strip

    def notify_style_update(self) -> None:
        """Another theme, or the focus came or went: the lines look different."""
        super().notify_style_update()
        self._painter.forget_styles()
        self._strips.clear()
        self.refresh()

    def on_resize(self) -> None:
        """Fit the columns into the new width."""
        self._lay_out()
        self._look()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Other rows are looked at."""
        super().watch_scroll_y(old_value, new_value)
        self._look()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        self._strips.clear()
        self.virtual_size = Size(self._painter.lay_out(width), self.total_rows + HEAD)
        self.refresh()

    def begin_loading(self, load: Callable[[], Coroutine[Any, Any, None]]) -> Worker[None]:
        """Run the fetching beside the screen, until the table goes."""
        return self.run_worker(load, group="pages", exit_on_error=True)

    def page_arrived(self, first_row: int, rows: int) -> None:  # noqa: ARG002 - for those that build on this
        """Paint what was waited for."""
        self.refresh()

    def page_failed(self, error: StokerError) -> None:  # noqa: ARG002 - for those that build on this
        """Say so where the rows would be."""
        self.refresh()

    def _look(self) -> None:
        height = self.rows_on_screen
        if height > 0:
            top_row = self.scroll_offset.y
            self._pages.look_at(top_row, top_row + height - 1)
