"""Questions about destinations: does the key work, what may it do, and where is it kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui_app.backstage.questions.question import Question
from tui_app.core.connection import Probe
from tui_app.core.project import Destination, KeyReference


@dataclass(frozen=True, slots=True)
class TryConnection(Question[Probe]):
    """Ask Braze about a key and an endpoint. No customer is sent. FixInput: the key cannot be read."""

    destination: Destination
    """A draft need not be in the project."""
    typed_key: str | None = field(default=None, repr=False)
    """Typed just now; None takes it from where the destination says that it is kept."""


@dataclass(frozen=True, slots=True)
class StoreKey(Question[None]):
    """Keep a key in the keyring or in a file of mode 0600. FixInput: it cannot be kept there."""

    reference: KeyReference
    typed_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FindKey(Question[None]):
    """Whether a key is where it should be. FixInput: why not."""

    reference: KeyReference


@dataclass(frozen=True, slots=True)
class LedgerNews:
    """What the ledger of a destination knows."""

    serial: int
    attributes: tuple[str, ...]
    """Names that were sent."""
    customers: int
    in_doubt: int
    """Customers of whom something may or may not have reached Braze."""


@dataclass(frozen=True, slots=True)
class ReadLedger(Question[LedgerNews]):
    """Look into a ledger. Damaged: it is not what was written."""

    destination: str
