"""A table of any length: its rows are read page by page as they come into sight, and only the last pages are held.

It never waits: rows that are not there yet are shown as such, and so are those that could not be read.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.worker import Worker

from tui_app.core.errors import StokerError
from tui_app.tui.widgets.pages import Fetch, Pages
from tui_app.tui.widgets.table_columns import Column, Row
from tui_app.tui.widgets.table_painter import RowState
from tui_app.tui.widgets.table_view import TableMessage, TableView


async def _no_rows(_first_row: int, _count: int) -> Sequence[Row]:
    return ()


class PagedTable(TableView):
    """Rows that are fetched.

    Args:
        columns: From left to right.
        page_rows: How many rows are fetched at once, from 1.
        empty_message: Shown where there are no rows.
        id: As usual.
        classes: As usual.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("r", "retry", "Try again", show=False)]

    @dataclass
    class PageFailed(TableMessage):
        """Rows that are looked at cannot be read; `r` tries again."""

        error: StokerError

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        page_rows: int = 200,
        empty_message: str = "Nothing to show.",
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(columns, empty_message=empty_message, id=id, classes=classes)
        self._page_rows = page_rows
        self._pages = Pages(_no_rows, 0, page_rows, self)

    def show(self, total_rows: int, fetch: Fetch) -> None:
        """Show other rows, with the cursor on the first.

        Args:
            total_rows: How many there are, from 0.
            fetch: Where they come from. Asked for pages as they are looked at, and cancelled when they no longer are.
        """
        self._pages.close()
        self._pages = Pages(fetch, total_rows, self._page_rows, self)
        self.scroll_to(0, 0, animate=False, force=True, immediate=True)
        self.take_rows(cursor=0)

    # Rows

    @property
    def total_rows(self) -> int:
        """Rows of the whole table."""
        return self._pages.total_rows

    def row(self, index: int) -> Row | None:
        """A row as `fetch` gave it; None if it is not there now."""
        return self._pages.row(index)

    def absent_row(self, index: int, state: RowState) -> Strip:
        """A row that is on its way, or that could not be read; the first of those in sight says so."""
        if not self._pages.is_failed(index):
            return super().absent_row(index, state)
        is_first = index == self.scroll_offset.y or not self._pages.is_failed(index - 1)
        return self._painter.failed_row(state, says_so=is_first)

    def rows_come_into_sight(self, first_row: int, last_row: int) -> None:
        """Fetch what is not there."""
        self._pages.look_at(first_row, last_row)

    # What fails

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a page that failed, `r` is left to the screen."""
        return self._pages.has_failed if action == "retry" else super().check_action(action, parameters)

    def action_retry(self) -> None:
        """Fetch again what could not be read."""
        self._pages.retry()
        self.refresh()
        self.look()

    # What the pages say

    def begin_loading(self, load: Callable[[], Coroutine[Any, Any, None]]) -> Worker[None]:
        """Run the fetching beside the screen, until the table goes."""
        return self.run_worker(load, group="pages")

    def page_arrived(self, first_row: int, rows: int) -> None:
        """Paint what was waited for, and tell what is in the row with the cursor."""
        self.refresh()
        if first_row <= self.cursor < first_row + rows:
            self.tell_highlighted()

    def page_failed(self, error: StokerError) -> None:
        """Say so where the rows would be, and to the screen."""
        self.refresh()
        self.post_message(self.PageFailed(self, error))
