"""A table of things that are all at hand, with as many of its columns as there is room for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar, Generic

from tui_app.tui.widgets.item_row import ItemRow, ItemT, known_rows
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.table_columns import COLUMN_GAP, Cell, Column
from tui_app.tui.widgets.table_painter import GUTTER


class FittingTable(PagedTable, Generic[ItemT]):
    """Rows are `ItemRow`s that carry their item. A subclass names its columns and fills their cells.

    Args:
        empty_message: Shown where there are no rows.
        id: As usual.
    """

    COLUMNS: ClassVar[Mapping[str, Column]]
    """By name, from left to right."""
    FIRST_TO_GO: ClassVar[tuple[str, ...]] = ()
    """Names of columns that are left out where there is little room, in this order."""

    def __init__(self, *, empty_message: str, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(tuple(self.COLUMNS.values()), empty_message=empty_message, id=id)
        self._names = tuple(self.COLUMNS)
        self._items: tuple[ItemT, ...] = ()

    @abstractmethod
    def cells_of(self, item: ItemT) -> Mapping[str, Cell]:
        """Column → what stands in it."""

    @property
    def items(self) -> tuple[ItemT, ...]:
        """What is listed."""
        return self._items

    @property
    def chosen(self) -> ItemT | None:
        """What is under the cursor."""
        return self._items[self.cursor] if self.cursor < len(self._items) else None

    def show_items(self, items: Sequence[ItemT], cursor: int = 0) -> None:
        """Show other things, with the cursor on one of them."""
        self._items = tuple(items)
        self._fill(cursor)

    def on_resize(self) -> None:
        """Another width has room for other columns."""
        names = self._names_that_fit(self.size.width)
        if names != self._names:
            self._names = names
            self.set_columns([self.COLUMNS[name] for name in names])
            self._fill(self.cursor)
        super().on_resize()

    def _fill(self, cursor: int) -> None:
        rows = [self._row(item) for item in self._items]
        self.show(len(rows), known_rows(rows))
        self.cursor = cursor

    def _row(self, item: ItemT) -> ItemRow[ItemT]:
        cells = self.cells_of(item)
        return ItemRow(item, tuple(cells[name] for name in self._names))

    def _names_that_fit(self, width: int) -> tuple[str, ...]:
        names = list(self.COLUMNS)
        for name in self.FIRST_TO_GO:
            columns = [self.COLUMNS[each] for each in names]
            # The gap after the last column is the table's margin and its scroll bar.
            if GUTTER + sum((column.width or column.minimum) + COLUMN_GAP for column in columns) <= width:
                break
            names.remove(name)
        return tuple(names)
