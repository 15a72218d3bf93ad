"""Fold: the acknowledged part of a run becomes the next serial of the ledger.

Set-wise in an embedded DuckDB that never is the ledger, only computes over its files. Folding the same run twice gives
the same values, so a crash in the middle is mended by folding again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

import duckdb
import pyarrow as pa

from tui_app import failpoints
from tui_app.core.change import pointer_to
from tui_app.core.clock_reading import ClockReading, lasting
from tui_app.core.disk import FULL_DISK
from tui_app.core.errors import FixInput
from tui_app.core.known_rows import doubt_rows_sql
from tui_app.core.plan import LedgerView
from tui_app.core.run import NEWEST_RECORD_SECONDS
from tui_app.store.answers import ACKNOWLEDGED, IN_DOUBT, REJECTED, Answers
from tui_app.store.files import private_folder
from tui_app.store.ledger import Ledger, Manifest
from tui_app.store.overlay import Overlay, Writer, fold_known, sql_text
from tui_app.store.plans import StoredPlan
from tui_app.store.recipients import log_recipients
from tui_app.store.sent_rows import remember_rows

_SPILL = "spill-"


@dataclass(frozen=True, slots=True)
class FoldLimits:
    """What the embedded engine may use, and when a snapshot is written."""

    memory_limit: str = "4GB"
    threads: int | None = None
    largest_delta_share: float = 0.2
    """Rows of a delta by rows of its snapshot, 0..1. With one customer in a hundred a day, one fold in twenty writes a
    snapshot."""


@dataclass(frozen=True, slots=True)
class FoldedRun:
    """The run whose answers are folded."""

    run: str
    began: float
    """Epoch seconds."""
    plan: StoredPlan
    answers: Answers
    key_fingerprint: str | None
    journal_bytes: int
    clock: ClockReading
    """How the clock of this process is set."""


def fold(ledger: Ledger, folded: FoldedRun, token: int, limits: FoldLimits) -> Manifest:
    """Write serial n + 1 of `ledger` from serial n and the answers of a run.

    Args:
        ledger: Its lock is held by the caller.
        folded: What was answered.
        token: Of the caller's lock.
        limits: Memory and threads.

    Returns: The committed manifest.

    Raises:
        Damaged: A file of ledger or plan is not what was written.
        Refused: Another writer came first.
        FixInput: The disk is full or failed; folding again is all that it takes.
    """
    manifest = ledger.manifest()
    view = ledger.view()
    folded.plan.verify()
    private_folder(ledger.folder)
    # The latest moment at which a request can have left: a quiet period that starts from it must not end early.
    clock = lasting(manifest.clock, folded.clock)
    sent_at = ceil(folded.answers.last_time(clock) + NEWEST_RECORD_SECONDS)
    with _engine(ledger.folder, limits) as connection:
        _load(connection, folded)
        writer = Writer(connection, ledger, manifest.serial + 1)
        if folded.plan.plan.array == "attributes":
            known = _customers(writer, manifest, view, folded, limits.largest_delta_share, sent_at)
        else:
            known = remember_rows(writer, manifest, view, (folded.plan.plan.remembered_as, folded.run), sent_at)
        next_manifest = replace(
            known,
            mappings=_mappings_after(manifest, folded),
            key_fingerprint=folded.key_fingerprint or manifest.key_fingerprint,
            last_run=folded.run,
            last_run_bytes=folded.journal_bytes,
            clock=clock,
        )
    failpoints.reach("fold.files_written")
    committed = ledger.commit(next_manifest, token)
    failpoints.reach("fold.committed")
    return committed


def _customers(
    writer: Writer,
    manifest: Manifest,
    view: LedgerView,
    folded: FoldedRun,
    largest_delta_share: float,
    sent_at: int,
) -> Manifest:
    """The manifest with the files that know what became of attributes, and of the customers who have them."""
    connection, known = writer.connection, manifest
    names = [each.name for each in folded.plan.plan.attributes]
    if folded.answers.count(ACKNOWLEDGED):
        overlay = Overlay(names, sent_at, folded.answers.count(ACKNOWLEDGED))
        known = fold_known(writer, manifest, view, overlay, largest_delta_share)
        failpoints.reach("fold.snapshot_written")
    if folded.plan.recipients:
        run = (folded.plan.plan.activation, folded.run, folded.began)
        known = log_recipients(writer, known, view, folded.plan.recipients, run)
    _doubt(connection, view.doubt, names, sent_at)
    _refused(connection, view.refused, folded)
    return replace(
        known,
        doubt=writer.write_unless_empty("doubt", "next_doubt"),
        refused=writer.write_unless_empty("refused", "next_refused"),
    )


def _mappings_after(manifest: Manifest, folded: FoldedRun) -> dict[str, str]:
    """Activation → the mapping that everybody in it was sent with.

    A mapping counts as new until a run has reached everybody: whoever was left out is not an update out of the blue.
    """
    plan = folded.plan.plan
    # An undo and a repair say nothing of the mapping.
    is_everybody = bool(plan.mapping_digest) and not folded.answers.totals().not_sent
    return {**manifest.mappings, **({plan.activation: plan.mapping_digest} if is_everybody else {})}


@contextmanager
def _engine(folder: Path, limits: FoldLimits) -> Iterator[duckdb.DuckDBPyConnection]:
    # The lock is held: what a fold that died left there is nobody's any more, and it holds customer data.
    for left_over in folder.glob(f"{_SPILL}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    spill = tempfile.mkdtemp(prefix=_SPILL, dir=folder)
    connection = duckdb.connect(
        config={
            "memory_limit": limits.memory_limit,
            "temp_directory": spill,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            **({"threads": limits.threads} if limits.threads else {}),
        }
    )
    # It would be drawn on stdout, in the middle of a product.
    connection.execute("SET enable_progress_bar = false")
    try:
        yield connection
    except duckdb.IOException as error:
        fact = "is full" if FULL_DISK in str(error) else "refused to write or read"
        raise FixInput.at(
            f"Ledger {folder.name}: the disk {fact}, so what was acknowledged is not in it yet. Nothing is lost: the "
            "journal of the run has it. Make room or mend the disk, then do the same again.",
            code="disk",
        ) from error
    finally:
        connection.close()
        shutil.rmtree(spill)


def _load(connection: duckdb.DuckDBPyConnection, folded: FoldedRun) -> None:
    """Relations `acked`, `doubted`, `rejected`: rows of the plan by their answer."""
    answers = folded.answers
    connection.register("answer_codes", pa.table({"code": pa.array(answers.codes)}))
    connection.register(
        "answer_reasons",
        pa.table(
            {
                "row": pa.array(list(answers.reasons), pa.int64()),
                "reason": pa.array(list(answers.reasons.values()), pa.string()),
                "was_in_doubt": pa.array([row in answers.doubtful_rejections for row in answers.reasons], pa.bool_()),
            }
        ),
    )
    connection.execute(
        f"""CREATE TEMP VIEW answered AS
            SELECT changes.*, answer_codes.code, {_sets_sql(folded)}
            FROM read_parquet({sql_text(str(folded.plan.changes))}, file_row_number = true) changes
            POSITIONAL JOIN answer_codes"""
    )
    connection.execute(f"CREATE TEMP VIEW acked AS SELECT * FROM answered WHERE code = {ACKNOWLEDGED}")
    connection.execute(
        f"""CREATE TEMP VIEW doubted AS SELECT * EXCLUDE (was_in_doubt, reason, row)
            FROM answered LEFT JOIN answer_reasons ON row = file_row_number
            WHERE code = {IN_DOUBT} OR (code = {REJECTED} AND was_in_doubt)"""
    )
    connection.execute(
        f"""CREATE TEMP VIEW rejected AS SELECT id, payload, reason
            FROM answered JOIN answer_reasons ON row = file_row_number WHERE code = {REJECTED}"""
    )
    connection.execute(f"CREATE TEMP VIEW rejected_rows AS SELECT * FROM answered WHERE code = {REJECTED}")


def _sets_sql(folded: FoldedRun) -> str:
    """SQL for columns s0, s1 …: what each payload sets an attribute to, as JSON text; NULL where it does not.

    The texts come back as the plan wrote them: its engine spells every value as DuckDB writes JSON.
    """
    pointers = ", ".join(sql_text(pointer_to(each.name)) for each in folded.plan.plan.attributes)
    sets = (f"sets[{i + 1}]::VARCHAR AS s{i}" for i in range(len(folded.plan.plan.attributes)))
    return f"json_extract(payload, [{pointers}]) AS sets, " + ", ".join(sets)


def _doubt(connection: duckdb.DuckDBPyConnection, path: str | None, names: list[str], since: int) -> None:
    """Relation `next_doubt`: what was in doubt and is not acknowledged since, and what is newly in doubt."""
    old = doubt_rows_sql(path) if path else _NO_DOUBT
    connection.execute("CREATE TEMP TABLE new_doubt AS FROM doubted")
    connection.execute(f"CREATE TEMP TABLE settled AS FROM acked SEMI JOIN ({old}) USING (id)")
    new = " UNION ALL ".join(_sets_as_rows("new_doubt", names)) or _NO_DOUBT
    settled = " UNION ALL ".join(_sets_as_rows("settled", names)) or _NO_DOUBT
    connection.execute(
        f"""CREATE TEMP TABLE next_doubt AS
            WITH old AS ({old}), new AS ({new}), settled AS ({settled})
            SELECT id, attribute, value, {since}::BIGINT AS since, not_before FROM new
            UNION ALL
            SELECT * FROM old
                ANTI JOIN (SELECT id, attribute FROM new UNION ALL SELECT id, attribute FROM settled) answered
                USING (id, attribute)
            ORDER BY id, attribute"""
    )


_NO_DOUBT = """SELECT NULL::VARCHAR AS id, NULL::VARCHAR AS attribute, NULL::VARCHAR AS value, NULL::BIGINT AS since,
                      NULL::BIGINT AS not_before WHERE false"""


def _sets_as_rows(relation: str, names: list[str]) -> list[str]:
    return [
        f"SELECT id, {sql_text(name)} AS attribute, s{position} AS value, NULL::BIGINT AS since, not_before "
        f"FROM {relation} WHERE s{position} IS NOT NULL"
        for position, name in enumerate(names)
    ]


def _refused(connection: duckdb.DuckDBPyConnection, path: str | None, folded: FoldedRun) -> None:
    """Relation `next_refused`: objects that Braze rejected, until the same customer gets another answer."""
    old = (
        f"FROM read_parquet({sql_text(path)})"
        if path
        else "SELECT NULL AS id, NULL AS payload, NULL AS reason, NULL AS run WHERE false"
    )
    connection.execute(
        f"""CREATE TEMP TABLE next_refused AS
            WITH old AS ({old})
            SELECT id, payload, reason, {sql_text(folded.run)} AS run FROM rejected
            UNION ALL
            SELECT id, payload, reason, run FROM old
                ANTI JOIN (SELECT id FROM acked UNION ALL SELECT id FROM rejected) answered USING (id)
            ORDER BY id"""
    )
