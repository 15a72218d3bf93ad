"""How fast requests may leave, how long to wait before a repeat, and what Braze's headers say about both.

Pure arithmetic: whoever calls brings the time and the random number. No number that comes out is negative, endless or
above one hour, whatever a server writes into its headers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal

WINDOW_SECONDS = 3.0
"""Braze counts requests to /users/track in windows of this length.

Source: braze.com/docs/api/endpoints/user_data/post_user_track, "Rate limit".
"""

WINDOW_SLACK_SECONDS = 0.04
"""Added to every window, because requests that left evenly can arrive closer together."""

EVEN_WINDOW_SECONDS = WINDOW_SECONDS + 0.053
"""The time over which the requests of a window are spread. Longer than the window with its slack, so that a sender who
wakes up late can make up for it: otherwise each window would begin as late as any before it."""

CATCH_UP_SECONDS = 0.2
"""How far behind its even spacing a sender may be and still make up for it; a stall longer than this is lost."""

HOUR_SECONDS = 3600
"""Hourly limits start again at the full hour, UTC. Source: braze.com/docs/api/api_limits."""

LONGEST_WAIT_SECONDS = 3600.0
"""No limit of Braze lasts longer than the clock hour, so no wait does either."""

LOW_SHARE = 0.1
"""Of a limit. When less than this is left, requests are spread over the time until it is full again."""

RESET_ROUNDING_SECONDS = 1.0
"""Resets are told in whole seconds: a limit may be full again this much earlier than the header says."""

_EPOCH_FROM = 1e9
"""x-ratelimit-reset above this is a time, below it a duration.

Source: braze.com/docs/api/api_limits says UTC epoch seconds; the page of /users/track says seconds remaining for
monthly-active-user contracts. Magnitude tells them apart.
"""
_MILLISECONDS_FROM = 1e11
"""An epoch above this would be after the year 5000 in seconds, so it counts milliseconds."""

_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")
_LONGEST_DATE = 64

WaitCause = Literal["free", "rate", "hour", "paused", "shared"]

_SENTENCES: Mapping[WaitCause, str] = {
    "free": "requests may leave at once",
    "rate": "the rate limit of the destination is used to the full",
    "hour": "the hourly limit is used up; it starts again at the full hour",
    "paused": "Braze asked for a pause",
    "shared": "the limit that Braze reports is nearly used up, here or by other tools with the same limit",
}


@dataclass(frozen=True, slots=True)
class Wait:
    """How long the next request must wait, and why."""

    seconds: float
    """0.0 when it may leave at once."""
    cause: WaitCause

    @property
    def sentence(self) -> str:
        """The cause in words, for a screen."""
        return _SENTENCES[self.cause]


@dataclass(frozen=True, slots=True)
class PaceFigures:
    """What a limiter is doing at one moment."""

    wait: Wait
    requests_per_second: float
    """Measured over the last three seconds."""
    requests_this_hour: int
    """Sent since the full hour by this process."""


@dataclass(frozen=True, slots=True)
class RetryLimits:
    """How often the same bytes are sent again before a person or the next run must decide."""

    server_trouble_attempts: int = 8
    """After 5xx, or when nothing could be sent."""
    unclear_attempts: int = 3
    """After an answer that cannot be believed, or none; then the request is halved."""
    first_backoff_seconds: float = 0.5
    longest_backoff_seconds: float = 30.0


DEFAULT_RETRY_LIMITS = RetryLimits()


def backoff_seconds(attempt: int, random_share: float, limits: RetryLimits = DEFAULT_RETRY_LIMITS) -> float:
    """How long to wait before a repeat: exponential, with full jitter so that many senders do not march in step.

    Args:
        attempt: Failures so far, from 1.
        random_share: A fresh random number, 0..1.
        limits: The first and the longest backoff.
    """
    # More doublings than this are over any longest backoff, and would overflow for a hostile count.
    doublings = min(max(attempt, 1) - 1, 60)
    ceiling = min(limits.longest_backoff_seconds, limits.first_backoff_seconds * 2.0**doublings)
    return ceiling * min(max(random_share, 0.0), 1.0)


def pause_seconds(
    asked_seconds: float | None, attempt: int, random_share: float, limits: RetryLimits = DEFAULT_RETRY_LIMITS
) -> float:
    """How long all senders pause after status 429: what Braze asked for and up to a second more, else the backoff.

    Args:
        asked_seconds: From `wait_seconds`; None when Braze named no usable time.
        attempt: Refusals in a row so far, from 1.
        random_share: A fresh random number, 0..1.
        limits: For the backoff.
    """
    if asked_seconds is None:
        return backoff_seconds(attempt, random_share, limits)
    return asked_seconds + min(max(random_share, 0.0), 1.0) * min(1.0, asked_seconds)


def requests_per_window(requests_per_second: float) -> int:
    """How many requests may leave in any window of `WINDOW_SECONDS`; at least one, or nothing would ever leave."""
    # The epsilon keeps 3 × 33.333… from losing a request to binary fractions.
    return max(1, int(WINDOW_SECONDS * requests_per_second + 1e-6))


def window_seconds(requests_per_second: float) -> float:
    """The window that `requests_per_window` counts in; longer than Braze's only below one request per window."""
    return max(WINDOW_SECONDS + WINDOW_SLACK_SECONDS, 1.0 / requests_per_second)


def even_spacing_seconds(requests_per_second: float) -> float:
    """How far apart requests leave when nothing holds them up."""
    longest = max(window_seconds(requests_per_second), EVEN_WINDOW_SECONDS)
    return longest / requests_per_window(requests_per_second)


def hour_of(epoch_seconds: float) -> int:
    """The number of the clock hour."""
    return int(epoch_seconds // HOUR_SECONDS)


def hour_wait(requests_this_hour: int, requests_per_hour: int | None, epoch_seconds: float) -> float:
    """Seconds until the clock hour leaves room for one more request; 0.0 if it does now or no limit is set."""
    if requests_per_hour is None or requests_this_hour < requests_per_hour:
        return 0.0
    return HOUR_SECONDS - epoch_seconds % HOUR_SECONDS


def spacing_of_the_rest(headers: Mapping[str, str], epoch_seconds: float) -> tuple[float, float] | None:
    """How far apart requests must leave for the rest of a limit to last, when Braze reports that little is left.

    Args:
        headers: Of any answer, names in lower case.
        epoch_seconds: Now, by this machine's clock.

    Returns:
        Seconds between requests, and seconds until the limit is full again, each at most one hour. None when nothing
        is reported, enough is left, or the limit is full again within the rounding of the header.
    """
    left = _number(headers.get("x-ratelimit-remaining"))
    limit = _number(headers.get("x-ratelimit-limit"))
    reset = seconds_to_reset(headers, epoch_seconds)
    if left is None or reset is None or reset <= RESET_ROUNDING_SECONDS:
        return None
    if left < 1:
        return reset, reset
    if limit is None or left > limit * LOW_SHARE:
        return None
    return (reset - RESET_ROUNDING_SECONDS) / left, reset


def wait_seconds(headers: Mapping[str, str], epoch_seconds: float) -> float | None:
    """How long Braze asks to wait: the longest of X-RateLimit-Reset, X-RateLimit-Retry-After and Retry-After.

    Args:
        headers: Of an answer with status 429, names in lower case.
        epoch_seconds: Now, by this machine's clock; the answer's own Date corrects it.

    Returns:
        Above 0 and at most one hour; None if no header holds a usable time in the future.
    """
    waits = (
        seconds_to_reset(headers, epoch_seconds),
        _usable(_number(headers.get("x-ratelimit-retry-after"))),
        _retry_after(headers, epoch_seconds),
    )
    return max((wait for wait in waits if wait is not None), default=None)


def seconds_to_reset(headers: Mapping[str, str], epoch_seconds: float) -> float | None:
    """Seconds until the limit is full again, by X-RateLimit-Reset: epoch seconds, milliseconds or a duration."""
    reset = _number(headers.get("x-ratelimit-reset"))
    if reset is None or reset <= _EPOCH_FROM:
        return _usable(reset)
    reset_epoch = reset / 1000.0 if reset > _MILLISECONDS_FROM else reset
    return _usable(reset_epoch - _server_epoch(headers, epoch_seconds))


def _retry_after(headers: Mapping[str, str], epoch_seconds: float) -> float | None:
    """Retry-After is a number of seconds or a date. Source: RFC 9110, section 10.2.3."""
    text = headers.get("retry-after")
    seconds = _number(text)
    if seconds is None:
        retry_epoch = _date_epoch(text)
        seconds = None if retry_epoch is None else retry_epoch - _server_epoch(headers, epoch_seconds)
    return _usable(seconds)


def _server_epoch(headers: Mapping[str, str], epoch_seconds: float) -> float:
    """Now as the server sees it, so that a wrong clock here does not lengthen or shorten a wait."""
    date_epoch = _date_epoch(headers.get("date"))
    return epoch_seconds if date_epoch is None else date_epoch


def _usable(seconds: float | None) -> float | None:
    return min(seconds, LONGEST_WAIT_SECONDS) if seconds is not None and seconds > 0 else None


def _number(text: str | None) -> float | None:
    """A plain decimal number, not signed and not so long that it could not be meant."""
    return float(text) if text is not None and _NUMBER.fullmatch(text.strip()) else None


def _date_epoch(text: str | None) -> float | None:
    if text is None or len(text) > _LONGEST_DATE:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        # No date, or one that no calendar holds.
        return None
