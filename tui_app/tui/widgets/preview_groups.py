"""Who of a campaign gets what, and who is held out: one row for each group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from tui_app.core.plan import PlaceCounts
from tui_app.tui.widgets.fitting_table import FittingTable
from tui_app.tui.widgets.item_row import number
from tui_app.tui.widgets.table_columns import Cell, Column


class GroupTable(FittingTable[PlaceCounts]):
    """The groups of each sub-audience, in the order of the project file.

    Args:
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = "GroupTable { height: auto; max-height: 14; max-width: 120; }"

    COLUMNS: ClassVar = {
        "audience": Column("audience", minimum=12),
        "group": Column("group", minimum=12),
        "share": Column("share", 7, "right"),
        "customers": Column("customers", 11, "right"),
        "join": Column("join", 9, "right"),
        "update": Column("update", 9, "right"),
    }
    FIRST_TO_GO = ("share",)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, empty_message="This plan has no groups.")

    def cells_of(self, item: PlaceCounts) -> Mapping[str, Cell]:
        """Its share and its customers."""
        return {
            "audience": item.audience,
            "group": ("held out", "muted") if item.group is None else item.group,
            "share": (f"{item.share:.1%}", "muted"),
            "customers": number(item.customers),
            "join": number(item.join),
            "update": number(item.update),
        }
