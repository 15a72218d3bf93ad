"""A run as people read it."""

from __future__ import annotations

from tui_app.cli.output import commands, count, heading, paragraph, say, table
from tui_app.store.runs import RunFolder
from tui_app.tasks.run_report import moment, rejection_reasons, run_document

_SHOWN_REASONS = 10


def print_run(run: RunFolder) -> None:
    """The report of one run."""
    record, document = run.record(), run_document(run)
    say(f"Run {run.id}")
    say(f"  {record.activation} → {record.destination}, started {moment(record.started)}")
    heading(f"{record.noun.capitalize()}s")
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
    reasons = rejection_reasons(run.rejected())
    shown = reasons[:_SHOWN_REASONS]
    heading("Rejected by Braze")
    rows = [(each.customers, each.reason, ", ".join(each.examples)) for each in shown]
    table(("", "Braze's reason", "such as"), rows)
    if len(reasons) > len(shown):
        say(f"  … and {count(len(reasons) - len(shown), 'reason')} more.")
    say(f"  Every one: stoker runs {run.id} --json")
