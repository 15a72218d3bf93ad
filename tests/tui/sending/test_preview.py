"""Preview: what is shown is what would be sent, and nothing is sent without a number typed by a person."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Button, Checkbox, Input

from tui_app.tui.dialogs.send_plan import SendPlan
from tui_app.tui.widgets.figures import Figures
from tui_app.tui.widgets.preview_customers import PlanCustomers

SIZES = [pytest.param((80, 24), id="80x24"), pytest.param((120, 40), id="120x40")]


def figures(app: Any, selector: str) -> Mapping[str, str]:
    """Label → value, without signs."""
    shown = app.screen.query_one(selector, Figures)._figures
    return {label: figure.value.lstrip("+~-").replace(",", "") for label, figure in shown.items()}


def customers(app: Any) -> PlanCustomers:
    return app.screen.query_one(PlanCustomers)


async def changed_shop(shop: Any, customer: Any) -> None:
    """Three joined before; then one changes, one leaves, two are new, one is withheld, one is outside."""
    shop.customers([customer(1), customer(2), customer(3)])
    await asyncio.to_thread(shop.sync, "club")
    shop.customers(
        [
            customer(1, tier="silver", points=700),
            customer(2),
            customer(3, is_member=False),
            customer(4),
            customer(5),
            customer(6, id="  "),
            customer(7, is_member=False),
        ]
    )


async def test_the_figures_are_those_of_the_dry_run_on_the_command_line(shop, customer, open_stoker, settle) -> None:
    """The same plan has one set of numbers, whichever face shows it."""
    await changed_shop(shop, customer)
    document = (await asyncio.to_thread(shop.stoker, "plan", "club", "--json")).document

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await pilot.press("p")
        await settle(app, pilot)
        of_customers, of_sending = figures(app, "#customer-figures"), figures(app, "#sending-figures")
        rows = [app.screen.query_one("#attributes").row(index) for index in range(len(document["attributes"]))]

    assert document["counts"] == {
        "join": int(of_customers["joins"]), "update": int(of_customers["updates"]),
        "leave": int(of_customers["leaves"]), "unchanged": int(of_customers["unchanged"]),
        "outside": int(of_customers["outside"]), "withheld": int(of_customers["withheld"]),
    }  # fmt: skip
    assert document["counts"] == {"join": 2, "update": 1, "leave": 1, "unchanged": 1, "outside": 1, "withheld": 1}
    assert int(of_sending["requests"]) == document["requests"]
    assert int(of_sending["data points"]) == document["data_points"]
    told = {each.item.name: (each.item.changed, each.item.backfill, each.item.data_points) for each in rows}
    assert told == {
        name: (each["changed"], each["backfill"], each["data_points"]) for name, each in document["attributes"].items()
    }


async def test_without_a_plan_it_offers_to_make_one(shop, customer, open_stoker, shown) -> None:
    shop.customers([customer(1)])

    async with open_stoker(shop.folder, "preview", size=(80, 24)) as (app, pilot):
        assert "No plan of club yet" in shown(app)
        assert "plans now" in shown(app)
        await pilot.press("s")
        await pilot.pause()
        assert not isinstance(app.screen, SendPlan)


async def test_without_an_activation_it_says_what_is_missing(tmp_path: Path, open_stoker, shown) -> None:
    async with open_stoker(tmp_path, "preview") as (app, _pilot):
        assert "There is nothing to plan yet" in shown(app)


async def test_the_newest_plan_is_there_again_with_its_age(shop, customer, open_stoker, shown) -> None:
    """Whoever made it on the command line looks at it here."""
    shop.customers([customer(1)])
    stored = await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview", size=(160, 40)) as (app, _pilot):
        text = shown(app)

    assert "made just now" in text
    assert f"club → braze  {shop.url}  ledger serial 0  {stored.id}" in text


async def test_planning_can_be_given_up(shop, customer, open_stoker, settle, until, shown) -> None:
    """A plan of a warehouse takes minutes; nobody waits for one that is not wanted."""
    shop.customers([customer(number) for number in range(2000)])

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        app.screen.action_plan()
        await until(pilot, lambda: "planning club" in shown(app))
        await pilot.press("escape")
        await settle(app, pilot)

        assert "No plan of club yet" in shown(app)
        assert "planning club" not in shown(app)


async def test_one_customer_is_found_with_the_exact_json(shop, customer, open_stoker, settle, shown) -> None:
    """What is shown is the payload, byte for byte."""
    await changed_shop(shop, customer)
    stored = await asyncio.to_thread(shop.plan, "club")
    printed = (await asyncio.to_thread(shop.stoker, "show", stored.id, "--user", "c00001", "--format", "json")).document

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await pilot.press("slash", *"c00001", "enter")
        await settle(app, pilot)
        text = shown(app)
        (change,) = [customers(app).table.row(index).item for index in range(customers(app).table.total_rows)]
        await pilot.press("x")
        await pilot.pause()
        json_text = shown(app)

    assert "1 customer  who is c00001" in text
    assert "tier gold → silver · points 1 → 700" in text or "gold → silver" in text
    assert json.loads(change.payload) == printed[0]["payload"]
    for line in ('"external_id": "c00001"', '"tier": "silver"', '"points": 700'):
        assert line in json_text


async def test_a_customer_who_is_not_in_the_plan_is_said_to_be_elsewhere(
    shop, customer, open_stoker, settle, shown
) -> None:
    shop.customers([customer(1)])
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview", size=(160, 40)) as (app, pilot):
        await pilot.press("slash", *"nobody", "enter")
        await settle(app, pilot)

        assert "nobody is not in this plan" in shown(app)


async def test_kinds_and_attributes_narrow_the_customers_and_escape_shows_all(
    shop, customer, open_stoker, settle
) -> None:
    await changed_shop(shop, customer)
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        counts = {}
        for _ in range(5):
            await pilot.press("f")
            await settle(app, pilot)
            counts[customers(app).filter.kind] = customers(app).table.total_rows
        await pilot.press("a", *"points", "enter")
        await settle(app, pilot)
        with_points = {customers(app).table.row(index).item.id for index in range(customers(app).table.total_rows)}
        await pilot.press("escape")
        await settle(app, pilot)
        everybody = customers(app).table.total_rows

    assert counts == {"join": 2, "update": 1, "leave": 1, "withheld": 1, None: 4}
    assert with_points == {"c00001", "c00004", "c00005"}
    assert everybody == 4


async def test_enter_on_an_attribute_shows_whose_it_changes(shop, customer, open_stoker, settle) -> None:
    await changed_shop(shop, customer)
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await pilot.press("t")
        await pilot.pause()
        names = [app.screen.query_one("#attributes").row(index).item.name for index in range(4)]
        await pilot.press(*["down"] * names.index("tier"), "enter")
        await settle(app, pilot)

        assert customers(app).filter.attribute == "tier"
        assert customers(app).table.total_rows == 3


async def test_an_export_holds_the_customers_that_are_shown_and_is_private(
    shop, customer, open_stoker, settle, shown
) -> None:
    await changed_shop(shop, customer)
    stored = await asyncio.to_thread(shop.plan, "club")
    suggested = shop.folder / f"{stored.id}.csv"
    suggested.write_text("mine")

    async with open_stoker(shop.folder, "preview", size=(80, 24)) as (app, pilot):
        await pilot.press("f", "f")
        await settle(app, pilot)
        await pilot.press("e")
        await pilot.pause()
        path = Path(app.screen.query_one("#path", Input).value)
        app.screen.query_one("#path", Input).value = str(suggested)
        await pilot.press("enter")
        await settle(app, pilot)
        assert "it is there already" in shown(app)
        app.screen.query_one("#path", Input).value = str(path)
        await pilot.press("enter")
        await settle(app, pilot)

    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["id"], row["kind"]) for row in rows} == {("c00001", "update")}
    assert path.stat().st_mode & 0o777 == 0o600
    assert suggested.read_text() == "mine"


async def test_a_saved_plan_is_a_plan(shop, customer, open_stoker, settle) -> None:
    shop.customers([customer(1)])
    stored = await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await pilot.press("S", "enter")
        await settle(app, pilot)

    copy = shop.folder / stored.id
    assert (await asyncio.to_thread(shop.stoker, "show", str(copy), "--format", "json")).document[0]["id"] == "c00001"


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_sent_without_the_typed_number(
    shop, sandbox, customer, open_stoker, settle, shown, size
) -> None:
    """Enter alone is pressed by accident; a number is not."""
    shop.customers([customer(number) for number in range(3)])
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview", size=size) as (app, pilot):
        await pilot.press("s")
        await pilot.pause()
        text = shown(app)
        await pilot.press("enter", "4", "enter")
        await settle(app, pilot)
        assert isinstance(app.screen, SendPlan)
        assert app.screen.query_one("#send", Button).disabled
        assert "That is not 3." in shown(app)
        await pilot.press("escape")
        await settle(app, pilot)
        assert app.screen.STAGE == "preview"

    assert "Type 3 to send 3 customers" in text
    assert shop.url in text
    assert "by external_id" in text
    assert sandbox.received() == []
    assert shop.workplace.runs.all() == []


async def test_a_guard_that_refuses_is_said_first_and_allowed_by_a_person_alone(
    shop, sandbox, customer, open_stoker, settle, send, until, shown
) -> None:
    shop.customers([customer(number) for number in range(300)])
    await asyncio.to_thread(shop.sync, "club")
    shop.customers([customer(number, is_member=number >= 200) for number in range(300)])
    await asyncio.to_thread(shop.plan, "club")
    sandbox.reset()

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        first_lines = shown(app).split("Customers\n")[0]
        await pilot.press("s")
        await pilot.pause()
        app.screen.query_one("#typed", Input).focus()
        await pilot.press(*"200", "enter")
        await settle(app, pilot)
        assert isinstance(app.screen, SendPlan)
        assert "Allow max_leave_share" in shown(app)
        app.screen.query_one(Checkbox).focus()
        await pilot.press("space", "escape")
        await pilot.press("s")
        await pilot.pause()
        app.screen.query_one(Checkbox).focus()
        await pilot.press("space")
        app.screen.query_one("#typed", Input).focus()
        await pilot.press(*"200", "enter")
        await until(pilot, lambda: app.screen.STAGE == "sync" and "✓ done" in shown(app))

    assert "A guard refuses this plan" in first_lines
    assert "200 of 300 known members would leave (66.7%)" in first_lines
    assert shop.workplace.runs.all()[-1].record().allowed == ("max_leave_share",)
    assert len(sandbox.objects()) == 200


async def test_a_sample_needs_its_own_number(shop, sandbox, customer, open_stoker, until, shown) -> None:
    shop.customers([customer(number) for number in range(5)])
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await pilot.press("s")
        await pilot.pause()
        app.screen.query_one("#sample", Input).focus()
        await pilot.press("2")
        app.screen.query_one("#typed", Input).focus()
        await pilot.press("5", "enter")
        await pilot.pause()
        assert "That is not 2." in shown(app)
        await pilot.press("backspace", "2", "enter")
        await until(pilot, lambda: app.screen.STAGE == "sync" and "✓ done" in shown(app))
        assert "It was a sample: 3 customers of the plan were not sent." in shown(app)

    assert len(sandbox.objects()) == 2


async def test_a_stale_plan_is_explained_with_the_key_that_plans_again(
    shop, sandbox, customer, open_stoker, settle, shown
) -> None:
    shop.customers([customer(1)])
    await asyncio.to_thread(shop.plan, "club")
    shop.attributes = {"first_name": '"name"'}
    shop.write()

    async with open_stoker(shop.folder, "preview") as (app, pilot):
        assert "older than stoker.toml" in shown(app)
        await pilot.press("s", "1", "enter")
        await settle(app, pilot)

        assert "Press p to plan again" in shown(app)
        assert "The plan is stale: the mapping" in shown(app)
        assert app.screen.STAGE == "preview"

    assert sandbox.received() == []


async def test_a_plan_that_was_applied_says_so_and_is_not_sent_again(
    shop, sandbox, customer, open_stoker, settle, shown
) -> None:
    shop.customers([customer(1)])
    run = await asyncio.to_thread(lambda: shop.begin(shop.plan("club")))
    await asyncio.to_thread(shop.carry_out, run)

    async with open_stoker(shop.folder, "preview", size=(160, 40)) as (app, pilot):
        await pilot.press("s")
        await settle(app, pilot)
        text = shown(app)

    assert f"applied by run {run.id}" in text
    assert "a plan is applied at most once" in text
    assert len(sandbox.objects()) == 1


async def test_a_source_that_cannot_be_read_is_explained(shop, open_stoker, settle, shown) -> None:
    """No traceback, and the screen stays usable."""
    async with open_stoker(shop.folder, "preview") as (app, pilot):
        await pilot.press("p")
        await settle(app, pilot)

        assert "customers.parquet" in shown(app)
        assert "planning club" not in shown(app)


HOSTILE = [
    "[/]", "x" * 300, "[bold]x[/bold]", "[@click=app.bell]x[/]", "\x1b]0;title\x07", "\x1b[2J", "a\u202eb", "漢字" * 40, "=1+1",
]  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_values_are_text_on_every_pane(shop, open_stoker, customer, settle, shown, size) -> None:
    """Text from data is text: no markup, no escape sequence, no crash."""
    shop.attributes = {**shop.attributes, "[/] [b] evil": '"tier"'}
    shop.write()
    shop.customers([customer(number, id=f"id {value}", name=value, tier=value) for number, value in enumerate(HOSTILE)])
    await asyncio.to_thread(shop.plan, "club")

    async with open_stoker(shop.folder, "preview", size=size) as (app, pilot):
        seen = [shown(app)]
        for keys in (["t"], ["c"], ["down"], ["x"], *[["down"]] * 7, ["enter"], ["a"], ["escape"], ["e"], ["escape"]):
            await pilot.press(*keys)
            await settle(app, pilot)
            seen.append(shown(app))

    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set("".join(seen))
    assert "[bold]x[/bold]" in "".join(seen)
    assert "[/] [b] evil" in "".join(seen)
