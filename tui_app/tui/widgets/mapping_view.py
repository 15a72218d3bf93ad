"""Which rows of a mapping are shown: a filter, and a search by column and attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from tui_app.core.synonyms import near_form
from tui_app.tui.widgets.mapping_rows import MappingRow

RowFilter: TypeAlias = Literal["all", "with warnings", "unmapped", "mapped"]
FILTERS: Final[tuple[RowFilter, ...]] = ("all", "with warnings", "unmapped", "mapped")
"""In the order in which the key goes through them."""

_HOLDS: Final[Mapping[RowFilter, Callable[[MappingRow], bool]]] = {
    "all": lambda _row: True,
    "with warnings": lambda row: bool(row.concerns),
    "unmapped": lambda row: row.mapping is None and row.identifier is None,
    "mapped": lambda row: row.mapping is not None,
}


def after(shown: RowFilter) -> RowFilter:
    """The next filter."""
    return FILTERS[(FILTERS.index(shown) + 1) % len(FILTERS)]


def shown_rows(rows: Sequence[MappingRow], wanted: RowFilter, searched: str) -> tuple[MappingRow, ...]:
    """The rows that a filter holds and that a search finds, by column or attribute.

    A search finds parts of names, whatever their case and however their words are joined.
    """
    part = near_form(searched)
    return tuple(
        row
        for row in rows
        if _HOLDS[wanted](row) and (not part or part in near_form(row.column) or part in near_form(row.attribute))
    )
