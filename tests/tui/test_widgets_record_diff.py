"""What one customer would get must be read without doubt: "5" is not 5, and nothing known is not null."""

from __future__ import annotations

import json

import pytest
from textual.app import App, ComposeResult

from tui_app.tui.widgets.record_diff import AttributeChange, RecordDiff, attribute_changes


class DiffApp(App[None]):
    """The widget alone on a screen."""

    def __init__(self) -> None:
        super().__init__()
        self.diff = RecordDiff()

    def compose(self) -> ComposeResult:
        yield self.diff

    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]


async def drawn(before: object, after: object, size: tuple[int, int] = (60, 20)) -> list[str]:
    app = DiffApp()
    async with app.run_test(size=size) as pilot:
        app.diff.show(json.dumps(before), json.dumps(after))
        await pilot.pause()
        return app.lines()


def test_each_attribute_says_what_becomes_of_it() -> None:
    before = '{"tier": "silver", "city": null, "phone": "+4912345", "clv": 10}'
    after = '{"tier": "gold", "city": "Ulm", "phone": null, "clv": 10}'

    assert attribute_changes(before, after) == (
        AttributeChange("~", "tier", "silver", "gold"),
        AttributeChange("+", "city", "—", "Ulm"),
        AttributeChange("-", "phone", "+4912345", "—"),
        AttributeChange("=", "clv", "10", "10"),
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('"gold"', "gold"),
        ('"5"', '"5"'),
        ("5", "5"),
        ("-0", "-0"),
        ("1.10", "1.10"),
        ("9223372036854775808.50", "9223372036854775808.50"),
        ("1e400", "1e400"),
        ('"null"', '"null"'),
        ('"true"', '"true"'),
        ("true", "true"),
        ('""', '""'),
        ('" gold"', '" gold"'),
        ('"—"', '"—"'),
        ('"01234"', "01234"),
        ('["a",1.10,null]', '["a", 1.10, null]'),
        ('{"add":["x"]}', '{"add": ["x"]}'),
        ('["\\u202e"]', '["\\u202e"]'),
    ],
)
def test_values_are_shown_as_they_are_and_quoted_where_they_could_be_mistaken(value: str, shown: str) -> None:
    (change,) = attribute_changes('{"x": null}', f'{{"x": {value}}}')

    assert change.after == shown


def test_a_text_that_turns_into_a_number_is_a_change() -> None:
    (change,) = attribute_changes('{"zip": "5"}', '{"zip": 5}')

    assert (change.mark, change.before, change.after) == ("~", '"5"', "5")


def test_what_only_the_ledger_knows_is_cleared_and_nothing_gives_nothing() -> None:
    assert attribute_changes('{"a": 1}', "") == (AttributeChange("-", "a", "1", "—"),)
    assert attribute_changes("", "") == ()


async def test_before_and_after_stand_side_by_side_with_the_marks_explained() -> None:
    lines = await drawn({"tier": "silver", "city": None}, {"tier": "gold", "city": "Ulm"})

    assert lines[:5] == [
        "   attribute  before   after",
        " ~ tier       silver → gold",
        " + city       —      → Ulm",
        "",
        " + set for the first time   ~ changed",
    ]


async def test_a_long_value_wraps_within_its_column() -> None:
    lines = await drawn({"tier": "silver"}, {"tier": "gold since the spring of the year before the last one"}, (50, 20))

    assert lines[1:4] == [
        " ~ tier       silver → gold since the spring of",
        "                       the year before the last",
        "                       one",
    ]


async def test_only_a_very_long_value_is_cut_and_says_how_long_it_is() -> None:
    whole = "".join(await drawn({"a": None}, {"a": "x" * 2_000}, (60, 80)))
    cut = "".join(await drawn({"a": None}, {"a": "x" * 12_345}, (60, 80)))

    assert (whole.count("x"), "characters" in whole) == (2_000, False)
    assert cut.count("x") == 2_000
    assert "… (12,345 characters)" in " ".join(cut.split())


async def test_wide_characters_keep_the_columns_straight() -> None:
    lines = await drawn({"name": "全角", "city": "Ulm"}, {"name": "名前", "city": "Bonn"})

    assert lines[1:3] == [" ~ name       全角   → 名前", " ~ city       Ulm    → Bonn"]


async def test_a_customer_without_changes_is_said() -> None:
    assert any("No attribute changes." in line for line in await drawn({}, {}))


@pytest.mark.parametrize("width", [1, 5, 12, 20, 33])
async def test_any_width_is_survived(width: int) -> None:
    assert await drawn({"loyalty tier": "全角 silver"}, {"loyalty tier": "gold"}, (width, 20))
