"""What a plan does to each attribute, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tui_app.core.plan import AttributeCounts
from tui_app.tui.widgets.item_row import ItemRow, known_rows, number
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.table_columns import Column

_COLUMNS: Final = (
    Column("attribute", minimum=14),
    Column("kind", 8),
    Column("changed", 9, "right"),
    Column("first time", 10, "right"),
    Column("cleared", 8, "right"),
    Column("withheld", 8, "right"),
    Column("data points", 11, "right"),
)


class AttributeTable(PagedTable):
    """Attributes with their counts; those that nothing happens to come last.

    Args:
        id: As usual.
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(_COLUMNS, id=id, empty_message="This plan knows no attribute.")

    def show_attributes(self, attributes: Sequence[AttributeCounts]) -> None:
        """Show other attributes. A chosen row is an `ItemRow` that carries its `AttributeCounts`."""
        rows = [_row(each) for each in sorted(attributes, key=lambda each: not _is_touched(each))]
        self.show(len(rows), known_rows(rows))


def _is_touched(counts: AttributeCounts) -> bool:
    return bool(counts.changed or counts.cleared or counts.withheld)


def _row(counts: AttributeCounts) -> ItemRow[AttributeCounts]:
    return ItemRow(
        counts,
        (
            counts.name if _is_touched(counts) else (counts.name, "muted"),
            (counts.kind, "muted"),
            number(counts.changed),
            number(counts.backfill),
            number(counts.cleared),
            (f"{counts.withheld:,}", "warning") if counts.withheld else ("0", "muted"),
            number(counts.data_points),
        ),
    )
