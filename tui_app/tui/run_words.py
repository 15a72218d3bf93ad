"""The states of a run in words, each with a sign that needs no colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tui_app.core.run import State

STATE_WORDS: Final[Mapping[State, str]] = {
    "starting": "» starting",
    "waiting": "» waiting",
    "sending": "» sending",
    "paused": "‖ paused",
    "folding": "» keeping in the ledger",
    "done": "✓ done",
    "stopped": "■ stopped",
    "refused": "× refused",
    "crashed": "! died",
}

STATE_STYLES: Final[Mapping[State, str]] = {
    "starting": "$accent",
    "waiting": "$accent",
    "sending": "$accent",
    "paused": "$warning",
    "folding": "$accent",
    "done": "$success",
    "stopped": "$warning",
    "refused": "$error",
    "crashed": "$error",
}
