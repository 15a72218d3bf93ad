"""GET /custom_attributes and GET /segments/list: what the workspace has, without values.

Sources: braze.com/docs/api/endpoints/export/custom_attributes/get_custom_attributes and …/segments/get_segment.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping

from tui_app.braze.sandbox.answer import Answer, refused
from tui_app.braze.sandbox.custom_attributes import CustomAttributes
from tui_app.braze.sandbox.json_types import JsonValue
from tui_app.braze.sandbox.settings import SandboxSettings

ATTRIBUTES_PER_PAGE = 50
SEGMENTS_PER_PAGE = 100
_SEGMENT_NAMESPACE = uuid.UUID("5e9a3a5c-0d5b-4f43-9c55-5a8b8c0f7a11")
"""Ours: makes a segment's id a function of its name."""


class Listings:
    """The two endpoints."""

    def __init__(self, settings: SandboxSettings, custom: CustomAttributes) -> None:
        self._settings = settings
        self._custom = custom

    def custom_attributes(self, query: Mapping[str, str], base_url: str) -> Answer:
        """One page of the attributes, by name; a `link` header leads to the next."""
        start = _skipped(query.get("cursor"))
        if start is None:
            # The words of this refusal are not documented.
            return refused(400, "Invalid cursor")
        names = sorted(self._custom.known)
        page: list[JsonValue] = [self._attribute(name) for name in names[start : start + ATTRIBUTES_PER_PAGE]]
        end = start + ATTRIBUTES_PER_PAGE
        link = f'<{base_url}/custom_attributes?cursor={_cursor(end)}>; rel="next"'
        return Answer(200, {"message": "success", "attributes": page}, {"link": link} if end < len(names) else {})

    def _attribute(self, name: str) -> JsonValue:
        known = self._custom.known[name]
        return {
            "array_length": self._settings.max_array_length if known.type == "Array" else None,
            "data_type": known.type,
            "description": None,
            "name": name,
            "status": "Active",
            "tag_names": [],
        }

    def segments(self, query: Mapping[str, str]) -> Answer:
        """One page of the segments, by time of creation."""
        text = query.get("page", "0")
        if not text.isdecimal() or not text.isascii():
            # The words of this refusal are not documented.
            return refused(400, "Invalid page")
        start = int(text) * SEGMENTS_PER_PAGE
        names = self._settings.segments[:: -1 if query.get("sort_direction") == "desc" else 1]
        page: list[JsonValue] = [
            {
                "id": str(uuid.uuid5(_SEGMENT_NAMESPACE, name)),
                "name": name,
                "analytics_tracking_enabled": False,
                "tags": [],
            }
            for name in names[start : start + SEGMENTS_PER_PAGE]
        ]
        return Answer(200, {"message": "success", "segments": page})


def _cursor(skipped: int) -> str:
    return base64.urlsafe_b64encode(f"skip:{skipped}".encode()).decode().rstrip("=")


def _skipped(cursor: str | None) -> int | None:
    if cursor is None:
        return 0
    try:
        word, _, digits = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
    except (ValueError, binascii.Error):
        return None
    return int(digits) if word == "skip" and digits.isdecimal() else None
