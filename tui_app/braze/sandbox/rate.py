"""Rate limits and the headers that tell of them, for both kinds of contract.

Sources: braze.com/docs/api/api_limits; braze.com/docs/api/endpoints/user_data/post_user_track, "Rate limit".
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from tui_app.braze.sandbox.settings import SandboxSettings

THREE_SECONDS = 3.0
MINUTE = 60.0
HOUR = 3600.0


@dataclass(slots=True)
class Window:
    """So many requests in so many seconds.

    An hour is the hour of the clock, as documented; a shorter window opens with its first request.
    """

    limit: int
    seconds: float
    used: int = 0
    ends_at: float = 0.0
    """Seconds since 1970-01-01 UTC."""

    def roll(self, now: float) -> None:
        """Open a new window if the last one has ended."""
        if now >= self.ends_at:
            self.used = 0
            self.ends_at = (now // HOUR + 1) * HOUR if self.seconds == HOUR else now + self.seconds

    @property
    def remaining(self) -> int:
        """Requests that still pass in this window."""
        return max(0, self.limit - self.used)


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a request passes, and the rate headers of its answer either way."""

    is_admitted: bool
    headers: Mapping[str, str]


@dataclass(slots=True)
class RateLimit:
    """The windows of one endpoint; all must have room. The headers tell of the first."""

    windows: tuple[Window, ...]
    reset: Literal["epoch", "seconds"] = "epoch"
    """`epoch`: seconds since 1970-01-01 UTC, as the general page says. `seconds`: seconds remaining, as the section on
    MAU contracts says; a 429 then carries nothing but x-ratelimit-retry-after."""

    def admit(self, now: float) -> Admission:
        """Count a request at `now`, seconds since 1970-01-01 UTC, unless a window is full."""
        for window in self.windows:
            window.roll(now)
        full = [window for window in self.windows if not window.remaining]
        if full and self.reset == "seconds":
            wait_seconds = max(1, math.ceil(max(window.ends_at for window in full) - now))
            return Admission(is_admitted=False, headers={"x-ratelimit-retry-after": str(wait_seconds)})
        if not full:
            for window in self.windows:
                window.used += 1
        shown = full[0] if full else self.windows[0]
        resets_at = math.ceil(shown.ends_at)
        headers = {
            "x-ratelimit-limit": str(shown.limit),
            "x-ratelimit-remaining": str(shown.remaining),
            "x-ratelimit-reset": str(resets_at if self.reset == "epoch" else max(0, math.ceil(shown.ends_at - now))),
        }
        return Admission(not full, headers)


def rate_limits(settings: SandboxSettings) -> dict[str, RateLimit]:
    """Path → limit."""
    return {
        "/users/track": _track_limit(settings),
        "/users/export/ids": RateLimit((Window(settings.export_requests_per_minute, MINUTE),)),
        "/custom_attributes": RateLimit((Window(settings.custom_attributes_requests_per_hour, HOUR),)),
        "/segments/list": RateLimit((Window(settings.general_requests_per_hour, HOUR),)),
    }


def _track_limit(settings: SandboxSettings) -> RateLimit:
    burst = Window(settings.requests_per_3_seconds, THREE_SECONDS)
    if settings.contract == "data_points":
        return RateLimit((burst,))
    hourly = () if settings.requests_per_hour is None else (Window(settings.requests_per_hour, HOUR),)
    return RateLimit((*hourly, burst), reset="seconds")


@dataclass(slots=True)
class BusiestStretch:
    """The most requests that arrived within any 3 seconds: whether a sender keeps to its pace."""

    requests: int = 0
    _arrivals: deque[float] = field(default_factory=deque)

    def note(self, now: float) -> None:
        """A request arrived at `now`, seconds of a clock that never goes back."""
        self._arrivals.append(now)
        while self._arrivals[0] <= now - THREE_SECONDS:
            self._arrivals.popleft()
        self.requests = max(self.requests, len(self._arrivals))
