"""A plan as people read it, and as scripts do."""

from __future__ import annotations

from typing import Any

from tui_app.cli.output import count, heading, say, table
from tui_app.core.plan import Plan
from tui_app.ports import PlanFiles

_KINDS = (
    ("join", "in for the first time, or again"),
    ("update", "a value changed"),
    ("leave", "no longer in the segments"),
    ("unchanged", "nothing to send"),
    ("outside", "in the table, not in the segments"),
    ("withheld", "not sent, for a reason"),
)


def plan_document(stored: PlanFiles, seconds: float) -> dict[str, Any]:
    """The document of `plan --json`."""
    plan = stored.plan
    return {
        "plan": str(stored.folder),
        "activation": plan.activation,
        "destination": plan.destination,
        "ledger_serial": plan.ledger_serial,
        "members": plan.members,
        "counts": {kind: getattr(plan.counts, kind) for kind, _ in _KINDS},
        "requests": plan.requests,
        "data_points": plan.data_points,
        "attributes": {
            each.name: {
                "kind": each.kind,
                "changed": each.changed,
                "cleared": each.cleared,
                "backfill": each.backfill,
                "data_points": each.data_points,
                "withheld": each.withheld,
            }
            for each in plan.attributes
        },
        "withheld": [
            {"code": each.code, "attribute": each.attribute, "count": each.count, "reason": each.sentence}
            for each in plan.reasons
        ],
        "in_doubt": plan.in_doubt,
        "warnings": [{"code": each.code, "subject": each.subject, "message": each.message} for each in plan.warnings],
        "refused_by": list(plan.refused_by),
        "seconds": round(seconds, 3),
    }


def print_plan(stored: PlanFiles, seconds: float, *, with_next_step: bool = True) -> None:
    """A plan as a person wants to read it."""
    plan = stored.plan
    where = f"{plan.destination} ({plan.endpoint}), ledger serial {plan.ledger_serial}"
    say(f"Plan {stored.id}: {plan.activation} → {where}")
    heading("Customers")
    table(("", "customers", ""), [(kind, getattr(plan.counts, kind), meaning) for kind, meaning in _KINDS])
    if plan.in_doubt:
        say(f"  In doubt from an earlier run, and sent again: {count(plan.in_doubt, 'customer')}.")
    _print_attributes(plan)
    _print_withheld(plan)
    _print_warnings(plan)
    heading("Sending it")
    say(f"  {count(plan.requests, 'request')}, {count(plan.data_points, 'data point')}. Planned in {seconds:.1f} s.")
    for refusal in plan.refusals:
        say(f"  Refused by {refusal.guard}: {refusal.message}")
    if with_next_step:
        _print_next_step(stored)


def _print_attributes(plan: Plan) -> None:
    heading("Attributes")
    rows = [
        (each.name, each.kind, each.changed, each.backfill, each.cleared, each.withheld, each.data_points)
        for each in plan.attributes
    ]
    table(("attribute", "kind", "set", "of these first time", "cleared", "withheld", "data points"), rows)


def _print_withheld(plan: Plan) -> None:
    if not plan.reasons:
        return
    heading("Withheld")
    rows = [
        (each.count, each.attribute or "(whole customer)", each.sentence, each.example or "") for each in plan.reasons
    ]
    table(("", "attribute", "because it", "example"), rows)


def _print_warnings(plan: Plan) -> None:
    if plan.warnings:
        heading("Warnings")
    for warning in plan.warnings:
        say(f"  {warning.code}: {warning.message}")


def _print_next_step(stored: PlanFiles) -> None:
    plan = stored.plan
    heading("Next")
    say(f"  stoker show {stored.id}          look at every customer before and after")
    if plan.counts.changes:
        allow = "".join(f" --allow {guard}" for guard in plan.refused_by)
        say(f"  stoker apply {stored.id}{allow}         send it")
    else:
        say("  There is nothing to send.")
