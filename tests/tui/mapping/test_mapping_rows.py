"""Rows are made anew from what is known: at once from the project, and never with counts of another mapping."""

from __future__ import annotations

from pathlib import Path

from tui_app.config.read import project_of
from tui_app.core.errors import Problem
from tui_app.core.plan import ReasonCount
from tui_app.core.project import Project
from tui_app.core.table_report import ColumnType
from tui_app.tui.widgets.mapping_rows import Knowledge, Sheet, sheet_of
from tui_app.tui.widgets.mapping_view import FILTERS, after, shown_rows
from tui_app.tui.widgets.mapping_words import braze_type, bucket_ranges, transforms

TEXT = """\
[source.tables]
customers = "customers.parquet"
[destinations.braze]
instance = "US-03"
api_key = "env:KEY"
[templates.profile]
destination = "braze"
identifier_column = "id"
[templates.profile.attributes]
points = { column = "points", buckets = { low = 0, high = 1000 } }
dob = "born"
seen_on = { column = "seen", trim = true, date_only = true, round = 2 }
[campaigns.club]
table = "customers"
include = []
template = "profile"
audience_attribute = "Points"
"""
TYPES: dict[str, ColumnType] = {"points": "integer", "id": "string", "born": "date", "seen": "datetime"}


def project(text: str = TEXT) -> Project:
    return project_of(text, Path("stoker.toml"))


def sheet(text: str = TEXT, **known: object) -> Sheet:
    return sheet_of(project(text).templates["profile"], project(text), Knowledge(**known))  # type: ignore[arg-type]


def counts_of(text: str) -> dict[str, object]:
    """Known counts: two values of dob, three customers."""
    withheld = (
        ReasonCount("not_a_date", "is not a date", "dob", 2, "x"),
        ReasonCount("id_twice", "has an identifier that several rows carry", None, 3, "c1"),
    )
    return {"types": TYPES, "withheld": withheld, "counted_of": project(text).templates["profile"]}


def codes(of: Sheet, column: str) -> list[str]:
    return [concern.code for row in of.rows if row.column == column for concern in row.concerns]


def test_rows_follow_the_template_until_the_table_is_known_and_then_the_table():
    assert [row.column for row in sheet().rows] == ["id", "points", "born", "seen"]
    assert [row.column for row in sheet(types=TYPES).rows] == ["points", "id", "born", "seen"]


def test_counts_hold_for_the_mapping_that_they_were_made_of():
    """A count of another mapping beside a row would be a lie."""
    before = sheet(**counts_of(TEXT))
    moved = sheet("# a line more\n" + TEXT, **counts_of(TEXT))
    changed = sheet(TEXT.replace('"born"', '{ column = "born", trim = true }'), **counts_of(TEXT))
    readdressed = sheet(TEXT.replace('"id"', '"seen"'), **counts_of(TEXT))

    assert codes(before, "born") == codes(moved, "born") == ["withheld"]
    assert codes(changed, "born") == []
    assert codes(changed, "id") == ["withheld"]
    assert codes(readdressed, "seen") == []


def test_an_example_is_short_and_harmless():
    template = project().templates["profile"]
    reason = ReasonCount("not_a_date", "is not a date", "dob", 2, "[/]\x1b[2J" + 500 * "x")
    (row,) = [row for row in sheet(withheld=(reason,), counted_of=template).rows if row.column == "born"]

    assert row.concerns[0].title == "2 values will be withheld"
    assert row.concerns[0].text.startswith('The value is not a date. Example: "[/]␛[2Jxxx')
    assert len(row.concerns[0].text) < 100


def test_an_audience_attribute_is_a_concern_of_the_whole_template():
    assert [concern.code for concern in sheet().concerns] == ["near_duplicate"]
    assert codes(sheet(), "points") == []
    assert sheet().concern_count == 1


def test_a_misfit_stands_beside_its_row_and_a_missing_column_is_told_once():
    template = project().templates["profile"]
    dob = next(each for each in template.attributes if each.attribute == "dob")
    misfits = (
        Problem('attribute "dob": it does not fit', dob.place, "mapping_mismatch"),
        Problem('attribute "points": no column', template.attributes[0].place, "unknown_column"),
        Problem('template "profile": the identifier', template.place, "identifier_type"),
    )
    types = {name: type_ for name, type_ in TYPES.items() if name != "points"}
    shown = sheet(types=types, misfits=misfits, withheld=(), counted_of=template)

    assert codes(shown, "born") == ["does_not_fit"]
    assert codes(shown, "points") == ["missing_column"]
    assert [concern.code for concern in shown.concerns] == ["near_duplicate", "does_not_fit"]
    assert shown.rows[-1].column == "points"
    assert shown.rows[-1].is_missing


def test_a_mapping_in_words_follows_its_transforms():
    points, dob, seen = project().templates["profile"].attributes

    assert braze_type(points, "integer") == "string"
    assert braze_type(dob, None) == "standard"
    assert braze_type(seen, "datetime") == "time"
    assert transforms(seen) == "trim, round 2, date only"
    assert bucket_ranges(points.buckets) == ("low: 0 to below 1,000", "high: 1,000 and more")


def test_a_search_finds_names_however_their_words_are_joined():
    found = [row.column for row in shown_rows(sheet(types=TYPES).rows, "all", "Seen-On")]

    assert found == ["seen"]
    assert [after(each) for each in FILTERS] == ["with warnings", "unmapped", "mapped", "all"]
