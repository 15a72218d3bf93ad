"""A row of a table that carries what it shows, so that whoever chooses the row has it at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from tui_app.tui.widgets.table_columns import Cell
from tui_app.tui.widgets.tones import Tone

ItemT = TypeVar("ItemT")


@dataclass(frozen=True, slots=True)
class ItemRow(Sequence[Cell], Generic[ItemT]):
    """The cells of one thing, and the thing."""

    item: ItemT
    cells: tuple[Cell, ...]

    @overload
    def __getitem__(self, index: int) -> Cell: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Cell, ...]: ...

    def __getitem__(self, index: int | slice) -> Cell | tuple[Cell, ...]:
        return self.cells[index]

    def __len__(self) -> int:
        return len(self.cells)


def number(count: int, tone: Tone = "normal") -> Cell:
    """A count for a column of numbers; nothing stays in the background."""
    return (f"{count:,}", tone) if count else ("0", "muted")
