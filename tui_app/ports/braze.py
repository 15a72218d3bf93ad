"""What the verbs need of Braze, and of the key to it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from tui_app.core.delivery import Answer
from tui_app.core.pace import PaceFigures


class SecretKey(Protocol):
    """An API key that no text shows by accident."""

    def reveal(self) -> str:
        """The key itself; for the one place that sends it."""


class BrazeApi(Protocol):
    """One Braze workspace over HTTP. What is sent is sent once per call, and never redirected."""

    async def track(self, body: bytes) -> Answer:
        """Send one POST /users/track.

        Args:
            body: JSON in UTF-8.

        Raises:
            NotSent: No byte of the request left.
            NoAnswer: The request may have arrived.
        """

    async def custom_attribute_names(self) -> tuple[str, ...]:
        """The custom attributes that the workspace has, in Braze's order.

        Raises:
            NotSent: Braze could not be reached.
            NoAnswer: No whole answer came.
            NotRead: Braze answered something else than the names.
        """

    async def export_users(self, body: bytes) -> Answer:
        """Send one POST /users/export/ids, which changes nothing.

        Args:
            body: JSON in UTF-8.

        Raises:
            NotSent: Braze could not be reached.
            NoAnswer: No whole answer came.
        """

    async def close(self) -> None:
        """Give all connections back. Nothing may be sent afterwards."""


class RequestLimiter(Protocol):
    """What stands before all senders of a process, so that no rate limit is broken."""

    async def slot(self, unless: asyncio.Event | None = None) -> float:
        """Wait until one more request may leave, or until `unless` is set; the seconds waited."""

    def pause(self, seconds: float) -> None:
        """Stop all senders for a while, after Braze refused one of them."""

    def observe(self, headers: Mapping[str, str]) -> None:
        """Heed what the headers of an answer (names in lower case) say about the limit."""

    def figures(self) -> PaceFigures:
        """What a screen shows."""
