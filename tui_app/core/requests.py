"""How changes are cut into requests: as few as Braze's limits allow, always in the same places."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

MAX_OBJECTS = 75
"""Attributes objects in one request. Source: braze.com/docs/api/api_limits, "/users/track"."""
MAX_BYTES = 4_000_000
"""Bytes of one body; Braze says 4 MB. Source: braze.com/docs/api/api_limits, "Batching User Track requests"."""
FRAME_BYTES = len(b'{"attributes":[]}')
"""What a body holds beside its objects and their commas."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """What one request may carry."""

    max_objects: int = MAX_OBJECTS
    max_bytes: int = MAX_BYTES
    frame_bytes: int = FRAME_BYTES

    @property
    def max_object_bytes(self) -> int:
        """The largest single object that can be sent at all."""
        return self.max_bytes - self.frame_bytes

    def always_full(self, largest: int) -> bool:
        """Whether `max_objects` objects fit into a request even if each has `largest` bytes."""
        # +1: objects are joined by a comma, and the comma counts.
        return self.frame_bytes + self.max_objects * (largest + 1) <= self.max_bytes

    def cut(self, sizes: Sequence[int]) -> list[int]:
        """Where requests begin.

        Args:
            sizes: Bytes of each object as UTF-8 JSON, in sending order; none is over `max_object_bytes`.

        Returns:
            Position of the first object of each request, ascending from 0; empty if there are no objects.
        """
        count = len(sizes)
        # ends[i]: bytes of all objects up to i, each with the comma after it.
        ends = list(accumulate(size + 1 for size in sizes))
        starts, start, sent = [], 0, 0
        while start < count:
            starts.append(start)
            # The last object of a request has no comma after it.
            fitting = bisect_right(ends, sent + self.max_object_bytes + 1, lo=start)
            start = max(start + 1, min(fitting, start + self.max_objects))
            sent = ends[start - 1]
        return starts
