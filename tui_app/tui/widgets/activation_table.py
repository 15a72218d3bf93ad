"""What can be run: campaigns and orchestrations, each with its last run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from tui_app.core.activation import Activation, Campaign
from tui_app.tui.widgets.fitting_table import FittingTable
from tui_app.tui.widgets.table_columns import Cell, Column


@dataclass(frozen=True, slots=True)
class ListedActivation:
    """An activation, and what is told beside it."""

    activation: Activation
    destination: str
    last_run: str
    """In words."""


class ActivationTable(FittingTable[ListedActivation]):
    """One line for each."""

    DEFAULT_CSS: ClassVar[str] = "ActivationTable { height: auto; max-height: 12; max-width: 120; }"

    COLUMNS: ClassVar = {
        "name": Column("name", minimum=12),
        "picks": Column("picks", minimum=14),
        "from": Column("from", minimum=12),
        "goes to": Column("goes to", minimum=7),
        "last run": Column("last run", minimum=16),
    }
    FIRST_TO_GO = ("from", "goes to", "picks", "last run")
    FITS_CELLS = True

    def cells_of(self, item: ListedActivation) -> Mapping[str, Cell]:
        """Whom it picks, from where, and where they go."""
        activation = item.activation
        return {
            "name": activation.name,
            "picks": _picks(activation),
            "from": activation.table if isinstance(activation, Campaign) else activation.query,
            "goes to": item.destination,
            "last run": item.last_run,
        }


def _picks(activation: Activation) -> str:
    if not isinstance(activation, Campaign):
        return "everybody" if activation.happenings is None else f"{activation.happenings.array} not sent yet"
    included = ", ".join(activation.include) or "everybody"
    picked = f"{included} but not {', '.join(activation.exclude)}" if activation.exclude else included
    groups = sum(len(audience.groups) for audience in activation.audiences)
    return f"{picked}, in {groups} groups" if groups > 1 else picked
