"""Every run of the project, newest first, with as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from tui_app.backstage.questions.run import RunNews
from tui_app.core.run import State
from tui_app.tui.moments import ago
from tui_app.tui.run_words import STATE_WORDS
from tui_app.tui.widgets.item_row import ItemRow, known_rows, number
from tui_app.tui.widgets.paged_table import PagedTable
from tui_app.tui.widgets.table_columns import COLUMN_GAP, Cell, Column
from tui_app.tui.widgets.table_painter import GUTTER
from tui_app.tui.widgets.tones import Tone

_COLUMNS: Final = {
    "when": Column("when", 14),
    "activation": Column("activation", minimum=10),
    "state": Column("state", 10),
    "customers": Column("customers", 9, "right"),
    "acknowledged": Column("acknowledged", 12, "right"),
    "rejected": Column("rejected", 8, "right"),
    "in doubt": Column("in doubt", 8, "right"),
    "requests": Column("requests", 8, "right"),
    "seconds": Column("seconds", 8, "right"),
}
_STATE_TONES: Final[Mapping[State, Tone]] = {"done": "good", "stopped": "warning", "crashed": "bad", "refused": "bad"}
_FIRST_TO_GO: Final = ("seconds", "requests", "customers", "in doubt")
"""Where there is little room; the report has them all."""


class RunHistory(PagedTable):
    """Rows are `ItemRow`s that carry a `RunNews`.

    Args:
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = "RunHistory { height: auto; min-height: 3; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(tuple(_COLUMNS.values()), id=id, empty_message="Nothing was sent yet.")
        self._names = tuple(_COLUMNS)
        self._runs: tuple[RunNews, ...] = ()
        self._now = 0.0

    @property
    def runs(self) -> tuple[RunNews, ...]:
        """What is listed, newest first."""
        return self._runs

    @property
    def chosen(self) -> RunNews | None:
        """The run under the cursor."""
        return self._runs[self.cursor] if self.cursor < len(self._runs) else None

    def show_runs(self, runs: tuple[RunNews, ...], now: float, chosen: str | None) -> None:
        """Show these runs.

        Args:
            runs: Newest first.
            now: Epoch seconds.
            chosen: The run that the cursor goes to; None, or one that is not there: it stays on its run.
        """
        wanted = chosen if any(each.record.run == chosen for each in runs) else None
        before = self.chosen
        if wanted is None and before is not None:
            wanted = before.record.run
        self._runs, self._now = runs, now
        self._fill(wanted)

    def on_resize(self) -> None:
        """Another width has room for other columns."""
        names = _names_that_fit(self.size.width)
        if names != self._names:
            self._names = names
            self.set_columns([_COLUMNS[name] for name in names])
            self._fill(self.chosen.record.run if self.chosen else None)
        super().on_resize()

    def _fill(self, chosen: str | None) -> None:
        rows = [self._row(news) for news in self._runs]
        place = next((index for index, news in enumerate(self._runs) if news.record.run == chosen), 0)
        self.show(len(rows), known_rows(rows))
        self.cursor = place

    def _row(self, news: RunNews) -> ItemRow[RunNews]:
        cells = _cells_of(news, self._now)
        return ItemRow(news, tuple(cells[name] for name in self._names))


def _names_that_fit(width: int) -> tuple[str, ...]:
    names = list(_COLUMNS)
    for name in _FIRST_TO_GO:
        needed = sum((_COLUMNS[each].width or _COLUMNS[each].minimum) + COLUMN_GAP for each in names)
        # The gap after the last column is the table's margin and its scroll bar.
        if needed + GUTTER <= width:
            break
        names.remove(name)
    return tuple(names)


def _cells_of(news: RunNews, now: float) -> dict[str, Cell]:
    record, progress = news.record, news.progress
    return {
        "when": ago(record.started, now),
        "activation": record.activation or record.run,
        "state": (STATE_WORDS[progress.state], _STATE_TONES.get(progress.state, "accent")),
        "customers": number(record.rows),
        "acknowledged": number(progress.acknowledged),
        "rejected": (f"{progress.rejected:,}", "bad") if progress.rejected else number(0),
        "in doubt": (f"{progress.in_doubt:,}", "warning") if progress.in_doubt else number(0),
        "requests": number(progress.requests),
        "seconds": f"{progress.seconds:,.1f}",
    }
