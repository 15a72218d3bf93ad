"""A segment as a query of its own, and back.

The query begins with a comment that holds the segment and a digest of both. As long as nobody edits either, the query
still says what the segment said, and can become it again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from tui_app.core.digest import digest_of
from tui_app.core.segment import Segment
from tui_app.core.segment_editing import as_toml

_MARK = "-- stoker segment "
_FIRST_LINE = re.compile(rf"\s*{_MARK}(?P<said>\{{.*\}})[ \t\r]*\n")


@dataclass(frozen=True, slots=True)
class SavedSegment:
    """The segment that a query was made of."""

    name: str
    content: dict[str, Any]
    """As the project file writes it: `table`, and `all`, `any` or `none`."""


def query_of(segment: Segment, sql: str) -> str:
    """The text of a query that can become `segment` again.

    Args:
        segment: Saved.
        sql: One SELECT that gives its members.
    """
    content = {"name": segment.name, "table": segment.table, **as_toml(segment.condition)}
    # Days and moments become the texts that the project file takes in their place.
    said = json.loads(json.dumps(content, default=date.isoformat))
    return f"{_MARK}{json.dumps({'digest': digest_of(said, sql.strip()), **said})}\n{sql.strip()}\n"


def segment_of(sql: str) -> SavedSegment | None:
    """The segment that a query was made of; None if it was made of none, or was edited since."""
    found = _FIRST_LINE.match(sql)
    if found is None:
        return None
    try:
        said = json.loads(found["said"])
    except ValueError:
        return None
    if said.pop("digest", None) != digest_of(said, sql[found.end() :].strip()):
        return None
    name = said.pop("name", None)
    return SavedSegment(name, said) if isinstance(name, str) and "table" in said else None
