"""The exact JSON object of a customer: how he is addressed, and whether Braze may create him."""

from __future__ import annotations

import duckdb
import pytest

from tui_app.core.errors import Place
from tui_app.core.project import Destination, KeyReference
from tui_app.engine.payload import payload_sql


@pytest.mark.parametrize(
    ("identifier", "existing_only", "customer", "expected"),
    [
        ("external_id", False, 'c"7', r'{"external_id":"c\"7","tier":"gold"}'),
        ("external_id", True, "c7", '{"external_id":"c7","_update_existing_only":true,"tier":"gold"}'),
        ("email", False, "jo@example.com", '{"email":"jo@example.com","tier":"gold"}'),
        ("phone", False, "+12025550142", '{"phone":"+12025550142","tier":"gold"}'),
        ("braze_id", True, "5f00", '{"braze_id":"5f00","_update_existing_only":true,"tier":"gold"}'),
        (
            "user_alias",
            False,
            '{"alias_name":"jo","alias_label":"crm"}',
            '{"user_alias":{"alias_name":"jo","alias_label":"crm"},"_update_existing_only":false,"tier":"gold"}',
        ),
    ],
)
def test_a_customer_is_addressed_as_the_destination_says(identifier, existing_only, customer, expected):
    """Braze updates only where it is not told otherwise for aliases, and creates for every other identifier."""
    key = KeyReference("env", "KEY")
    destination = Destination(
        "braze", "https://rest.iad-01.braze.com", key, Place("stoker.toml", 1),
        identifier=identifier, update_existing_only=existing_only,
    )  # fmt: skip

    sql = payload_sql(destination, ['"tier"', '"untouched"'])
    with duckdb.connect() as connection:
        rows = "(SELECT ? AS id, '\"gold\"' AS s0, NULL::VARCHAR AS s1)"
        ((payload,),) = connection.execute(f"SELECT {sql} FROM {rows}", [customer]).fetchall()

    assert payload == expected
