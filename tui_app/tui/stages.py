"""The stages, in the order of the journey. One table for the stage bar, the keys and the palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Stage:
    """One screen of the journey."""

    name: str
    """Of its file in `screens`."""
    title: str
    key: str
    screen: str
    """Name of its class."""
    help: str


STAGES: Final[tuple[Stage, ...]] = (
    Stage("home", "Home", "1", "Home", "Destinations, activations, last runs, and what waits for attention."),
    Stage("connect", "Connect", "2", "Connect", "Braze workspaces: instance, key, identifier, limits; test them."),
    Stage("source", "Source", "3", "Source", "Tables and queries: columns, gaps, samples, rows, SQL."),
    Stage("mapping", "Mapping", "4", "Mapping", "Which column feeds which Braze attribute, with warnings."),
    Stage("segment", "Segment", "5", "SegmentStage", "Who is picked: conditions, live count, members, SQL."),
    Stage("preview", "Preview", "6", "Preview", "The plan: exactly what would be sent, customer by customer."),
    Stage("sync", "Sync", "7", "Sync", "The run: progress, rate, rejections; pause, go on, stop."),
    Stage("runs", "Runs", "8", "Runs", "Every run with its report; resume."),
)

STAGE_NAMED: Final = {stage.name: stage for stage in STAGES}
