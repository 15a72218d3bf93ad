"""A measured figure as a row of the table of all benchmarks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Row:
    """Ours beside another tool, a floor or a limit."""

    name: str
    ours: float
    theirs: float | None
    """None if there is nothing to compare with."""
    unit: str
    target: str = ""
    """In words; "" if none is set."""
    holds: bool | None = None
    """Whether the target is reached; None without one."""

    @property
    def ratio(self) -> float | None:
        """Ours ÷ theirs; None if there is none."""
        return self.ours / self.theirs if self.theirs else None


def report_rows(path: Path | None, rows: Sequence[Row]) -> None:
    """Append rows to a file of JSON lines, for `python -m benchmarks`; nothing without a file."""
    if path is not None:
        with path.open("a", encoding="utf-8") as lines:
            lines.writelines(json.dumps({**asdict(row), "ratio": row.ratio}) + "\n" for row in rows)
