"""What was found out about connections since Stoker was opened. Kept in memory: a test says how things are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from tui_app.config.destination_draft import draft_of
from tui_app.core.connection import Probe
from tui_app.core.connection_words import Remark, outcome_title, probe_remarks
from tui_app.core.instances import Endpoint, endpoint_of
from tui_app.core.project import Destination, KeyReference
from tui_app.core.secret import ApiKey
from tui_app.tui.moments import ago
from tui_app.tui.widgets.connect_form import Filled

NOT_TESTED = Remark("plain", "not tested yet")


@dataclass(frozen=True, slots=True)
class AskedWith:
    """What Braze was asked with. The answer says nothing about anything else."""

    endpoint: str
    key: KeyReference | ApiKey
    """The key as it was typed, or where it was read from."""
    reads_names: bool

    @classmethod
    def of_form(cls, filled: Filled) -> Self:
        """What stands in a form."""
        found = endpoint_of(filled.draft.address)
        endpoint = found.url if isinstance(found, Endpoint) else filled.draft.address
        return cls(endpoint, filled.typed_key or filled.draft.api_key, filled.draft.custom_attributes == "warn")

    @classmethod
    def of_destination(cls, destination: Destination) -> Self:
        """What stands in the project file."""
        return cls.of_form(Filled(draft_of(destination)))


@dataclass(frozen=True, slots=True)
class Tested:
    """A test and its outcome."""

    asked_with: AskedWith
    found: Probe | str
    """What Braze said, or why it could not be asked."""
    at: float
    """Epoch seconds."""

    @property
    def is_good(self) -> bool:
        """Whether a run would work."""
        return isinstance(self.found, Probe) and self.found.may_send

    @property
    def title(self) -> str:
        """The outcome in a few words."""
        return outcome_title(self.found) if isinstance(self.found, Probe) else "The key cannot be read"

    def remarks(self, instance: str | None) -> tuple[Remark, ...]:
        """The outcome in sentences."""
        if isinstance(self.found, Probe):
            return probe_remarks(self.found, instance)
        return tuple(Remark("bad", row) for row in self.found.splitlines())

    def state(self, now: float) -> Remark:
        """The outcome in a list."""
        if self.is_good:
            return Remark("good", f"ready, {ago(self.at, now)}")
        return Remark("bad", f"failed, {ago(self.at, now)}")


def state_of(destination: Destination, tested: Tested | None, now: float) -> Remark:
    """What is known about a destination as it stands in the project file."""
    if tested is None or tested.asked_with != AskedWith.of_destination(destination):
        return NOT_TESTED
    return tested.state(now)
