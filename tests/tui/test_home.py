"""Home and the frame around every stage: where the app opens, how one moves, what a key does everywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList, Static

from tui_app.config.locations import log_folder
from tui_app.core.errors import FixInput
from tui_app.tui.app import StokerApp
from tui_app.tui.screens.home import LastRuns
from tui_app.tui.settings import FILE_NAME, Settings, read_settings
from tui_app.tui.widgets.activation_table import ActivationTable

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((120, 40), id="120x40")]


def shown(app: StokerApp) -> str:
    """Everything on the screen as text, line by line."""
    return "\n".join("".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips())


async def test_somebody_with_nothing_is_offered_the_sandbox_and_a_workspace(tmp_path: Path, open_stoker: Any) -> None:
    """The first minute decides whether there is a second."""
    async with open_stoker(tmp_path) as (app, pilot):
        assert "Try the sandbox" in shown(app)
        await pilot.press("t")

    assert app.return_value == "try_sandbox"


async def test_connect_leads_from_nothing_to_the_form(tmp_path: Path, open_stoker: Any) -> None:
    async with open_stoker(tmp_path) as (app, pilot):
        await pilot.press("c")
        await pilot.pause()

        assert app.screen.STAGE == "connect"


async def test_home_names_what_is_there_and_what_was_run(
    shop: Any, customer: Any, open_stoker: Any, settle: Any
) -> None:
    shop.customers([customer(number) for number in range(5)])
    await asyncio.to_thread(shop.sync)

    async with open_stoker(shop.folder) as (app, pilot):
        await settle(app, pilot)
        text = shown(app)

    assert "club" in text
    assert "profiles" in text
    assert "✓ done" in text


async def test_the_first_arrow_moves_among_the_activations(shop: Any, open_stoker: Any) -> None:
    """Before the project is read the welcome has the focus; it must not keep it."""
    async with open_stoker(shop.folder) as (app, pilot):
        await pilot.press("down")
        await pilot.pause()

        assert app.screen.query_one(ActivationTable).cursor == 1


async def test_a_broken_project_file_is_explained_with_its_line(shop: Any, open_stoker: Any) -> None:
    file = shop.folder / "stoker.toml"
    file.write_text(file.read_text().replace('identifier_column = "id"', 'identifer_column = "id"'))

    async with open_stoker(shop.folder, size=(160, 40)) as (app, _pilot):
        text = shown(app)

    assert "stoker.toml cannot be used" in text
    assert "identifer_column" in text


async def test_every_stage_has_its_digit(shop: Any, customer: Any, open_stoker: Any, settle: Any) -> None:
    shop.customers([customer(1)])
    stages = []

    async with open_stoker(shop.folder) as (app, pilot):
        for key in "2345678":
            await pilot.press(key)
            await settle(app, pilot)
            stages.append(app.screen.STAGE)
            await pilot.press("escape")
            app.screen.set_focus(None)

    assert stages == ["connect", "source", "mapping", "segment", "preview", "sync", "runs"]


async def test_the_keys_are_listed_from_the_commands_themselves(shop: Any, open_stoker: Any) -> None:
    """One table of keys: what the help says is what is bound."""
    async with open_stoker(shop.folder) as (app, pilot):
        here = app.screen.COMMANDS_HERE
        await pilot.press("question_mark")
        await pilot.pause()
        listed = " ".join(str(each.render()) for each in app.screen.query(Static))

    assert all(command.help in listed for command in here)


async def test_the_palette_chooses_a_theme(shop: Any, open_stoker: Any, settle: Any) -> None:
    async with open_stoker(shop.folder) as (app, pilot):
        await pilot.press("ctrl+p", *"theme")
        await pilot.app.workers.wait_for_complete()
        await pilot.press("enter")
        await pilot.press(*"stoker-light")
        await pilot.app.workers.wait_for_complete()
        await pilot.press("enter")
        await settle(app, pilot)

        assert app.theme == "stoker-light"
        assert app.session.settings.theme == "stoker-light"


async def test_whom_an_activation_picks_is_read_in_full_where_there_is_room(
    shop: Any, open_stoker: Any, settle: Any
) -> None:
    """Equal columns would cut the longest words and leave the shortest half empty."""
    shop.extra = (
        '[segments.opted_out]\ntable = "customers"\nall = [ { column = "tier", op = "is NULL" } ]\n'
        '[campaigns.spring]\ntable = "customers"\ninclude = ["everybody"]\nexclude = ["opted_out"]\n'
        'template = "profile"\n'
    )
    shop.write()
    async with open_stoker(shop.folder, size=(80, 24)) as (app, pilot):
        await settle(app, pilot)
        table = app.screen.query_one(ActivationTable)

        assert any("everybody but not opted_out  " in table.render_line(line).text for line in range(4))


@pytest.mark.parametrize("size", [(120, 40), (100, 30), (99, 24), (80, 24), (60, 20), (40, 20)])
async def test_every_activation_is_seen_at_every_size(
    shop: Any, open_stoker: Any, settle: Any, size: tuple[int, int]
) -> None:
    """Also where names are long and a run was just begun, which makes its column wider."""
    shop.extra = (
        '[orchestrations.a_name_that_is_long_enough_to_want_a_column]\nquery = "customers"\ntemplate = "profile"\n'
    )
    shop.write()
    async with open_stoker(shop.folder, size=size) as (app, pilot):
        await settle(app, pilot)
        table = app.screen.query_one(ActivationTable)
        seen = [table.render_line(line).text for line in range(table.size.height)]

        assert [name for name in ("club", "profiles", "a_name_") if any(name in line for line in seen)] == [
            "club", "profiles", "a_name_",
        ]  # fmt: skip
        assert table.virtual_size.width <= table.size.width


async def test_the_palette_finds_an_activation_by_name_and_goes_there(
    shop: Any, customer: Any, open_stoker: Any, settle: Any
) -> None:
    shop.customers([customer(1)])

    async with open_stoker(shop.folder) as (app, pilot):
        await pilot.press("ctrl+p", *"preview club")
        await pilot.pause()
        await settle(app, pilot)
        await pilot.press("enter")
        await settle(app, pilot)

        assert app.screen.STAGE == "preview"
        assert app.session.choice.activation == "club"


async def test_names_that_look_like_markup_are_shown_as_they_are(shop: Any, open_stoker: Any, settle: Any) -> None:
    """Markup in a name would vanish or act in an app that reads names as markup; the palette reads them too."""
    name = "[@click=app.bell()] [bold]x"
    shop.extra = f'[segments."{name}"]\ntable = "customers"\nall = [ {{ column = "tier", op = "is not NULL" }} ]'
    shop.write()

    async with open_stoker(shop.folder) as (app, pilot):
        await pilot.press("ctrl+p", *"segment")
        await settle(app, pilot)
        options = app.screen.query_one(OptionList)
        prompts = [str(options.get_option_at_index(number).prompt) for number in range(options.option_count)]

    assert any(name in prompt for prompt in prompts)


async def test_a_change_made_outside_is_read_again(shop: Any, open_stoker: Any, settle: Any) -> None:
    file = shop.folder / "stoker.toml"

    async with open_stoker(shop.folder) as (app, pilot):
        file.write_text(file.read_text().replace("[campaigns.club]", "[campaigns.comeback]"))
        app._look_outside()
        await settle(app, pilot)

        assert "comeback" in shown(app)


async def test_a_theme_is_remembered(shop: Any, open_stoker: Any) -> None:
    async with open_stoker(shop.folder) as (app, pilot):
        await pilot.press("f9")
        await pilot.pause()

        assert app.theme == "high-contrast"

    assert read_settings().theme == "high-contrast"


async def test_a_picture_of_the_screen_is_private_and_one_that_cannot_be_saved_is_said(
    shop: Any, open_stoker: Any
) -> None:
    """It may show personal data."""
    async with open_stoker(shop.folder) as (app, pilot):
        await pilot.press("f12")
        await pilot.pause()
        (picture,) = (log_folder() / "screenshots").iterdir()
        assert picture.parent.stat().st_mode & 0o777 == 0o700
        picture.unlink()
        picture.parent.rmdir()
        picture.parent.write_text("somebody's file")
        await pilot.press("f12")
        await pilot.pause()

        saved, not_saved = [each.message for each in app._notifications]
        assert saved.startswith("Saved: ")
        assert not_saved.startswith("It was not saved: ")
        assert app.is_running


def test_settings_that_cannot_be_read_never_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("theme = ", encoding="utf-8")

    settings = read_settings(tmp_path)

    assert settings.theme == Settings().theme
    assert "it is not TOML" in settings.message


async def test_a_key_can_be_changed_in_the_settings(shop: Any, open_stoker: Any) -> None:
    async with open_stoker(shop.folder, settings=Settings(keys={"contrast": "f8"})) as (app, pilot):
        await pilot.press("f8")
        await pilot.pause()

        assert app.theme == "high-contrast"


async def test_nothing_typed_is_lost_by_leaving(shop: Any, customer: Any, open_stoker: Any, settle: Any) -> None:
    """A segment may be half an hour's work; q is one key."""
    shop.customers([customer(1)])

    async with open_stoker(shop.folder, "segment") as (app, pilot):
        await pilot.press("n", *"spring", "enter")
        await settle(app, pilot)
        await pilot.press("q")
        await settle(app, pilot)
        assert "segment spring is not saved" in shown(app)
        await pilot.press("enter")
        await settle(app, pilot)
        assert app.is_running, "Enter keeps what there is"
        assert "spring" in shown(app)
        await pilot.press("q", "l")
        await settle(app, pilot)

    assert app.return_code == 0


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_the_welcome(
    tmp_path: Path, size: tuple[int, int], open_stoker: Any, picture: Callable[[StokerApp], None]
) -> None:
    async with open_stoker(tmp_path, size=size) as (app, _pilot):
        picture(app)


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_home(
    shop: Any, customer: Any, size: tuple[int, int], open_stoker: Any, settle: Any, picture: Callable[[StokerApp], None]
) -> None:
    shop.customers([customer(number) for number in range(5)])
    await asyncio.to_thread(shop.sync)

    async with open_stoker(shop.folder, size=size) as (app, pilot):
        await settle(app, pilot)
        assert app.screen.query_one(LastRuns).total_rows == 1
        picture(app)


@pytest.mark.parametrize("size", SIZES)
async def test_picture_of_the_keys(
    shop: Any, size: tuple[int, int], open_stoker: Any, picture: Callable[[StokerApp], None]
) -> None:
    async with open_stoker(shop.folder, size=size) as (app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        picture(app)


async def test_a_passing_notice_never_covers_an_explanation(shop: Any, open_stoker: Any, settle: Any) -> None:
    """The notice goes by itself; what it covers may be the only word on why nothing was saved."""
    async with open_stoker(shop.folder, "runs", size=(80, 24)) as (app, pilot):
        app.notify("The project was changed outside, and was read again.")
        await settle(app, pilot)
        app.screen.explain(FixInput.at("query tiers: " + "it was changed by somebody else meanwhile " * 3))
        await settle(app, pilot)

        seen = " ".join("".join(each.text for each in strip) for strip in app.screen._compositor.render_strips())
        assert "somebody else meanwhile" in seen
        assert "read again" not in seen
