"""The plan that repairs what an audit found: the ledger's values are sent again where Braze shows others or none."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ibis.backends.duckdb import Backend

from tui_app.core.fields import STANDARD_FIELDS
from tui_app.core.job import RepairJob
from tui_app.core.plan import AttributeCounts, DiffOutcome, PlanCounts
from tui_app.engine.figures import number_of, rows_of
from tui_app.engine.sql_quoting import sql_literal
from tui_app.engine.undo import points_of, write_made_up


def write_repair_files(work: Backend, job: RepairJob, folder: Path) -> DiffOutcome:
    """Write the files of `core.plan.DiffOutcome` into `folder`.

    What is sent is what was acknowledged last, so no other value of it can be on its way and nothing has to wait.

    Args:
        work: May read the file of `job`, and write in `folder`.
        job: What is repaired.
        folder: Of a plan in the making.
    """
    sets = [f"max(value) FILTER (attribute = {sql_literal(name)}) AS s{i}" for i, name in enumerate(job.attributes)]
    before = [f"s{i} AS b{i}" for i in range(len(job.attributes))]
    work.raw_sql(
        f"""CREATE TEMP TABLE changed_values AS
            SELECT *, 'update' AS kind, NULL::BIGINT AS not_before, true AS inside, {", ".join(before)}
            FROM (SELECT id, {", ".join(sets)} FROM read_parquet({sql_literal(str(job.drift))}) GROUP BY id)"""
    )
    work.raw_sql(
        "CREATE TEMP TABLE withheld (id VARCHAR, attribute VARCHAR, code VARCHAR, value VARCHAR)",
    )
    requests = write_made_up(work, job.destination, job.attributes, folder)
    customers = number_of(work, "SELECT count(*) FROM ready")
    counted = ", ".join(f"count(s{i})" for i in range(len(job.attributes)))
    ((*changed,),) = rows_of(work, f"SELECT {counted} FROM ready")
    return DiffOutcome(
        counts=PlanCounts(update=customers),
        members=customers,
        known=customers,
        known_audience=customers if job.audience_attribute else 0,
        bad_ids=0,
        with_withheld=0,
        in_doubt=0,
        attributes=tuple(
            AttributeCounts(
                name=name,
                kind=_kind(name, job),
                changed=count,
                cleared=0,
                backfill=0,
                known=count,
                data_points=count * points_of(name),
            )
            for name, count in zip(job.attributes, changed, strict=True)
        ),
        reasons=(),
        requests=requests,
    )


def _kind(name: str, job: RepairJob) -> Literal["standard", "custom", "audience"]:
    if name == job.audience_attribute:
        return "audience"
    return "standard" if name in STANDARD_FIELDS else "custom"
