"""One request as received."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from tui_app.braze.sandbox.json_types import JsonValue


class Unread(Enum):
    """A body that holds no document."""

    TOO_LARGE = "too large"
    NOT_JSON = "not json"


_ARRAYS = ("attributes", "events", "purchases")


@dataclass(frozen=True, slots=True)
class Call:
    """A request, its body already read."""

    number: int
    """Counts from 1, over all paths."""
    method: str
    path: str
    query: Mapping[str, str]
    base_url: str
    """Scheme, host and port, without a trailing slash."""
    authorization: str
    """The header; empty if absent."""
    content_type: str
    """Without parameters, in lower case; empty if absent."""
    document: JsonValue | Unread

    @property
    def attributes(self) -> list[JsonValue]:
        """The attributes objects, as received."""
        attributes = self.document.get("attributes") if isinstance(self.document, dict) else None
        return attributes if isinstance(attributes, list) else []

    @property
    def objects(self) -> list[JsonValue]:
        """Everything in the request: attributes objects, events, purchases, as received."""
        arrays = [self.document.get(name) for name in _ARRAYS] if isinstance(self.document, dict) else []
        return [each for array in arrays if isinstance(array, list) for each in array]

    @property
    def external_ids(self) -> frozenset[str]:
        """Of all objects."""
        return frozenset(str(each.get("external_id")) for each in self.objects if isinstance(each, dict))


def read_document(body: bytes) -> JsonValue | Unread:
    """The JSON of a body. Of a repeated key the last value counts; NaN and Infinity are no JSON."""
    try:
        document: JsonValue = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return Unread.NOT_JSON
    return document


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
