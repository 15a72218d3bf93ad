"""What a table looks like before anything is sent: rows, and per column type, gaps, variety and samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_app.core.mapping import ValueType

ColumnType = ValueType | Literal["unsupported"]


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """One column."""

    name: str
    type: ColumnType
    """In Amperity's words; `unsupported` cannot be sent as it is."""
    engine_type: str
    """In the engine's words, such as `decimal(18, 2)`."""
    null_share: float
    """NULLs of all rows, 0..1; 0 for a table without rows."""
    distinct_share: float
    """Different values of those that are not NULL, 0..1, estimated to within a few percent; 1 for a unique column."""
    samples: tuple[str, ...]
    """Up to three different values as text, the first in the table, each cut after 200 characters."""


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table or query."""

    name: str
    rows: int
    columns: tuple[ColumnReport, ...]
