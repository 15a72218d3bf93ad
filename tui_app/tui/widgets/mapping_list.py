"""The list of columns and what they feed: each column of the table with its attribute, and marks on rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar, Final

from tui_app.core.fields import STANDARD_FIELDS
from tui_app.tui.widgets.fitting_table import FittingTable
from tui_app.tui.widgets.mapping_rows import MappingRow, RowKey
from tui_app.tui.widgets.mapping_words import braze_type, transforms
from tui_app.tui.widgets.share_bar import share
from tui_app.tui.widgets.table_columns import Cell, Column

_WAITING: Final[Cell] = ("…", "muted")


class MappingList(FittingTable[MappingRow]):
    """One line per column and attribute. Rows are marked by their key, so a mark outlives what hides its row.

    Args:
        id: As usual.
    """

    COLUMNS: ClassVar = {
        "sign": Column("!", 2),
        "column": Column("column", minimum=12),
        "type": Column("type", 8),
        "attribute": Column("attribute", minimum=12),
        "sent as": Column("sent as", minimum=14),
        "on NULL": Column("on NULL", 7),
        "empty": Column("empty", 5, "right"),
        "samples": Column("samples", minimum=15),
    }
    FIRST_TO_GO = ("samples", "empty", "on NULL", "type")
    # To choose a row opens a dialog, which a first click would do by mistake.
    CHOOSES_AT_ONCE = False
    LEFT_TO_SCREEN = frozenset({"select", "toggle_mark"})
    can_mark = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.marks: frozenset[RowKey] = frozenset()
        """Keys of marked rows, shown or not."""

    def show(self, rows: Sequence[MappingRow], empty_message: str) -> None:
        """Show other rows, or the same ones with more known. The cursor stays on its row, or on its column."""
        self.set_empty_message(empty_message)
        self.show_items(rows, _where(self.chosen, self.cursor, rows))

    def cells_of(self, item: MappingRow) -> Mapping[str, Cell]:
        """What is known of the column, and what becomes of its values."""
        return {
            "sign": _sign(item),
            "column": item.column if item.mapping or item.identifier else (item.column, "muted"),
            "type": _type(item),
            "attribute": _attribute(item),
            "sent as": _sent_as(item),
            "on NULL": _on_null(item),
            "empty": _empty(item),
            "samples": _samples(item),
        }

    # Marks

    def is_marked(self, index: int) -> bool:
        """Whether a row is marked."""
        return self.items[index].key in self.marks

    def toggle_mark_of(self, index: int) -> None:
        """Mark a row, or take its mark away."""
        self._mark(self.marks ^ {self.items[index].key})

    def toggle_mark(self) -> None:
        """Mark the row with the cursor, or take its mark away; the cursor goes on."""
        if self.items:
            self.toggle_mark_of(self.cursor)
            self.cursor += 1

    def toggle_all_marks(self) -> None:
        """Mark every row that is shown; if all are, none."""
        shown = frozenset(row.key for row in self.items)
        self._mark(self.marks - shown if shown <= self.marks else self.marks | shown)

    def keep_marks(self, keys: Collection[RowKey]) -> None:
        """Take the marks of all other rows away."""
        self.marks &= frozenset(keys)
        self.refresh()

    def _mark(self, marks: frozenset[RowKey]) -> None:
        self.marks = marks
        self.refresh()
        self.post_message(self.MarksChanged(self))


def _where(stays_on: MappingRow | None, cursor: int, rows: Sequence[MappingRow]) -> int:
    """Where the cursor belongs: its row, else the row of its column that is nearest, else where it was."""
    if stays_on is not None:
        same_column = [index for index, row in enumerate(rows) if row.column == stays_on.column]
        same = [index for index in same_column if rows[index].key == stays_on.key]
        if same_column:
            return min(same or same_column, key=lambda index: abs(index - cursor))
    return max(min(cursor, len(rows) - 1), 0)


def _sign(row: MappingRow) -> Cell:
    count = len(row.concerns)
    if not count:
        return ""
    return ("✗", "bad") if row.concerns[0].is_bad else (f"!{count}" if count > 1 else "!", "warning")


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
    on_the_way = transforms(row.mapping)
    words = ", ".join(filter(None, (braze_type(row.mapping, row.type), on_the_way)))
    return words if on_the_way or row.mapping.attribute in STANDARD_FIELDS else (words, "muted")


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
