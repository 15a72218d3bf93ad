"""Mapping by keys, on a real project file: what is wrong stands beside its row, and one key mends it in the file."""

from __future__ import annotations

from textual.widgets import Input

from tui_app.core.mapping import Bucket
from tui_app.tui.widgets.mapping_list import MappingList


async def test_every_column_has_a_row_with_what_it_feeds_and_is_seen_at_every_size(store, open_mapping):
    async with open_mapping(store) as stage:
        assert stage.pairs == [
            ("id", ""),
            ("name", "first_name"),
            ("birthdate", "birthday"),
            ("tier", "tier"),
            ("days_since_visit", "seen"),
            ("consent", "email_subscribe"),
            ("e-mail", ""),
            ("shoe_size", ""),
        ]
        tier = stage.row("tier")
        assert (tier.type, tier.report.null_share, tier.report.samples) == ("string", 0.5, ("Gold", "Silver"))
        await stage.go("tier")
        for words in ("profile from customers to braze by external_id", "8 columns, 6 mapped", "Gold · Silver",
                      "lower", "50 %", "→ email?"):  # fmt: skip
            assert words in stage.shown

        await stage.go("birthdate")
        for size in ((80, 24), (200, 60)):
            await stage.pilot.resize_terminal(*size)
            await stage.settle(stage.app, stage.pilot)
            for words in ("birthdate", "birthday", "f rename it to dob", "Edit", "Map", "Unmap", "Template", "Keys"):
                assert words in stage.shown

        concern = stage.app.screen.query_one("#concern-0")
        await stage.click(concern, (4, concern.size.height - 1))
        assert 'dob = "birthdate"' in stage.text


async def test_rows_are_there_although_the_table_cannot_be_read_and_go_with_the_project(store, open_mapping):
    """The project alone says what is mapped, and names are judged; the table only adds to it."""
    (store / "customers.parquet").unlink()

    async with open_mapping(store) as stage:
        assert ("birthdate", "birthday") in stage.pairs
        assert [each.code for each in stage.row("birthdate").concerns] == ["duplicate_of_standard"]
        assert "This did not work" in stage.shown
        assert "table not read, r tries again" in stage.shown

        good = stage.text
        stage.file.write_text("[templates", encoding="utf-8")
        await stage.look_outside()
        assert "stoker.toml cannot be used" in stage.shown
        await stage.press("f", "m", "x", "M", "F", "enter", "t")
        stage.file.write_text(good, encoding="utf-8")
        await stage.look_outside()
        await stage.go("birthdate")
        assert "Duplicate of a standard field" in stage.shown


async def test_a_duplicate_of_a_standard_field_is_renamed_in_the_file_by_one_key_and_that_is_undone(
    store, open_mapping
):
    async with open_mapping(store) as stage:
        before = stage.text
        await stage.go("birthdate")
        assert "Duplicate of a standard field" in stage.shown
        assert "f rename it to dob" in stage.shown

        await stage.press("f")
        after = stage.text
        assert after == before.replace("birthday =", "dob =")
        assert "# ask Mia about this one" in after
        assert stage.list.chosen.key == ("birthdate", "dob")
        for words in ("1 value will be withheld", "is not a date; Braze needs YYYY-MM-DD", 'Example: "3/4/1990"'):
            assert words in stage.shown

        await stage.press("u")
        assert stage.text == before
        assert "Undone: Rename birthday to dob" in stage.shown
        await stage.press("U")
        assert stage.text == after
        await stage.press("home")
        assert "1 customer will be withheld" in stage.shown

        await stage.press("u", "F")
        assert "birthday → dob" in stage.shown
        assert stage.text == before
        await stage.press("enter")
        assert stage.text == after


async def test_suggestions_are_taken_one_by_one_for_marked_rows_or_where_sure_after_they_were_shown(
    store, open_mapping
):
    async with open_mapping(store) as stage:
        before = stage.text
        await stage.press("M")
        assert "e-mail → email standard field" in stage.shown
        await stage.press("escape")
        assert stage.text == before
        await stage.press("M", "enter")
        assert {("e-mail", "email"), ("shoe_size", "")} <= set(stage.pairs)
        await stage.press("u")

        await stage.go("e-mail")
        assert "m maps it to email" in stage.shown
        await stage.press("m")
        assert 'email = "e-mail"' in stage.text
        assert stage.list.chosen.key == ("e-mail", "email")
        await stage.press("u")

        await stage.press("w", "w", "a")
        assert "2 marked" in stage.shown
        await stage.press("m")
        assert not stage.list.marks
        await stage.press("w", "w")
        assert {("e-mail", "email"), ("shoe_size", "shoe_size")} <= set(stage.pairs)
        await stage.press("u")
        assert stage.text == before

        await stage.go("tier")
        await stage.press("space", "slash")
        await stage.type("name")
        await stage.press("enter", "space", "x")
        assert {each.attribute for each in stage.app.session.project.templates["profile"].attributes} == {
            "birthday", "seen", "email_subscribe",
        }  # fmt: skip


async def test_rows_are_unmapped_kept_on_null_searched_and_filtered(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.go("name")
        await stage.press("n")
        (line,) = [each for each in stage.text.splitlines() if each.startswith("first_name")]
        assert line.startswith('first_name = { column = "name", on_null = "keep" } ')
        assert line.endswith("# as people sign")
        await stage.press("a", "n")
        assert {each.on_null for each in stage.app.session.project.templates["profile"].attributes} == {"clear"}

        await stage.press("delete")
        assert stage.list.chosen.key == ("name", "")
        assert "first_name" not in stage.text
        before = stage.text
        await stage.press("home", "x")
        assert stage.text == before
        assert "The identifier stays" in stage.shown
        await stage.press("u")

        await stage.press("slash")
        await stage.type("BIRTH-D")
        assert stage.pairs == [("birthdate", "birthday")]
        assert "showing 1" in stage.shown
        await stage.press("enter")
        assert isinstance(stage.app.focused, MappingList)
        assert len(stage.pairs) == 1
        await stage.press("escape")
        assert len(stage.pairs) == 8
        assert stage.list.chosen.column == "birthdate"
        await stage.press("slash", *"first")
        assert stage.pairs == [("name", "first_name")]
        assert stage.app.screen.query_one("#search", Input).value == "first"
        await stage.press("escape")

        shown = []
        for _ in range(4):
            await stage.press("w")
            shown.append([column for column, _ in stage.pairs])
        assert shown[0] == ["id", "birthdate", "days_since_visit", "consent"]
        assert shown[1] == ["e-mail", "shoe_size"]
        assert shown[2] == ["name", "birthdate", "tier", "days_since_visit", "consent"]
        assert len(shown[3]) == 8


async def test_consent_is_asked_for_explicitly_and_what_changes_daily_gets_ranges(store, open_mapping):
    async with open_mapping(store) as stage:
        before = stage.text
        await stage.go("consent")
        assert "Consent is not sent" in stage.shown
        await stage.press("f", "enter")
        assert stage.text == before
        await stage.press("f")
        assert "source of truth" in stage.shown
        await stage.press("s")
        assert "send_consent = true" in stage.text
        assert not stage.row("consent").concerns

        await stage.press("up")
        assert "Changes daily" in stage.shown
        await stage.press("f")
        for words in ("week: 0 to below 7 1 33 %", "quarter: 30 to below 90 1 33 %", "longer: 365 and more 1 33 %"):
            assert words in stage.shown
        await stage.type("new = 0, new = 1")
        assert "✗ Write ranges as name = lower end" in stage.shown
        await stage.type('"up to a month" = 0, later = 30.5')
        await stage.press("enter")
        assert stage.mapping("seen").buckets == (Bucket("up to a month", 0), Bucket("later", 30.5))
        assert not stage.row("days_since_visit").concerns


async def test_a_change_outside_is_followed_and_nothing_is_done_against_it(store, open_mapping):
    async with open_mapping(store) as stage:
        changed = stage.text.replace("[orchestrations.profiles]", "# by hand\n[orchestrations.profiles]")
        await stage.go("birthdate")
        stage.file.write_text(changed, encoding="utf-8")
        await stage.press("f")
        assert stage.text == changed
        assert "changed by something else" in stage.shown

        await stage.look_outside()
        await stage.press("escape", "F")
        changed = changed.replace('first_name = "name"', 'last_name = "name"')
        stage.file.write_text(changed, encoding="utf-8")
        await stage.look_outside()
        await stage.press("enter")
        stage.app.clear_notifications()
        await stage.pilot.pause()
        assert stage.text == changed
        assert "changed by something else while this was asked" in stage.shown
        assert ("name", "last_name") in stage.pairs


async def test_a_table_that_was_only_looked_at_is_not_what_a_template_in_use_is_mapped_from(store, open_mapping):
    """A sound mapping would look destroyed, with every column missing."""
    (store / "orders.csv").write_text("order,total\n1,2\n")
    text = (store / "stoker.toml").read_text()
    text = text.replace("[source.tables]\n", '[source.tables]\norders = "orders.csv"\n')
    text += '\n[orchestrations.nightly]\nquery = "customers"\ntemplate = "profile"\n'
    (store / "stoker.toml").write_text(text)
    async with open_mapping(store) as stage:
        stage.app.session.choose(table="orders")
        await stage.press("3", "4")
        assert "profile from customers" in stage.shown
        await stage.press("t")
        stage.app.screen.query_one("#tables-list").focus()
        await stage.press("end", "home", "enter")
        assert "profile from orders" in stage.shown
