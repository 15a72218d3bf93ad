"""Columns of a table: how wide they are, and how a text of any kind is fitted into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from rich.cells import cell_len, set_cell_size

from tui_app.tui.text import plain
from tui_app.tui.widgets.tones import Tone

Cell: TypeAlias = str | tuple[str, Tone]
"""A text, as it is in the data; with a tone if it is more than that."""

Row: TypeAlias = Sequence[Cell]
"""One cell per column; columns beyond its end stay empty."""

Align: TypeAlias = Literal["left", "right"]

COLUMN_GAP: Final = 2
_MOST_CHARACTERS_PER_CELL: Final = 8
"""Combining marks take no cell, but no script piles up more than a few: what comes later cannot be seen anyway."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    title: str
    width: int | None = None
    """Cells; None takes an equal part of what the others leave."""
    align: Align = "left"
    minimum: int = 10
    """Cells that a column without `width` takes even where nothing is left; then the table scrolls sideways."""


def column_widths(columns: Sequence[Column], width: int) -> tuple[int, ...]:
    """Cells of each column in a table of `width` cells, without the gaps between them."""
    widths = {index: column.width for index, column in enumerate(columns) if column.width is not None}
    flexible = [index for index in range(len(columns)) if index not in widths]
    free = width - COLUMN_GAP * max(len(columns) - 1, 0) - sum(widths.values())
    # What a minimum takes beyond an equal part is missing for the others, so the widest come first.
    for index in sorted(flexible, key=lambda each: columns[each].minimum, reverse=True):
        if columns[index].minimum > free // len(flexible):
            widths[index] = columns[index].minimum
            free -= widths[index]
            flexible.remove(index)
    for place, index in enumerate(flexible):
        widths[index] = free // (len(flexible) - place)
        free -= widths[index]
    return tuple(widths[index] for index in range(len(columns)))


def fitted(text: str, width: int, align: Align = "left") -> str:
    """`text` made harmless and exactly `width` cells wide, with … at the end of one that is cut.

    Args:
        text: Anything; only as much of it is looked at as can be seen.
        width: Cells, from 1.
        align: Where a shorter text stands.
    """
    most = width * _MOST_CHARACTERS_PER_CELL
    shown = plain(text[:most])
    size = len(shown) if shown.isascii() else cell_len(shown)
    if size > width or len(text) > most:
        cut = set_cell_size(shown, min(width - 1, size)).rstrip() + "…"
        return set_cell_size(cut, width)
    padding = " " * (width - size)
    return padding + shown if align == "right" else shown + padding
