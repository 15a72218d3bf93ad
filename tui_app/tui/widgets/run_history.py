"""Every run of the project, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from tui_app.backstage.questions.run import RunNews
from tui_app.core.run import State
from tui_app.tui.moments import ago
from tui_app.tui.run_words import STATE_WORDS
from tui_app.tui.widgets.fitting_table import FittingTable
from tui_app.tui.widgets.item_row import number
from tui_app.tui.widgets.table_columns import Cell, Column
from tui_app.tui.widgets.tones import Tone

_STATE_TONES: Final[Mapping[State, Tone]] = {"done": "good", "stopped": "warning", "crashed": "bad", "refused": "bad"}


class RunHistory(FittingTable[RunNews]):
    """Runs with their numbers of customers; the report has what there is no room for.

    Args:
        id: As usual.
    """

    DEFAULT_CSS: ClassVar[str] = "RunHistory { height: auto; min-height: 3; }"

    COLUMNS: ClassVar = {
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
    FIRST_TO_GO = ("seconds", "requests", "customers", "in doubt", "rejected", "acknowledged")
    LEFT_TO_SCREEN = frozenset({"select"})

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, empty_message="Nothing was sent yet.")
        self._now = 0.0

    def show_runs(self, runs: tuple[RunNews, ...], now: float, chosen: str | None) -> None:
        """Show these runs.

        Args:
            runs: Newest first.
            now: Epoch seconds.
            chosen: The run that the cursor goes to; None, or one that is not there: it stays on its run.
        """
        self._now = now
        names = [each.record.run for each in runs]
        if chosen not in names and self.chosen is not None:
            chosen = self.chosen.record.run
        self.show_items(runs, names.index(chosen) if chosen in names else 0)

    def cells_of(self, item: RunNews) -> Mapping[str, Cell]:
        """What became of its customers."""
        record, progress = item.record, item.progress
        return {
            "when": ago(record.started, self._now),
            "activation": record.activation or record.run,
            "state": (STATE_WORDS[progress.state], _STATE_TONES.get(progress.state, "accent")),
            "customers": number(record.rows),
            "acknowledged": number(progress.acknowledged),
            "rejected": number(progress.rejected, "bad"),
            "in doubt": number(progress.in_doubt, "warning"),
            "requests": number(progress.requests),
            "seconds": f"{progress.seconds:,.1f}",
        }
