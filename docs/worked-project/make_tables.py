"""Write the tables of an invented shop of 100,000 customers as they are on one day: `python make_tables.py DAY`.

Days count from 1. From one to the next 1 % of the customers get other points, 0.2 % another tier, some come and some
leave; nobody exists. The same day always gives the same rows.
"""

from __future__ import annotations

import sys

import duckdb

CUSTOMERS = 100_000
COMING_EACH_DAY = 120

TABLES = """
CREATE MACRO dice(n, purpose, sides) AS (md5_number_lower(n || ' ' || purpose) % sides)::INTEGER;
CREATE MACRO pick(words, n, purpose) AS words[1 + dice(n, purpose, len(words))];
-- The last day on which something happened to a customer: each has one day in a hundred.
CREATE MACRO last_day(n, purpose, every) AS ($day - ($day + dice(n, purpose, every)) % every);

CREATE TABLE customers AS
SELECT
    format('c{:06d}', n) AS customer_id,
    pick(
        ['Anna', 'Ben', 'Chloé', 'Daan', 'Elif', 'Grace', 'Hiroshi', 'Ines', 'José', 'Łucja', 'Olu', 'Zoë'], n, 'given'
    ) AS given_name,
    'customer.' || n || '@example.com' AS email,
    pick(['gold', 'silver', 'silver', 'bronze', 'bronze', 'bronze'], n, 'tier ' || last_day(n, 'tier', 500)) AS tier,
    dice(n, 'points ' || last_day(n, 'points', 100), 5000) AS points,
    dice(n, 'idle', 400) AS days_since_order,
    dice(n, 'opted out', 20) = 0 AS opted_out
FROM range(1, 1 + $customers + $coming * $day) AS numbers (n)
-- Whoever leaves is gone for good.
WHERE dice(n, 'leaves', 20000) >= $day;

CREATE TABLE order_lines AS
SELECT
    format('{}-{}', customer_id, line) AS line_id,
    customer_id,
    pick(['mug', 'lamp', 'chair', 'desk', 'rug'], customer_id, line) AS product,
    (499 + dice(customer_id, line || ' price', 30000)) / 100 AS price,
    1 + dice(customer_id, line || ' pieces', 3)
        + CASE WHEN dice(customer_id, line || ' many', 500) = 0 THEN 140 ELSE 0 END AS pieces,
    TIMESTAMPTZ '2026-01-01 12:00:00+00' + to_days(line::INTEGER) AS ordered_at
FROM customers, range(1, 1 + $day) AS days (line)
WHERE dice(customer_id, line || ' orders', 50) = 0;
"""


def main(day: int) -> None:
    """Replace the tables in this folder."""
    values = {"day": day, "customers": CUSTOMERS, "coming": COMING_EACH_DAY}
    statements = TABLES
    for name, value in values.items():
        statements = statements.replace(f"${name}", str(value))
    with duckdb.connect() as database:
        database.execute(statements)
        for table in ("customers", "order_lines"):
            database.execute(f"COPY (FROM {table} ORDER BY ALL) TO '{table}.parquet' (FORMAT parquet)")


if __name__ == "__main__":
    main(int(sys.argv[1]))
