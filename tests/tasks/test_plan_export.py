"""An exported plan is what is sent, and acts on neither the terminal nor the spreadsheet that shows it."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tui_app.store.plan_reading import Filter, PlanReader
from tui_app.tasks.plan_export import CSV_COLUMNS, write_plan_csv, write_plan_json

UNSEEN = "\u202e\x9b\x7f"
HOSTILE, HARMLESS = f"=1+1{UNSEEN}2J", "'=1+1��␡2J"


@pytest.fixture
def reader(shop, customer) -> PlanReader:
    """Of a plan that clears a value, changes another to a hostile one, and withholds a third."""
    shop.attributes = {**shop.attributes, "dob": '"name"'}
    shop.write()
    shop.customers([customer(number, name="2001-02-03") for number in range(10)])
    shop.sync()
    changed = [
        customer(0, name="2001-02-03", tier=None),
        customer(1, name="2001-02-03", tier=HOSTILE, points=-5),
        customer(2, name=HOSTILE),
    ]
    shop.customers([*changed, *(customer(number, name="2001-02-03") for number in range(3, 10))])
    return PlanReader(shop.plan())


def test_a_document_holds_what_is_sent_and_nothing_that_steers_a_terminal(reader):
    file = io.StringIO()

    rows = write_plan_json(reader, Filter(), file)

    found = json.loads(file.getvalue())
    assert rows == len(found) == 3
    assert [each["payload"] for each in found] == [json.loads(each.payload) for each in reader.changes(Filter())]
    assert found[1]["after"]["tier"] == HOSTILE
    assert not set(UNSEEN) & set(file.getvalue())


def test_a_table_says_one_change_in_a_row_and_holds_no_formula(reader):
    file = io.StringIO()

    rows = write_plan_csv(reader, Filter(), file)

    header, *found = csv.reader(io.StringIO(file.getvalue()))
    assert (tuple(header), rows) == (CSV_COLUMNS, len(found))
    assert found == [
        ["c00000", "update", "tier", "gold", "", ""],
        ["c00001", "update", "tier", "gold", HARMLESS, ""],
        ["c00001", "update", "points", "1", "-5", ""],
        ["c00002", "update", "first_name", "2001-02-03", HARMLESS, ""],
    ]


def test_what_is_withheld_is_exported_with_its_reason(reader):
    document, table = io.StringIO(), io.StringIO()
    withheld = Filter(kind="withheld")

    assert (write_plan_json(reader, withheld, document), write_plan_csv(reader, withheld, table)) == (1, 1)

    (as_object,) = json.loads(document.getvalue())
    _, as_row = csv.reader(io.StringIO(table.getvalue()))
    assert [as_object[name] for name in ("id", "attribute", "value", "payload")] == ["c00002", "dob", HOSTILE, None]
    assert as_row == ["c00002", "withheld", "dob", HARMLESS, "", as_object["reason"]]
    assert not set(UNSEEN) & set(document.getvalue())


@pytest.mark.parametrize("write", [write_plan_json, write_plan_csv])
def test_no_more_customers_are_written_than_wanted(reader, write):
    file = io.StringIO()

    write(reader, Filter(), file, limit=1)

    assert ("c00000" in file.getvalue(), "c00001" in file.getvalue()) == (True, False)
