"""Text from data is text: whatever a table holds, no command prints a byte of it that a terminal would obey."""

from __future__ import annotations

import json

import pytest

ATTACKS = {
    "clears the screen": "\x1b[2J",
    "writes the clipboard": "\x1b]52;c;cm0gLXJm\x07",
    "8-bit sequence": "\x9b31m",
    "turns the direction": "\u202etxt.exe",
    "overwrites the line": "paid\rfree\x08",
    "delete": "\x7f",
}
OBEYED = set("\x1b\x07\x9b\u202e\r\x08\x7f")


@pytest.fixture
def hostile_shop(shop, sandbox, customer):
    """Every attack in an identifier, a name, and in values that are withheld or that Braze rejects."""
    shop.attributes = {"first_name": '"name"', "tier": '"tier"', "email": '"tier"', "dob": '"name"'}
    shop.write()
    rows = [customer(i, name=text, tier=text) for i, text in enumerate(ATTACKS.values())]
    shop.customers([*rows, *({**row, "id": f"{row['id']}{row['name']}"} for row in rows)])
    sandbox.fail("refuse:external_id=c00001")
    return shop


def assert_harmless(printed):
    assert printed.code in (0, 2, 5), printed.stderr
    assert set(printed.stdout + printed.stderr) & OBEYED == set()


@pytest.mark.parametrize("form", ["table", "json", "csv"])
@pytest.mark.parametrize(
    "options",
    [[], ["--kind", "withheld"], ["--user", "c00000\x1b[2J"], ["--user", "c00002"], ["--attribute", "\x1b[2J"]],
    ids=["all", "withheld", "a hostile customer", "a customer", "an attribute"],
)
def test_show_prints_attacks_as_text(hostile_shop, stoker, options, form):
    plan = hostile_shop.plan("profiles").id

    assert_harmless(stoker("show", plan, *options, "--format", form))


def test_json_still_says_exactly_what_is_sent(hostile_shop, stoker):
    plan = hostile_shop.plan("profiles").id

    shown = stoker("show", plan, "--format", "json").document

    assert {each["payload"]["first_name"] for each in shown} == set(ATTACKS.values())


def test_plan_apply_and_runs_print_attacks_as_text(hostile_shop, stoker):
    assert_harmless(stoker("plan", "profiles"))
    applied = stoker("apply", "profiles", "--yes")

    assert_harmless(applied)
    assert applied.code == 5
    assert_harmless(stoker("runs", "last"))
    assert_harmless(stoker("runs"))


def test_an_argument_that_attacks_is_printed_as_text(shop, stoker):
    for command in (["plan", "\x1b[2J"], ["show", "\x1b]52;c;x\x07"], ["runs", "\x9b2J"], ["apply", "\u202e", "--yes"]):
        assert_harmless(stoker(*command))


def test_markup_is_not_obeyed(shop, customer, stoker):
    shop.customers([customer(1, name="[bold]x[/bold]", tier="[red]")])

    shown = stoker("show", shop.plan("profiles").id).stdout

    assert json.dumps("[bold]x[/bold]") in shown
    assert "[red]" in shown
