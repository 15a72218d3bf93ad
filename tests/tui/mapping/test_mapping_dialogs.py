"""The forms of the stage Mapping: what is typed is judged at once, and only what makes sense is written."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Select

from tui_app.core.mapping import Bucket


async def test_an_attribute_is_edited_with_names_that_are_offered_and_verdicts_while_one_types(
    store, workspace_has, open_mapping
):
    await workspace_has("Shoe Size")
    async with open_mapping(store) as stage:
        await stage.press("r")
        await stage.go("shoe_size")
        await stage.press("enter")
        assert stage.app.screen.query_one("#name Input", Input).value == "Shoe Size"
        await stage.type("shoesize")
        assert '! "shoesize" differs only by case' in stage.shown
        assert "Shoe Size custom, in the workspace" in stage.shown
        await stage.type("first_name")
        assert "✗ Column name feeds this attribute already" in stage.shown
        await stage.press("enter")
        assert isinstance(stage.app.screen, ModalScreen)

        await stage.type("surname")
        assert '! "surname" means Braze\'s standard field last_name' in stage.shown
        await stage.press("down", "enter")
        assert stage.app.screen.query_one("#name Input", Input).value == "last_name"
        assert "✓ standard field: text of at most 255 characters" in stage.shown
        await stage.press("enter")
        assert 'last_name = "shoe_size"' in stage.text
        assert stage.list.row.key == ("shoe_size", "last_name")


async def test_every_setting_of_a_mapping_can_be_changed_in_place(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.go("tier")
        await stage.press("e")
        form = stage.app.screen
        await stage.type("loyalty")
        form.query_one("#type", Select).value = "string"
        form.query_one("#on_null", Select).value = "keep"
        form.query_one("#upper", Checkbox).value = True
        form.query_one("#trim", Checkbox).value = True
        await stage.settle(stage.app, stage.pilot)
        assert form.query_one("#lower", Checkbox).value is False
        await stage.press("ctrl+s")

        mapping = stage.mapping("loyalty")
        assert (mapping.type, mapping.on_null, mapping.trim, mapping.lower, mapping.upper) == (
            "string", "keep", True, False, True,
        )  # fmt: skip
        assert "# gold, silver" in stage.text
        await stage.press("u")
        assert 'tier = { column = "tier", lower = true } # gold, silver' in stage.text


async def test_escape_leaves_a_form_and_changes_nothing(store, open_mapping):
    async with open_mapping(store) as stage:
        before = stage.text
        for keys in (["enter"], ["t"], ["t", "n"], ["M"], ["F"]):
            await stage.go("tier")
            await stage.press(*keys)
            assert isinstance(stage.app.screen, ModalScreen), keys
            await stage.press("escape")
            assert not isinstance(stage.app.screen, ModalScreen), keys
        assert stage.text == before


async def test_what_changes_daily_gets_ranges_and_the_rows_of_each_are_counted(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.go("days_since_visit")
        assert "Changes daily" in stage.shown
        await stage.press("f")
        for words in ("week: 0 to below 7 1 33 %", "quarter: 30 to below 90 1 33 %", "longer: 365 and more 1 33 %"):
            assert words in stage.shown
        await stage.type("new = 0, new = 1")
        assert "✗ Write ranges as name = lower end" in stage.shown
        await stage.type('"up to a month" = 0, later = 30.5')
        await stage.press("enter")

        assert stage.mapping("seen").buckets == (Bucket("up to a month", 0), Bucket("later", 30.5))
        assert [each.code for each in stage.row("days_since_visit").concerns] == []


async def test_a_column_that_is_gone_is_replaced_by_the_nearest_one(store, open_mapping):
    text = (store / "stoker.toml").read_text(encoding="utf-8")
    (store / "stoker.toml").write_text(text.replace('column = "tier"', 'column = "teir"'), encoding="utf-8")

    async with open_mapping(store) as stage:
        assert stage.pairs[-1] == ("teir", "tier")
        assert "values are counted once" in stage.shown
        await stage.go("teir")
        assert "No such column" in stage.shown
        assert "missing" in stage.shown
        await stage.press("f")
        assert stage.app.screen.query_one("#name Input", Input).value == "tier"
        await stage.press("enter")
        assert stage.text == text
        assert "values are counted once" not in stage.shown


async def test_a_location_asks_for_its_second_column(store, open_mapping):
    table = pa.table({"id": ["c1"], "lon": [8.5], "lat": [47.3]})
    pq.write_table(table, store / "customers.parquet")

    async with open_mapping(store) as stage:
        await stage.go("lon")
        await stage.press("enter")
        await stage.type("current_location")
        assert "A location needs two columns" in stage.shown
        await stage.press("tab")
        await stage.type("lat")
        await stage.press("enter")
        assert 'current_location = { longitude_column = "lon", latitude_column = "lat" }' in stage.text
        assert {("lon", "current_location"), ("lat", "current_location")} <= set(stage.pairs)


async def test_a_new_template_is_made_with_the_identifier_that_its_table_suggests(store, open_mapping):
    text = (store / "stoker.toml").read_text(encoding="utf-8")
    (store / "stoker.toml").write_text(text[: text.index("[templates")], encoding="utf-8")

    async with open_mapping(store) as stage:
        assert "No template yet" in stage.shown
        await stage.press("t")
        assert "braze addresses customers by external_id" in stage.shown
        assert stage.app.screen.query_one("#first Input", Input).value == "id"
        await stage.type("welcome")
        await stage.press("enter")

        assert stage.app.session.project.templates["welcome"].identifier_column == "id"
        assert stage.row("id").identifier == "external_id"
        assert stage.row("birthdate").suggestion.attribute == "dob"
        await stage.press("u")
        assert "No template yet" in stage.shown


async def test_another_table_and_another_identifier_are_chosen(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.press("t", "tab", "down", "enter")
        assert "profile from visits to braze" in stage.shown
        assert ("visitor", "") in stage.pairs
        assert stage.row("tier").is_missing

        await stage.press("home", "down", "enter")
        await stage.type("visitor")
        await stage.press("enter")
        assert 'identifier_column = "visitor"          # from the till' in stage.text
