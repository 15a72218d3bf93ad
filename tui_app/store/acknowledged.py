"""What Braze acknowledged of a run, as a table of its own."""

from __future__ import annotations

from pathlib import Path

from tui_app.store.answers import ACKNOWLEDGED, Answers


def write_acknowledged(changes: Path, answers: Answers, path: Path, *, updates_only: bool) -> None:
    """Write the acknowledged rows of a plan; see `core.job.UndoJob`.

    Args:
        changes: Of the plan.
        answers: One for each row of it.
        path: Where the Parquet file is wanted.
        updates_only: Leave out customers of whom nothing was known before.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    file = pq.ParquetFile(changes, memory_map=False)
    names = ["id", "payload", "before"]
    schema = pa.schema([file.schema_arrow.field(name) for name in names])
    first = 0
    with pq.ParquetWriter(path, schema) as writer:
        for batch in file.iter_batches(columns=names):
            codes = pa.array(answers.codes[first : first + batch.num_rows])
            is_wanted = pc.equal(codes, ACKNOWLEDGED)
            if updates_only:
                is_wanted = pc.and_(is_wanted, pc.not_equal(batch["before"], "{}"))
            writer.write_batch(batch.filter(is_wanted))
            first += batch.num_rows
