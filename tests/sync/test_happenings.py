"""Purchases and events: each row of the source is sent once, whatever happens, and only if it can be right."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tui_app.core.delivery import Answer, Unclear, WholeRefused, read_answer
from tui_app.core.errors import FixInput, Refused
from tui_app.tasks.plan_undo import plan_undo
from tui_app.tasks.resume_run import reopen

LINES = pa.schema(
    {
        "line": pa.string(),
        "id": pa.string(),
        "sku": pa.string(),
        "money": pa.string(),
        "unit": pa.decimal128(10, 2),
        "pieces": pa.int64(),
        "at": pa.timestamp("us", tz="UTC"),
        "brand": pa.string(),
        "is_gift": pa.bool_(),
    }
)
ORDERS = """
[orchestrations.orders]
query = "customers"
template = "profile"
[orchestrations.orders.purchases]
row_key = "line"
product_id = "sku"
currency = "money"
price = "unit"
quantity = "pieces"
time = "at"
[orchestrations.orders.purchases.properties]
brand = "brand"
gift = "is_gift"
channel = { value = "shop" }
"""
VISITS = """
[orchestrations.visits]
query = "customers"
template = "profile"
[orchestrations.visits.events]
row_key = "line"
name = { value = "visited" }
time = "at"
[orchestrations.visits.events.properties]
place = "brand"
"""
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def a_line(number: int, **values: Any) -> dict[str, Any]:
    return {
        "line": f"L{number}",
        "id": f"c{number:05}",
        "sku": "mug",
        "money": "EUR",
        "unit": 9.5,
        "pieces": 1,
        "at": NOON,
        "brand": "Acme",
        "is_gift": False,
        **values,
    }


@pytest.fixture
def orders(shop):
    """A shop whose table holds lines of orders."""
    shop.attributes = {}
    shop.extra = ORDERS
    shop.write()
    return shop


def lines(shop, *rows):
    table = pa.Table.from_pylist(
        [{**row, "unit": str(row["unit"])} for row in rows], LINES.set(4, pa.field("unit", pa.string()))
    )
    table = table.set_column(4, "unit", table["unit"].cast(pa.decimal128(10, 2)))
    pq.write_table(table, shop.folder / "customers.parquet")


def sent(sandbox):
    """The purchases or events that arrived, in no order."""
    return sorted(sandbox.objects(), key=json.dumps)


def remembered(shop):
    """(Row key, part) → state."""
    view = shop.workplace.ledger_of(shop.workplace.project.destinations["braze"]).view()
    recent = pq.read_table(view.recent_sent_rows).to_pylist() if view.recent_sent_rows else []
    rows = pq.read_table(view.sent_rows).to_pylist() if view.sent_rows else []
    return {(row["row_key"], row["part"]): row["state"] for row in (*rows, *recent)}


def withheld(stored):
    return {
        (row["id"], row["attribute"], row["code"]): row["value"] for row in pq.read_table(stored.withheld).to_pylist()
    }


def test_a_purchase_is_sent_as_braze_takes_it(orders, sandbox):
    lines(orders, a_line(1, pieces=2, brand=None, is_gift=True))

    assert orders.sync("orders").state == "done"

    assert sent(sandbox) == [
        {
            "external_id": "c00001",
            "product_id": "mug",
            "currency": "EUR",
            "price": 9.5,
            "quantity": 2,
            "time": "2026-03-01T12:00:00Z",
            "properties": {"gift": True, "channel": "shop"},
        }
    ]


def test_a_row_is_sent_once(orders, sandbox):
    lines(orders, a_line(1), a_line(2))
    orders.sync("orders")
    lines(orders, a_line(1), a_line(2), a_line(3))

    stored = orders.plan("orders")

    assert (stored.plan.counts.happenings, stored.plan.counts.unchanged) == (1, 2)
    assert orders.carry_out(orders.begin(stored)).state == "done"
    assert Counter(each["external_id"] for each in sent(sandbox)) == {"c00001": 1, "c00002": 1, "c00003": 1}
    assert orders.plan("orders").plan.requests == 0


def test_a_row_that_is_gone_and_comes_back_is_not_sent_again(orders, sandbox):
    lines(orders, a_line(1), a_line(2))
    orders.sync("orders")
    lines(orders, a_line(2))
    orders.sync("orders")
    lines(orders, a_line(1), a_line(2))

    assert orders.plan("orders").plan.counts.changes == 0


def test_a_large_quantity_is_split(orders, sandbox):
    lines(orders, a_line(1, pieces=250))

    stored = orders.plan("orders")
    orders.carry_out(orders.begin(stored))

    assert sorted(each["quantity"] for each in sent(sandbox)) == [50, 100, 100]
    assert stored.plan.data_points == 250
    assert remembered(orders) == {("L1", 0): "sent", ("L1", 1): "sent", ("L1", 2): "sent"}
    (profile,) = sandbox.get("state")["profiles"]
    assert profile["purchases"]["mug"]["count"] == 250


@pytest.mark.parametrize(
    ("values", "attribute", "code"),
    [
        ({"id": None}, None, "id_missing"),
        ({"line": None}, "row_key", "row_field_missing"),
        ({"sku": None}, "product_id", "row_field_missing"),
        ({"sku": "x" * 256}, "product_id", "text_too_long"),
        ({"money": "eur"}, "currency", "unknown_currency"),
        ({"money": "XYZ"}, "currency", "unknown_currency"),
        ({"money": None}, "currency", "row_field_missing"),
        ({"at": None}, "time", "row_field_missing"),
        ({"pieces": None}, "quantity", "row_field_missing"),
        ({"pieces": 0}, "quantity", "bad_quantity"),
        ({"pieces": -1}, "quantity", "bad_quantity"),
        ({"pieces": 7_501}, "quantity", "bad_quantity"),
        ({"brand": "b" * 256}, "property brand", "text_too_long"),
    ],
)
def test_a_row_that_cannot_be_right_is_withheld_whole(orders, sandbox, values, attribute, code):
    lines(orders, a_line(1, **values), a_line(2))

    stored = orders.plan("orders")
    orders.carry_out(orders.begin(stored))

    assert [(where, why) for _, where, why in withheld(stored)] == [(attribute, code)]
    assert stored.plan.counts.withheld == 1
    assert [each["external_id"] for each in sent(sandbox)] == ["c00002"]


def test_columns_of_text_are_read(orders, sandbox):
    pq.write_table(
        pa.table(
            {
                "line": ["1", "2", "3", "4"],
                "id": ["a", "b", "c", "d"],
                "sku": ["007", "mug", "mug", "mug"],
                "money": ["USD"] * 4,
                "unit": ["12.50", "cheap", "3", "3"],
                "pieces": ["3", "1", "1.5", "1"],
                "at": ["2026-03-01T12:00:00+02:00", "2026-03-01", "2026-03-01", "soon"],
                "brand": ["x"] * 4,
                "is_gift": ["true"] * 4,
            }
        ),
        orders.folder / "customers.parquet",
    )

    stored = orders.plan("orders")
    orders.carry_out(orders.begin(stored))

    (only,) = sent(sandbox)
    assert (only["product_id"], only["price"], only["quantity"], only["time"]) == (
        "007", 12.5, 3, "2026-03-01T10:00:00Z"
    )  # fmt: skip
    assert {(where, why) for _, where, why in withheld(stored)} == {
        ("price", "not_a_number"), ("quantity", "not_an_integer"), ("time", "not_a_datetime")
    }  # fmt: skip


def test_a_key_of_two_rows_is_nobodys(orders, sandbox):
    lines(orders, a_line(1), a_line(2, line="L1"), a_line(3))

    stored = orders.plan("orders")

    assert {why for *_, why in withheld(stored)} == {"row_key_twice"}
    assert (stored.plan.counts.happenings, stored.plan.counts.withheld) == (1, 2)


@pytest.mark.parametrize("fault", ["reset:applied=yes", "truncated", "wrong-counts", "queued", "cut", "other-array"])
def test_what_may_have_arrived_is_not_sent_again(orders, sandbox, fault):
    lines(orders, a_line(1))
    stored = orders.plan("orders")
    sandbox.fail(fault)

    progress = orders.carry_out(orders.begin(stored))
    sandbox.work_again()

    assert len(sent(sandbox)) == 1
    assert progress.in_doubt == 1
    again = orders.plan("orders")
    assert (again.plan.counts.changes, again.plan.in_doubt) == (0, 1)
    assert withheld(again) == {("c00001", None, "in_doubt_before"): f"L1: run {orders.workplace.runs.all()[0].id}"}


def test_what_may_have_arrived_is_sent_again_where_somebody_asks(orders, sandbox):
    lines(orders, a_line(1), a_line(2))
    sandbox.fail("reset:applied=no")
    orders.sync("orders")
    sandbox.work_again()
    assert set(remembered(orders).values()) == {"in_doubt"}

    done = orders.stoker("plan", "orders", "--resend-doubt", "--json")
    assert done.document["counts"]["purchases"] == 2
    assert done.document["counts"]["sent_again"] == 2
    assert "are sent AGAIN" in orders.stoker("plan", "orders", "--resend-doubt").stdout
    assert orders.stoker("apply", done.document["plan"], "--yes").code == 0

    assert set(remembered(orders).values()) == {"sent"}
    (first, second) = sandbox.get("state")["profiles"]
    assert first["purchases"]["mug"]["count"] == second["purchases"]["mug"]["count"] == 1


def test_a_row_in_doubt_with_other_values_is_not_new(orders, sandbox):
    lines(orders, a_line(1, pieces=1))
    sandbox.fail("reset:applied=yes")
    orders.sync("orders")
    sandbox.work_again()
    lines(orders, a_line(1, pieces=250))

    stored = orders.plan("orders")

    assert stored.plan.counts.changes == 0
    assert {why for *_, why in withheld(stored)} == {"in_doubt_before"}


def test_a_row_that_was_sent_with_other_values_is_told_of(orders, sandbox):
    lines(orders, a_line(1), a_line(2))
    orders.sync("orders")
    lines(orders, a_line(1, unit=8.0), a_line(2))

    plan = orders.plan("orders").plan

    assert plan.counts.changes == 0
    assert [(each.code, each.message[:2]) for each in plan.warnings] == [("sent_differently", "1 ")]


def test_a_refused_row_is_sent_again_once_it_is_another(orders, sandbox):
    lines(orders, a_line(1))
    sandbox.fail("refuse:external_id=c00001")
    orders.sync("orders")
    sandbox.work_again()
    assert remembered(orders) == {("L1", 0): "refused"}
    assert {why for *_, why in withheld(orders.plan("orders"))} == {"refused_before"}
    lines(orders, a_line(1, unit=8.0))

    orders.sync("orders")

    assert remembered(orders) == {("L1", 0): "sent"}


def test_an_event_is_sent_once(shop, sandbox):
    shop.attributes = {}
    shop.extra = VISITS
    shop.write()
    lines(shop, a_line(1), a_line(2, brand=None))

    shop.sync("visits")
    shop.sync("visits")

    assert sent(sandbox) == [
        {"external_id": "c00001", "name": "visited", "time": "2026-03-01T12:00:00Z", "properties": {"place": "Acme"}},
        {"external_id": "c00002", "name": "visited", "time": "2026-03-01T12:00:00Z"},
    ]


def test_attributes_of_the_same_workspace_know_nothing_of_purchases(orders, sandbox):
    """Both keep their ledger in one folder."""
    orders.attributes = {"brand": '"brand"'}
    orders.write()
    lines(orders, a_line(1), a_line(2))

    orders.sync("profiles")
    orders.sync("orders")

    assert {name for known in orders.ledger().values() for name in known} == {"brand"}
    assert orders.plan("profiles").plan.counts.changes == 0
    assert orders.plan("orders").plan.counts.changes == 0


def test_two_orchestrations_that_remember_together_send_a_row_once(orders, sandbox):
    orders.extra = ORDERS + ORDERS.replace("orchestrations.orders", "orchestrations.backfill").replace(
        'row_key = "line"', 'row_key = "line"\nremembered_as = "orders"'
    )
    orders.write()
    lines(orders, a_line(1))

    orders.sync("orders")

    assert orders.plan("backfill").plan.counts.changes == 0


def test_nothing_to_send_is_no_refusal(orders):
    lines(orders)

    assert orders.plan("orders").plan.refused_by == ()


def test_a_purchase_is_not_undone(orders):
    lines(orders, a_line(1))
    run = orders.begin(orders.plan("orders"))
    orders.carry_out(run)

    with pytest.raises(Refused, match="Braze takes none of them back"):
        plan_undo(orders.workplace, run)


def test_purchases_are_not_audited(orders):
    audited = orders.stoker("audit", "orders")

    assert audited.code == 2
    assert "no single one of them" in " ".join(audited.stderr.split())


@pytest.mark.parametrize(
    ("old", "new", "fact"),
    [
        ('row_key = "line"\n', "", "row_key"),
        ('currency = "money"', 'currency = { value = "euro" }', "currency is no ISO 4217"),
        ('price = "unit"', "price = { value = 3 }", "needs a column"),
        ('brand = "brand"', 'price = "brand"', "reserved by Braze"),
        ('time = "at"', 'time = "at"\nprise = "unit"', "prise"),
        ("[orchestrations.orders.purchases.properties]", "[orchestrations.orders.events]\n", "exclude each other"),
    ],
)
def test_mistakes_of_the_project_file_are_named(orders, old, new, fact):
    orders.extra = ORDERS.replace(old, new)
    orders.write()

    with pytest.raises(FixInput, match=fact):
        orders.workplace  # noqa: B018


def test_a_column_that_is_not_there_is_named_before_anything_is_read(orders):
    orders.extra = ORDERS.replace('sku"', 'skuu"')
    orders.write()
    lines(orders, a_line(1))

    with pytest.raises(FixInput, match='no column "skuu"'):
        orders.plan("orders")


def test_the_command_speaks_of_purchases(orders):
    lines(orders, a_line(1, pieces=250), a_line(2, money="eur"))

    told = orders.stoker("plan", "orders").stdout

    assert "Purchases" in told
    assert "3  new" in told
    assert "L2: eur" in told
    shown = orders.stoker("show", orders.workplace.plans.newest_of("orders").id).stdout
    assert '"product_id"' in shown or "product_id" in shown


@pytest.mark.parametrize(
    "moment", ["journal.half_written:3", "send.announced:1", "send.answered:2", "send.settled:2", "fold.committed:1"]
)
def test_a_process_that_dies_sends_no_row_twice(orders, sandbox, moment):
    orders.destination = {"objects_per_request": "2"}
    orders.write()
    lines(orders, *(a_line(number) for number in range(12)))
    plan = orders.plan("orders")

    died = orders.stoker("apply", plan.id, "--yes", environment={"STOKER_FAILPOINT": moment})
    (run,) = orders.workplace.runs.all()
    orders.stoker("resume", run.id)

    arrived = Counter(each["external_id"] for each in sent(sandbox))
    states = remembered(orders)
    assert died.code != 0
    assert set(arrived.values()) <= {1}
    assert set(states.values()) <= {"sent", "in_doubt"}
    assert len(states) == 12
    assert {f"L{int(each[1:])}" for each in arrived} >= {key for (key, _), state in states.items() if state == "sent"}
    assert orders.plan("orders").plan.counts.changes == 0


def test_whoever_resumes_sends_what_certainly_never_left_and_nothing_else(orders, sandbox):
    """Of 40 requests 8 were announced when the process died."""
    orders.destination = {"objects_per_request": "2"}
    orders.write()
    lines(orders, *(a_line(number) for number in range(80)))
    plan = orders.plan("orders")
    orders.stoker("apply", plan.id, "--yes", environment={"STOKER_FAILPOINT": "send.announced:1"})
    (run,) = orders.workplace.runs.all()

    resumed = orders.stoker("resume", run.id)

    assert resumed.code == 5
    assert len(sent(sandbox)) == 64
    assert Counter(remembered(orders).values()) == {"in_doubt": 16, "sent": 64}
    assert run.progress().in_doubt == 16


def test_of_a_sample_nothing_but_the_sample_may_have_left(orders, sandbox):
    lines(orders, *(a_line(number) for number in range(10)))
    run = orders.begin(orders.plan("orders"), sample=3)

    assert orders.carry_out(run).state == "done"

    assert set(remembered(orders).values()) == {"sent"}
    assert orders.plan("orders").plan.counts.happenings == 7


def test_an_outage_stops_the_run_and_leaves_little_in_doubt(orders, sandbox):
    orders.destination = {"objects_per_request": "2"}
    orders.write()
    lines(orders, *(a_line(number) for number in range(80)))
    sandbox.fail("503")
    run = orders.begin(orders.plan("orders"))

    progress = orders.carry_out(run)
    sandbox.work_again()

    assert progress.state == "stopped"
    assert progress.in_doubt <= 16
    assert orders.carry_out(reopen(orders.workplace, run.id)).state == "done"
    assert Counter(remembered(orders).values()) == {"in_doubt": progress.in_doubt, "sent": 80 - progress.in_doubt}


def test_a_run_that_another_has_overtaken_sends_nothing(orders, sandbox):
    """Both were begun before either sent, and the first to send was stopped half-way."""
    orders.destination = {"objects_per_request": "2"}
    orders.write()
    lines(orders, *(a_line(number) for number in range(8)))
    first = orders.begin(orders.plan("orders"))
    lines(orders, *(a_line(number) for number in range(9)))
    second = orders.begin(orders.plan("orders"))
    sandbox.fail("401:after=2")
    assert orders.carry_out(second).state == "stopped"
    sandbox.work_again()
    some = second.progress().acknowledged

    with pytest.raises(Refused, match=f"run {second.id} has sent to the same workspace since"):
        orders.carry_out(first)
    with pytest.raises(Refused, match="has sent to the same workspace since"):
        reopen(orders.workplace, first.id)

    assert 0 < some < 9
    assert orders.carry_out(reopen(orders.workplace, second.id)).state == "done"
    assert {key for key, _ in remembered(orders)} == {f"L{number}" for number in range(9)}
    assert set(remembered(orders).values()) == {"sent"}


def test_done_with_doubt_is_told_by_the_exit_code(orders, sandbox):
    lines(orders, a_line(1), a_line(2))
    sandbox.fail("queued")

    assert orders.stoker("apply", "orders", "--yes").code == 5


@pytest.mark.parametrize(
    ("kind", "values"), [(pa.float64(), [1.5]), (pa.bool_(), [True]), (pa.date32(), [NOON.date()])]
)
def test_a_key_that_can_be_written_in_many_ways_is_none(orders, kind, values):
    table = pa.table({"line": pa.array(values, kind), "id": ["a"], "sku": ["x"], "money": ["EUR"], "unit": [1.0],
                      "pieces": [1], "at": [NOON], "brand": ["b"], "is_gift": [True]})  # fmt: skip
    pq.write_table(table, orders.folder / "customers.parquet")

    with pytest.raises(FixInput, match="cannot name rows for ever"):
        orders.plan("orders")


def test_a_key_is_the_same_text_whatever_else_its_column_feeds(orders, sandbox):
    """As a number it would be 7, and the row another one."""
    file = orders.folder / "stoker.toml"
    file.write_text(file.read_text().replace("customers.parquet", "customers.csv"))
    rows = "line,id,sku,money,unit,pieces,at,brand,is_gift\n007,a,mug,EUR,1.5,1,2026-03-01,b,true\n"
    (orders.folder / "customers.csv").write_text(rows)
    orders.sync("orders")

    file.write_text(file.read_text().replace('brand = "brand"', 'brand = "brand"\nline = "line"'))

    assert remembered(orders) == {("007", 0): "sent"}
    plan = orders.plan("orders").plan
    assert plan.counts.changes == 0
    assert [each.code for each in plan.warnings] == ["sent_differently"]


def test_a_plan_of_which_nothing_is_known_says_that_all_counts_as_new(orders):
    """After a renaming of anything that the ledger is kept by, everything would be sent again."""
    lines(orders, a_line(1))
    first = orders.plan("orders").plan
    orders.sync("orders")
    lines(orders, a_line(1), a_line(2))

    assert [each.code for each in first.warnings] == ["all_new"]
    assert orders.plan("orders").plan.warnings == ()


def test_withheld_rows_count_once_for_a_guard(orders, sandbox):
    """Those in doubt are neither known nor new."""
    orders.extra = ORDERS + "[orchestrations.orders.guards]\nmax_withheld_share = 0.6\n"
    orders.write()
    lines(orders, *(a_line(number) for number in range(100)))
    sandbox.fail("queued")
    orders.sync("orders")

    assert orders.plan("orders").plan.refused_by == ("max_withheld_share",)


@pytest.mark.parametrize(("array", "verdict"), [("attributes", WholeRefused), ("purchases", Unclear)])
def test_a_refusal_that_says_it_took_some_is_not_believed_where_some_count_twice(array, verdict):
    answer = Answer(400, {}, json.dumps({"message": "no", f"{array}_processed": 2}).encode())

    assert isinstance(read_answer(answer, 3, 0.0, array), verdict)


def test_seconds_since_1970_are_a_time(orders, sandbox):
    """Milliseconds taken for seconds, and numbers before 1970, are withheld."""
    moments = [1_772_366_400, 1_772_366_400_000, -5, None]
    table = pa.table({"line": ["1", "2", "3", "4"], "id": ["a", "b", "c", "d"], "sku": ["x"] * 4,
                      "money": ["EUR"] * 4, "unit": [1.0] * 4, "pieces": [1] * 4, "at": pa.array(moments, pa.int64()),
                      "brand": ["b"] * 4, "is_gift": [True] * 4})  # fmt: skip
    pq.write_table(table, orders.folder / "customers.parquet")

    stored = orders.plan("orders")
    orders.carry_out(orders.begin(stored))

    assert [each["time"] for each in sent(sandbox)] == ["2026-03-01T12:00:00Z"]
    assert {(who, why) for who, _, why in withheld(stored)} == {
        ("b", "year_out_of_range"), ("c", "year_out_of_range"), ("d", "row_field_missing")
    }  # fmt: skip
