"""Mapping by keys, on a real project file: what is wrong stands beside its row, and one key mends it in the file."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from textual.widgets import Input

from tui_app.tui.widgets.mapping_list import MappingList


async def test_every_column_has_a_row_with_what_it_feeds_and_what_is_known_of_it(store, open_mapping):
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


async def test_rows_are_there_before_anything_was_asked(store, open_mapping):
    """The project alone says what is mapped; the table only adds to it."""
    (store / "customers.parquet").unlink()

    async with open_mapping(store) as stage:
        assert ("birthdate", "birthday") in stage.pairs
        assert "Duplicate of a standard field" in [each.title for each in stage.row("birthdate").concerns]
        assert "customers" in stage.shown
        assert "This did not work" in stage.shown


async def test_a_duplicate_of_a_standard_field_is_shown_beside_its_row_and_f_renames_it(store, open_mapping):
    async with open_mapping(store) as stage:
        before = stage.text
        await stage.go("birthdate")
        assert "Duplicate of a standard field" in stage.shown
        assert "f rename it to dob" in stage.shown

        await stage.press("f")

        assert stage.text == before.replace("birthday =", "dob =")
        assert "# ask Mia about this one" in stage.text
        assert [each.code for each in stage.row("birthdate", "dob").concerns] == ["withheld"]
        assert stage.list.row.column == "birthdate"


async def test_undo_and_redo_name_what_they_do(store, open_mapping):
    async with open_mapping(store) as stage:
        before = stage.text
        await stage.go("birthdate")
        await stage.press("f")
        after = stage.text

        await stage.press("u")
        assert stage.text == before
        assert "Undone: Rename birthday to dob" in stage.shown
        await stage.press("U")
        assert stage.text == after
        assert ("birthdate", "dob") in stage.pairs


async def test_withheld_values_are_counted_with_an_example(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.go("birthdate")
        await stage.press("f")

        for words in ("1 value will be withheld", "is not a date; Braze needs YYYY-MM-DD", 'Example: "3/4/1990"'):
            assert words in stage.shown
        await stage.go("id")
        assert "1 customer will be withheld" in stage.shown
        assert "has no identifier" in stage.shown


async def test_a_suggestion_is_taken_with_one_key(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.go("e-mail")
        assert "m maps it to email" in stage.shown
        await stage.press("m")

        assert 'email = "e-mail"' in stage.text
        assert stage.list.row.key == ("e-mail", "email")


async def test_only_sure_suggestions_are_mapped_all_at_once_and_shown_first(store, open_mapping):
    async with open_mapping(store) as stage:
        before = stage.text
        await stage.press("M")
        assert "e-mail → email standard field" in stage.shown
        await stage.press("escape")
        assert stage.text == before

        await stage.press("M", "enter")
        assert ("e-mail", "email") in stage.pairs
        assert ("shoe_size", "") in stage.pairs


async def test_marked_rows_are_changed_and_undone_together(store, open_mapping):
    async with open_mapping(store) as stage:
        before = stage.text
        await stage.go("e-mail")
        await stage.press("space", "space")
        assert "2 marked" in stage.shown

        await stage.press("m")
        assert {("e-mail", "email"), ("shoe_size", "shoe_size")} <= set(stage.pairs)
        assert not stage.list.marks
        await stage.press("u")
        assert stage.text == before


async def test_marks_hold_while_other_rows_are_searched(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.go("tier")
        await stage.press("space", "slash")
        await stage.type("name")
        await stage.press("enter", "space", "x")

        assert {each.attribute for each in stage.app.session.project.templates["profile"].attributes} == {
            "birthday", "seen", "email_subscribe",
        }  # fmt: skip


async def test_all_shown_rows_are_marked_and_unmarked_with_a(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.press("w", "w", "a")
        assert {column for column, _ in stage.list.marks} == {"e-mail", "shoe_size"}
        await stage.press("a")
        assert not stage.list.marks


async def test_unmapping_keeps_the_identifier(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.go("name")
        await stage.press("delete")
        assert stage.list.row.key == ("name", "")
        assert "first_name" not in stage.text

        before = stage.text
        await stage.go("id")
        await stage.press("x")
        assert stage.text == before
        assert "The identifier stays" in stage.shown


async def test_on_null_turns_between_clear_and_keep(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.go("name")
        await stage.press("n")
        assert 'first_name = { column = "name", on_null = "keep" } ' in stage.text
        assert "# as people sign" in stage.text
        await stage.press("n")
        assert stage.mapping("first_name").on_null == "clear"


async def test_marked_rows_all_get_the_same_on_null(store, open_mapping):
    """Also where they differed before."""
    async with open_mapping(store) as stage:
        await stage.go("tier")
        await stage.press("n")
        await stage.go("name")
        await stage.press("a", "n")

        assert {each.on_null for each in stage.app.session.project.templates["profile"].attributes} == {"keep"}


async def test_a_search_filters_by_column_or_attribute_and_escape_ends_it(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.press("slash")
        await stage.type("BIRTH-D")
        assert stage.pairs == [("birthdate", "birthday")]
        assert "showing 1" in stage.shown
        await stage.press("enter")
        assert isinstance(stage.app.focused, MappingList)
        assert len(stage.pairs) == 1

        await stage.press("escape")
        assert len(stage.pairs) == 8
        assert stage.list.row.column == "birthdate"
        await stage.press("slash")
        await stage.type("first")
        assert stage.pairs == [("name", "first_name")]
        assert stage.app.screen.query_one("#search", Input).value == "first"


async def test_the_filter_goes_from_all_to_warnings_to_unmapped_to_mapped(store, open_mapping):
    async with open_mapping(store) as stage:
        await stage.press("w")
        assert [column for column, _ in stage.pairs] == ["id", "birthdate", "days_since_visit", "consent"]
        await stage.press("w")
        assert [column for column, _ in stage.pairs] == ["e-mail", "shoe_size"]
        await stage.press("w")
        assert all(attribute for _, attribute in stage.pairs)
        await stage.press("w")
        assert len(stage.pairs) == 8


async def test_all_renames_are_made_at_once_after_they_were_shown(store, open_mapping):
    text = (store / "stoker.toml").read_text(encoding="utf-8")
    (store / "stoker.toml").write_text(text.replace("first_name =", "fname ="), encoding="utf-8")

    async with open_mapping(store) as stage:
        await stage.press("F")
        assert "fname → first_name" in stage.shown
        assert "birthday → dob" in stage.shown
        assert stage.text == text.replace("first_name =", "fname =")

        await stage.press("enter")
        assert stage.text == text.replace("birthday =", "dob =")


async def test_consent_is_asked_for_explicitly_and_enter_is_not_yes(store, open_mapping):
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


async def test_a_near_duplicate_of_the_workspace_is_found_and_renamed(store, sandbox, open_mapping):
    """Braze would keep `Tier` and `tier` side by side for ever."""
    import httpx

    answer = httpx.post(
        f"{sandbox.url}/users/track",
        json={"attributes": [{"external_id": "c9", "Tier": "gold"}]},
        headers={"Authorization": f"Bearer {(store / 'braze.key').read_text()}"},
    )
    assert answer.status_code == 201

    async with open_mapping(store) as stage:
        await stage.press("r")
        assert [each.code for each in stage.row("tier").concerns] == ["near_duplicate"]
        await stage.go("tier")
        await stage.press("f")
        assert 'Tier = { column = "tier", lower = true } # gold, silver' in stage.text


async def test_a_change_made_outside_is_followed_and_an_edit_against_it_is_refused(store, open_mapping):
    async with open_mapping(store) as stage:
        changed = stage.text.replace("[orchestrations.profiles]", "# by hand\n[orchestrations.profiles]")
        await stage.go("birthdate")
        stage.file.write_text(changed, encoding="utf-8")
        await stage.press("f")
        assert stage.text == changed
        assert "changed by something else" in stage.shown

        stage.file.write_text(changed.replace("birthday", "dob"), encoding="utf-8")
        stage.app._look_outside()
        await stage.settle(stage.app, stage.pilot)
        assert ("birthdate", "dob") in stage.pairs


async def test_what_was_asked_before_a_change_outside_is_not_done_after_it(store, open_mapping):
    """The question was about another file."""
    async with open_mapping(store) as stage:
        await stage.press("F")
        changed = stage.text.replace('first_name = "name"', 'last_name = "name"')
        stage.file.write_text(changed, encoding="utf-8")
        stage.app._look_outside()
        await stage.press("enter")

        assert stage.text == changed
        assert "changed by something else while this was asked" in stage.shown
        assert ("name", "last_name") in stage.pairs


async def test_a_file_that_cannot_be_read_any_more_empties_the_stage_and_comes_back(store, open_mapping):
    async with open_mapping(store) as stage:
        good = stage.text
        stage.file.write_text("[templates", encoding="utf-8")
        stage.app._look_outside()
        await stage.settle(stage.app, stage.pilot)
        assert "Nothing to map yet" in stage.shown
        await stage.press("f", "m", "x", "M", "F", "enter")

        stage.file.write_text(good, encoding="utf-8")
        stage.app._look_outside()
        await stage.settle(stage.app, stage.pilot)
        assert ("birthdate", "birthday") in stage.pairs


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_list_detail_and_keys_are_seen_at_every_size(store, open_mapping, size):
    async with open_mapping(store, size) as stage:
        await stage.go("birthdate")

        for words in ("birthdate", "birthday", "f rename it to dob", "Edit", "Map", "Unmap", "Template", "Keys"):
            assert words in stage.shown


async def test_hundreds_of_columns_are_listed_and_moved_through(store, open_mapping):
    columns = {"id": ["c1"], **{f"score_{number:03}": [number] for number in range(600)}}
    pq.write_table(pa.table(columns), store / "customers.parquet")
    text = (store / "stoker.toml").read_text(encoding="utf-8")
    start, end = text.index("first_name"), text.index("[orchestrations")
    mapped = "".join(f'score_{number:03} = "score_{number:03}"\n' for number in range(300))
    (store / "stoker.toml").write_text(text[:start] + mapped + text[end:], encoding="utf-8")

    async with open_mapping(store) as stage:
        assert len(stage.pairs) == 601
        await stage.press("end", "m")
        assert 'score_599 = "score_599"' in stage.text
        await stage.press("home")
        assert stage.list.row.key == ("id", "")
