"""What the makers of plans share: a draft that becomes a plan or goes away, and what the manifest of each plan says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tui_app.core.activation import Activation
from tui_app.core.delivery import InputArray
from tui_app.core.guards import judge, workspace_refusals
from tui_app.core.job import definition_digest
from tui_app.core.plan import DiffOutcome, LedgerView, Plan, noun_of
from tui_app.core.project import Project
from tui_app.ports.store import PlanShelf
from tui_app.sync.rooms import destination_of


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a plan is made against."""

    activation: Activation
    view: LedgerView
    ledger_key: str | None
    """Fingerprint of the key that the ledger was last used with; None: it was not used yet."""
    key_fingerprint: str | None
    """Of the key at hand; None: there is none."""
    array: InputArray = "attributes"
    """What its requests are made of."""


@contextmanager
def draft(plans: PlanShelf, out: Path | None) -> Iterator[Path]:
    """A folder for the files of a plan, which goes away if no plan comes of it: it holds customer data.

    Args:
        plans: Where it lies.
        out: Where the plan is wanted.

    Raises:
        FixInput: Something else is there.
    """
    if out is not None:
        plans.require_free(out)
    drafted = plans.draft()
    try:
        yield drafted
    except BaseException:
        plans.discard(drafted)
        raise


def manifest_of(project: Project, grounds: Grounds, outcome: DiffOutcome, *, mapping_changed: bool) -> Plan:
    """What the manifest of any plan says; `files` is left to the store.

    Args:
        project: The project.
        grounds: What the plan is made against.
        outcome: What was found.
        mapping_changed: Whether it is meant that many are updated; see `guards.judge`.
    """
    activation, key = grounds.activation, grounds.key_fingerprint
    destination = destination_of(project, activation)
    limits = judge(
        activation.guards,
        outcome,
        mapping_changed=mapping_changed,
        cost_per_1000_data_points=destination.cost_per_1000_data_points,
        noun=noun_of(grounds.array),
    )
    return Plan(
        activation=activation.name,
        destination=destination.name,
        endpoint=destination.endpoint,
        identifier=destination.identifier,
        key_fingerprint=key,
        lineage=grounds.view.lineage,
        ledger_serial=grounds.view.serial,
        definition_digest=definition_digest(project, activation),
        mapping_digest="",
        members=outcome.members,
        counts=outcome.counts,
        attributes=outcome.attributes,
        requests=outcome.requests,
        data_points=outcome.data_points,
        in_doubt=outcome.in_doubt,
        with_withheld=outcome.with_withheld,
        reasons=outcome.reasons,
        warnings=(),
        refusals=(*limits, *workspace_refusals(destination.name, grounds.ledger_key, key)),
        max_rejected_share=activation.guards.max_rejected_share,
        quiet_period_seconds=destination.quiet_period_seconds,
        files=(),
        recipients=outcome.recipients,
        array=grounds.array,
    )
