"""When accepted objects take effect: at once, or each after a delay of its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from tui_app.braze.sandbox.settings import SandboxSettings

Effect = Callable[[], None]


class Delays:
    """Carries out effects now, or later and in any order.

    Source: braze.com/docs, "Race conditions": separate calls are not guaranteed to be processed in the order sent.
    """

    def __init__(self, settings: SandboxSettings) -> None:
        self._range_seconds = settings.apply_delay_seconds
        self._random = random.Random(settings.seed)  # noqa: S311  # repeatable on purpose
        self._pending: dict[asyncio.TimerHandle, Effect] = {}

    def __call__(self, effect: Effect) -> None:
        """Take one effect on."""
        if self._range_seconds is None:
            effect()
            return
        delay_seconds = self._random.uniform(*self._range_seconds)

        def carry_out() -> None:
            del self._pending[handle]
            effect()

        handle = asyncio.get_running_loop().call_later(delay_seconds, carry_out)
        self._pending[handle] = effect

    @property
    def pending(self) -> int:
        """Effects that are still to come."""
        return len(self._pending)

    def finish(self) -> None:
        """Carry out all pending effects now, in the order in which they were due."""
        for handle in sorted(self._pending, key=asyncio.TimerHandle.when):
            handle.cancel()
            self._pending.pop(handle)()

    def forget(self) -> None:
        """Drop all pending effects."""
        for handle in self._pending:
            handle.cancel()
        self._pending.clear()
