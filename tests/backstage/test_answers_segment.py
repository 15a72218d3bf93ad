"""A segment that is being built: counted, sampled and written as SQL, saved or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
import pytest

from tui_app.backstage.answers.segment import answer, id_column_of
from tui_app.backstage.client import Backstage
from tui_app.backstage.desk import Desk, Office
from tui_app.backstage.questions.segment import CountMembers, MemberCount, SampleMembers, SegmentSql
from tui_app.config.read import read_project
from tui_app.core.activation import Campaign
from tui_app.core.errors import FixInput, Place
from tui_app.core.mapping import Template
from tui_app.core.segment import Comparison, Condition, ConditionValue, Group, InCampaign, InFile, InSegment, Segment

PLACE = Place("draft", 1)


def is_(column: str, op: str, value: ConditionValue = None, line: int = 1) -> Comparison:
    return Comparison(column, op, value, Place("draft", line))


def a_segment(*conditions: Condition, name: str = "draft", table: str = "customers") -> Segment:
    return Segment(name, table, Group("all", conditions), PLACE)


@pytest.fixture
def ask(shop) -> Iterator:
    """Answers a question about the shop, over sources that stay open."""
    office = Office(shop.folder)
    yield lambda question: answer(question, Desk(office))
    office.close()


@pytest.fixture
def gold_and_silver(shop, customer) -> None:
    """Ten customers, four of them gold, and two orders; the fourth has no name."""
    rows = [customer(number, tier="gold" if number < 4 else "silver") for number in range(10)]
    rows[3]["name"] = None
    shop.customers(rows)
    (shop.folder / "orders.csv").write_text("id,total\nc00001,5.5\nc00007,20\n", encoding="utf-8")
    shop.extra = (
        '[segments.buyers]\ntable = "orders"\nall = [ { column = "total", op = "is greater than", value = 5 } ]'
    )
    shop.write()
    project = shop.folder / "stoker.toml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("[destinations", 'orders = "orders.csv"\n[destinations', 1), encoding="utf-8")


@pytest.mark.usefixtures("gold_and_silver")
def test_a_draft_is_counted_without_being_saved(ask, shop):
    before = (shop.folder / "stoker.toml").read_bytes()

    assert ask(CountMembers(a_segment(is_("tier", "is exactly", "Gold")))) == MemberCount(members=4, rows=10)
    assert (shop.folder / "stoker.toml").read_bytes() == before


@pytest.mark.usefixtures("gold_and_silver")
def test_a_draft_of_a_saved_segment_is_counted_as_it_is_drafted(ask):
    draft = a_segment(is_("points", "is less than", 2), name="everybody")

    assert ask(CountMembers(draft)).members == 2
    assert ask(CountMembers(a_segment(InSegment("everybody", PLACE)))).members == 10, "the saved one"


@pytest.mark.usefixtures("gold_and_silver")
def test_a_draft_asks_whom_a_campaign_has_reached(ask, shop):
    """Before anybody was reached, after, and as the SQL that says so."""
    draft = a_segment(InCampaign("club", PLACE))
    assert ask(CountMembers(draft)).members == 0

    shop.sync("club")

    assert ask(CountMembers(draft)).members == 10
    assert ask(CountMembers(a_segment(InCampaign("club", PLACE, negated=True)))).members == 0
    assert '"recipients of club"' in ask(SegmentSql(draft))


@pytest.mark.usefixtures("gold_and_silver")
def test_members_are_shown_with_all_columns(ask):
    rows = ask(SampleMembers(a_segment(is_("tier", "is exactly", "gold"), is_("points", "is greater than", 1))))

    assert rows.columns == ("id", "name", "tier", "points", "is_member")
    assert rows.rows == (("c00002", "Name 2", "gold", "2", "true"), ("c00003", None, "gold", "3", "true"))
    assert (rows.first, rows.total) == (0, 2)
    assert len(ask(SampleMembers(a_segment(is_("tier", "is not NULL")), count=3)).rows) == 3


@pytest.mark.usefixtures("gold_and_silver")
def test_every_fault_of_a_draft_is_named_with_its_condition(ask):
    """The editor marks the conditions by their places."""
    draft = a_segment(is_("teir", "is exactly", "gold", line=1), is_("points", "contains", "7", line=2))

    for question in (CountMembers(draft), SampleMembers(draft), SegmentSql(draft)):
        with pytest.raises(FixInput) as raised:
            ask(question)
        assert [(problem.code, problem.place.line) for problem in raised.value.problems] == [
            ("unknown_column", 1),
            ("wrong_operator", 2),
        ]


@pytest.mark.usefixtures("gold_and_silver")
def test_a_draft_that_is_made_of_itself_is_refused(ask, shop):
    """Without this, counting it would never end."""
    with (shop.folder / "stoker.toml").open("a", encoding="utf-8") as project:
        project.write('\n[segments.loyal]\ntable = "customers"\nall = [ { segment = "everybody" } ]\n')
    itself = a_segment(InSegment("draft", PLACE))
    by_another = a_segment(InSegment("loyal", PLACE), name="everybody")

    for draft in (itself, by_another):
        with pytest.raises(FixInput, match="is made of itself"):
            ask(CountMembers(draft))


@pytest.mark.usefixtures("gold_and_silver")
def test_a_segment_that_does_not_exist_is_named_with_the_nearest_one(ask):
    with pytest.raises(FixInput, match=r'uses segment "everbody", which does not exist.*Nearest: "everybody"'):
        ask(CountMembers(a_segment(InSegment("everbody", PLACE))))


@pytest.mark.usefixtures("gold_and_silver")
def test_customers_of_a_segment_of_another_table_are_found_by_their_id(ask):
    """The template of the activation over the table says which column that is."""
    assert ask(CountMembers(a_segment(InSegment("buyers", PLACE)))).members == 2
    assert ask(CountMembers(a_segment(InSegment("buyers", PLACE), is_("tier", "is exactly", "gold")))).members == 1


def test_the_id_column_is_that_of_whoever_sends_the_table(shop, customer):
    """Two templates may call customers by two columns."""
    shop.customers([customer(1)])
    project = read_project(shop.folder)
    by_email = Template("by_email", "braze", (), PLACE, identifier_column="email")
    news = Campaign("news", "readers", (), "by_email", "news", PLACE)
    more = replace(
        project, templates={**project.templates, "by_email": by_email}, campaigns={**project.campaigns, "news": news}
    )

    assert id_column_of(project, "customers") == id_column_of(more, "customers") == "id"
    assert id_column_of(more, "readers") == "email"
    assert id_column_of(project, "orders") == "id", "the only template's"
    assert id_column_of(more, "orders") is None, "nobody can say which"


def test_relative_dates_count_from_today_in_utc(ask, shop):
    today = datetime.now(UTC).date()
    shop.customers(
        [{"id": str(days), "seen": today - timedelta(days=days)} for days in (89, 90, 91)],
        pa.schema({"id": pa.string(), "seen": pa.date32()}),
    )

    recent = a_segment(is_("seen", "is on or after", "90 days ago"))

    assert ask(CountMembers(recent)).members == 2
    assert f"'{today - timedelta(days=90)}'" in ask(SegmentSql(recent))


@pytest.mark.usefixtures("gold_and_silver")
def test_the_sql_names_tables_as_the_project_does(ask, shop):
    """Whoever pastes it into a database finds his tables in it, and no file or view of ours."""
    either = Group("any", (is_("tier", "is in list", ("Gold", "platinum")), is_("name", "is not NULL")))

    assert ask(SegmentSql(a_segment(is_("points", "is less than or equal to", 90), either))).splitlines() == [
        "SELECT",
        "  *",
        'FROM "customers"',
        "WHERE",
        '  "points" <= 90',
        "  AND (",
        "    LOWER(\"tier\") IN ('gold', 'platinum') OR \"name\" IS NOT NULL",
        "  )",
    ]
    assert str(shop.folder) not in ask(SegmentSql(a_segment(InSegment("buyers", PLACE))))


@pytest.mark.usefixtures("gold_and_silver")
def test_the_sql_picks_whom_the_count_counts(ask, shop):
    """SQL that only looks like the segment would mislead whoever checks it."""
    (shop.folder / "vip.csv").write_text("id\nc00001\nc00009\n", encoding="utf-8")
    drafts = [
        a_segment(InSegment("buyers", PLACE), is_("name", "contains", "NAME")),
        a_segment(InSegment("buyers", PLACE, negated=True), is_("points", "is between", (1, 8))),
        a_segment(
            Group("none", (is_("name", "ends with", "7"), is_("name", "is NULL"))), InSegment("everybody", PLACE)
        ),
        a_segment(InFile("vip.csv", "id", PLACE)),
        a_segment(Group("any", (InFile("vip.csv", "id", PLACE, negated=True), is_("tier", "is exactly", "GOLD")))),
        a_segment(is_("name", "is in list", tuple(f"name {number}" for number in range(1, 30)))),
        a_segment(
            Group("none", (Group("all", (is_("points", "is greater than", 3), is_("points", "is less than", 7))),))
        ),
    ]
    database = duckdb.connect()
    database.execute(f"CREATE VIEW customers AS FROM '{shop.folder}/customers.parquet'")
    for name in ("orders", "vip"):
        database.execute(f"CREATE TABLE {name} AS FROM '{shop.folder}/{name}.csv'")
    database.execute('ALTER TABLE vip RENAME TO "vip.csv"')

    for draft in drafts:
        found = database.sql(ask(SegmentSql(draft))).fetchall()
        counted = ask(CountMembers(draft))
        assert 0 < counted.members < 10
        assert len(found) == counted.members, ask(SegmentSql(draft))


def test_the_largest_segment_can_be_written_as_sql(ask, shop, customer):
    """As many conditions and groups as a segment may have; the writing of SQL is recursive."""
    shop.customers([customer(1)])
    deep: Condition = is_("points", "is", 1)
    for depth in range(30):
        deep = Group("any" if depth % 2 else "none", (deep, is_("points", "is not", depth)))
    wide = a_segment(*(is_("points", "is not", number) for number in range(900)))

    assert ask(SegmentSql(a_segment(deep))).count("<>") == 30
    assert ask(SegmentSql(wide)).count("<>") == 900


@pytest.mark.usefixtures("gold_and_silver")
async def test_a_screen_counts_by_way_of_the_process_beside_it(backstage: Backstage):
    assert await backstage.ask(CountMembers(a_segment(is_("points", "is", 7)))) == MemberCount(1, 10)
    assert (await backstage.ask(SampleMembers(a_segment(is_("points", "is", 7))))).rows[0][0] == "c00007"
    with pytest.raises(FixInput, match='Nearest: "tier"'):
        await backstage.ask(SegmentSql(a_segment(is_("teir", "is NULL"))))
