"""Requests carry at most 75 customers and 4 MB, and a plan with large values is cut by bytes."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from tui_app.core.requests import MAX_BYTES


def test_large_values_make_requests_end_early(shop, sandbox):
    """75 arrays of 90 kB would be 6.7 MB, which Braze refuses whole."""
    words = [f"{i:03}" + "x" * 180 for i in range(480)]
    rows = [{"id": f"c{i:03}", "is_member": True, "words": words} for i in range(100)]
    schema = pa.schema([("id", pa.string()), ("is_member", pa.bool_()), ("words", pa.list_(pa.string()))])
    shop.attributes = {"words": '"words"'}
    shop.write()
    shop.customers(rows, schema)

    stored = shop.plan()
    progress = shop.carry_out(shop.begin(stored))

    assert (progress.state, progress.acknowledged, progress.retries) == ("done", 100, 0)
    requests = pq.read_table(stored.requests).to_pylist()
    assert [each["first"] for each in requests] == [0, requests[0]["rows"], requests[0]["rows"] * 2]
    assert sum(each["rows"] for each in requests) == 100
    assert len(words[0]) * 480 * (requests[0]["rows"] + 1) > MAX_BYTES * 0.9
