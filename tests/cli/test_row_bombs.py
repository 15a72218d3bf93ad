"""A small columnar file can hold more rows than a machine has memory: it is read within the limit that is set."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

MILLIONS = 2
MOST_MEGABYTES = 1000


def test_a_bomb_of_equal_rows_is_planned_within_the_memory_limit(shop: Any) -> None:
    """A gigabyte of text in a few hundred kilobytes."""
    project = shop.folder / "stoker.toml"
    limited = '[source]\nmemory_limit = "256MB"\n[source.tables]'
    project.write_text(project.read_text(encoding="utf-8").replace("[source.tables]", limited), encoding="utf-8")
    equal = {"id": "c1", "name": "x" * 250, "tier": "y" * 250}
    columns = {
        name: pa.DictionaryArray.from_arrays(pa.array([0] * 1_000_000, pa.int32()), [text])
        for name, text in equal.items()
    }
    table = pa.table({**columns, "points": [1] * 1_000_000, "is_member": [True] * 1_000_000})
    with pq.ParquetWriter(shop.folder / "customers.parquet", table.schema, compression="zstd") as writer:
        for _ in range(MILLIONS):
            writer.write_table(table)
    assert (shop.folder / "customers.parquet").stat().st_size < 2_000_000

    command = [sys.executable, "-m", "tui_app", "plan", "profiles"]
    with subprocess.Popen(command, cwd=shop.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as planning:
        _, status, usage = os.wait4(planning.pid, 0)
        planning.returncode = os.waitstatus_to_exitcode(status)

    assert planning.returncode == 0
    assert usage.ru_maxrss / 1024 < MOST_MEGABYTES
