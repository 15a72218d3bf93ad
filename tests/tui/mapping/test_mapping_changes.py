"""What the keys write: the least that says it, so that comments and layout of a mapping stay."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tui_app.config.edit import edited
from tui_app.config.read import project_of
from tui_app.core.mapping import AttributeMapping, Bucket
from tui_app.core.suggestions import Suggestion
from tui_app.tui.widgets.mapping_changes import (
    Change,
    drafted,
    edited_mapping,
    mapped,
    new_template,
    renamed,
    safe_renames,
    toggled_on_null,
    unmapped,
    with_column,
    with_ranges,
    written_attributes,
)
from tui_app.tui.widgets.mapping_draft import Typed, Unfinished, read_draft, read_ranges, written_ranges
from tui_app.tui.widgets.mapping_rows import Knowledge, MappingRow, sheet_of

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
plain = "a"            # one
inline = { column = "b", trim = true, on_null = "keep" } # two
where = { column = "w" }
[templates.profile.attributes.tall]
column = "c"  # three
# about rounding
round = 2     # four
"""


def mapping(name: str, text: str = TEXT) -> AttributeMapping:
    template = project_of(text, Path("stoker.toml")).templates["profile"]
    return next(each for each in template.attributes if each.attribute == name)


def after(change: Change | None, text: str = TEXT) -> str:
    assert change is not None
    return edited(text, change.edits, "stoker.toml")


def edit(name: str, **settings: object) -> Change | None:
    before = mapping(name)
    new = replace(before, **settings)  # type: ignore[arg-type]
    return edited_mapping("profile", before, new, written_attributes(TEXT, "profile"))


def rows(text: str = TEXT) -> tuple[MappingRow, ...]:
    project = project_of(text, Path("stoker.toml"))
    return sheet_of(project.templates["profile"], project, Knowledge()).rows


@pytest.mark.parametrize(
    ("name", "settings", "old", "new"),
    [
        ("plain", {"trim": True}, '"a"  ', '{ column = "a", trim = true }  '),
        ("plain", {"column": "z"}, '"a"  ', '"z"  '),
        ("inline", {"trim": False}, "trim = true, ", ""),
        ("inline", {"round": 1}, '"keep" }', '"keep", round = 1 }'),
        ("tall", {"round": 3}, "round = 2 ", "round = 3 "),
        ("tall", {"round": None}, "round = 2     # four\n", ""),
        ("tall", {"attribute": "short", "column": "z"}, 'tall]\ncolumn = "c"', 'short]\ncolumn = "z"'),
    ],
)
def test_only_what_differs_is_written_however_the_mapping_is_laid_out(name, settings, old, new):
    assert TEXT.count(old) == 1
    assert after(edit(name, **settings)) == TEXT.replace(old, new)


def test_a_mapping_that_stays_as_it_is_is_no_change():
    assert edit("plain") is None


def test_changes_are_called_by_what_they_do():
    before = rows()
    suggested = replace(MappingRow("d"), suggestion=Suggestion("dob", "standard"))

    assert edit("plain", attribute="new").title == "Rename plain to new"
    assert edit("plain", attribute="new", trim=True).title == "Edit new"
    assert unmapped("profile", before[1:2]).title == "Unmap plain"
    assert unmapped("profile", before).title == "Unmap 4 attributes"
    assert mapped("profile", [suggested]).title == "Map d to dob"
    assert toggled_on_null("profile", before[1:2], {}).title == "Keep plain on NULL"
    assert with_ranges("profile", mapping("plain"), (Bucket("low", 0),), {}).title == "Give plain ranges"


def test_nothing_is_changed_where_nothing_is_mapped_or_suggested():
    row = MappingRow("d")

    assert mapped("profile", [row]) is None
    assert unmapped("profile", [row]) is None
    assert toggled_on_null("profile", [row], {}) is None


def test_whole_numbers_of_ranges_are_written_as_such():
    change = with_ranges("profile", mapping("where"), (Bucket("low", 0.0), Bucket("high", 2.5)), {"where": {}})

    assert 'where = { column = "w", buckets = { low = 0, high = 2.5 } }' in after(change)


def test_a_location_that_becomes_something_else_is_written_anew():
    text = TEXT.replace(
        'where = { column = "w" }', 'current_location = { longitude_column = "w", latitude_column = "v" }'
    )
    before = mapping("current_location", text)
    new = replace(before, attribute="where", latitude_column=None)
    change = edited_mapping("profile", before, new, written_attributes(text, "profile"))

    assert after(change, text) == TEXT.replace('where = { column = "w" }', 'where = "w"')


def test_a_column_is_replaced_where_it_stands():
    project = project_of(TEXT, Path("stoker.toml"))
    row = MappingRow("c", mapping("tall"))
    written = written_attributes(TEXT, "profile")

    assert after(with_column("profile", row, "z", written)) == TEXT.replace('column = "c"', 'column = "z"')
    identifier = sheet_of(project.templates["profile"], project, Knowledge()).rows[0]
    assert after(with_column("profile", identifier, "z", written)) == TEXT.replace('column = "id"', 'column = "z"')


def test_renames_that_are_made_all_at_once_never_end_in_a_name_that_is_taken():
    text = TEXT.replace("plain", "birthday").replace("where", '"$price"').replace("inline", '"$$price"')
    template = project_of(text, Path("stoker.toml")).templates["profile"]
    pairs = safe_renames(template, rows(text))

    assert pairs == [("birthday", "dob"), ("$$price", "price")]
    expected = text.replace("birthday", "dob").replace('"$$price"', "price")
    assert after(renamed("profile", pairs), text) == expected
    renamed_template = project_of(expected, Path("stoker.toml")).templates["profile"]
    assert safe_renames(renamed_template, rows(expected)) == []


def test_a_new_template_names_the_columns_that_its_destinations_identifier_needs():
    destination = project_of(TEXT, Path("stoker.toml")).destinations["braze"]
    alias = replace(destination, identifier="user_alias")

    assert '[templates.welcome]\ndestination = "braze"\nidentifier_column = "id"\n' in after(
        new_template("welcome", destination, ["id"])
    )
    assert 'alias_name_column = "n"\nalias_label_column = "l"\n' in after(new_template("welcome", alias, ["n", "l"]))


@pytest.mark.parametrize("text", ["", "[templates", "templates = 1", "[templates.profile]\nattributes = 2"])
def test_a_file_that_says_nothing_about_a_template_is_no_failure(text):
    """It may be changed outside at any moment; the edit itself is refused then."""
    assert written_attributes(text, "profile") == {}


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("", ()),
        ("high = 100, low = 0", (Bucket("low", 0), Bucket("high", 100))),
        ('"up to a month" = -1.5', (Bucket("up to a month", -1.5),)),
    ],
)
def test_ranges_are_typed_as_the_file_writes_them(text, ranges):
    assert read_ranges(text) == ranges
    assert read_ranges(written_ranges(ranges)) == ranges


@pytest.mark.parametrize(
    "text",
    [
        "low",
        "low = 0, low = 1",
        "low = 'x'",
        "low = true",
        "low = nan",
        "low = 1, high = 1",
        '" " = 1',
        "a.b = 1",
        "}\n",
    ],
)
def test_ranges_that_make_no_sense_are_refused_with_what_to_write(text):
    refused = read_ranges(text)

    assert isinstance(refused, Unfinished)
    assert refused.reason.endswith(".")


def typed(**values: object) -> Typed:
    first = Typed("new", "", None, "clear", frozenset(), "", "")
    return replace(first, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": "  "}, "Type the attribute's name"),
        ({"name": "a\u202eb"}, "cannot be seen"),
        ({"name": "plain"}, "Column a feeds this attribute already"),
        ({"name": "current_location"}, "needs two columns"),
        ({"digits": "16"}, "Round to -15..15"),
        ({"digits": "-"}, "Round to -15..15"),
        ({"flags": frozenset(("lower", "upper"))}, "exclude each other"),
        ({"ranges": "low"}, "Write ranges as"),
    ],
)
def test_what_is_missing_in_a_draft_is_said(values, reason):
    template = project_of(TEXT, Path("stoker.toml")).templates["profile"]
    draft = read_draft(typed(**values), drafted("z", ""), template)

    assert isinstance(draft, Unfinished)
    assert reason in draft.reason


def test_a_draft_keeps_its_own_name_and_takes_everything_that_was_typed():
    template = project_of(TEXT, Path("stoker.toml")).templates["profile"]
    flags = frozenset(("trim", "keep_empty", "date_only"))

    draft = read_draft(typed(name="plain", digits="-2", ranges="low = 0", flags=flags), mapping("plain"), template)
    assert draft == replace(
        mapping("plain"), trim=True, keep_empty=True, date_only=True, round=-2, buckets=(Bucket("low", 0),)
    )
