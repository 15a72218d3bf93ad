"""A table of any length with a cursor, and marks on rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from tui_app.core.errors import StokerError
from tui_app.tui.widgets.paged_view import HEAD, PagedView
from tui_app.tui.widgets.pages import Fetch
from tui_app.tui.widgets.table_columns import Column, Row
from tui_app.tui.widgets.table_painter import GUTTER, RowState


@dataclass
class _TableMessage(Message):
    table: PagedTable

    @property
    def control(self) -> PagedTable:
        """The table, for selectors of `on`."""
        return self.table


class PagedTable(PagedView, can_focus=True):
    """Rows that are read page by page, with a cursor that keys and mouse move.

    Args:
        columns: From left to right.
        page_rows: How many rows are fetched at once, from 1.
        can_mark: Whether rows can be marked, with space or by a click left of them.
        empty_message: Shown where there are no rows.
        id: As usual.
        classes: As usual.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "move_page(-1)", "Page up", show=False),
        Binding("pagedown", "move_page(1)", "Page down", show=False),
        Binding("home,g", "move_to_end(-1)", "First row", show=False),
        Binding("end,G", "move_to_end(1)", "Last row", show=False),
        Binding("left,h", "scroll_columns(-1)", "Left", show=False),
        Binding("right,l", "scroll_columns(1)", "Right", show=False),
        Binding("enter", "select", "Select", show=False),
        Binding("space", "toggle_mark", "Mark", show=False),
        Binding("r", "retry", "Try again", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Index of the row with the cursor, from 0; 0 if there are no rows."""
    _hovered: reactive[int | None] = reactive(None, repaint=False)

    @dataclass
    class RowHighlighted(_TableMessage):
        """The cursor came to a row, or the row with the cursor arrived."""

        index: int
        row: Row | None
        """The object that `fetch` gave; None while it is on its way."""

        def can_replace(self, message: Message) -> bool:
            """While a key is held, only the last row matters."""
            return isinstance(message, PagedTable.RowHighlighted) and message.table is self.table

    @dataclass
    class RowSelected(_TableMessage):
        """A row was chosen with enter or a click."""

        index: int
        row: Row | None
        """The object that `fetch` gave; None while it is on its way."""

    @dataclass
    class MarksChanged(_TableMessage):
        """Somebody marked a row, or took a mark away."""

        marked: frozenset[int]

    @dataclass
    class PageFailed(_TableMessage):
        """Rows that are looked at cannot be read; `r` tries again."""

        error: StokerError

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        page_rows: int = 200,
        can_mark: bool = False,
        empty_message: str = "Nothing to show.",
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(columns, page_rows=page_rows, empty_message=empty_message, id=id, classes=classes)
        self.can_mark = can_mark
        self._marked: set[int] = set()

    @property
    def marked(self) -> frozenset[int]:
        """Indices of marked rows."""
        return frozenset(self._marked)

    def show(self, total_rows: int, fetch: Fetch) -> None:
        """Show other rows, with the cursor on the first and no marks."""
        self._marked.clear()
        self.set_reactive(PagedTable.cursor, 0)
        super().show(total_rows, fetch)
        self._tell_highlighted()

    def row_state(self, index: int) -> RowState:
        """Cursor, mouse and mark."""
        has_cursor = index == self.cursor
        return RowState(has_cursor, has_cursor and self.has_focus, index == self._hovered, index in self._marked)

    def page_arrived(self, first_row: int, rows: int) -> None:
        """Tell what is in the row with the cursor, now that it is known."""
        super().page_arrived(first_row, rows)
        if first_row <= self.cursor < first_row + rows:
            self._tell_highlighted()

    def page_failed(self, error: StokerError) -> None:
        """Tell the screen."""
        super().page_failed(error)
        self.post_message(self.PageFailed(self, error))

    def validate_cursor(self, cursor: int) -> int:
        """Keep it on a row."""
        return max(min(cursor, self.total_rows - 1), 0)

    def watch_cursor(self, old_cursor: int, cursor: int) -> None:
        """Repaint two lines, or scroll."""
        self._hovered = None
        self.refresh_row(old_cursor)
        self.refresh_row(cursor)
        top_row = self.scroll_offset.y
        if not top_row <= cursor < top_row + self.rows_on_screen:
            self.scroll_to_row(cursor if cursor < top_row else cursor - self.rows_on_screen + 1)
        self._tell_highlighted()

    def watch__hovered(self, old_row: int | None, row: int | None) -> None:
        """Repaint two lines."""
        for index in (old_row, row):
            if index is not None:
                self.refresh_row(index)

    def _tell_highlighted(self) -> None:
        if self.total_rows:
            self.post_message(self.RowHighlighted(self, self.cursor, self.row(self.cursor)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Keys that mean nothing now are left to the screen."""
        match action:
            case "toggle_mark":
                return self.can_mark and self.total_rows > 0
            case "retry":
                return self.has_failed
            case _:
                return True

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.cursor += rows

    def action_move_page(self, direction: int) -> None:
        """Move cursor and rows by a screen, so that the cursor stays where it is on the screen."""
        step = direction * max(self.rows_on_screen, 1)
        self.scroll_to_row(self.scroll_offset.y + step)
        self.cursor += step

    def action_move_to_end(self, direction: int) -> None:
        """First or last row."""
        self.cursor = 0 if direction < 0 else self.total_rows - 1

    def action_scroll_columns(self, direction: int) -> None:
        """Sideways by half a screen."""
        step = direction * max(self.size.width // 2, 1)
        self.scroll_to(x=self.scroll_offset.x + step, animate=False, immediate=True)

    def action_select(self) -> None:
        """Choose the row with the cursor."""
        if self.total_rows:
            self.post_message(self.RowSelected(self, self.cursor, self.row(self.cursor)))

    def action_toggle_mark(self) -> None:
        """Mark the row with the cursor, or take its mark away."""
        self._marked ^= {self.cursor}
        self.refresh_row(self.cursor)
        self.post_message(self.MarksChanged(self, self.marked))

    def action_retry(self) -> None:
        """Fetch again what could not be read."""
        self.retry()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up the row under the mouse."""
        self._hovered = self._row_at(event)

    def on_leave(self) -> None:
        """The mouse is elsewhere."""
        self._hovered = None

    def on_click(self, event: events.Click) -> None:
        """Choose a row; or mark it, left of its first column."""
        index = self._row_at(event)
        if index is None:
            return
        self.cursor = index
        if self.can_mark and event.x < GUTTER:
            self.action_toggle_mark()
        else:
            self.action_select()

    def _row_at(self, event: events.MouseEvent) -> int | None:
        index = self.scroll_offset.y + event.y - HEAD
        return index if event.y >= HEAD and index < self.total_rows else None
