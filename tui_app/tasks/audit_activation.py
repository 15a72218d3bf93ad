"""Audit an activation with the project's key, and make a plan of what is to be repaired."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tui_app.core.activation import Activation, Orchestration
from tui_app.core.audit import AuditedValue, AuditReport
from tui_app.core.errors import Usage
from tui_app.core.project import RateLimit
from tui_app.ports.braze import BrazeApi
from tui_app.ports.clock import Clock
from tui_app.ports.store import PlanFiles
from tui_app.sync.audit import REQUESTS_PER_MINUTE, AuditDesk, audit, audited_attributes
from tui_app.sync.plan_in_the_making import Grounds
from tui_app.sync.repair import RepairRequest, repair
from tui_app.sync.rooms import destination_of
from tui_app.sync.settle_runs import settle_runs
from tui_app.wiring import SystemClock, Workplace


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found, and the plan that repairs it."""

    report: AuditReport
    repair: PlanFiles | None
    """None: nobody asked for one, or there is nothing to repair."""


def audit_activation(
    workplace: Workplace,
    activation: Activation,
    sample: int | None,
    *,
    with_repair: bool,
    out: Path | None = None,
    clock: Clock | None = None,
) -> Audited:
    """Compare customers of the ledger with what Braze shows of them.

    Args:
        workplace: Whose activation it is.
        activation: Whose attributes are compared.
        sample: So many customers, by lot; None: all.
        with_repair: Whether a plan is made of what is different or missing.
        out: Where that plan is wanted; None puts it among the others.
        clock: Tells what was sent too lately to be visible; None: this machine's.

    Raises:
        Usage: It is of purchases or events.
        FixInput: The key cannot be read, or something else is at `out`.
        NotRead: Braze answered something else than customers.
        LedgerHeld: A run is going on against the same ledger.
        Damaged: The ledger is not what was written.
    """
    from tui_app.store.ledger_reading import count_known, known_customers

    _require_auditable(workplace, activation, out)
    project = workplace.project
    destination = destination_of(project, activation)
    key = workplace.key_of(destination)
    rooms = workplace.rooms()
    ledger = rooms.ledger_of(destination)
    settle_runs(rooms, ledger)
    state, view = ledger.state(), ledger.view()
    names = audited_attributes(project, activation)
    customers = known_customers(view, names, sample=sample, lot=_lot_of_today())
    drift: list[tuple[str, AuditedValue]] = []

    async def look() -> AuditReport:
        braze = workplace.braze(destination, key)
        async with _desk(braze, clock, lambda customer_id, value: drift.append((customer_id, value))) as desk:
            return await audit(project, activation, customers, count_known(view, names), desk)

    report = asyncio.run(look())
    if not with_repair or not drift:
        return Audited(report, None)
    grounds = Grounds(activation, view, state.key_fingerprint, workplace.key_fingerprint(destination, key))
    return Audited(report, _planned_repair(workplace, grounds, drift, out))


def _planned_repair(
    workplace: Workplace, grounds: Grounds, drift: Sequence[tuple[str, AuditedValue]], out: Path | None
) -> PlanFiles:
    request = RepairRequest(grounds, lambda path: write_drift(drift, path), out)
    return repair(workplace.project, request, workplace.engine(), workplace.rooms())


def _lot_of_today() -> str:
    """Another lot each day, so that a small sample looks at everybody in time."""
    return f"{datetime.now(UTC):%Y-%m-%d}"


def _require_auditable(workplace: Workplace, activation: Activation, out: Path | None) -> None:
    if isinstance(activation, Orchestration) and activation.happenings:
        raise Usage(
            f"{activation.name}: Braze shows how many {activation.happenings.array} a customer has, and no single one "
            "of them. Nothing was read. Audit an activation that sends attributes."
        )
    if out is not None:
        workplace.plans.require_free(out)


@asynccontextmanager
async def _desk(
    braze: BrazeApi, clock: Clock | None, drifted: Callable[[str, AuditedValue], None]
) -> AsyncIterator[AuditDesk]:
    """What an audit works with; the connection is closed in the end."""
    from tui_app.braze.limiter import Limiter

    limiter = Limiter(RateLimit(requests_per_second=REQUESTS_PER_MINUTE / 60), SystemClock())
    try:
        yield AuditDesk(braze, limiter, clock or SystemClock(), drifted)
    finally:
        await braze.close()


def write_drift(drift: Sequence[tuple[str, AuditedValue]], path: Path) -> None:
    """Write what `core.job.RepairJob.drift` describes: customers with a value that Braze must have again."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {
        "id": [customer_id for customer_id, _ in drift],
        "attribute": [value.attribute for _, value in drift],
        "value": [value.known for _, value in drift],
    }
    schema = pa.schema([(name, pa.string()) for name in columns])
    pq.write_table(pa.table(columns, schema=schema), path)
