"""The forms of the stage Mapping: what is typed is judged at once, and only what makes sense is written."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Select


async def test_names_are_offered_and_judged_as_one_types_and_the_workspace_is_known(store, workspace_has, open_mapping):
    """Braze would keep `Tier` and `tier` side by side for ever."""
    async with open_mapping(store) as stage:
        await workspace_has("Shoe Size", "Tier")
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
        assert stage.list.chosen.key == ("shoe_size", "last_name")

        await stage.go("tier")
        assert "Near-duplicate" in stage.shown
        await stage.press("f")
        assert 'Tier = { column = "tier", lower = true } # gold, silver' in stage.text


async def test_every_setting_of_a_mapping_is_changed_in_its_place_and_escape_changes_nothing(store, open_mapping):
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

        for keys in (["enter"], ["t"], ["t", "n"]):
            await stage.press(*keys)
            assert isinstance(stage.app.screen, ModalScreen), keys
            await stage.press("escape")
            assert not isinstance(stage.app.screen, ModalScreen), keys
        assert 'tier = { column = "tier", lower = true } # gold, silver' in stage.text


async def test_a_column_that_is_gone_is_replaced_and_a_location_gets_two(store, open_mapping):
    customers = pq.read_table(store / "customers.parquet").rename_columns({"days_since_visit": "lon", "consent": "lat"})
    pq.write_table(customers, store / "customers.parquet")
    text = (store / "stoker.toml").read_text(encoding="utf-8")
    without = text.replace('seen = "days_since_visit"\n', "").replace('email_subscribe = "consent"\n', "")
    (store / "stoker.toml").write_text(without.replace('column = "tier"', 'column = "teir"'), encoding="utf-8")

    async with open_mapping(store) as stage:
        assert stage.pairs[-1] == ("teir", "tier")
        assert "values are counted once" in stage.shown
        await stage.go("teir")
        assert "No such column" in stage.shown
        assert "missing" in stage.shown
        await stage.press("f")
        assert stage.app.screen.query_one("#name Input", Input).value == "tier"
        await stage.press("enter")
        assert stage.text == without
        assert "values are counted once" not in stage.shown

        await stage.go("lon")
        await stage.press("enter")
        await stage.type("current_location")
        assert "A location needs two columns" in stage.shown
        await stage.press("tab")
        await stage.type("lat")
        await stage.press("enter")
        assert 'current_location = { longitude_column = "lon", latitude_column = "lat" }' in stage.text
        assert {("lon", "current_location"), ("lat", "current_location")} <= set(stage.pairs)


async def test_a_new_template_takes_the_identifier_that_its_table_suggests(store, open_mapping):
    text = (store / "stoker.toml").read_text(encoding="utf-8")
    (store / "stoker.toml").write_text(text[: text.index("[templates")], encoding="utf-8")
    pq.write_table(pa.table({"visitor": ["v1"], "customer_id": ["c1"]}), store / "visits.parquet")

    async with open_mapping(store) as stage:
        assert "No template yet" in stage.shown
        await stage.press("t")
        assert "braze addresses customers by external_id" in stage.shown
        assert stage.app.screen.query_one("#first Input", Input).value == "id"
        await stage.type("welcome")
        await stage.press("enter")
        assert stage.app.session.project.templates["welcome"].identifier_column == "id"
        assert stage.row("birthdate").suggestion.attribute == "dob"

        await stage.press("t", "tab", "down", "enter")
        assert "welcome from visits to braze" in stage.shown
        assert stage.row("id").is_missing
        await stage.go("id")
        await stage.press("enter")
        await stage.type("customer_id")
        await stage.press("enter")
        assert stage.app.session.project.templates["welcome"].identifier_column == "customer_id"
        await stage.press("u", "u")
        assert "No template yet" in stage.shown
