"""Queries and segments at the command line: what they give, where they are wrong, and what has changed in them."""

from __future__ import annotations

import pytest

from tui_app.core.segment_editing import says_the_same


@pytest.fixture
def bench(shop, customer):
    """Ten customers, four of them gold, five with many points, and a query."""
    shop.extra = """
[queries.rich]
sql = '''SELECT id, points
FROM customers
WHERE points >= 5'''
[segments.gold]
table = "customers"
all = [ { column = "tier", op = "is exactly", value = "gold" } ]
[segments.many_points]
table = "rich"
all = [ { column = "points", op = "is greater than", value = 4 } ]
"""
    shop.write()
    shop.customers([customer(i, tier="gold" if i < 6 else "silver") for i in range(10)])
    return shop


def test_a_query_shows_its_first_rows(bench):
    finished = bench.stoker("query", "rich", "--limit", "2")
    document = bench.stoker("query", "rich", "--json").document

    assert finished.code == 0
    assert "Showing 2 of 5 rows of rich." in finished.stdout
    assert document["columns"] == ["id", "points"]
    assert document["rows"][0] == {"id": "c00005", "points": "5"}


def test_a_mistake_is_named_with_its_line(bench):
    """Of a saved query in the project file, of a tried one in its own."""
    (bench.folder / "try.sql").write_text("SELECT id,\n  pionts\nFROM customers")

    finished = bench.stoker("query", "rich", "--file", "try.sql")

    assert finished.code == 3
    assert "try.sql:2: Query rich:" in finished.stderr
    assert "pionts" in finished.stderr


def test_an_unknown_name_lists_what_there_is(bench):
    finished = bench.stoker("query", "reich")

    assert finished.code == 2
    assert "It has: rich, customers." in finished.stderr


def test_a_segment_is_counted_shown_and_written_as_sql(bench):
    counted = bench.stoker("segment", "gold", "--members", "2")
    sql = bench.stoker("segment", "gold", "--sql")
    document = bench.stoker("segment", "gold", "--json").document

    assert "gold: 6 of 10 rows of customers (60.0%)" in counted.stdout
    assert "c00000" in counted.stdout
    assert "customers" in sql.stdout
    assert (document["members"], document["rows"], document["sql"] + "\n") == (6, 10, sql.stdout)


def test_segments_of_several_tables_overlap(bench):
    """Every customer once: in exactly these of them."""
    document = bench.stoker("segment", "gold", "many_points", "--json").document
    told = bench.stoker("segment", "gold", "many_points")

    assert {tuple(each["segments"]): each["customers"] for each in document} == {
        ("gold",): 5,
        ("many_points",): 4,
        ("gold", "many_points"): 1,
    }
    assert "10  any of them" in told.stdout


def test_at_most_five_are_compared(bench):
    assert bench.stoker("segment", *(["gold"] * 2)).code == 2


def test_what_changed_since_the_last_run_is_shown(bench):
    """The file is under the user's own version control; this is about what was sent."""
    assert "was never sent" in bench.stoker("difference", "club").stdout
    bench.sync("club")
    same = bench.stoker("difference", "club")
    bench.attributes = {**bench.attributes, "tier": '{ column = "tier", upper = true }'}
    bench.write()
    changed = bench.stoker("difference", "club")

    assert "club is as run" in same.stdout
    assert '-attributes: {"attribute": "tier", "column": "tier"}' in changed.stdout
    assert '+attributes: {"attribute": "tier", "column": "tier", "upper": true}' in changed.stdout


def test_a_segment_becomes_a_query_and_a_segment_again(bench):
    assert bench.stoker("segment", "gold", "--save-query", "gold_sql").code == 0
    assert bench.stoker("query", "gold_sql", "--json").document["total"] == 6

    assert bench.stoker("query", "gold_sql", "--as-segment", "gold_again").code == 0
    saved = bench.stoker("query", "gold_sql", "--as-segment", "gold_for_scripts", "--json").document
    assert saved == {"segment": "gold_for_scripts", "query": "gold_sql"}

    segments = bench.workplace.project.segments
    assert says_the_same(segments["gold_again"].condition, segments["gold"].condition)
    assert segments["gold_again"].table == "customers"


def test_a_query_whose_sql_was_edited_is_no_segment(bench):
    bench.stoker("segment", "gold", "--save-query", "gold_sql")
    file = bench.folder / "stoker.toml"
    text = file.read_text()
    head, _, query = text.rpartition("[queries.gold_sql]")
    file.write_text(f"{head}[queries.gold_sql]{query.replace('gold', 'silver').replace('silver_sql', 'gold_sql')}")

    finished = bench.stoker("query", "gold_sql", "--as-segment", "gold_again")

    assert finished.code == 3
    assert "Query gold_sql: it was made of no segment, or its SQL was edited since" in finished.stderr
    assert "stoker.toml:" in finished.stderr


def test_a_query_whose_segment_was_edited_is_none_either(bench):
    """What the comment says must be what the SQL says."""
    bench.stoker("segment", "gold", "--save-query", "gold_sql")
    file = bench.folder / "stoker.toml"
    head, _, query = file.read_text().rpartition("-- stoker segment")
    file.write_text(f"{head}-- stoker segment{query.replace('gold', 'silver', 2)}")

    assert bench.stoker("query", "gold_sql", "--as-segment", "again").code == 3


def test_names_that_are_taken_are_refused(bench):
    assert bench.stoker("segment", "gold", "--save-query", "rich").code == 2
    bench.stoker("segment", "gold", "--save-query", "gold_sql")
    assert bench.stoker("query", "gold_sql", "--as-segment", "gold").code == 2


def test_a_segment_that_asks_more_than_tables_is_no_query(bench):
    """Neither the log of a campaign nor a file of ids can be asked by a query, nor what is made of them."""
    bench.extra += """
[segments.reached]
table = "customers"
all = [ { campaign = "club" } ]
[segments.reached_gold]
table = "customers"
all = [ { segment = "gold" }, { segment = "reached" } ]
"""
    bench.write()

    for name in ("reached", "reached_gold"):
        refused = bench.stoker("segment", name, "--save-query", "sql")
        assert refused.code == 2
        assert "whom campaign club has reached" in " ".join(refused.stderr.split())


def test_days_survive_the_way_to_a_query_and_back(bench):
    bench.extra += """
[segments.lately]
table = "dated"
all = [
    { column = "day", op = "is after", value = 2026-01-02 },
    { column = "day", op = "is before", value = "tomorrow" },
]
[queries.dated]
sql = "SELECT *, DATE '2026-03-04' AS day FROM customers"
"""
    bench.write()
    assert bench.stoker("segment", "lately", "--save-query", "sql").code == 0
    assert bench.stoker("query", "sql", "--as-segment", "again").code == 0

    again = bench.stoker("segment", "lately", "again", "--json").document
    assert again == [{"segments": ["lately", "again"], "customers": 10}]
