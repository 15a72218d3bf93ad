"""Questions about a template: what its names mean to Braze, and which of its values would not be sent."""

from __future__ import annotations

from dataclasses import dataclass

from tui_app.backstage.questions.question import Question
from tui_app.core.duplicates import MappingWarning
from tui_app.core.plan import ReasonCount


@dataclass(frozen=True, slots=True)
class NameFindings:
    """What was found about the names of a template."""

    warnings: tuple[MappingWarning, ...]
    workspace_names: tuple[str, ...]
    """Custom attributes that the workspace has."""
    workspace_message: str | None
    """Why the workspace's names are not known; None if they are, or are not wanted."""


@dataclass(frozen=True, slots=True)
class FindNameWarnings(Question[NameFindings]):
    """Judge a template's names beside standard fields, the workspace and the ledger.

    The workspace is asked at most once a minute unless `ask_again`.
    """

    template: str
    ask_again: bool = False


@dataclass(frozen=True, slots=True)
class CountWithheldValues(Question[tuple[ReasonCount, ...]]):
    """Per attribute and reason, how many values of a table would not be sent, with an example.

    `attribute` None stands for whole customers (no usable identifier). FixInput: the mapping does not fit the table.
    """

    template: str
    table: str
