"""What a plan does to each attribute, one row each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from tui_app.core.plan import AttributeCounts
from tui_app.tui.widgets.fitting_table import FittingTable
from tui_app.tui.widgets.item_row import number
from tui_app.tui.widgets.table_columns import Cell, Column


class AttributeTable(FittingTable[AttributeCounts]):
    """Attributes with their counts; those that nothing happens to come last.

    Args:
        id: As usual.
    """

    # Wider, the eye would lose the way from a name to its numbers.
    DEFAULT_CSS: ClassVar[str] = "AttributeTable { max-width: 120; }"

    COLUMNS: ClassVar = {
        "attribute": Column("attribute", minimum=18),
        "kind": Column("kind", 8),
        "changed": Column("changed", 9, "right"),
        "first time": Column("first time", 10, "right"),
        "cleared": Column("cleared", 8, "right"),
        "withheld": Column("withheld", 8, "right"),
        "data points": Column("data points", 11, "right"),
    }
    FIRST_TO_GO = ("kind",)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, empty_message="This plan knows no attribute.")

    def show_attributes(self, attributes: Sequence[AttributeCounts]) -> None:
        """Show other attributes."""
        self.show_items(sorted(attributes, key=lambda each: not _is_touched(each)))

    def cells_of(self, item: AttributeCounts) -> Mapping[str, Cell]:
        """Its counts."""
        return {
            "attribute": item.name if _is_touched(item) else (item.name, "muted"),
            "kind": (item.kind, "muted"),
            "changed": number(item.changed),
            "first time": number(item.backfill),
            "cleared": number(item.cleared),
            "withheld": number(item.withheld, "warning"),
            "data points": number(item.data_points),
        }


def _is_touched(counts: AttributeCounts) -> bool:
    return bool(counts.changed or counts.cleared or counts.withheld)
