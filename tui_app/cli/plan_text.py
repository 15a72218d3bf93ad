"""A plan as people read it, and as scripts do."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from tui_app.cli.output import commands, count, heading, paragraph, say, shortened, table
from tui_app.core.plan import PlaceCounts, Plan, PlanCounts, ReasonCount
from tui_app.ports.store import PlanFiles

_KINDS = (
    ("join", "in for the first time, or again"),
    ("update", "a value changed"),
    ("leave", "no longer in the segments"),
    ("unchanged", "nothing to send"),
    ("outside", "in the table, not in the segments"),
    ("withheld", "not sent, for a reason"),
)

_EXAMPLE_CHARACTERS = 24


def plan_document(stored: PlanFiles, seconds: float) -> dict[str, Any]:
    """The document of `plan --json`."""
    plan = stored.plan
    return {
        "plan": str(stored.folder),
        "activation": plan.activation,
        "destination": plan.destination,
        "ledger_serial": plan.ledger_serial,
        "members": plan.members,
        "counts": _counts_document(plan),
        "requests": plan.requests,
        "data_points": plan.data_points,
        "audiences": [_audience_document(name, [*places]) for name, places in _by_audience(plan)],
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


def _counts_document(plan: Plan) -> dict[str, int]:
    counts = {kind: getattr(plan.counts, kind) for kind, _ in _KINDS}
    if plan.array == "attributes":
        return counts
    return {plan.array: plan.counts.happenings, "sent_again": plan.resent, **counts}


def _by_audience(plan: Plan) -> Iterator[tuple[str, Iterator[PlaceCounts]]]:
    return groupby(plan.places, key=lambda place: place.audience)


def _audience_document(name: str, places: Sequence[PlaceCounts]) -> dict[str, Any]:
    return {
        "name": name,
        "customers": sum(each.customers for each in places),
        "held_out": sum(each.customers for each in places if each.group is None),
        "groups": [
            {
                "name": each.group,
                "share": each.share,
                "customers": each.customers,
                "join": each.join,
                "update": each.update,
            }
            for each in places
            if each.group is not None
        ],
    }


def print_plan(stored: PlanFiles, seconds: float, out: Path | None = None, *, with_next_step: bool = True) -> None:
    """A plan as a person wants to read it."""
    plan = stored.plan
    say(f"Plan {stored.id}")
    say(
        f"  {plan.activation} → {plan.destination} ({plan.endpoint}), against serial {plan.ledger_serial} of the ledger"
    )
    if plan.array == "attributes":
        print_counts(plan.counts)
    else:
        _print_happenings(plan)
    _print_places(plan)
    if plan.in_doubt and plan.array == "attributes":
        say(f"  In doubt from an earlier run, and sent again: {count(plan.in_doubt, 'customer')}.")
    if plan.resent:
        say(f"  {count(plan.resent, plan.noun)} of them may have arrived before, and are sent AGAIN, as you asked.")
    elif plan.in_doubt and plan.array != "attributes":
        paragraph(
            f"In doubt from an earlier run: {count(plan.in_doubt, plan.noun)}. What may have "
            f"arrived is not sent again unless you ask for it: stoker plan {plan.activation} --resend-doubt"
        )
    if plan.counts.changes:
        _print_attributes(plan)
    if plan.array == "attributes":
        _print_withheld(plan.reasons)
    else:
        _print_withheld_rows(plan.reasons)
    _print_warnings(plan)
    heading("Sending it")
    say(f"  {count(plan.requests, 'request')}, {count(plan.data_points, 'data point')}. Planned in {seconds:.1f} s.")
    for refusal in plan.refusals:
        paragraph(f"Refused by {refusal.guard}: {refusal.message}")
    if with_next_step:
        _print_next_step(stored, spoken_name(stored, out))


def print_counts(counts: PlanCounts) -> None:
    """Every customer once."""
    heading("Customers")
    rows = [(getattr(counts, kind), kind, meaning) for kind, meaning in _KINDS]
    table(("", "", ""), [*rows, (sum(number for number, *_ in rows), "in all", "")])


def _print_happenings(plan: Plan) -> None:
    """Every row once, but for those of more than one object."""
    counts = plan.counts
    heading(plan.array.capitalize())
    rows = [
        (counts.happenings, "new", "to be sent, once"),
        (counts.unchanged, "known", "sent before"),
        (counts.withheld, "withheld", "not sent, for a reason"),
    ]
    table(("", "", ""), rows)


def _print_places(plan: Plan) -> None:
    """The delivery summary: who gets what, and who is held out."""
    if not plan.places:
        return
    heading("Groups")
    rows = [
        (
            each.customers,
            each.audience,
            "held out" if each.group is None else each.group,
            f"{each.share:.1%}" + (" of the audience" if each.group is None else " of the rest"),
            each.join,
            each.update,
        )
        for each in plan.places
    ]
    table(("", "audience", "group", "share", "join", "update"), rows)


def _print_attributes(plan: Plan) -> None:
    """What would be nothing but zeros, or the same as another column, is left out."""
    attributes = [each for each in plan.attributes if each.changed or each.cleared]
    columns: dict[str, list[str | int]] = {
        "attribute": [each.name for each in attributes],
        "kind": [each.kind for each in attributes],
        "set": [each.changed for each in attributes],
        "first time": [each.backfill for each in attributes],
        "cleared": [each.cleared for each in attributes],
        "withheld": [each.withheld for each in attributes],
        "data points": [each.data_points for each in attributes],
    }
    is_backfill = columns["set"] == columns["first time"] and not any(columns["cleared"])
    told = {name: cells for name, cells in columns.items() if any(cells) and not (is_backfill and name == "first time")}
    heading("Attributes")
    table([*told], [*zip(*told.values(), strict=True)])
    if is_backfill:
        say("  Every value is set for the first time: a backfill.")
    if untouched := len(plan.attributes) - len(attributes):
        say(f"  Nothing changes in {count(untouched, 'further attribute')}.")


def _print_withheld(reasons: Sequence[ReasonCount]) -> None:
    of_customers = [each for each in reasons if each.attribute is None]
    of_values = [each for each in reasons if each.attribute is not None]
    if of_customers:
        heading("Withheld customers: nothing of them is sent")
        rows = [
            (each.count, each.sentence, shortened(each.example or "", _EXAMPLE_CHARACTERS)) for each in of_customers
        ]
        table(("", "because the customer", "such as"), rows)
    if of_values:
        heading("Withheld values: the customer is sent without them")
        values = [
            (each.count, each.attribute or "", each.sentence, shortened(each.example or "", _EXAMPLE_CHARACTERS))
            for each in of_values
        ]
        table(("", "attribute", "because the value", "such as"), values)


def _print_withheld_rows(reasons: Sequence[ReasonCount]) -> None:
    if reasons:
        heading("Withheld rows: nothing of them is sent")
        rows = [
            (each.count, each.attribute or "the row", each.sentence, shortened(each.example or "", _EXAMPLE_CHARACTERS))
            for each in reasons
        ]
        table(("", "because", "", "such as key: value"), rows)


def _print_warnings(plan: Plan) -> None:
    if plan.warnings:
        heading("Warnings")
    for warning in plan.warnings:
        paragraph(f"{warning.code}: {warning.message}")


def spoken_name(stored: PlanFiles, out: Path | None) -> str:
    """How a command line names a plan: by its id among the others, by its path where it was wanted elsewhere."""
    return stored.id if out is None else shlex.quote(str(out))


def _print_next_step(stored: PlanFiles, name: str) -> None:
    plan = stored.plan
    allow = "".join(f" --allow {guard}" for guard in plan.refused_by)
    shown = "every customer, before and after" if plan.array == "attributes" else f"every {plan.noun}"
    steps = [(f"stoker show {name}", shown)] if plan.counts.changes else []
    if any(each.count for each in plan.reasons):
        steps.append((f"stoker show {name} --kind withheld", "what is withheld"))
    if plan.counts.changes or plan.recipients:
        steps.append((f"stoker apply {name}{allow}", "send it" if plan.counts.changes else "log its recipients"))
    heading("Next")
    if not plan.counts.changes:
        say("  There is nothing to send.")
    if steps:
        commands(steps)
