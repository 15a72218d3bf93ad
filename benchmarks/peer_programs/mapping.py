"""Rows of the table as a body for Braze: the mapping that `benchmarks.shop` gives to Stoker."""

import json
from datetime import date

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


def object_of(row: dict) -> dict:
    """One attributes object. A null is sent, so that it clears; dlt leaves the column out of the row then."""
    return {"external_id": row["id"], **{name: row.get(column) for name, column in ATTRIBUTES.items()}}


def body_of(rows: list[dict]) -> bytes:
    """A request to /users/track."""
    return json.dumps({"attributes": [object_of(row) for row in rows]}, default=_text_of).encode()


def _text_of(value: date) -> str:
    return value.isoformat()
