"""What the app tells its screens."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message


@dataclass
class ProjectChanged(Message):
    """`stoker.toml` was read again: after an edit here, or since something else changed it."""

    from_outside: bool


@dataclass
class ChoiceChanged(Message):
    """Another destination, template, table, segment, activation, plan or run was chosen."""


@dataclass
class RunsHeard(Message):
    """A run began, went on or ended; `StokerApp.runs` knows."""
