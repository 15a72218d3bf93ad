"""Group commit: many senders record at once, one fsync serves them all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from math import inf

from tui_app.core.run import NEWEST_RECORD_SECONDS, Dispatched, Record
from tui_app.ports.store import RunJournal

GATHER_SECONDS = 0.02
"""How long answers wait for company. An fsync for each would cost as much as sending, and nothing waits for answers but
the sender that got one: its request counts as on its way until then."""


class Recorder:
    """Writes records of concurrent tasks to one journal. `record` returns when they are on disk."""

    def __init__(self, journal: RunJournal) -> None:
        """`journal` has no other writer."""
        self._journal = journal
        self._waiting: list[tuple[Sequence[Record], asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._newest_time = -inf

    async def record(self, *records: Record) -> None:
        """Wait until `records` are durable, in the order of the calls.

        What announces something is written at once, answers when `GATHER_SECONDS` are over.

        Raises:
            OSError: They are not, and nothing that they announce may be done.
        """
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._waiting.append((records, written))
        if any(isinstance(record, Dispatched) for record in records):
            self._write()
        elif self._timer is None:
            self._timer = loop.call_later(GATHER_SECONDS, self._write)
        # Shielded: a sender that is cancelled must not cancel the write that others wait for.
        await asyncio.shield(written)
        self._newest_time = max(self._newest_time, *(record.time for record in records))

    async def keep_time(self, now: float) -> None:
        """Record that requests still leave, unless something was recorded just now.

        A request may leave long after it was announced: it waits for its turn, for a limit, or before a repeat. If the
        process dies then, the newest record is all that tells when the last request left.

        Args:
            now: Epoch seconds.

        Raises:
            OSError: The record is not durable, and nothing may leave.
        """
        if now - self._newest_time > NEWEST_RECORD_SECONDS:
            await self.record(Dispatched(0, now))

    def _write(self) -> None:
        """See to it that everything that waits is written."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                await asyncio.to_thread(self._journal.append, [record for records, _ in batch for record in records])
            except OSError as error:
                for _, written in batch:
                    written.set_exception(error)
            else:
                for _, written in batch:
                    written.set_result(None)
