"""Whether what Braze shows of a customer is what the ledger says, attribute by attribute.

Both sides are brought to one form first: Braze shows a day as a moment, leaves out what is empty, and writes numbers in
its own way. What it does not show, or may still be taking in, cannot be told.

Source: braze.com/docs/api/endpoints/export/user_data/post_users_identifier; empty and NULL fields are left out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from tui_app.core.fields import STANDARD_FIELDS

Verdict: TypeAlias = Literal["equal", "different", "missing", "cannot_tell"]
VERDICTS: tuple[Verdict, ...] = ("equal", "different", "missing", "cannot_tell")

EXPORTED_FIELDS = frozenset(
    {
        "country",
        "dob",
        "email",
        "email_subscribe",
        "first_name",
        "gender",
        "home_city",
        "language",
        "last_name",
        "phone",
        "push_subscribe",
        "time_zone",
    }
)
"""Standard fields that an export shows by the name under which they were sent."""

_DIGITS = 15
"""Significant digits in which numbers agree; more are not sent."""


@dataclass(frozen=True, slots=True)
class AuditedValue:
    """One attribute of one customer."""

    attribute: str
    known: str
    """What the ledger says, as JSON text."""
    shown: str | None
    """What Braze shows, as JSON text; None: nothing."""
    verdict: Verdict


def audit_values(
    known: Mapping[str, str],
    exported: Mapping[str, Any] | None,
    *,
    is_settled: bool,
    in_doubt: Collection[str] = (),
) -> tuple[AuditedValue, ...]:
    """Compare everything that the ledger knows of a customer.

    Args:
        known: Attribute → JSON text.
        exported: His object of the export; None: Braze knows no such customer.
        is_settled: Whether enough time went by since he was last sent.
        in_doubt: Attributes of which another value may have reached Braze: the next run settles them, and no audit.
    """
    found = []
    for attribute, text in known.items():
        is_shown = attribute not in STANDARD_FIELDS or attribute in EXPORTED_FIELDS
        value = _shown(attribute, exported)
        verdict = _verdict(json.loads(text), value) if is_shown else "cannot_tell"
        if attribute in in_doubt or (verdict in {"different", "missing"} and not is_settled):
            verdict = "cannot_tell"
        shown = None if value is None else json.dumps(value, ensure_ascii=False)
        found.append(AuditedValue(attribute, text, shown, verdict))
    return tuple(found)


def _shown(attribute: str, exported: Mapping[str, Any] | None) -> Any:
    """What the export says of an attribute; None where it says nothing."""
    if exported is None:
        return None
    if attribute in STANDARD_FIELDS:
        return exported.get(attribute)
    custom = exported.get("custom_attributes")
    return custom.get(attribute) if isinstance(custom, Mapping) else None


def _verdict(known: Any, shown: Any) -> Verdict:
    if _is_empty(shown):
        return "equal" if _is_empty(known) else "missing"
    if _plain(known) == _plain(shown):
        return "equal"
    # How an export writes times and numbers inside of objects is not documented.
    return "cannot_tell" if _holds_objects(known) else "different"


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _holds_objects(value: Any) -> bool:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(_holds_objects(each) for each in value)
    return isinstance(value, Mapping)


def _plain(value: Any) -> Any:
    """One form for what means the same."""
    match value:
        case bool():
            return ("boolean", value)
        case int() | float():
            return ("number", f"{value:.{_DIGITS}g}" if abs(value) < 2**53 else str(value))
        case str():
            moment = _moment(value)
            return ("text", value.strip()) if moment is None else ("moment", moment)
        case list():
            return ("list", sorted((_plain(each) for each in value), key=repr))
        case dict():
            return ("object", {name: _plain(each) for name, each in value.items()})
        case _:
            return ("nothing", None)


def _moment(text: str) -> datetime | None:
    """A day or a moment as a moment in UTC; None for any other text."""
    if len(text) < len("2026-01-01") or text[4:5] != "-":
        return None
    try:
        moment = datetime.fromisoformat(text.removesuffix(" UTC"))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class AttributeAudit:
    """What was found of one attribute, in customers."""

    attribute: str
    equal: int = 0
    different: int = 0
    missing: int = 0
    cannot_tell: int = 0


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What was found of an activation."""

    activation: str
    destination: str
    customers: int
    """That were looked at."""
    known: int
    """That the ledger knows something of."""
    unknown_to_braze: int
    """Of those looked at: Braze has no such profile."""
    attributes: tuple[AttributeAudit, ...]
    examples: tuple[tuple[str, AuditedValue], ...]
    """Some customers with a value that differs or is missing."""

    @property
    def drifted(self) -> int:
        """Values that are not what the ledger says."""
        return sum(each.different + each.missing for each in self.attributes)
