"""The columns of a table: type, how many values are missing, how many are different, what they look like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui_app.core.table_report import ColumnReport, TableReport
from tui_app.tui.text import cut, line, lines, plain
from tui_app.tui.widgets.item_row import ItemRow, known_rows
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.share_bar import share
from tui_app.tui.widgets.table_columns import Cell, Column

_BAR_CELLS: Final = 5
_WIDEST_NAME: Final = 26
_LABEL_CELLS: Final = 10
_SAMPLE_CELLS: Final = 200


class ColumnsPane(Vertical):
    """A row for each column, and beneath it the one under the cursor with what does not fit into a row."""

    DEFAULT_CSS: ClassVar[str] = """
    ColumnsPane {
        & #detail { height: auto; max-height: 7; min-height: 4; margin-top: 1; padding: 0 1; background: $surface; }
    }
    ColumnsPane.-low #detail, Screen.-low ColumnsPane #detail { display: none; }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._rows = 0

    def compose(self) -> ComposeResult:
        """Rows and detail."""
        yield PagedTable((), empty_message="This table has no columns.", id="columns")
        yield Static(id="detail")

    def show(self, report: TableReport) -> None:
        """Show the columns of a table."""
        self._rows = report.rows
        table = self.query_one(PagedTable)
        widest = max((cell_len(plain(each.name)) for each in report.columns), default=0)
        table.set_columns(
            (
                Column("column", min(max(widest, 6), _WIDEST_NAME)),
                Column("type", max((len(each.type) for each in report.columns), default=4)),
                Column("NULL", _BAR_CELLS + 6),
                Column("distinct", 8, "right"),
                Column("samples", None),
            )
        )
        table.show(len(report.columns), known_rows([self._row(each) for each in report.columns]))
        if not report.columns:
            self.query_one("#detail", Static).update("")

    def on_paged_table_row_highlighted(self, event: PagedTable.RowHighlighted) -> None:
        """Show the whole column."""
        event.stop()
        if isinstance(event.row, ItemRow):
            self.query_one("#detail", Static).update(lines(*self._detail(event.row.item)))

    def _row(self, column: ColumnReport) -> ItemRow[ColumnReport]:
        nulls = share(round(column.null_share * self._rows), self._rows)
        null_cell: Cell = (f"{_bar(column.null_share)} {nulls:>5}", "warning" if column.null_share == 1 else "normal")
        type_cell: Cell = (column.type, "warning" if column.type == "unsupported" else "normal")
        samples: Cell = ("  ".join(column.samples) or "no value", "normal" if column.samples else "muted")
        return ItemRow(column, (column.name, type_cell, null_cell, _distinct_words(column), samples))

    def _detail(self, column: ColumnReport) -> Iterator[Content]:
        nulls = round(column.null_share * self._rows)
        types = (
            column.type if column.type == column.engine_type else f"{column.type}, in the source {column.engine_type}"
        )
        yield line((column.name, "bold"), (f"   {types}", "$foreground-muted"))
        different = _distinct_words(column).replace("≈", "about ")
        facts = f"in {self._rows - nulls:,} of {self._rows:,} rows, {different} different"
        yield line(("values".ljust(_LABEL_CELLS), "$foreground-muted"), facts)
        for number, sample in enumerate(column.samples):
            label = "" if number else "samples"
            yield line((label.ljust(_LABEL_CELLS), "$foreground-muted"), cut(sample, _SAMPLE_CELLS))


def _distinct_words(column: ColumnReport) -> str:
    """The estimate is within a few percent: digits behind the point would be made up."""
    if column.distinct_share >= 1:
        return "all"
    percent = 100 * column.distinct_share
    return "<1 %" if 0 < percent < 1 else f"≈{percent:.0f} %"


def _bar(part: float) -> str:
    """`━━───`; whatever is there is seen, and only all of it fills the bar."""
    filled = round(part * _BAR_CELLS)
    if 0 < part < 1:
        filled = min(max(filled, 1), _BAR_CELLS - 1)
    return "━" * filled + "─" * (_BAR_CELLS - filled)
