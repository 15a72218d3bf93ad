"""Somebody else writes to the same workspace, and Stoker knows nothing of it: one customer in ten has another tier."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import duckdb
import httpx

FOLDER = Path(__file__).parent
AT_ONCE = 75


def main() -> None:
    """Write to the destination of the project, with its key."""
    destination = tomllib.loads((FOLDER / "stoker.toml").read_text(encoding="utf-8"))["destinations"]["braze"]
    key = (FOLDER / destination["api_key"].removeprefix("file:")).read_text(encoding="utf-8").strip()
    customers = duckdb.read_parquet(str(FOLDER / "customers.parquet")).filter("customer_id LIKE '%7'")
    identifiers = [identifier for (identifier,) in customers.project("customer_id").fetchall()]
    with httpx.Client(base_url=destination["endpoint"], headers={"Authorization": f"Bearer {key}"}) as braze:
        for first in range(0, len(identifiers), AT_ONCE):
            chosen = identifiers[first : first + AT_ONCE]
            written = [{"external_id": identifier, "tier": "platinum"} for identifier in chosen]
            braze.post("/users/track", json={"attributes": written}).raise_for_status()
    sys.stdout.write(f"{len(identifiers):,} customers have another tier at Braze\n")


if __name__ == "__main__":
    main()
