"""The list of columns and what they feed: a cursor, marks, and columns that depend on the room there is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui_app.core.fields import STANDARD_FIELDS
from tui_app.tui.widgets.mapping_rows import MappingRow, RowKey
from tui_app.tui.widgets.mapping_words import braze_type, transforms
from tui_app.tui.widgets.paged_view import PagedView
from tui_app.tui.widgets.share_bar import share
from tui_app.tui.widgets.table_columns import Cell, Column
from tui_app.tui.widgets.table_painter import GUTTER, RowState, TablePainter

_HEAD: Final = 1
"""Lines of the head."""
_WAITING: Final[Cell] = ("…", "muted")


class MappingList(ScrollView, can_focus=True):
    """One line per column and attribute. Rows are held whole: a table has hundreds of columns, not millions."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = PagedView.COMPONENT_CLASSES

    DEFAULT_CSS: ClassVar[str] = """
    MappingList {
        background: $surface;
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
        & > .paged-table--muted { color: $foreground-muted; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "move_page(-1)", "Page up", show=False),
        Binding("pagedown", "move_page(1)", "Page down", show=False),
        Binding("home,g", "move_to_end(-1)", "First row", show=False),
        Binding("end,G", "move_to_end(1)", "Last row", show=False),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)
    """Index of the row with the cursor; 0 if there are no rows."""
    _hovered: reactive[int | None] = reactive(None, repaint=False)

    @dataclass
    class Highlighted(Message):
        """Another row has the cursor, or the row changed."""

        def can_replace(self, message: Message) -> bool:
            """While a key is held, only the last row matters."""
            return isinstance(message, MappingList.Highlighted)

    @dataclass
    class Chosen(Message):
        """The row that has the cursor was clicked."""

    @dataclass
    class Marked(Message):
        """Somebody marked rows, or took marks away."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.marks: frozenset[RowKey] = frozenset()
        """Keys of marked rows, shown or not."""
        self.rows: tuple[MappingRow, ...] = ()
        self._empty_message = ""
        self._fields: tuple[_Field, ...] = _FIELDS
        self._painter = TablePainter(self, [field.column for field in _FIELDS])

    @property
    def row(self) -> MappingRow | None:
        """The row with the cursor; None if there are no rows."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[MappingRow], empty_message: str) -> None:
        """Show other rows, or the same ones with more known. The cursor stays on its row, or on its column."""
        stays_on = self.row
        self.rows, self._empty_message = tuple(rows), empty_message
        self.set_reactive(MappingList.cursor, _where(stays_on, self.cursor, self.rows))
        self._lay_out()
        self._scroll_to_cursor()
        self.post_message(self.Highlighted())

    def toggle_mark(self) -> None:
        """Mark the row with the cursor, or take its mark away; the cursor goes on."""
        if self.row is not None:
            self._mark(self.cursor)
            self.cursor += 1

    def toggle_all_marks(self) -> None:
        """Mark every row that is shown; if all are, none."""
        shown = frozenset(row.key for row in self.rows)
        self.marks = self.marks - shown if shown <= self.marks else self.marks | shown
        self.refresh()
        self.post_message(self.Marked())

    def keep_marks(self, keys: Collection[RowKey]) -> None:
        """Take the marks of all other rows away."""
        self.marks &= frozenset(keys)
        self.refresh()

    def validate_cursor(self, cursor: int) -> int:
        """Keep it on a row."""
        return max(min(cursor, len(self.rows) - 1), 0)

    def watch_cursor(self, old_cursor: int, cursor: int) -> None:
        """Repaint two lines, or scroll."""
        self._hovered = None
        self._refresh_row(old_cursor)
        self._refresh_row(cursor)
        self._scroll_to_cursor()
        self.post_message(self.Highlighted())

    def watch__hovered(self, old_row: int | None, row: int | None) -> None:
        """Repaint two lines."""
        for index in (old_row, row):
            if index is not None:
                self._refresh_row(index)

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.cursor += rows

    def action_move_page(self, direction: int) -> None:
        """Move the cursor by a screen."""
        self.cursor += direction * max(self._rows_on_screen - 1, 1)

    def action_move_to_end(self, direction: int) -> None:
        """First or last row."""
        self.cursor = 0 if direction < 0 else len(self.rows) - 1

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up the row under the mouse."""
        self._hovered = self._row_at(event)

    def on_leave(self) -> None:
        """The mouse is elsewhere."""
        self._hovered = None

    def on_click(self, event: events.Click) -> None:
        """Go to a row; mark it, left of its first column; choose it, if the cursor was there."""
        index = self._row_at(event)
        if index is None:
            return
        had_cursor, self.cursor = index == self.cursor, index
        if event.x < GUTTER:
            self._mark(index)
        elif had_cursor:
            self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        """One line of what is seen; `y` counts from the top of the widget."""
        scroll_x, top_row = self.scroll_offset
        width = self.scrollable_content_region.width
        if self._painter.width != width:
            self._lay_out()
        if y < _HEAD:
            return self._painter.head(scroll_x)
        index = top_row + y - _HEAD
        if index < len(self.rows):
            cells = [field.cell(self.rows[index]) for field in self._fields]
            return self._painter.row(cells, self._state(index), scroll_x)
        message = "" if self.rows else self._empty_message
        return self._painter.nothing(message, y - _HEAD, self.size.height - _HEAD)

    def notify_style_update(self) -> None:
        """Another theme, or the focus came or went."""
        super().notify_style_update()
        self._painter.forget_styles()
        self.refresh()

    def on_resize(self) -> None:
        """Choose the columns for which there is room."""
        self._lay_out()
        self._scroll_to_cursor()

    def _mark(self, index: int) -> None:
        self.marks ^= {self.rows[index].key}
        self._refresh_row(index)
        self.post_message(self.Marked())

    def _state(self, index: int) -> RowState:
        has_cursor = index == self.cursor
        is_marked = self.rows[index].key in self.marks
        return RowState(has_cursor, has_cursor and self.has_focus, index == self._hovered, is_marked)

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        self._fields = tuple(field for field in _FIELDS if width >= field.from_width)
        self._painter = TablePainter(self, [field.column for field in self._fields])
        self.virtual_size = Size(self._painter.lay_out(width), len(self.rows) + _HEAD)
        self.refresh()

    @property
    def _rows_on_screen(self) -> int:
        return max(self.scrollable_content_region.height - _HEAD, 0)

    def _scroll_to_cursor(self) -> None:
        top_row, height = self.scroll_offset.y, self._rows_on_screen
        if height and not top_row <= self.cursor < top_row + height:
            new_top = self.cursor if self.cursor < top_row else self.cursor - height + 1
            self.scroll_to(y=new_top, animate=False, force=True, immediate=True)

    def _refresh_row(self, index: int) -> None:
        self.refresh_line(index + _HEAD)

    def _row_at(self, event: events.MouseEvent) -> int | None:
        index = self.scroll_offset.y + event.y - _HEAD
        return index if event.y >= _HEAD and index < len(self.rows) else None


def _where(stays_on: MappingRow | None, cursor: int, rows: Sequence[MappingRow]) -> int:
    """Where the cursor belongs: its row, else the row of its column that is nearest, else where it was."""
    if stays_on is not None:
        same_column = [index for index, row in enumerate(rows) if row.column == stays_on.column]
        same = [index for index in same_column if rows[index].key == stays_on.key]
        if same_column:
            return min(same or same_column, key=lambda index: abs(index - cursor))
    return max(min(cursor, len(rows) - 1), 0)


@dataclass(frozen=True, slots=True)
class _Field:
    """One column of the list."""

    column: Column
    cell: Callable[[MappingRow], Cell]
    from_width: int = 0
    """Cells that the list must have."""


def _sign(row: MappingRow) -> Cell:
    count = len(row.concerns)
    if not count:
        return ""
    return ("✗", "bad") if row.concerns[0].is_bad else (f"!{count}" if count > 1 else "!", "warning")


def _column(row: MappingRow) -> Cell:
    return row.column if row.mapping or row.identifier else (row.column, "muted")


def _type(row: MappingRow) -> Cell:
    if row.is_missing:
        return ("missing", "bad")
    return (row.type, "muted") if row.type else _WAITING


def _attribute(row: MappingRow) -> Cell:
    if row.identifier is not None:
        return (row.identifier, "accent")
    if row.mapping is not None:
        return row.attribute
    return (f"→ {row.suggestion.attribute}?", "muted") if row.suggestion else ""


def _sent_as(row: MappingRow) -> Cell:
    if row.identifier is not None:
        return ("identifier", "muted")
    if row.mapping is None:
        return ""
    words = braze_type(row.mapping, row.type)
    return words if row.mapping.attribute in STANDARD_FIELDS else (words, "muted")


def _on_the_way(row: MappingRow) -> Cell:
    return transforms(row.mapping) if row.mapping else ""


def _on_null(row: MappingRow) -> Cell:
    if row.mapping is None:
        return ""
    return row.mapping.on_null if row.mapping.on_null == "keep" else (row.mapping.on_null, "muted")


def _empty(row: MappingRow) -> Cell:
    if row.report is None:
        return "" if row.is_missing else _WAITING
    percent = share(round(row.report.null_share * 1_000_000), 1_000_000)
    return percent if row.report.null_share else (percent, "muted")


def _samples(row: MappingRow) -> Cell:
    if row.report is None:
        return "" if row.is_missing else _WAITING
    return (" · ".join(row.report.samples), "muted")


_FIELDS: Final = (
    _Field(Column("!", 2), _sign),
    _Field(Column("column", minimum=12), _column),
    _Field(Column("type", 8), _type, from_width=66),
    _Field(Column("attribute", minimum=12), _attribute),
    _Field(Column("sent as", 10), _sent_as),
    _Field(Column("transform", 14), _on_the_way, from_width=90),
    _Field(Column("on NULL", 7), _on_null, from_width=66),
    _Field(Column("empty", 5, "right"), _empty, from_width=66),
    _Field(Column("samples", minimum=16), _samples, from_width=118),
)
