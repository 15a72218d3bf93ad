"""Preview: what is shown is what would be sent, and nothing is sent without a number typed by a person."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.widgets import Button, Input, Static

from tui_app.tui.dialogs.send_plan import SendPlan
from tui_app.tui.widgets.figures import Figures
from tui_app.tui.widgets.preview_attributes import AttributeTable
from tui_app.tui.widgets.preview_customers import PlanCustomers


def figures(app: Any, selector: str) -> Mapping[str, int]:
    """Label → number, without its sign."""
    shown = app.screen.query_one(selector, Figures)._figures
    return {
        label: int(each.value.lstrip("+~-").replace(",", "")) for label, each in shown.items() if each.value[-1] != "s"
    }


def table(app: Any) -> Any:
    return app.screen.query_one(PlanCustomers).table


def listed(app: Any) -> set[str]:
    """Customers of the filter."""
    return {table(app).row(index).item.id for index in range(table(app).total_rows)}


async def changed_shop(shop: Any, customer: Any) -> None:
    """Two customers join, one changes, four leave, three stay as they are, five are outside, six are withheld."""
    shop.customers([customer(number) for number in range(1, 9)])
    await asyncio.to_thread(shop.sync, "club")
    shop.customers(
        [
            customer(1, tier="silver", points=700),
            *(customer(number) for number in (2, 3, 4)),
            *(customer(number, is_member=False) for number in (5, 6, 7, 8)),
            *(customer(number) for number in (11, 12)),
            *(customer(number, is_member=False) for number in range(20, 25)),
            *(customer(number, id="  ") for number in range(30, 36)),
        ]
    )


async def test_the_figures_are_those_of_the_dry_run_on_the_command_line(shop, customer, open_stoker, settle, shown):
    """The same plan has one set of numbers, whichever face shows it."""
    await changed_shop(shop, customer)
    document = (await asyncio.to_thread(shop.stoker, "plan", "club", "--json")).document

    async with open_stoker(shop.folder, "preview", size=(160, 40)) as (app, pilot):
        assert "made just now" in shown(app)
        assert f"club → braze  {shop.url}  ledger serial 1" in shown(app)
        await pilot.press("p")
        await settle(app, pilot)
        of_customers, of_sending = figures(app, "#customer-figures"), figures(app, "#sending-figures")
        rows = app.screen.query_one(AttributeTable).items

    told = ("joins", "updates", "leaves", "unchanged", "outside", "withheld")
    assert [of_customers[name] for name in told] == list(document["counts"].values()) == [2, 1, 4, 3, 5, 6]
    assert of_customers["in doubt"] == document["in_doubt"]
    assert of_sending["requests"] == document["requests"]
    assert of_sending["data points"] == document["data_points"]
    assert {each.name: (each.changed, each.backfill, each.cleared, each.withheld) for each in rows} == {
        name: (each["changed"], each["backfill"], each["cleared"], each["withheld"])
        for name, each in document["attributes"].items()
    }


async def test_customers_are_found_and_narrowed_down_to_the_exact_json(
    shop, customer, open_stoker, settle, fill, shown
):
    """What is shown of a customer is what is sent, byte for byte."""
    await changed_shop(shop, customer)
    stored = await asyncio.to_thread(shop.plan, "club")
    counts: dict[str | None, int] = {}

    async with open_stoker(shop.folder, "preview") as (app, pilot):

        async def find(user: str) -> None:
            await pilot.press("slash")
            await pilot.pause()
            await fill(pilot, "#identifier", user)
            await pilot.press("enter")
            await settle(app, pilot)

        await find("c00001")
        assert "1 customer  who is c00001" in shown(app)
        change = table(app).row(0).item
        await pilot.press("x")
        await pilot.pause()
        assert [each in shown(app) for each in ('"external_id": "c00001"', '"points": 700')] == [True, True]
        await pilot.press("x")
        await find("nobody")
        assert "nobody is not in this plan" in shown(app).replace("\n", "")
        await pilot.press("escape")
        for _ in range(5):
            await pilot.press("f")
            await settle(app, pilot)
            counts[app.screen.query_one(PlanCustomers).filter.kind] = table(app).total_rows
        await pilot.press("a", *"poi", "enter")
        await settle(app, pilot)
        assert listed(app) == {"c00001", "c00011", "c00012"}
        await pilot.press("t")
        names = [each.name for each in app.screen.query_one(AttributeTable).items]
        await pilot.press(*["down"] * names.index("club"), "enter")
        await settle(app, pilot)
        assert listed(app) == {"c00005", "c00006", "c00007", "c00008", "c00011", "c00012"}
        await pilot.press("escape")
        await settle(app, pilot)
        assert table(app).total_rows == 7

    assert counts == {"join": 2, "update": 1, "leave": 4, "withheld": 6, None: 7}
    printed = (await asyncio.to_thread(shop.stoker, "show", stored.id, "--user", "c00001", "--format", "json")).document
    assert json.loads(change.payload) == printed[0]["payload"]


async def test_what_is_shown_is_exported_and_the_plan_is_saved_as_a_plan(shop, customer, open_stoker, settle, shown):
    """Files with customers are private, and nothing that is there is overwritten."""
    await changed_shop(shop, customer)
    stored = await asyncio.to_thread(shop.plan, "club")
    mine, written = shop.folder / "mine.csv", shop.folder / f"{stored.id}.csv"
    mine.write_text("mine")

    async with open_stoker(shop.folder, "preview", size=(80, 24)) as (app, pilot):
        await pilot.press("f", "f", "e")
        await settle(app, pilot)
        assert app.screen.query_one("#path", Input).value == str(written)
        app.screen.query_one("#path", Input).value = str(mine)
        await pilot.press("enter")
        await settle(app, pilot)
        assert "it is there already" in shown(app)
        app.screen.query_one("#path", Input).value = str(written)
        await pilot.press("enter")
        await settle(app, pilot)
        await pilot.press("S", "enter")
        await settle(app, pilot)

    rows = list(csv.DictReader(written.read_text().splitlines()))
    assert {(row["id"], row["kind"]) for row in rows} == {("c00001", "update")}
    assert written.stat().st_mode & 0o777 == 0o600
    assert mine.read_text() == "mine"
    copy = await asyncio.to_thread(shop.stoker, "show", str(shop.folder / stored.id), "--format", "json")
    assert len(copy.document) == 7


async def test_a_plan_is_offered_refused_with_reasons_and_given_up(shop, customer, open_stoker, settle, until, shown):
    """No plan, a source that cannot be read, a plan that nobody wants to wait for: none is a dead end."""
    async with open_stoker(shop.folder, "preview", size=(80, 24)) as (app, pilot):
        assert "No plan of club yet" in shown(app)
        await pilot.press("s", "p")
        await settle(app, pilot)
        assert not isinstance(app.screen, SendPlan)
        assert "customers.parquet" in shown(app)

        shop.customers([customer(number) for number in range(5000)])
        app.screen.action_plan()
        await until(pilot, lambda: "planning club" in shown(app))
        await pilot.press("escape")
        await settle(app, pilot)
        assert "planning club" not in shown(app)
        assert "No plan of club yet" in shown(app)


async def test_the_corner_names_where_the_plan_goes(shop, customer, open_stoker, settle, shown):
    """Whoever worked on another workspace before must not take it for the one that is sent to."""
    shop.customers([customer(1)])
    shop.extra = '[destinations.other]\nendpoint = "http://127.0.0.1:9"\napi_key = "file:braze.key"\n'
    shop.write()
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "connect") as (app, pilot):
        await app.go("connect", destination="other")
        await settle(app, pilot)
        assert "127.0.0.1:9 " in str(app.screen.query_one("#workspace", Static).render()) + " "
        await app.go("preview", activation="club")
        await settle(app, pilot)

        assert str(app.screen.query_one("#workspace", Static).render()).startswith("braze")


async def test_without_an_activation_it_says_what_is_missing(tmp_path: Path, open_stoker, shown):
    async with open_stoker(tmp_path, "preview") as (app, _pilot):
        assert "There is nothing to plan yet" in shown(app)


async def test_nothing_is_sent_without_the_number_and_a_sample_has_its_own(
    shop, sandbox, customer, open_stoker, settle, fill, until, shown
):
    """Enter alone is pressed by accident; a number is not."""
    shop.customers([customer(number) for number in range(3)])
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview", size=(80, 24)) as (app, pilot):
        await pilot.press("s", "enter", "4", "enter")
        await settle(app, pilot)
        for words in (
            "Type 3 to send 3 customers",
            "That is not 3.",
            shop.url,
            "by external_id",
            "makes new customers",
        ):
            assert words in shown(app)
        assert app.screen.query_one("#accept", Button).disabled
        await pilot.press("escape")
        await settle(app, pilot)
        assert app.screen.STAGE == "preview"
        assert sandbox.received() == []
        assert shop.workplace.runs.all() == []

        await pilot.press("s")
        await pilot.pause()
        await fill(pilot, "#sample", "2")
        await fill(pilot, "#typed", "3")
        assert "That is not 2." in shown(app)
        await fill(pilot, "#typed", "2")
        await pilot.press("enter")
        await until(pilot, lambda: getattr(app.screen, "STAGE", "") == "sync" and "It was a sample" in shown(app))
        assert "1 customer of the plan still to be sent" in shown(app)

    assert [each["external_id"] for each in sandbox.objects()] == ["c00000", "c00001"]


async def test_a_guard_that_refuses_comes_first_and_is_allowed_by_a_person_alone(
    shop, sandbox, customer, open_stoker, until, shown
):
    """The number alone does not send what a guard refuses, and enter alone allows nothing."""
    shop.customers([customer(number) for number in range(300)])
    await asyncio.to_thread(shop.sync, "club")
    shop.customers([customer(number, is_member=number >= 200) for number in range(300)])
    await asyncio.to_thread(shop.plan, "club")
    sandbox.reset()

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        before_figures = shown(app).partition("unchanged")[0]
        await pilot.press("s")
        await pilot.pause()
        await pilot.press(*"200", "enter", "shift+tab", "enter")
        await pilot.pause()
        assert isinstance(app.screen, SendPlan)
        assert "▐ ▌ allow max_leave_share" in shown(app)
        assert "Allow max_leave_share, or cancel." in shown(app)
        assert sandbox.received() == []
        await pilot.press("space")
        await pilot.pause()
        assert "▐✓▌ allow max_leave_share" in shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: getattr(app.screen, "STAGE", "") == "sync" and "✓ done" in shown(app))

    assert "A guard refuses this plan" in before_figures
    assert "200 of 300 known members would leave (66.7%)" in before_figures
    assert "allow it when sending" in before_figures
    assert shop.workplace.runs.all()[-1].record().allowed == ("max_leave_share",)
    assert len(sandbox.objects()) == 200


async def test_a_plan_that_was_applied_or_is_stale_is_explained_and_not_sent(
    shop, sandbox, customer, open_stoker, settle, shown
):
    """Both are mended with the same key."""
    shop.customers([customer(1)])
    run = await asyncio.to_thread(lambda: shop.begin(shop.plan("club")))
    await asyncio.to_thread(shop.carry_out, run)

    async with open_stoker(shop.folder, "preview", size=(160, 40)) as (app, pilot):
        assert f"applied by run {run.id}" in shown(app)
        await pilot.press("s")
        await settle(app, pilot)
        assert "a plan is applied at most once" in shown(app)

        shop.customers([customer(1, tier="silver")])
        await pilot.press("p")
        await settle(app, pilot)
        shop.attributes = {"tier": '"tier"'}
        shop.write()
        app.screen.refresh_stage()
        await settle(app, pilot)
        assert "older than stoker.toml" in shown(app)
        await pilot.press("s", "1", "enter")
        await settle(app, pilot)
        assert "Press p to plan again" in shown(app)
        assert "The plan is stale: the mapping" in shown(app)
        assert app.screen.STAGE == "preview"

    assert len(sandbox.objects()) == 1


async def test_a_plan_says_how_far_its_run_is_and_who_goes_on_with_it(
    shop, sandbox, customer, open_stoker, settle, until, shown
):
    """Stopped half-way is not applied, and what helps then is another key."""
    shop.destination = {**shop.destination, "objects_per_request": "1", "requests_per_second": "10"}
    shop.write()
    shop.customers([customer(number) for number in range(100)])
    run = await asyncio.to_thread(lambda: shop.begin(shop.plan("club")))
    working = asyncio.create_task(asyncio.to_thread(shop.carry_out, run))

    async with open_stoker(shop.folder, "preview", size=(160, 40)) as (app, pilot):
        await until(pilot, lambda: f"» being sent, 7 watches it: run {run.id}" in shown(app))
        await pilot.press("s")
        await settle(app, pilot)
        assert "Press 7 to watch it" in shown(app)
        await pilot.press("p")
        await settle(app, pilot)
        assert "7 shows the run, and p plans once it has ended" in shown(app)
        run.leave_wish("stop")
        await until(pilot, lambda: f"■ stopped, R in 8 Runs resumes it: run {run.id}" in shown(app))
        await pilot.press("s")
        await settle(app, pilot)
        assert "Press 8, then R to resume it" in shown(app)
    await working


async def test_a_quiet_period_is_told_before_it_is_waited_out(shop, customer, open_stoker, settle, shown):
    """A run that stands still for minutes must not come as a surprise."""
    shop.destination = {"quiet_period_seconds": "300"}
    shop.write()
    shop.customers([customer(1), customer(2)])
    await asyncio.to_thread(shop.sync, "club")
    shop.customers([customer(1, tier="silver"), customer(2), customer(3)])
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview", size=(160, 40)) as (app, pilot):
        told = "Changed values wait out the quiet period of 5 min 00 s since their customers were last sent: up to"
        assert told in shown(app)
        await pilot.press("s")
        await settle(app, pilot)
        assert isinstance(app.screen, SendPlan)
        assert "Changed values wait out the quiet period" in shown(app)
        await pilot.press("escape")
        shop.customers([customer(1), customer(2), customer(3)])
        await pilot.press("p")
        await settle(app, pilot)
        assert "quiet period" not in shown(app), "a customer who joins has nothing to wait for"


HOSTILE = (
    "[/]", "x" * 300, "[bold]x[/bold]", "[@click=app.bell]x[/]", "\x1b]0;title\x07", "\x1b[2J", "a\u202eb", "漢字" * 40,
)  # fmt: skip


async def test_hostile_values_are_text_on_every_pane(shop, customer, open_stoker, settle, shown):
    """Text from data is text: no markup, no escape sequence, no crash."""
    shop.attributes = {**shop.attributes, "[/] [b] evil": '"tier"'}
    shop.write()
    shop.customers([customer(number, id=f"id {value}", name=value, tier=value) for number, value in enumerate(HOSTILE)])
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        seen = [shown(app)]
        for key in ("t", "c", "x", *["down"] * len(HOSTILE), "x", "f", "up", "up", "a", "escape", "e", "escape", "s"):
            await pilot.press(key)
            await settle(app, pilot)
            seen.append(shown(app))

    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set("".join(seen))
    assert "[bold]x[/bold]" in "".join(seen)
    assert "[/] [b] evil" in "".join(seen)
