"""Whom to tell when something went wrong and nobody was there: a command, a web address, or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_app.core.errors import Place

Occasion = Literal["failed", "refused", "rejections"]
OCCASIONS: tuple[Occasion, ...] = ("failed", "refused", "rejections")
"""failed: it could not be planned, or stopped before its end. refused: by a guard, or it is stale. rejections: it is
done, and Braze refused customers."""


@dataclass(frozen=True, slots=True)
class Alerts:
    """What to do on which occasions."""

    place: Place
    on: tuple[Occasion, ...] = OCCASIONS
    command: tuple[str, ...] = ()
    """A program and its arguments; it is given the event as JSON on its standard input. Empty: none."""
    webhook: str | None = None
    """`env:NAME` or `https://…`; the event is posted there as JSON. None: none."""
