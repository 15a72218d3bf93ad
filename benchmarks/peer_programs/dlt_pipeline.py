"""A dlt pipeline with a destination of one's own, as dlt's guide to reverse ETL shows it.

    python dlt_pipeline.py URL TABLE full|incremental

`incremental` loads the rows whose `updated_at` is newer than in the last run. Files of 1,000 rows let dlt load twenty
of them at once; left alone it would write one file, and send one request after the other.
"""

import os
import sys

os.environ |= {"RUNTIME__DLTHUB_TELEMETRY": "false", "NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS": "1000"}

import dlt
import pyarrow.parquet as pq
from dlt.common.schema import TTableSchema
from dlt.common.typing import TDataItems
from dlt.sources.helpers.requests import Session
from mapping import body_of

URL, TABLE, MODE = sys.argv[1:]
session = Session()


@dlt.destination(batch_size=75, name="braze", naming_convention="direct")
def braze(items: TDataItems, _table: TTableSchema) -> None:
    session.post(
        f"{URL}/users/track",
        data=body_of(items),
        headers={"Authorization": "Bearer key", "Content-Type": "application/json"},
    ).raise_for_status()


def rows() -> TDataItems:
    for batch in pq.ParquetFile(TABLE).iter_batches(batch_size=10_000):
        yield batch.to_pylist()


@dlt.resource(name="customers", write_disposition="append", max_table_nesting=0)
def changed(updated_at=dlt.sources.incremental("updated_at")):  # noqa: ARG001, B008 - dlt's own way
    yield from rows()


everybody = dlt.resource(rows, name="customers", write_disposition="append", max_table_nesting=0)
pipeline = dlt.pipeline("profiles", destination=braze, pipelines_dir="dlt_state")
pipeline.run(changed if MODE == "incremental" else everybody).raise_on_failed_jobs()
