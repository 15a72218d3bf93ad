"""Connect: a workspace is recognised, tested and saved; what failed its test is not saved by accident."""

from __future__ import annotations

import shutil
import socket
import stat
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Select

from tui_app.config.read import read_project
from tui_app.tui.app import StokerApp
from tui_app.tui.widgets.connect_form import ConnectForm
from tui_app.tui.widgets.connect_list import DestinationList

KEY = "00000000-1111-2222-3333-444444444444"
OTHER_KEY = "99999999-1111-2222-3333-444444444444"

Fill = Callable[..., Awaitable[None]]


def shown(app: StokerApp, selector: str = "#stage") -> str:
    """What is seen of a part of the screen, as text without its line breaks."""
    region = app.screen.query_one(selector).region
    strips = app.screen._compositor.render_strips()[region.y : region.bottom]
    rows = (strip.crop(region.x, region.right).text for strip in strips)
    return " ".join(" ".join(rows).replace("▌", " ").replace("▐", " ").split())


@pytest.fixture
def fill(settle: Any) -> Fill:
    """Paste into fields by their ids: `fill(app, pilot, address="…", key="…")`."""

    async def paste(app: StokerApp, pilot: Pilot[object], **texts: str) -> None:
        for name, text in texts.items():
            field = app.screen.query_one(f"#{name.replace('_', '-') if name == 'key_name' else name}", Input)
            field.focus()
            await pilot.pause()
            field.value = ""
            field.post_message(events.Paste(text))
        await settle(app, pilot)

    return paste


def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


async def test_the_first_run_ends_with_a_file_a_key_in_its_place_and_no_key_anywhere_else(
    tmp_path: Path, sandbox: Any, open_stoker: Any, settle: Any, fill: Fill
) -> None:
    """Somebody with nothing but an address and a key comes out with a project."""
    folder = tmp_path / "new"
    folder.mkdir()
    async with open_stoker(folder) as (app, pilot):
        await pilot.press("c")
        await settle(app, pilot)
        await fill(app, pilot, address=sandbox.url, key=KEY)
        before_saving = shown(app)
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        text, picture = shown(app), app.export_screenshot()

    file, key_file = folder / "stoker.toml", folder / "braze.key"
    assert file.read_text() == (
        "# What Stoker sends, from where, to whom. Paths are relative to this file. No secrets belong in here.\n\n"
        f'[destinations.braze]\nendpoint = "{sandbox.url}"\napi_key = "file:braze.key"\n'
        'identifier = "external_id"\nupdate_existing_only = true\n'
    )
    assert (key_file.read_text(), stat.S_IMODE(key_file.stat().st_mode)) == (f"{KEY}\n", 0o600)
    assert "Ready" in text
    assert "ready, just now" in text
    assert KEY not in before_saving + text + picture
    assert KEY[:8] not in before_saving + text + picture
    assert sandbox.received() == []


ADDRESSES = [
    ("https://dashboard-01.braze.eu/sign_in", "✓ EU-01 · https://rest.fra-01.braze.eu", "EU-01"),
    ("https://rest.iad-03.braze.com", "✓ US-03 · https://rest.iad-03.braze.com", "US-03"),
    ("jp-01", "✓ JP-01 · https://rest.jp-01.braze.com", "JP-01"),
    ("https://rest.iad-99.braze.com", "! An instance that Braze does not list · https://rest.iad-99.braze.com", ""),
    ("https://dashboard-01.braze.eo", "Nearest: https://dashboard-01.braze.eu", ""),
    ("http://rest.iad-03.braze.com", "without TLS anyone on the way reads the key", ""),
    ("[/]", "✗ This is neither an instance of Braze nor an address of one", ""),
]


async def test_an_address_is_recognised_while_it_is_typed(tmp_path: Path, open_stoker: Any, fill: Fill) -> None:
    """And a choice takes its place: two fields that say different things would be a trap."""
    async with open_stoker(tmp_path, "connect", size=(80, 24)) as (app, pilot):
        form, instance = app.screen.query_one(ConnectForm), app.screen.query_one("#instance", Select)
        for typed, words, name in ADDRESSES:
            await fill(app, pilot, address=typed)
            assert (words in shown(app, "#field-address"), instance.value) == (True, name), typed
            assert form.filled().draft.address == typed

        await fill(app, pilot, address="https://dashboard-01.braze.eu")
        instance.focus()
        await pilot.press("enter", "up", "enter")
        await pilot.pause()
        assert form.filled().draft.address == "US-10"
        assert app.screen.query_one("#address", Input).value == ""


async def test_a_test_says_what_the_key_may_do_and_how_fast_it_answers(
    shop: Any, sandbox: Any, open_stoker: Any, settle: Any
) -> None:
    async with open_stoker(shop.folder, "connect") as (app, pilot):
        await pilot.press("t")
        await settle(app, pilot)
        text = shown(app, "#result")

        assert "It may send attributes (users.track)." in text
        assert "It may read the workspace's 0 custom attributes" in text
        assert "It answered in under" in text

        sandbox.fail("403:path=/custom_attributes")
        await pilot.press("t")
        await settle(app, pilot)
        text = shown(app, "#result")

        assert "✓ Ready" in text
        assert "! Custom attributes cannot be read" in text
        assert "custom_attributes.get" in text


REFUSALS = {
    "401": ["Braze refused the key; or it is the wrong instance", "1. The key is mistyped", "2. Its workspace is not"],
    "403": ["Braze knows the key, but it may not send attributes", "the permission users.track"],
    "503": ["Braze is too busy to judge the key now", "Try again in a minute"],
    "redirect": ["Somebody else than Braze answered", "status 302"],
}


async def test_a_failed_test_says_why_and_blocks_saving(
    shop: Any, sandbox: Any, open_stoker: Any, settle: Any, fill: Fill
) -> None:
    before = (shop.folder / "stoker.toml").read_text()
    async with open_stoker(shop.folder, "connect", size=(120, 44)) as (app, pilot):
        await fill(app, pilot, key=OTHER_KEY)
        for fault, words in REFUSALS.items():
            sandbox.work_again()
            sandbox.fail(fault)
            await pilot.press("ctrl+s")
            await settle(app, pilot)
            said = shown(app, "#result")
            assert said.startswith("✗ Not saved.")
            assert said.endswith("d keeps it as a draft anyway")
            assert [each for each in words if each not in said] == []
    assert (shop.folder / "stoker.toml").read_text() == before
    assert (shop.folder / "braze.key").read_text() == KEY


async def test_nobody_at_the_address_blocks_saving_and_a_draft_is_kept_by_who_wants_it(
    shop: Any, open_stoker: Any, settle: Any, fill: Fill
) -> None:
    address = f"http://127.0.0.1:{closed_port()}"
    async with open_stoker(shop.folder, "connect") as (app, pilot):
        await pilot.press("d")
        await fill(app, pilot, address=address)
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        refused, on_disk = shown(app, "#result"), read_project(shop.folder).destinations["braze"].endpoint
        await pilot.press("d")
        await settle(app, pilot)
        kept = shown(app, "#list")

    assert "Not saved. Nobody answers at this address" in refused
    assert on_disk == shop.url
    assert read_project(shop.folder).destinations["braze"].endpoint == address
    assert "✗ failed, just now" in kept


async def test_a_draft_is_for_what_was_refused_and_not_for_what_is_typed_after_it(
    shop: Any, sandbox: Any, open_stoker: Any, settle: Any, fill: Fill
) -> None:
    sandbox.fail("401")
    before = (shop.folder / "stoker.toml").read_text()
    async with open_stoker(shop.folder, "connect") as (app, pilot):
        await fill(app, pilot, address=f"http://127.0.0.1:{closed_port()}")
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        await fill(app, pilot, address="US-03")
        await pilot.press("escape", "d")
        await settle(app, pilot)

        assert "Not saved" not in shown(app)
    assert (shop.folder / "stoker.toml").read_text() == before


async def test_a_change_is_saved_in_its_place_and_can_be_undone(
    shop: Any, open_stoker: Any, settle: Any, fill: Fill
) -> None:
    file = shop.folder / "stoker.toml"
    file.write_text(file.read_text().replace('"file:braze.key"', '"file:braze.key"  # by hand'))
    before = file.read_text()
    async with open_stoker(shop.folder, "connect", size=(120, 60)) as (app, pilot):
        app.screen.query_one("CollapsibleTitle").focus()
        await pilot.press("enter")
        await fill(app, pilot, quiet_period_seconds="60", requests_per_second="2,500")
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        changed = file.read_text()
        await pilot.press("escape", "ctrl+z")
        await settle(app, pilot)

        assert app.screen.query_one("#quiet_period_seconds", Input).value == "0"
    assert changed == before.replace(
        "quiet_period_seconds = 0", "quiet_period_seconds = 60\nrequests_per_second = 2500"
    )
    assert file.read_text() == before


async def test_a_mistake_is_said_at_its_field_also_where_that_is_out_of_sight(
    shop: Any, sandbox: Any, open_stoker: Any, settle: Any
) -> None:
    async with open_stoker(shop.folder, "connect", size=(80, 24)) as (app, pilot):
        app.screen.query_one("#objects_per_request", Input).value = "76"
        await pilot.press("ctrl+s")
        await settle(app, pilot)

        assert "Braze takes at most 75 customers in one request" in shown(app)
        assert app.focused is not None
        assert app.focused.id == "objects_per_request"
    assert sandbox.get("log") == []


async def test_a_variable_cannot_be_set_from_here_and_that_is_said(
    shop: Any, open_stoker: Any, settle: Any, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BRAZE_API_KEY", raising=False)
    async with open_stoker(shop.folder, "connect") as (app, pilot):
        app.screen.query_one("#key-kind", Select).focus()
        await pilot.press("enter", "end", "enter")
        await fill(app, pilot, key=KEY)
        before_saving = shown(app, "#form")
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        text = shown(app, "#result")

    assert "It is not set now. Before you start Stoker: export BRAZE_API_KEY=…" in before_saving
    assert str(read_project(shop.folder).destinations["braze"].api_key) == "env:BRAZE_API_KEY"
    assert "the environment variable is not set. Set it: export BRAZE_API_KEY=…" in text
    assert KEY not in (shop.folder / "stoker.toml").read_text() + text


async def test_a_variable_that_is_set_is_found(
    shop: Any, open_stoker: Any, settle: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAZE_API_KEY", KEY)
    async with open_stoker(shop.folder, "connect") as (app, pilot):
        app.screen.query_one("#key-kind", Select).focus()
        await pilot.press("enter", "end", "enter")
        await settle(app, pilot)
        assert "✓ It is set now." in shown(app, "#form")
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert "ready, just now" in shown(app, "#list")


async def test_a_key_that_cannot_be_kept_changes_nothing(
    shop: Any, open_stoker: Any, settle: Any, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A destination in the file whose key is nowhere would fail at night."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    before = (shop.folder / "stoker.toml").read_text()
    async with open_stoker(shop.folder, "connect") as (app, pilot):
        app.screen.query_one("#key-kind", Select).focus()
        await pilot.press("enter", "down", "enter")
        await fill(app, pilot, key=KEY)
        await pilot.press("ctrl+s")
        await settle(app, pilot)

        assert "no keyring that can be used" in shown(app, "#explanation")
        assert app.screen.query_one("#key", Input).value == KEY
    assert (shop.folder / "stoker.toml").read_text() == before


async def test_several_destinations_each_with_what_was_typed_and_not_saved(
    shop: Any, open_stoker: Any, settle: Any, fill: Fill
) -> None:
    async with open_stoker(shop.folder, "connect") as (app, pilot):
        await pilot.press("n")
        await fill(app, pilot, name="braze", address=shop.url, key=KEY)
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        assert "There is a destination of this name" in shown(app, "#field-name")
        await fill(app, pilot, name="staging")
        app.screen.query_one(DestinationList).focus()
        await pilot.press("up")
        await settle(app, pilot)
        assert app.screen.query_one("#address", Input).value == shop.url
        assert "braze.key" in shown(app)
        await pilot.press("down")
        await settle(app, pilot)
        assert app.screen.query_one("#name", Input).value == "staging"
        assert app.screen.query_one("#key-name", Input).value == "staging.key"
        await pilot.press("ctrl+s")
        await settle(app, pilot)
        text = shown(app)

    assert list(read_project(shop.folder).destinations) == ["braze", "staging"]
    assert (shop.folder / "staging.key").read_text() == f"{KEY}\n"
    assert text.count("ready, just now") == 1


async def test_what_is_typed_while_the_test_goes_on_is_not_what_was_tested(
    shop: Any, sandbox: Any, open_stoker: Any, settle: Any, fill: Fill
) -> None:
    """Else something would be saved that nobody tested, or something typed be lost."""
    sandbox.fail("slow:seconds=5")
    before = (shop.folder / "stoker.toml").read_text()
    async with open_stoker(shop.folder, "connect") as (app, pilot):
        await fill(app, pilot, key=KEY)
        await pilot.press("ctrl+s")
        while not app.session.backstage.busy:
            await pilot.pause()
        assert "Asking" in shown(app, "#result")
        await fill(app, pilot, address="US-03")

        assert app.screen.query_one("#address", Input).value == "US-03"
        assert not app.screen.query_one("#result").display
    assert (shop.folder / "stoker.toml").read_text() == before


async def test_a_destination_in_use_stays_and_another_goes_after_a_question(
    shop: Any, open_stoker: Any, settle: Any
) -> None:
    shop.extra = f'[destinations.old]\nendpoint = "{shop.url}"\napi_key = "file:old.key"\n'
    shop.write()
    before = (shop.folder / "stoker.toml").read_text()
    async with open_stoker(shop.folder, "connect") as (app, pilot):
        await pilot.press("x")
        await settle(app, pilot)
        assert 'Destination "braze" cannot be removed: template profile goes there.' in shown(app, "#explanation")
        await pilot.press("escape", "down")
        await settle(app, pilot)
        await pilot.press("x", "enter")
        await pilot.pause()
        assert (shop.folder / "stoker.toml").read_text() == before
        await pilot.press("x")
        await pilot.pause()
        assert "Its key in the file old.key is not touched." in shown(app, ".dialog")
        await pilot.press("r")
        await settle(app, pilot)

    assert list(read_project(shop.folder).destinations) == ["braze"]


async def test_what_is_being_typed_survives_a_change_of_the_file_by_somebody_else(
    shop: Any, open_stoker: Any, settle: Any, fill: Fill
) -> None:
    file = shop.folder / "stoker.toml"
    async with open_stoker(shop.folder, "connect") as (app, pilot):
        await fill(app, pilot, address="https://dashboard-01.braze.eu")
        file.write_text("# theirs\n" + file.read_text())
        app._look_outside()
        await settle(app, pilot)

        assert app.screen.query_one("#address", Input).value == "https://dashboard-01.braze.eu"
        assert "• not saved" in shown(app)


@pytest.fixture
def checkout(shop: Any) -> Any:
    """The shop in version control."""
    subprocess.run(["git", "init", "--quiet", str(shop.folder)], check=True, capture_output=True)
    return shop


@pytest.mark.skipif(shutil.which("git") is None, reason="there is no git on this machine")
async def test_a_key_file_that_git_would_commit_is_warned_of(checkout: Any, open_stoker: Any, settle: Any) -> None:
    async with open_stoker(checkout.folder, "connect") as (app, pilot):
        assert "! git would commit it. Add braze.key to .gitignore first." in shown(app, "#form")
        (checkout.folder / ".gitignore").write_text("*.key\n")
        await pilot.press("1", "2")
        app.screen.query_one("#key", Input).value = "x"
        await settle(app, pilot)
        assert "git would commit it" not in shown(app)
