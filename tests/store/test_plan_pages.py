"""Pages show exactly what a reader gives that goes through the whole plan, wherever they lie and however one jumps."""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import replace

import duckdb
import pytest

from tui_app.store.plan_pages import PlanPages
from tui_app.store.plan_reading import Filter, PlanReader, plan_engine

ROWS = 30_000
CHANGES = f"""
    SELECT printf('c%06d', i) AS id,
           CASE WHEN i % 100 = 7 THEN 'leave' WHEN i < 12000 THEN 'join' ELSE 'update' END AS kind,
           NULL::BIGINT AS not_before,
           '{{"external_id":"' || printf('c%06d', i) || '","tier":' || (i % 5)
               || CASE WHEN i % 3 = 0 THEN ',"points":null' ELSE '' END
               || CASE WHEN i % 900 = 0 THEN ',"a\\"b''c":[1, "x"]' ELSE '' END || '}}' AS payload,
           CASE WHEN i % 2 = 0 THEN '{{}}' ELSE '{{"tier":"was ' || i || '"}}' END AS before,
           1::INTEGER AS data_points
    FROM range({ROWS}) rows (i)"""
WITHHELD = f"""
    SELECT * FROM (
        SELECT NULL AS id, NULL AS attribute, 'no_id' AS code, 'has no identifier' AS sentence, NULL AS value
        FROM range(3)
        UNION ALL SELECT ' ', NULL, 'blank_id', 'has a blank identifier', ' ' FROM range(2)
        UNION ALL SELECT printf('c%06d', i), 'tier', 'bad', 'is bad', 'x' || i FROM range({ROWS}) rows (i)
        UNION ALL SELECT printf('c%06d', i), 'points', 'bad', 'is bad', NULL FROM range(0, {ROWS}, 2) rows (i)
        UNION ALL SELECT printf('c%06d', i), NULL, 'large', 'is too large', NULL FROM range(0, {ROWS}, 1000) rows (i)
    ) ORDER BY id NULLS FIRST, attribute NULLS FIRST"""

FILTERS = {
    "all": Filter(),
    "a kind in a row": Filter(kind="join"),
    "a kind here and there": Filter(kind="leave"),
    "most of all": Filter(kind="update"),
    "an attribute": Filter(attribute="points"),
    "a rare attribute": Filter(attribute="a\"b'c"),
    "a kind and an attribute": Filter(kind="update", attribute="points"),
    "one customer": Filter(user="c020000"),
    "nobody": Filter(user="' OR 1=1 --"),
    "withheld": Filter(kind="withheld"),
    "withheld, of an attribute": Filter(kind="withheld", attribute="points"),
    "withheld, one customer": Filter(kind="withheld", user="c020000"),
    "withheld, a blank one": Filter(kind="withheld", user=" "),
}


@pytest.fixture
def large(plans):
    """A plan of 30,000 changes in 20 row groups, and as many customers of whom something is withheld."""
    stored = plans.seal({"x": {"tier": 1, "points": 2, "a\"b'c": 3}})
    with closing(duckdb.connect()) as work:
        for sql, path in ((CHANGES, stored.changes), (WITHHELD, stored.withheld)):
            work.execute(f"COPY ({sql}) TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")
    return stored


@pytest.fixture
def pages_of(large):
    """`pages_of(wanted)` of the large plan."""
    opened = []

    def open_pages(wanted: Filter) -> PlanPages:
        opened.append(PlanPages(large, wanted, plan_engine()))
        return opened[-1]

    yield open_pages
    for pages in opened:
        pages.close()


def read_whole(stored, wanted):
    """Everything that a filter picks: changes as they are, withheld rows as (id, their reasons) by customer."""
    reader = PlanReader(stored)
    shown = list(reader.changes(wanted)) if wanted.has_changes else []
    customers = []
    for row in reader.withheld(wanted) if wanted.has_withheld else ():
        if row.attribute is None or not customers or customers[-1][0] != row.id:
            customers.append((row.id, []))
        customers[-1][1].append(row)
    return [*shown, *((customer, tuple(rows)) for customer, rows in customers)]


def plain(shown):
    return [(each.id, each.reasons) if hasattr(each, "reasons") else each for each in shown]


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_a_page_anywhere_is_that_part_of_the_plan(large, pages_of, wanted):
    whole, pages = read_whole(large, wanted), pages_of(wanted)
    chance = random.Random(7)
    jumps = [chance.randrange(len(whole) + 1) for _ in range(25)]

    assert len(pages) == len(whole)
    for first in [0, *jumps, 2_040, 2_050, 1_900, max(0, len(whole) - 100), len(whole)]:
        assert plain(pages.page(first, 200)) == whole[first : first + 200]


@pytest.mark.parametrize("count", [0, 1, 5_000])
def test_a_page_is_as_long_as_it_is_wanted(large, pages_of, count):
    for wanted in (Filter(), Filter(attribute="points"), Filter(kind="withheld")):
        assert plain(pages_of(wanted).page(4_000, count)) == read_whole(large, wanted)[4_000 : 4_000 + count]


def test_every_withheld_customer_is_there_once_with_all_reasons(large, pages_of):
    """Those without a usable identifier are different customers, who may look alike."""
    pages = pages_of(Filter(kind="withheld"))

    first = pages.page(0, 6)

    assert len(pages) == 3 + 2 + ROWS
    assert [(each.id, len(each.reasons)) for each in first] == [(None, 1)] * 3 + [(" ", 1)] * 2 + [("c000000", 3)]
    assert sum(len(each.reasons) for each in pages.page(0, len(pages))) == PlanReader(large).count_withheld(Filter())


def test_of_one_customer_what_is_sent_stands_before_what_is_not(pages_of):
    sent, withheld = pages_of(Filter(user="c020000")).page(0, 10)

    assert (sent.kind, sent.before, sent.after) == ("update", '{"tier":null}', '{"tier":0}')
    assert [each.attribute for each in withheld.reasons] == [None, "points", "tier"]


def test_an_alias_is_found_by_its_name_alone(plans):
    stored = plans.seal({'{"alias_name":"ann","alias_label":"shop"}': {"tier": 1}, "{": {"tier": 2}})
    stored = replace(stored, plan=replace(stored.plan, identifier="user_alias"))

    with closing(PlanPages(stored, Filter(user="ann"), plan_engine())) as pages:
        assert [each.id for each in pages.page(0, 5)] == ['{"alias_name":"ann","alias_label":"shop"}']


def test_a_plan_without_changes_has_empty_pages(plans):
    for wanted in (Filter(), Filter(kind="join"), Filter(kind="withheld"), Filter(user="x")):
        with closing(PlanPages(plans.seal({}), wanted, plan_engine())) as pages:
            assert (len(pages), pages.page(0, 10)) == (0, [])
