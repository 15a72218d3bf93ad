"""What Braze acknowledged of a run, as a table of its own."""

from __future__ import annotations

from pathlib import Path

from tui_app.store.answers import ACKNOWLEDGED, Answers


def write_acknowledged(changes: Path, answers: Answers, path: Path) -> None:
    """Write the acknowledged rows of a plan; see `core.job.UndoJob`.

    Args:
        changes: Of the plan.
        answers: One for each row of it.
        path: Where the Parquet file is wanted.
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
            writer.write_batch(batch.filter(pc.equal(codes, ACKNOWLEDGED)))
            first += batch.num_rows
