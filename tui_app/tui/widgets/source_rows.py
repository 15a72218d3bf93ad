"""The rows of a table or of a query's result, page by page, in columns as wide as their values."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final, TypeAlias

from rich.cells import cell_len

from tui_app.backstage.questions.source import Rows
from tui_app.core.table_report import ColumnType
from tui_app.tui.text import plain
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.table_columns import Cell, Column, Row

ReadPage: TypeAlias = Callable[[int, int], Awaitable[Rows]]
"""First row and how many → these rows. StokerError: why they cannot be read."""

_NUMBERS: Final = ("integer", "decimal", "float")
PAGE_ROWS: Final = 100
_NARROWEST: Final = 4
_WIDEST: Final = 32
_MEASURED_ROWS: Final = 50


class RowsTable(PagedTable):
    """Rows as they are, NULLs told from texts.

    Args:
        id: As usual.
        empty_message: Where there are none.
    """

    def __init__(self, *, id: str, empty_message: str) -> None:  # noqa: A002 - Textual's name
        super().__init__((), page_rows=PAGE_ROWS, empty_message=empty_message, id=id)

    def show_rows(self, first_page: Rows, types: Mapping[str, ColumnType], read: ReadPage | None = None) -> None:
        """Show a table.

        Args:
            first_page: Its first rows, read already.
            types: Of its columns: numbers stand to the right.
            read: Reads others; None if there are no others.
        """
        self.set_columns([_column(first_page, index, types.get(name)) for index, name in enumerate(first_page.columns)])

        async def fetch(first: int, count: int) -> Sequence[Row]:
            if read is None or first + count <= len(first_page.rows):
                return [_row(each) for each in first_page.rows[first : first + count]]
            return [_row(each) for each in (await read(first, count)).rows]

        self.show(first_page.total, fetch)

    def clear(self) -> None:
        """Show none."""
        self.show_rows(Rows((), (), 0, 0), {})


def _row(values: Sequence[str | None]) -> Row:
    return [_cell(value) for value in values]


def _cell(value: str | None) -> Cell:
    return ("NULL", "muted") if value is None else value


def _column(rows: Rows, index: int, kind: ColumnType | None) -> Column:
    title = plain(rows.columns[index])
    values = [row[index] for row in rows.rows[:_MEASURED_ROWS]]
    widest = max((cell_len(plain(value)) if value is not None else 4 for value in values), default=0)
    return Column(
        title, min(max(cell_len(title), widest, _NARROWEST), _WIDEST), "right" if kind in _NUMBERS else "left"
    )
