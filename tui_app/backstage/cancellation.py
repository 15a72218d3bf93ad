"""Giving up an answer that nobody waits for any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

_T = TypeVar("_T")

_AGAIN_SECONDS: Final = 0.05


class Cancelled(Exception):
    """The answer is not wanted any more. It is not an error, and never reaches the screen."""


class Cancellation:
    """Whether one question was cancelled, and what then stops the work on it. Safe to use from any thread."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], object]] = []
        self._is_answered = False

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody waits for the answer."""
        return self._cancelled.is_set()

    def raise_if_cancelled(self) -> None:
        """Leave the work on the answer.

        Raises:
            Cancelled: Nobody waits for it.
        """
        if self.is_cancelled:
            raise Cancelled

    def on_cancel(self, callback: Callable[[], object]) -> None:
        """Call `callback` once the question is cancelled, and again 20 times a second until the work on it ends.

        Again, because an engine forgets an interruption that comes between two of its statements.

        Args:
            callback: Such as `connection.interrupt`. It is called from another thread, quick, and never raises.
        """
        with self._lock:
            self._callbacks.append(callback)

    @contextmanager
    def interrupting(self, callback: Callable[[], object]) -> Iterator[None]:
        """As `on_cancel`, while the block runs: for what belongs to others afterwards."""
        self.on_cancel(callback)
        try:
            yield
        finally:
            # The lock is held while callbacks run, so none runs after this.
            with self._lock:
                self._callbacks.remove(callback)

    def run(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Run a coroutine to its end, in an event loop of this thread.

        Raises:
            Cancelled: The question was cancelled meanwhile, and the coroutine with it.
        """
        try:
            return asyncio.run(self._interruptible(coroutine))
        except asyncio.CancelledError as error:
            raise Cancelled from error

    async def _interruptible(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        task, loop = asyncio.create_task(coroutine), asyncio.get_running_loop()

        def cancel_once() -> None:
            # A second time would meet the coroutine while it tidies up.
            if not task.cancelling():
                task.cancel()

        with self.interrupting(lambda: loop.call_soon_threadsafe(cancel_once)):
            return await task

    def cancel(self) -> None:
        """Nobody waits for the answer. Returns at once."""
        self._cancelled.set()
        threading.Thread(target=self._keep_calling, name="cancel", daemon=True).start()

    def finish(self) -> None:
        """The work on the answer has ended; nothing is called any more."""
        with self._lock:
            self._is_answered = True
            self._callbacks.clear()

    def _keep_calling(self) -> None:
        pause = threading.Event()
        while not self._is_answered:
            with self._lock:
                for callback in self._callbacks:
                    callback()
            pause.wait(_AGAIN_SECONDS)
