"""The columns of a table: type, how many values are missing, how many are different, what they look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui_app.core.table_report import ColumnReport, TableReport
from tui_app.tui.text import cut, line, lines
from tui_app.tui.widgets.fitting_table import FittingTable
from tui_app.tui.widgets.item_row import ItemRow
from tui_app.tui.widgets.share_bar import share
from tui_app.tui.widgets.table_columns import Cell, Column
from tui_app.tui.widgets.table_view import TableView

_BAR_CELLS: Final = 5
_LABEL_CELLS: Final = 10
_SAMPLE_CELLS: Final = 200


class ColumnsTable(FittingTable[ColumnReport]):
    """One row for each column; samples go first where there is little room, for they stand beneath as well."""

    COLUMNS: ClassVar = {
        "column": Column("column", 22),
        "type": Column("type", 8),
        "nulls": Column("NULL", _BAR_CELLS + 6),
        "distinct": Column("distinct", 8, "right"),
        "samples": Column("samples", None, minimum=12),
    }
    FIRST_TO_GO = ("samples",)

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(empty_message="This table has no columns.", id=id)
        self._rows_of_table = 0

    def show_report(self, report: TableReport) -> None:
        """Show the columns of a table."""
        self._rows_of_table = report.rows
        self.show_items(report.columns)

    def cells_of(self, item: ColumnReport) -> Mapping[str, Cell]:
        """What is odd about a column stands out."""
        nulls = share(round(item.null_share * self._rows_of_table), self._rows_of_table)
        return {
            "column": item.name,
            "type": (item.type, "warning" if item.type == "unsupported" else "normal"),
            "nulls": (f"{_bar(item.null_share)} {nulls:>5}", "warning" if item.null_share == 1 else "normal"),
            "distinct": _distinct_words(item),
            "samples": ("  ".join(item.samples) or "no value", "normal" if item.samples else "muted"),
        }


class ColumnsPane(Vertical):
    """The columns, and beneath them the one under the cursor with what does not fit into a row."""

    DEFAULT_CSS: ClassVar[str] = """
    ColumnsPane #detail {
        height: auto; max-height: 7; min-height: 4; margin-top: 1; padding: 0 1; background: $surface;
    }
    """

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._rows = 0

    def compose(self) -> ComposeResult:
        """Rows and detail."""
        yield ColumnsTable(id="columns")
        yield Static(id="detail")

    def show(self, report: TableReport) -> None:
        """Show the columns of a table."""
        self._rows = report.rows
        self.query_one("#detail", Static).update("")
        self.query_one(ColumnsTable).show_report(report)

    def on_table_view_row_highlighted(self, event: TableView.RowHighlighted) -> None:
        """Show the whole column."""
        event.stop()
        if isinstance(event.row, ItemRow):
            self.query_one("#detail", Static).update(lines(*self._detail(event.row.item)))

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
