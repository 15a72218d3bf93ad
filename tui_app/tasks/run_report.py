"""What became of a run: the document that scripts read, and Braze's reasons, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tui_app.core.run import Progress, RejectionReason

if TYPE_CHECKING:
    from tui_app.store.runs import RunFolder

_EXAMPLES = 5
"""Customers that are named for each reason."""

_STATUS = {"done": "done", "refused": "refused"}


def rejection_reasons(rejected: Iterable[tuple[str, str]]) -> tuple[RejectionReason, ...]:
    """Braze's reasons, most frequent first, each with the first of its customers.

    Args:
        rejected: Customer and reason, as `RunFolder.rejected` gives them. Read once.
    """
    numbers: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for customer, reason in rejected:
        numbers[reason] += 1
        named = examples.setdefault(reason, [])
        if len(named) < _EXAMPLES:
            named.append(customer)
    return tuple(RejectionReason(reason, number, tuple(examples[reason])) for reason, number in numbers.most_common())


def apply_document(run: RunFolder, progress: Progress) -> dict[str, Any]:
    """The document of `apply --json`."""
    return {
        "run": run.id,
        "plan": run.record().plan,
        "status": _STATUS.get(progress.state, "stopped"),
        "acknowledged": progress.acknowledged,
        "rejected": progress.rejected,
        "in_doubt": progress.in_doubt,
        "not_sent": progress.not_sent,
        "requests": progress.requests,
        "retries": progress.retries,
        "data_points": progress.data_points,
        "seconds": round(progress.seconds, 3),
        "note": progress.note,
    }


def run_document(run: RunFolder, *, with_rejections: bool = False) -> dict[str, Any]:
    """One run of `runs --json`.

    Raises:
        Damaged: Journal or plan are not what was written.
    """
    record, progress = run.record(), run.progress()
    document = {
        **apply_document(run, progress),
        "state": progress.state,
        "activation": record.activation,
        "destination": record.destination,
        "started": moment(record.started),
        "customers": record.rows,
        "ledger_serial": record.ledger_serial,
    }
    if run.has_journal:
        totals = run.answers().totals()
        document |= {
            "acknowledged": totals.acknowledged,
            "rejected": totals.rejected,
            "in_doubt": totals.in_doubt,
            "not_sent": totals.not_sent,
            "data_points": totals.data_points,
        }
    if with_rejections:
        document["rejections"] = [{"id": customer, "reason": reason} for customer, reason in run.rejected()]
    return document


def moment(epoch_seconds: float) -> str:
    """Epoch seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
