"""One answer of the sandbox, before it is put on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui_app.braze.sandbox.json_types import JsonObject

NOTHING_VALID = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
"""Source: fixtures of github.com/rudderlabs/rudder-transformer and other public clients."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body."""

    status: int
    body: JsonObject
    headers: Mapping[str, str] = field(default_factory=dict)
    """Besides the rate limit's; names in lower case."""


def refused(status: int, message: str) -> Answer:
    """A request-level error."""
    return Answer(status, {"message": message})
