"""A run as people read it, and as scripts do."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from tui_app.cli.output import commands, count, heading, paragraph, say, table
from tui_app.core.run import Progress
from tui_app.store.runs import RunFolder

_SHOWN_REASONS = 10
_SHOWN_CUSTOMERS = 5
"""Of each reason."""

_STATUS = {"done": "done", "refused": "refused"}


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
    """One run of `runs --json`."""
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


def print_run(run: RunFolder) -> None:
    """The report of one run."""
    record, document = run.record(), run_document(run)
    say(f"Run {run.id}")
    say(f"  {record.activation} → {record.destination}, started {moment(record.started)}")
    heading("Customers")
    rows = [
        (document["acknowledged"], "acknowledged by Braze"),
        (document["rejected"], "rejected by Braze"),
        (document["in_doubt"], "in doubt: sent, and not answered"),
        (document["not_sent"], "not sent"),
    ]
    table(("", ""), rows)
    heading("Sending")
    requests, points = count(document["requests"], "request"), count(document["data_points"], "data point")
    say(f"  {requests}, {document['retries'] or 'none'} of them repeated; {points}; {document['seconds']:.1f} s.")
    paragraph(f"State: {document['state']}. {document['note']}".rstrip())
    if document["rejected"]:
        _print_rejections(run)
    if document["state"] in ("stopped", "crashed"):
        heading("Next")
        commands([(f"stoker resume {run.id}", "go on where it was")])


def _print_rejections(run: RunFolder) -> None:
    """Braze's reasons, most frequent first, each with the first of its customers."""
    numbers: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for customer, reason in run.rejected():
        numbers[reason] += 1
        shown = examples.setdefault(reason, [])
        if len(shown) < _SHOWN_CUSTOMERS:
            shown.append(customer)
    heading("Rejected by Braze")
    frequent = numbers.most_common(_SHOWN_REASONS)
    table(("", "Braze's reason", "such as"), [(number, why, ", ".join(examples[why])) for why, number in frequent])
    if len(numbers) > len(frequent):
        say(f"  … and {count(len(numbers) - len(frequent), 'reason')} more.")
    say(f"  Every one: stoker runs {run.id} --json")


def moment(epoch_seconds: float) -> str:
    """Epoch seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
