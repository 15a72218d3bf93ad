"""The custom attributes that workspaces have, asked for at most once a minute."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass
from typing import Final

from tui_app.backstage.cancellation import Cancellation
from tui_app.core.errors import FixInput
from tui_app.core.secret import ApiKey
from tui_app.ports.clock import Clock
from tui_app.sync.find_warnings import read_workspace_names

_KEPT_SECONDS: Final = 60.0
_PATIENCE_SECONDS: Final = 10.0
"""For one answer of Braze: somebody sits and waits for it."""
_LOOK_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What is known about the names of one workspace."""

    names: tuple[str, ...] = ()
    message: str | None = None
    """Why they are not known."""


class WorkspaceNames:
    """Asks Braze, and remembers the answer, also that there was none. Safe to use from any thread.

    Args:
        clock: Says how old an answer is.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turns: dict[tuple[str, str], threading.Lock] = {}
        self._known: dict[tuple[str, str], tuple[float, KnownNames]] = {}

    def of(self, endpoint: str, key: ApiKey, cancellation: Cancellation, *, ask_again: bool) -> KnownNames:
        """The names of a workspace. Who comes while it is asked waits for that answer.

        Args:
            endpoint: Of the workspace.
            key: Of the workspace; another key may be that of another one.
            cancellation: Ends the waiting for somebody else's answer. One's own is waited for, for those who come next.
            ask_again: Whether an answer of the last minute is not new enough.

        Raises:
            Cancelled: Nobody waits for this any more.
        """
        workspace = (endpoint, key.fingerprint(endpoint))
        came = self._clock.monotonic_seconds()
        turn = self._turns.setdefault(workspace, threading.Lock())
        while not turn.acquire(timeout=_LOOK_SECONDS):
            cancellation.raise_if_cancelled()
        try:
            asked, known = self._known.get(workspace, (None, KnownNames()))
            oldest = came if ask_again else came - _KEPT_SECONDS
            if asked is None or asked < oldest:
                known = asyncio.run(_ask(endpoint, key))
                self._known[workspace] = (self._clock.monotonic_seconds(), known)
            return known
        finally:
            turn.release()


async def _ask(endpoint: str, key: ApiKey) -> KnownNames:
    from tui_app.braze.client import BrazeClient

    try:
        braze = BrazeClient(endpoint, key, timeout_seconds=_PATIENCE_SECONDS)
    except FixInput as error:
        return KnownNames(message=error.message)
    try:
        names, warning = await read_workspace_names(braze)
    finally:
        await braze.close()
    return KnownNames(names, warning.message if warning else None)
