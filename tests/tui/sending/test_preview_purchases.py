"""A plan of purchases on the screen: what is counted is purchases, and each of them is shown."""

from __future__ import annotations

import asyncio
import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq

ORDERS = """
[queries.order_lines]
sql = "SELECT *, id || '-' || tier AS line FROM customers"
[orchestrations.orders]
query = "order_lines"
template = "profile"
[orchestrations.orders.purchases]
row_key = "line"
product_id = "tier"
currency = { value = "EUR" }
price = "points"
time = "at"
[orchestrations.orders.guards]
max_changes = 2
"""


async def test_purchases_are_counted_and_called_purchases(shop, customer, open_stoker, settle, shown):
    shop.attributes = {}
    shop.extra = ORDERS
    shop.write()
    moment = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    rows = [customer(number, points=10, at=moment) for number in range(3)]
    pq.write_table(pa.Table.from_pylist(rows), shop.folder / "customers.parquet")
    await asyncio.to_thread(shop.plan, "orders")

    async with open_stoker(shop.folder, size=(160, 40)) as (app, pilot):
        await pilot.press("down", "down", "p")
        await settle(app, pilot)
        overview = shown(app)
        await pilot.press("c")
        await settle(app, pilot)
        listed = shown(app)

    assert "Purchases 3" in overview
    assert "3 purchases would be sent; the limit is 2." in overview
    assert "3 purchases  which this plan sends, in that order" in listed
    assert "product_id gold · currency EUR" in listed
    assert "ustomers" not in overview
