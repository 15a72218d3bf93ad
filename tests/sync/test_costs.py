"""What attributes cost, and what other mappings would have cost, counted on the changes that were sent."""

from __future__ import annotations

import pytest

from tui_app.sync.count_costs import count_costs


def report(shop, days=30):
    workplace = shop.workplace
    destination = workplace.project.destinations["braze"]
    return count_costs(workplace.project, destination, days, workplace.engine(), workplace.rooms())


def by_name(found):
    return {each.attribute: each for each in found.attributes}


@pytest.fixture
def churning(shop, customer):
    """Forty customers on three days: points move a little every day, tiers hardly ever."""
    shop.destination = {**shop.destination, "cost_per_1000_data_points": "2.0"}
    shop.write()
    for day in range(3):
        rows = [customer(i, points=100 * i + day, tier="silver" if i < day else "gold") for i in range(40)]
        shop.customers(rows)
        shop.sync("profiles", "max_change_share")
    return shop


def test_changes_are_counted_where_braze_acknowledged_them(churning):
    """First values are told apart, because they come once; whoever was sent for one attribute alone is counted."""
    found = report(churning)
    names = by_name(found)

    assert (found.runs, found.data_points, found.requests) == (3, 40 * 3 + 40 + 40 + 2, 3)
    assert (names["points"].changed, names["points"].alone, names["points"].first_time) == (80, 78, 40)
    assert (names["tier"].changed, names["tier"].alone, names["tier"].first_time) == (2, 0, 40)
    assert names["first_name"].changed == 0
    assert [each.attribute for each in found.attributes][:2] == ["points", "tier"]
    assert found.money(1_000) == 2.0
    assert found.a_month == pytest.approx(30 / found.days)


def test_only_what_was_acknowledged_counts(shop, customer):
    """A sample of a plan costs what the sample costs, and a repair changes nothing."""
    shop.customers([customer(i) for i in range(40)])
    shop.carry_out(shop.begin(shop.plan("profiles"), sample=5))

    found = report(shop)

    assert by_name(found)["points"].first_time == 5
    assert (found.data_points, found.requests) == (15, 1)


def test_the_finest_mapping_that_saves_half_is_named(churning):
    """Points move by one a day: tens are enough for nearly all of them."""
    cheaper = by_name(report(churning))["points"].cheaper

    assert cheaper is not None
    assert cheaper.mapping == "round = -1"
    assert (cheaper.vanished, cheaper.vanished_alone) == (80, 78)


def test_what_a_mapping_would_save_is_what_it_does_save(churning, customer):
    """The saving is that of the user's own history: with that mapping the same days send that much less."""
    before = by_name(report(churning))["points"]
    churning.attributes = {**churning.attributes, "points": f'{{ column = "points", {before.cheaper.mapping} }}'}
    churning.state = churning.folder.parent / "another_state"
    churning.write()
    for day in range(3):
        rows = [customer(i, points=100 * i + day, tier="silver" if i < day else "gold") for i in range(40)]
        churning.customers(rows)
        churning.sync("profiles", "max_change_share")

    after = by_name(report(churning))["points"]
    assert after.changed == before.changed - before.cheaper.vanished == 0
    assert after.cheaper is None


def test_tiers_dates_and_spellings_are_tried(shop, customer):
    """Whatever suits the values: buckets for numbers that jump, days for moments, one spelling for texts."""
    shop.attributes = {"jumps": '"points"', "moment": '{ column = "name", type = "datetime" }', "word": '"tier"'}
    shop.write()
    for day in range(2):
        rows = [
            customer(
                i,
                points=1_000_000 * i + 4_000 * day,
                name=f"2026-01-0{1 + i % 9}T0{day}:00:00Z",
                tier=("Gold", "gold")[day],
            )
            for i in range(30)
        ]
        shop.customers(rows)
        shop.sync("profiles", "max_change_share")

    cheaper = {name: each.cheaper for name, each in by_name(report(shop)).items()}

    assert cheaper["moment"].mapping == "date_only = true"
    assert cheaper["word"].mapping == "trim = true, lower = true"
    assert cheaper["jumps"].mapping.startswith("buckets = { low = 0, mid = ")
    assert cheaper["jumps"].vanished == 30


def test_the_command_says_it_in_money_a_month(churning):
    told = churning.stoker("costs")
    (document,) = churning.stoker("costs", "--json").document

    assert told.code == 0
    text = " ".join(told.stdout.split())
    assert '"points" of profiles with round = -1: 80 of 80 changes (100%) would not have been sent' in text
    assert "and 78 customers not at all" in text
    points = next(each for each in document["attributes"] if each["attribute"] == "points")
    assert points["cheaper"]["saved_a_month"]["money"] == pytest.approx(
        80 * document["a_month"]["data_points"] / document["data_points"] * 2.0 / 1000, rel=0.05
    )


def test_without_runs_there_is_nothing_to_count(shop):
    assert shop.stoker("costs").stdout == "braze: no run of the last 30 days got anything acknowledged.\n"
