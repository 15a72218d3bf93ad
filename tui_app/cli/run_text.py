"""A run as people read it, and as scripts do."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Any

from tui_app.cli.output import count, heading, say, table
from tui_app.core.run import Progress
from tui_app.store.runs import RunFolder

_SHOWN_REJECTIONS = 20

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
    say(f"Run {run.id}: {record.activation} → {record.destination}, started {moment(record.started)}")
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
    say(f"  {requests}, {count(document['retries'], 'repeat')} of them; {points}; {document['seconds']:.1f} s.")
    say(f"  State: {document['state']}. {document['note']}".rstrip())
    _print_rejections(run, document["rejected"])
    if document["state"] in ("stopped", "crashed"):
        heading("Next")
        say(f"  stoker resume {run.id}")


def _print_rejections(run: RunFolder, rejected: int) -> None:
    if not rejected:
        return
    heading("Rejected by Braze")
    table(("customer", "reason"), list(islice(run.rejected(), _SHOWN_REJECTIONS)))
    if rejected > _SHOWN_REJECTIONS:
        say(f"  … and {rejected - _SHOWN_REJECTIONS:,} more: stoker runs {run.id} --json")


def moment(epoch_seconds: float) -> str:
    """Epoch seconds as ISO 8601 in UTC."""
    return datetime.fromtimestamp(epoch_seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
