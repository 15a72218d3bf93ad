"""What every table can do: a cursor that keys and mouse move, the row under the mouse, and marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from tui_app.tui.widgets.table_columns import Row
from tui_app.tui.widgets.table_lines import HEAD, TableLines
from tui_app.tui.widgets.table_painter import GUTTER, RowState


@dataclass
class TableMessage(Message):
    """Something happened in a table."""

    table: TableView

    @property
    def control(self) -> TableView:
        """The table, for selectors of `on`."""
        return self.table


class TableView(TableLines, can_focus=True):
    """A table to walk through. Those that build on it hold the rows, and the marks if there are any.

    Args:
        columns: From left to right.
        empty_message: Shown where there are no rows.
        id: As usual.
        classes: As usual.
    """

    CHOOSES_AT_ONCE: ClassVar[bool] = True
    """Whether a click chooses any row; if not, it moves the cursor, and chooses the row that has it already."""
    LEFT_TO_SCREEN: ClassVar[frozenset[str]] = frozenset()
    """Names of actions whose keys are commands of the screen, so that its footer and its help name them."""
    can_mark: bool = False
    """Whether rows can be marked, with space or by a click left of them."""
    _is_cursor_seen: bool = True
    """False where the wheel or the scroll bar left the cursor behind."""

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
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Index of the row with the cursor, from 0; 0 if there are no rows."""
    _hovered: reactive[int | None] = reactive(None, repaint=False)

    @dataclass
    class RowHighlighted(TableMessage):
        """The cursor came to a row, or what is known of the row with the cursor changed."""

        index: int
        row: Row | None
        """As the table has it; None while it is on its way."""

        def can_replace(self, message: Message) -> bool:
            """While a key is held, only the last row matters."""
            return isinstance(message, TableView.RowHighlighted) and message.table is self.table

    @dataclass
    class RowSelected(TableMessage):
        """A row was chosen with enter or a click."""

        index: int
        row: Row | None
        """As the table has it; None while it is on its way."""

    @dataclass
    class MarksChanged(TableMessage):
        """Somebody marked rows, or took marks away."""

    # Marks

    def is_marked(self, index: int) -> bool:  # noqa: ARG002 - for those that can be marked
        """Whether a row is marked."""
        return False

    def toggle_mark_of(self, index: int) -> None:
        """Mark a row, or take its mark away; for those that can be marked."""

    # Rows

    def row_state(self, index: int) -> RowState:
        """Cursor, mouse and mark."""
        has_cursor = index == self.cursor
        return RowState(has_cursor, has_cursor and self.has_focus, index == self._hovered, self.is_marked(index))

    def take_rows(self, cursor: int) -> None:
        """Show the rows that there are now, with the cursor on one of them.

        What is in sight stays in sight. The cursor does too, unless it was left behind and does not move now.
        """
        cursor = self.validate_cursor(cursor)
        self._is_cursor_seen = self._is_cursor_seen or cursor != self.cursor
        self.set_reactive(TableView.cursor, cursor)
        self._was_shown = True
        self.lay_out()
        self._keep_cursor_in_sight()
        self.look()
        self.tell_highlighted()

    def tell_highlighted(self) -> None:
        """Tell what is in the row with the cursor."""
        if self.total_rows:
            self.post_message(self.RowHighlighted(self, self.cursor, self.row(self.cursor)))

    # The cursor

    def validate_cursor(self, cursor: int) -> int:
        """Keep it on a row."""
        return max(min(cursor, self.total_rows - 1), 0)

    def watch_cursor(self, old_cursor: int, cursor: int) -> None:
        """Repaint two lines, or scroll."""
        self._hovered = None
        self.refresh_row(old_cursor)
        self.refresh_row(cursor)
        self._is_cursor_seen = True
        self._keep_cursor_in_sight()
        self.tell_highlighted()

    def watch__hovered(self, old_row: int | None, row: int | None) -> None:
        """Repaint two lines."""
        for index in (old_row, row):
            if index is not None:
                self.refresh_row(index)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The cursor may be left behind, or found again."""
        super().watch_scroll_y(old_value, new_value)
        if self.rows_on_screen:
            self._is_cursor_seen = 0 <= self.cursor - self.scroll_offset.y < self.rows_on_screen

    def on_resize(self) -> None:
        """Fit the columns into the new width; the cursor stays in sight."""
        self.lay_out()
        self._keep_cursor_in_sight()
        self.look()

    def _keep_cursor_in_sight(self) -> None:
        """Scroll as little as that takes, unless it was left behind."""
        if self._is_cursor_seen and self.rows_on_screen:
            top_row = min(max(self.scroll_offset.y, self.cursor - self.rows_on_screen + 1), self.cursor)
            if top_row != self.scroll_offset.y:
                self.scroll_to_row(top_row)

    # Keys and mouse

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Keys that mean nothing here are left to the screen."""
        if action == "toggle_mark" and not (self.can_mark and self.total_rows):
            return False
        return action not in self.LEFT_TO_SCREEN

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
        self.toggle_mark_of(self.cursor)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up the row under the mouse."""
        self._hovered = self._row_at(event)

    def on_leave(self) -> None:
        """The mouse is elsewhere."""
        self._hovered = None

    def on_click(self, event: events.Click) -> None:
        """Go to a row, and choose it; or mark it, left of its first column."""
        index = self._row_at(event)
        if index is None:
            return
        had_cursor, self.cursor = index == self.cursor, index
        if self.can_mark and event.x < GUTTER:
            self.action_toggle_mark()
        elif had_cursor or self.CHOOSES_AT_ONCE:
            self.action_select()

    def _row_at(self, event: events.MouseEvent) -> int | None:
        index = self.scroll_offset.y + event.y - HEAD
        return index if event.y >= HEAD and index < self.total_rows else None
