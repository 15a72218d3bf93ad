"""A table of invented customers and a project that sends twelve of its columns."""

from __future__ import annotations

from pathlib import Path

import duckdb

KEY = "benchmark-key"

MEMORY_LIMIT = "3GB"
"""Of the engine, so that the whole process stays within four."""

ATTRIBUTES = {
    "first_name": "given_name",
    "last_name": "surname",
    "email": "email",
    "home_city": "city",
    "dob": "birthdate",
    "tier": "tier",
    "points": "points",
    "clv": "clv",
    "is_subscriber": "is_subscriber",
    "last_order": "last_order",
    "channels": "channels",
    "note": "note",
}

VALUES_BY_HAND = """
email = "CASE WHEN regexp_full_match(email, '[^@ ]+@([A-Za-z0-9-]+[.])+[A-Za-z]{2,}') THEN to_json(email) END"
values = {
    "first_name": "to_json(given_name)", "last_name": "to_json(surname)", "email": email,
    "home_city": "to_json(city)", "dob": "to_json(birthdate)", "tier": "to_json(tier)", "points": "points",
    "clv": "CASE WHEN isfinite(clv) THEN format('{:.15g}', clv) END", "is_subscriber": "is_subscriber",
    "last_order": "to_json(strftime(last_order, '%Y-%m-%dT%H:%M:%SZ'))", "channels": "to_json(channels)",
    "note": "to_json(note)",
}
"""
"""Python text: attribute → its value as JSON in DuckDB's SQL, for statements that are written by hand."""


def write_customers(path: Path, customers: int, *, is_second_day: bool = False) -> None:
    """`customers` rows with an id and twelve columns, always the same.

    1 % of the emails and 0.1 % of the numbers cannot be sent, and 1 in 50,000 identifiers stands in two rows. On the
    second day 1 % of the customers have other points, another tier and a later order.
    """
    changed = "i % 100 = 7" if is_second_day else "false"
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (
                SELECT 'c' || CASE WHEN i % 100000 = 1 THEN i - 1 ELSE i END AS id,
                       'Name' || (i % 1000) AS given_name,
                       'Surname "' || (i % 5000) || '"' AS surname,
                       'user' || i || CASE WHEN i % 100 = 0 THEN '@@example' ELSE '@example.com' END AS email,
                       'City ' || (i % 300) AS city,
                       DATE '1950-01-01' + (i % 20000)::INTEGER AS birthdate,
                       'tier' || CASE WHEN {changed} THEN 9 ELSE i % 4 END AS tier,
                       i % 100000 + ({changed})::INTEGER AS points,
                       CASE WHEN i % 1000 = 0 THEN 'NaN'::DOUBLE ELSE (i * 7919 % 1000000) / 100.0::DOUBLE END AS clv,
                       i % 3 = 0 AS is_subscriber,
                       TIMESTAMP '2024-01-01' + INTERVAL (i % 30000000 + ({changed})::INTEGER * 86400) SECOND
                           AS last_order,
                       ['web', 'shop' || (i % 20)] AS channels,
                       CASE WHEN i % 4 = 0 THEN NULL ELSE 'note ' || (i % 77) END AS note
                FROM range({customers}) rows (i)
            ) TO '{path}' (FORMAT parquet)"""
        )


def write_project(
    folder: Path,
    endpoint: str,
    requests_per_second: float = 1000,
    attributes: int = len(ATTRIBUTES),
    quiet_period_seconds: int = 300,
    memory_limit: str = MEMORY_LIMIT,
) -> None:
    """stoker.toml and its key beside customers.parquet; it sends the first `attributes` of them."""
    mapping = "\n".join(f'{name} = "{column}"' for name, column in list(ATTRIBUTES.items())[:attributes])
    (folder / "stoker.toml").write_text(
        f"""state = "state"
[source]
memory_limit = "{memory_limit}"
[source.tables]
customers = "customers.parquet"
[destinations.braze]
endpoint = "{endpoint}"
api_key = "file:braze.key"
custom_attributes = "off"
requests_per_second = {requests_per_second}
quiet_period_seconds = {quiet_period_seconds}
[templates.profile]
destination = "braze"
identifier_column = "id"
[templates.profile.attributes]
{mapping}
[orchestrations.profiles]
query = "customers"
template = "profile"
""",
        encoding="utf-8",
    )
    key = folder / "braze.key"
    key.write_text(KEY, encoding="ascii")
    key.chmod(0o600)
