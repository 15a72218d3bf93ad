"""Source: what is in a table is seen before anything is sent; SQL is tried before it is saved, where it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input, OptionList, TabbedContent, TextArea

from tui_app.config.read import read_project
from tui_app.tui.app import StokerApp
from tui_app.tui.widgets.source_list import SourceList

SQL = "SELECT id, upper(tier) AS tier\nFROM customers\n"


def shown(app: StokerApp, selector: str = "#stage") -> str:
    """What is seen of a part of the screen, as text without its line breaks."""
    region = app.screen.query_one(selector).region
    strips = app.screen._compositor.render_strips()[region.y : region.bottom]
    return " ".join(" ".join(strip.crop(region.x, region.right).text for strip in strips).split())


@pytest.fixture
def stocked(shop: Any, customer: Callable[..., dict[str, Any]]) -> Any:
    """A shop with 350 customers and a query over them."""
    rows = [customer(number, tier="gold" if number % 5 else None) for number in range(350)]
    rows[0] |= {"name": "[bold red]Ada[/]\x1b[2J"}
    shop.customers(rows)
    shop.extra = f'[queries.tiers]  # for marketing\nsql = """\n{SQL}"""\n'
    shop.write()
    return shop


async def test_columns_show_types_gaps_variety_and_samples(stocked: Any, open_stoker: Any, settle: Any) -> None:
    async with open_stoker(stocked.folder, "source") as (app, pilot):
        assert "customers customers.parquet 350 rows, 5 columns" in shown(app, "#headline")
        assert "customers 350" in shown(app, "#tables")
        assert "tiers 350" in shown(app, "#tables")
        columns = shown(app, "#columns")
        assert "tier string ━──── 20 %" in columns
        assert "id string ───── 0 % all" in columns
        await pilot.press("tab", "tab", "down")
        await settle(app, pilot)
        detail = shown(app, "#detail")
        assert detail.startswith("name string values in 350 of 350 rows, about ")
        assert detail.endswith("samples [bold red]Ada[/]␛[2J Name 1 Name 2")


async def test_rows_are_read_page_by_page_to_the_last(stocked: Any, open_stoker: Any, settle: Any) -> None:
    async with open_stoker(stocked.folder, "source", size=(80, 24)) as (app, pilot):
        await pilot.press("v")
        await settle(app, pilot)
        assert "c00000 [bold red]Ada[/]␛[2J NULL" in shown(app, "#rows")
        app.screen.query_one("#rows").focus()
        await pilot.press("G")
        await settle(app, pilot)
        assert "c00349 Name 349 gold 349" in shown(app, "#rows")


async def test_sql_is_tried_and_its_mistake_is_marked(stocked: Any, open_stoker: Any, settle: Any) -> None:
    before = (stocked.folder / "stoker.toml").read_text()
    async with open_stoker(stocked.folder, "source") as (app, pilot):
        await pilot.press("down", "v", "v")
        await settle(app, pilot)
        await pilot.press("ctrl+r")
        await settle(app, pilot)
        assert "✓ 100 rows of 2 columns" in shown(app, "#outcome")
        assert "c00001 GOLD" in shown(app, "#result")

        editor = app.screen.query_one("#editor", TextArea)
        editor.text = "SELECT id,\n  teir\nFROM customers"
        await pilot.press("f5")
        await settle(app, pilot)
        assert "✗ line 2, column 3:" in shown(app, "#outcome")
        assert 'Nearest: "tier"' in shown(app, "#outcome")
        assert editor.selected_text == "teir"
        assert "• not saved" in shown(app, "#headline")
    assert (stocked.folder / "stoker.toml").read_text() == before


async def test_sql_is_saved_between_its_quotes_and_can_be_undone(stocked: Any, open_stoker: Any, settle: Any) -> None:
    file = stocked.folder / "stoker.toml"
    before = file.read_text()
    new_sql = "SELECT id, lower(tier) AS tier\nFROM customers\nWHERE tier IS NOT NULL\n"
    async with open_stoker(stocked.folder, "source") as (app, pilot):
        await pilot.press("down", "v", "v")
        await settle(app, pilot)
        app.screen.query_one("#editor", TextArea).text = new_sql
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert file.read_text() == before.replace(SQL, new_sql)
        assert "not saved" not in shown(app, "#headline")
        assert "c00001 gold" in shown(app, "#result")
        assert "tiers 280" in shown(app, "#tables")
        await pilot.press("ctrl+z")
        await settle(app, pilot)
        assert app.screen.query_one("#editor", TextArea).text == SQL
    assert file.read_text() == before


async def test_a_query_in_a_file_of_its_own_is_saved_there(stocked: Any, open_stoker: Any, settle: Any) -> None:
    query_file = stocked.folder / "tiers.sql"
    query_file.write_bytes(SQL.replace("\n", "\r\n").encode())
    stocked.extra = '[queries.tiers]\nfile = "tiers.sql"\n'
    stocked.write()
    before = (stocked.folder / "stoker.toml").read_text()
    async with open_stoker(stocked.folder, "source") as (app, pilot):
        await pilot.press("down", "v", "v")
        await settle(app, pilot)
        editor = app.screen.query_one("#editor", TextArea)
        editor.text = editor.text.replace("upper", "lower")
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert "not saved" not in shown(app, "#headline")
        app.clear_notifications()
        query_file.write_text("SELECT 1 AS theirs")
        editor.text = "SELECT 2 AS mine"
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert "it was changed by something else" in shown(app, "#explanation")
        assert editor.text == "SELECT 2 AS mine"
    assert query_file.read_text() == "SELECT 1 AS theirs"
    assert (stocked.folder / "stoker.toml").read_text() == before


@pytest.mark.parametrize("where", ["in the project", "in a file of its own"])
async def test_a_change_of_somebody_else_is_not_written_over_unseen(
    stocked: Any, open_stoker: Any, settle: Any, where: str
) -> None:
    """The app reads it again by itself, and the SQL that is being typed stays; who saves then must know."""
    query_file = stocked.folder / "tiers.sql"
    query_file.write_text("SELECT 0 AS old")
    if where == "in a file of its own":
        stocked.extra = '[queries.tiers]\nfile = "tiers.sql"\n'
        stocked.write()
    async with open_stoker(stocked.folder, "source") as (app, pilot):
        await pilot.press("down", "v", "v")
        await settle(app, pilot)
        app.screen.query_one("#editor", TextArea).text = "SELECT 2 AS mine"
        if where == "in the project":
            stocked.extra = '[queries.tiers]\nsql = "SELECT 1 AS theirs"\n'
            stocked.write()
        query_file.write_text("SELECT 1 AS theirs")
        app._look_outside()
        await settle(app, pilot)
        app.clear_notifications()
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert "it was changed by something else while this was typed" in shown(app, "#explanation")
        assert app.session.project.queries["tiers"].sql == "SELECT 1 AS theirs"

        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert app.session.project.queries["tiers"].sql == "SELECT 2 AS mine"
        assert app.screen.unsaved() == ()


async def test_sql_that_is_being_typed_is_kept_while_one_looks_elsewhere(
    stocked: Any, open_stoker: Any, settle: Any
) -> None:
    file = stocked.folder / "stoker.toml"
    async with open_stoker(stocked.folder, "source") as (app, pilot):
        await pilot.press("down", "v", "v")
        await settle(app, pilot)
        app.screen.query_one("#editor", TextArea).text = "SELECT 1 AS mine"
        file.write_text("# theirs\n" + file.read_text())
        app._look_outside()
        await settle(app, pilot)
        app.screen.query_one(SourceList).focus()
        await pilot.press("up")
        await settle(app, pilot)
        assert "• tiers" in shown(app, "#tables")
        await pilot.press("down")
        await settle(app, pilot)
        assert app.screen.query_one("#editor", TextArea).text == "SELECT 1 AS mine"


async def test_a_table_is_added_from_the_files_that_lie_near(tmp_path: Path, open_stoker: Any, settle: Any) -> None:
    """Also where there is no project yet: this may be the first thing that somebody does."""
    folder = tmp_path / "new"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "people.csv").write_text("id,name\n1,Ada\n2,Bo\n")
    (folder / "data" / "orders.csv").write_text("id\n1\n")
    async with open_stoker(folder, "source", size=(80, 24)) as (app, pilot):
        assert "There is no table yet" in shown(app)
        await pilot.press("a")
        await settle(app, pilot)
        assert "data/*.csv 2 files" in shown(app, ".dialog")
        await pilot.press("p", "e", "o", "enter")
        await pilot.pause()
        assert app.screen.query_one("#location", Input).value == "data/people.csv"
        assert app.screen.query_one("#name", Input).value == "people"
        await pilot.press("enter")
        await settle(app, pilot)
        assert "people data/people.csv 2 rows, 2 columns" in shown(app, "#headline")

        await pilot.press("n")
        await pilot.press(*"names", "enter")
        await settle(app, pilot)
        assert app.screen.query_one(TabbedContent).active == "sql-view"
        assert isinstance(app.focused, TextArea)
    assert (
        (folder / "stoker.toml")
        .read_text()
        .endswith(
            '[source.tables]\npeople = "data/people.csv"\n\n[queries.names]\nsql = """\nSELECT *\nFROM people\n"""\n'
        )
    )


async def test_a_name_that_cannot_be_one_is_refused_in_the_dialog(stocked: Any, open_stoker: Any, settle: Any) -> None:
    async with open_stoker(stocked.folder, "source") as (app, pilot):
        await pilot.press("a")
        await settle(app, pilot)
        for location, name, words in [
            ("", "x", "Name a file or a pattern"),
            ("x.csv", "tiers", "There is a table or a query tiers already"),
            ("x.csv", "a/b", "The name holds a slash"),
        ]:
            app.screen.query_one("#location", Input).value = location
            app.screen.query_one("#name", Input).value = name
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert words in shown(app, ".said")
        assert app.screen.query_one(OptionList).option_count == 0


async def test_a_broken_table_says_why_and_hides_no_other(stocked: Any, open_stoker: Any, settle: Any) -> None:
    text = (stocked.folder / "stoker.toml").read_text()
    (stocked.folder / "stoker.toml").write_text(text.replace("[destinations", 'gone = "gone.csv"\n[destinations', 1))
    async with open_stoker(stocked.folder, "source") as (app, pilot):
        assert "✗ gone" in shown(app, "#tables")
        await pilot.press("down")
        await settle(app, pilot)
        assert "It cannot be read" in shown(app, "#broken")
        assert "gone.csv" in shown(app, "#broken")
        (stocked.folder / "gone.csv").write_text("id\n1\n")
        await pilot.press("r")
        await settle(app, pilot)
        assert "gone gone.csv 1 row, 1 column" in shown(app, "#headline")


async def test_what_is_used_is_not_removed_and_what_is_not_used_after_a_question(
    stocked: Any, open_stoker: Any, settle: Any
) -> None:
    file = stocked.folder / "stoker.toml"
    before = file.read_text()
    async with open_stoker(stocked.folder, "source") as (app, pilot):
        await pilot.press("x")
        await pilot.pause()
        assert "The SQL of tiers names it" in shown(app, ".dialog")
        await pilot.press("r")
        await settle(app, pilot)
        assert "there is no such table or query" in shown(app, "#explanation")
        assert file.read_text() == before
        await pilot.press("escape", "down")
        await settle(app, pilot)
        await pilot.press("x", "r")
        await settle(app, pilot)
        assert "customers customers.parquet" in shown(app, "#headline")
    assert list(read_project(stocked.folder).queries) == []
