"""Typing ahead: a key goes where the keys before it lead, however quickly they come.

Textual gives every key at once to what has the focus at that moment, while opening a field or a dialog takes a few
turns of its event loop. What is typed right behind the key that opens it, or comes with it in one packet of a slow
connection, would be lost, or would be commands of what was there before.
"""

from __future__ import annotations

import time
from collections import deque
from functools import partial
from typing import Final, TypeVar

from textual import events
from textual.app import App
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.worker import Worker

ReturnT = TypeVar("ReturnT")

OPENING: Final = "opening"
"""Group of workers that end with a dialog: what is typed meanwhile is for the dialog. Escape gives them up."""

_FEWEST_WALKS: Final = 2
"""The first comes behind the key, the second behind what its action posts."""
_PATIENCE_SECONDS: Final = 1.0
"""How long a key is waited for before the next one is given anyway: an app that is busy must not become deaf."""
_LOOK_AGAIN_SECONDS: Final = 0.02


class TypeAhead(App[ReturnT]):
    """An app that gives the next key when the one before it has done what it does.

    A key has done so when a walk from what has the focus up to the app has passed everything that the key passed, and
    screen and focus are where they were on the walk before: a screen answers to a walk once it is mounted.
    """

    def __init__(self) -> None:
        super().__init__()
        self._typed: deque[events.Key | events.Paste] = deque()
        self._under_way: events.Event | None = None
        self._given_at = 0.0

    async def on_event(self, event: events.Event) -> None:
        """Put what is typed in line; everything else is Textual's."""
        if isinstance(event, (events.Key, events.Paste)) and not event.is_forwarded:
            opening = self._opening()
            if opening and isinstance(event, events.Key) and event.key == "escape":
                self._typed.clear()
                for worker in opening:
                    worker.cancel()
            self._typed.append(event)
            is_overdue = time.monotonic() - self._given_at > _PATIENCE_SECONDS and not opening
            if self._under_way is None or is_overdue:
                await self._give_next()
        else:
            await super().on_event(event)

    async def _give_next(self) -> None:
        self._under_way = event = self._typed.popleft() if self._typed else None
        if event is not None:
            self._given_at = time.monotonic()
            await super().on_event(event)
            self._walk(event, 1)

    def _walk(self, event: events.Event, number: int) -> None:
        focused, screen = self.focused, self.screen
        self._step(event, number, focused or screen, (focused, screen))

    def _step(self, event: events.Event, number: int, node: MessagePump | None, start: tuple[object, object]) -> None:
        """Go on from `node`, behind everything that it has still to do."""
        while isinstance(node, DOMNode) and node is not self:
            if node.call_later(self._step, event, number, node.parent, start):
                return
            # It was removed.
            node = node.parent
        self.call_later(self._arrive, event, number, start)

    async def _arrive(self, event: events.Event, number: int, start: tuple[object, object]) -> None:
        if event is not self._under_way:
            return
        if number < _FEWEST_WALKS or start != (self.focused, self.screen):
            self._walk(event, number + 1)
        elif self._opening():
            self.set_timer(_LOOK_AGAIN_SECONDS, partial(self._walk, event, 1))
        else:
            await self._give_next()

    def _opening(self) -> list[Worker[object]]:
        return [worker for worker in self.workers if worker.group == OPENING and not worker.is_finished]
