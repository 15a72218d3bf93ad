"""The rows of a plan, written to a stream one by one, for scripts and for spreadsheets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import TextIO

from tui_app.core.visible import harmless_json
from tui_app.store.plan_reading import Filter, PlanReader
from tui_app.tasks.spreadsheet import harmless_cell

CSV_COLUMNS = ("id", "kind", "attribute", "before", "after", "reason")


def write_plan_json(reader: PlanReader, wanted: Filter, file: TextIO, limit: int | None = None) -> int:
    """Write one list with an object per customer that is sent, then one per withheld value.

    Payloads are the plan's own JSON; only what would act on a terminal is escaped.

    Args:
        reader: Of the plan.
        wanted: Which rows.
        file: Where they go.
        limit: At most this many customers, and this many withheld values; None writes all.

    Returns:
        The number of objects.
    """
    file.write("[")
    rows = 0
    for text in _json_rows(reader, wanted, limit):
        file.write((",\n" if rows else "\n") + harmless_json(text))
        rows += 1
    file.write("\n]\n")
    return rows


def write_plan_csv(reader: PlanReader, wanted: Filter, file: TextIO, limit: int | None = None) -> int:
    """Write one row per customer and attribute, then one per withheld value. Parameters as for `write_plan_json`.

    Returns:
        The number of rows below the header.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    rows = 0
    for cells in _csv_rows(reader, wanted, limit):
        writer.writerow([harmless_cell(cell) for cell in cells])
        rows += 1
    return rows


def _json_rows(reader: PlanReader, wanted: Filter, limit: int | None) -> Iterator[str]:
    if wanted.has_changes:
        for change in reader.changes(wanted, limit):
            head = json.dumps({"id": change.id, "kind": change.kind}, ensure_ascii=False)[:-1]
            yield f'{head}, "before": {change.before}, "after": {change.after}, "payload": {change.payload}}}'
    if wanted.has_withheld:
        for each in reader.withheld(wanted, limit):
            row = {
                "id": each.id,
                "kind": "withheld",
                "before": None,
                "after": None,
                "payload": None,
                "attribute": each.attribute,
                "code": each.code,
                "reason": each.sentence,
                "value": each.value,
            }
            yield json.dumps(row, ensure_ascii=False)


def _csv_rows(reader: PlanReader, wanted: Filter, limit: int | None) -> Iterator[tuple[str, ...]]:
    if wanted.has_changes:
        for change in reader.changes(wanted, limit):
            before, after = json.loads(change.before), json.loads(change.after)
            for name, value in after.items():
                yield change.id, change.kind, name, _cell(before.get(name)), _cell(value), ""
    if wanted.has_withheld:
        for each in reader.withheld(wanted, limit):
            yield each.id or "", "withheld", each.attribute or "", each.value or "", "", each.sentence


def _cell(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
