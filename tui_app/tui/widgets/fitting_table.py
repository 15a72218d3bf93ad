"""A table of things that are all at hand, with as many of its columns as there is room for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Final, Generic

from rich.cells import cell_len

from tui_app.tui.text import plain
from tui_app.tui.widgets.item_row import ItemRow, ItemT
from tui_app.tui.widgets.table_columns import COLUMN_GAP, Cell, Column
from tui_app.tui.widgets.table_painter import GUTTER
from tui_app.tui.widgets.table_view import TableView

_WIDEST: Final = 32
"""Cells that a column is given for its longest cell, at most."""


class FittingTable(TableView, Generic[ItemT]):
    """Rows are `ItemRow`s that carry their item. A subclass names its columns and fills their cells.

    Args:
        empty_message: Shown where there are no rows.
        id: As usual.
    """

    COLUMNS: ClassVar[Mapping[str, Column]]
    """By name, from left to right."""
    FIRST_TO_GO: ClassVar[tuple[str, ...]] = ()
    """Names of columns that are left out where there is little room, in this order."""
    FITS_CELLS: ClassVar[bool] = False
    """Whether a column is no narrower than its longest cell; for few things, since all their cells are asked for."""

    def __init__(self, *, empty_message: str = "Nothing to show.", id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(tuple(self.COLUMNS.values()), empty_message=empty_message, id=id)
        self._offered = self.COLUMNS
        self._names = tuple(self.COLUMNS)
        self._items: tuple[ItemT, ...] = ()

    @abstractmethod
    def cells_of(self, item: ItemT) -> Mapping[str, Cell]:
        """Column → what stands in it. Asked for when the item comes into sight."""

    @property
    def items(self) -> tuple[ItemT, ...]:
        """What is listed."""
        return self._items

    @property
    def chosen(self) -> ItemT | None:
        """What is under the cursor; None if nothing is listed."""
        return self._items[self.cursor] if self._items else None

    def show_items(self, items: Sequence[ItemT], cursor: int = 0) -> None:
        """Show other things, or the same ones anew, with the cursor on one of them; see `take_rows`."""
        self._items = tuple(items)
        if self.FITS_CELLS:
            self._fit_cells()
        self.take_rows(cursor)

    @property
    def total_rows(self) -> int:
        """One for each thing."""
        return len(self._items)

    def row(self, index: int) -> ItemRow[ItemT]:
        """A thing with its cells in the columns that are shown."""
        item = self._items[index]
        cells = self.cells_of(item)
        return ItemRow(item, tuple(cells[name] for name in self._names))

    def lay_out(self) -> None:
        """Take the columns for which there is room."""
        self._names = self._names_that_fit(self.size.width)
        self._columns = tuple(self._offered[name] for name in self._names)
        super().lay_out()

    def _fit_cells(self) -> None:
        rows = [self.cells_of(item) for item in self._items]
        self._offered = {
            name: replace(column, minimum=min(max([column.minimum, *(_size(row[name]) for row in rows)]), _WIDEST))
            for name, column in self.COLUMNS.items()
        }

    def _names_that_fit(self, width: int) -> tuple[str, ...]:
        names = list(self.COLUMNS)
        for name in self.FIRST_TO_GO:
            columns = [self._offered[each] for each in names]
            # The gap after the last column is the table's margin and its scroll bar.
            if GUTTER + sum((column.width or column.minimum) + COLUMN_GAP for column in columns) <= width:
                break
            names.remove(name)
        return tuple(names)


def _size(cell: Cell) -> int:
    text = cell if isinstance(cell, str) else cell[0]
    return cell_len(plain(text[:_WIDEST]))
