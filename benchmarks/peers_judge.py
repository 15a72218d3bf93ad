"""What a server received, and whether every profile is at last what the table says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.shop import ATTRIBUTES


@dataclass(frozen=True, slots=True)
class Received:
    """One run, as the server saw it."""

    requests: int
    objects: int
    values: int
    """Attributes in all objects; null counts, as Braze counts it."""
    most_objects: int
    """In one request; Braze takes 75."""


class Profiles:
    """What Braze would know of everybody, after the runs so far."""

    def __init__(self) -> None:
        self._profiles: dict[str, dict[str, Any]] = {}

    def take(self, bodies: Iterable[bytes]) -> Received:
        """Apply the bodies of one run in the order of their arrival."""
        requests = objects = values = most_objects = 0
        for body in bodies:
            attributes = json.loads(body)["attributes"]
            requests, objects = requests + 1, objects + len(attributes)
            most_objects = max(most_objects, len(attributes))
            for each in attributes:
                sent = {name: value for name, value in each.items() if name in ATTRIBUTES}
                values += len(sent)
                self._profiles.setdefault(each["external_id"], {}).update(sent)
        return Received(requests, objects, values, most_objects)

    def wrong(self, table: Path) -> int:
        """How many customers are not what the table says; a null and an attribute that is not there are the same."""
        wrong = known = 0
        for row in pq.read_table(table).to_pylist():
            profile = self._profiles.get(row["id"])
            known += profile is not None
            wanted = {name: _comparable(row[column]) for name, column in ATTRIBUTES.items()}
            had = {name: _comparable(_typed((profile or {}).get(name), wanted[name])) for name in ATTRIBUTES}
            wrong += wanted != had
        return wrong + len(self._profiles) - known


def _comparable(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC)
    return value


def _typed(text: Any, like: Any) -> Any:
    """Dates and times travel as text, in the words of each tool."""
    if not isinstance(text, str):
        return text
    try:
        if isinstance(like, datetime):
            return datetime.fromisoformat(text)
        if isinstance(like, date):
            return date.fromisoformat(text[:10])
    except ValueError:
        return text
    return text
