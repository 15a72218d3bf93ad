"""Engines of one process share a scratch folder and nothing in it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from ibis.backends.duckdb import Backend

from tui_app.engine.connections import EngineLimits, open_engine

ROWS = 300_000
LARGER_THAN_MEMORY = f"SELECT i, repeat('{{letter}}', 400) || i AS s FROM range({ROWS}) t(i) ORDER BY hash(i)"


def sorted_rows(engine: Backend, letter: str) -> pa.RecordBatchReader:
    rows: pa.RecordBatchReader = engine.con.execute(LARGER_THAN_MEMORY.format(letter=letter)).to_arrow_reader(1000)
    return rows


def differing(rows: pa.RecordBatchReader, letter: str) -> int:
    return sum(
        text != letter * 400 + str(i)
        for batch in rows
        for i, text in zip(batch["i"].to_pylist(), batch["s"].to_pylist(), strict=True)
    )


def test_engines_that_spill_into_one_folder_keep_their_own_rows(tmp_path: Path) -> None:
    first, second = (open_engine(EngineLimits(135 << 20, 1, tmp_path), []) for _ in range(2))
    spilled = sorted_rows(first, "a")
    also_spilled = sorted_rows(second, "b")

    assert [differing(spilled, "a"), differing(also_spilled, "b")] == [0, 0]
