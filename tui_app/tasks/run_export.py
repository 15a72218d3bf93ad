"""A run's report with every rejected customer, as a document or as rows for a spreadsheet."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, TextIO

from tui_app.core.visible import harmless_json
from tui_app.tasks.run_report import run_document
from tui_app.tasks.spreadsheet import harmless_cell

if TYPE_CHECKING:
    from tui_app.store.runs import RunFolder


def write_run_json(run: RunFolder, file: TextIO) -> int:
    """Write what `stoker runs RUN --json` prints.

    Returns:
        The number of rejected customers in it.

    Raises:
        Damaged: Journal or plan are not what was written.
    """
    document = run_document(run, with_rejections=True)
    file.write(harmless_json(json.dumps(document, ensure_ascii=False, indent=2)) + "\n")
    return len(document["rejections"])


def write_run_csv(run: RunFolder, file: TextIO) -> int:
    """Write one row per rejected customer, in sending order.

    Returns:
        The number of rows below the header.

    Raises:
        Damaged: Journal or plan are not what was written.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(("id", "reason"))
    rows = 0
    for customer, reason in run.rejected():
        writer.writerow((harmless_cell(customer), harmless_cell(reason)))
        rows += 1
    return rows
